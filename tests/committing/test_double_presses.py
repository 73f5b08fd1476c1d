"""11.C5: a form that is sent several times at one moment, to several processes, is done once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func
from sqlmodel import Session, select

from navigator import database
from navigator.people import login, private_links
from navigator.tickets.kept_forms import KeptForm
from navigator.tickets.submissions import Result, Submission, earlier_result, remember
from navigator.tickets.ticket import Message, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People, settle, token_of
from web.app import app
from web.kit.form_marks import WORDS_LAST

pytestmark = pytest.mark.slow

PRESSES = 6


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


def press_together(visitors: list[Visitor], path: str, fields: dict[str, str]) -> Counter[str]:
    """Where each of them was led."""
    with ThreadPoolExecutor(len(visitors)) as pool:
        answers = pool.map(lambda one: one.post(path, data=fields, follow_redirects=False), visitors)
        return Counter(answer.headers.get("location", str(answer.status_code)) for answer in answers)


def mark_on(visitor: Visitor, action: str) -> str:
    box = visitor.page.css_first(f"form[action='{action}'] input[name=once]")
    assert box
    return box.attributes["value"] or ""


def test_a_staff_report_in_several_tabs_is_one_ticket(people: People):
    with database.writing() as session:
        token = token_of(session, people.priya)
    visitors = [Visitor(app, cookies={"desk_log_in": token}) for _ in range(PRESSES)]
    visitors[0].get("/desk/report")
    fields = {"who": "me", "service": "north", "text": "I cannot see her ratings"}
    fields["once"] = mark_on(visitors[0], "/desk/report")
    led = press_together(visitors, "/desk/report", fields)
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(Ticket)).one() == 1
    assert led == {"/tickets/1": PRESSES}


def test_an_answer_by_the_private_link_is_said_once(people: People):
    with database.writing() as session:
        number = tell(session).number
        token = private_links.mint(session, number)
    visitors = [Visitor(app) for _ in range(PRESSES)]
    for visitor in visitors:
        visitor.get(f"/t/{token}")
    path = f"/follow/{number}/answer"
    fields = {"body": "It still does not work", "once": mark_on(visitors[0], path)}
    assert press_together(visitors, path, fields) == {f"/follow/{number}": PRESSES}
    with database.reading() as session:
        answers = session.exec(select(Message).where(Message.action == "answer")).all()
    assert len(answers) == 1


def test_what_is_kept_of_an_ended_log_in_is_kept_once(people: People):
    """The second press crashed where two processes kept the same form at one moment."""
    with database.writing() as session:
        number = tell(session).number
        token = token_of(session, people.amina)
    visitors = [Visitor(app, cookies={"desk_log_in": token}) for _ in range(PRESSES)]
    visitors[0].get(f"/tickets/{number}/notes")
    path = f"/tickets/{number}/notes"
    fields = {"body": "Called her twice", "once": mark_on(visitors[0], path)}
    with database.writing() as session:
        login.end_sessions(session, people.amina.user_id, "Tried")
    led = press_together(visitors, path, fields)
    assert sum(led.values()) == led[f"/log-in?next=%2Ftickets%2F{number}%2Fnotes&kept=yes"] == PRESSES
    with database.reading() as session:
        assert len(session.exec(select(KeptForm)).all()) == 1


def test_of_two_transactions_with_one_mark_the_second_waits_for_the_first(people: People):
    submission = Submission("a mark", "what was said", WORDS_LAST)

    def press(_: int) -> Result | None:
        with database.writing() as session:
            earlier = earlier_result(session, submission)
            if earlier is None:
                _do_it(session)
                remember(session, submission, Result("/done"))
        return earlier

    with ThreadPoolExecutor(PRESSES) as pool:
        results = Counter(pool.map(press, range(PRESSES)))
    assert results == {None: 1, Result("/done"): PRESSES - 1}


def _do_it(session: Session) -> None:
    tell(session)


def test_what_failed_under_a_mark_is_done_by_the_next_press(people: People):
    submission = Submission("a mark", "what was said", WORDS_LAST)

    def fail() -> None:
        with database.writing() as session:
            assert earlier_result(session, submission) is None
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    for _ in range(2):
        with database.writing() as session:
            assert earlier_result(session, submission) is None
            remember(session, submission, None)
