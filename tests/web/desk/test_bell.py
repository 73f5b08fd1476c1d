"""The bell: what it tells, its count on every page, and reading by opening or all at once; two browsers."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.capped_counts import MANY
from navigator.jobs.registry import JOBS
from navigator.people.actor import reporter as reporter_of
from navigator.people.user import Membership
from navigator.tickets import bell
from navigator.tickets.actions import reporter, staff
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.notice import Notice
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def number(session: Session, people: People) -> int:
    """A ticket that Mo gave to Amina."""
    number = tell(session).number
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return number


def count(visitor: Visitor) -> int:
    """The number on the bell of a page, which is what the page’s script is told too."""
    visitor.get("/account")
    shown = visitor.one("[data-bell-count]")
    is_hidden = "hidden" in (shown.parent.attributes if shown.parent else {})
    number = int(shown.text())
    assert is_hidden == (number == 0)
    assert visitor.get("/notices/count").json() == {"count": number}
    return number


def fresh(session: Session, people: People, number: int, body: str = "@Tom have a look") -> None:
    clock.set_to(clock.now() + timedelta(minutes=1))
    staff.note(session, people.amina, number, SayInput(body=body))
    session.flush()


def test_what_is_given_to_somebody_and_answered_to_them_is_counted_and_listed(
    enter: Enter, session: Session, number: int
) -> None:
    amina = enter("amina")
    before = count(amina)
    clock.set_to(clock.now() + timedelta(minutes=1))
    reporter.answer(
        session, reporter_of(number, reads=frozenset({number})), number, SayInput(body="Maud again")
    )
    session.flush()
    assert count(amina) == before + 1
    amina.get("/notices")
    assert "It was given to you" in amina.text
    assert "Its reporter wrote" in amina.text
    assert "Maud" not in amina.text


def test_opening_a_line_leads_to_its_ticket_and_reads_what_it_told(
    enter: Enter, session: Session, people: People, number: int
) -> None:
    fresh(session, people, number)
    tom, other_browser = enter("tom"), enter("tom")
    assert count(tom) == count(other_browser) == 1
    tom.get("/notices")
    assert "Unread." in tom.text
    assert count(tom) == 1, "a look changes nothing"
    id = session.exec(select(Notice.id).where(Notice.user_id == people.tom.user_id)).one()
    tom.post(f"/notices/{id}/opening")
    assert tom.path == f"/tickets/{number}"
    assert count(tom) == count(other_browser) == 0
    tom.get("/notices")
    assert "Unread." not in tom.text
    assert "Amina Yusuf named you in a note" in tom.text


def test_all_read_reads_what_was_shown_and_not_what_came_since(
    enter: Enter, session: Session, people: People, number: int
) -> None:
    fresh(session, people, number)
    tom = enter("tom")
    tom.get("/notices")
    newest = tom.one("input[name=newest]").attributes["value"]
    fresh(session, people, number, "@Tom and this")
    tom.post("/notices/all-read", data={"newest": newest})
    assert count(tom) == 1
    for odd in ("", "-1", "9" * 40, "²"):
        tom.post("/notices/all-read", data={"newest": odd})
    assert count(tom) == 0, "a number beyond all is all"


def test_what_is_counted_is_on_the_page_however_much_was_told_since(
    enter: Enter, session: Session, people: People, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "MAX_LISTED", 2)
    fresh(session, people, number)
    of_tom: dict[str, Any] = {
        "user_id": people.tom.user_id,
        "ticket_number": number,
        "actor_name": "Amina Yusuf",
    }
    for _ in range(2):
        session.add(Notice(**of_tom, kind="wrote", read_at=clock.now()))
    session.flush()
    tom = enter("tom")
    assert count(tom) == 1
    tom.get("/notices")
    assert "Amina Yusuf named you in a note" in tom.text
    fresh(session, people, number, "@Tom and this")
    tom.press("I have read all of them")
    assert count(tom) == 1, "what came since is not read"


def test_nobody_reads_the_notices_of_others(
    enter: Enter, session: Session, people: People, number: int
) -> None:
    fresh(session, people, number)
    id = session.exec(select(Notice.id).where(Notice.user_id == people.tom.user_id)).one()
    for who in ("amina", "sam"):
        assert enter(who).post(f"/notices/{id}/opening").status_code == 404
    assert count(enter("tom")) == 1


def test_of_a_ticket_that_they_may_not_see_now_no_number_is_shown_and_the_count_is_that_of_the_list(
    enter: Enter, session: Session, people: People, number: int
) -> None:
    fresh(session, people, number)
    membership = session.exec(select(Membership).where(Membership.user_id == people.tom.user_id)).one()
    membership.service_id = people.south
    session.flush()
    tom = enter("tom")
    assert count(tom) == 1
    tom.get("/notices")
    assert "About a ticket that you cannot open now" in tom.text
    assert f"DN-{number:06d}" not in tom.text
    tom.press("I have read all of them")
    assert count(tom) == 0


def test_a_session_that_is_near_is_told_to_whoever_has_the_ticket(session: Session, people: People) -> None:
    number = tell(session, next_session=clock.today() + timedelta(days=7)).number
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    ticket = session.get_one(Ticket, number)
    assert ticket.session_deadline_at
    clock.set_to(ticket.session_deadline_at + timedelta(minutes=1))
    JOBS["guards"].run()
    JOBS["guards"].run()
    session.expire_all()
    near = session.exec(select(Notice.user_id).where(col(Notice.kind) == "session_near")).all()
    assert near == [people.amina.user_id]


def test_of_many_no_more_are_counted_than_the_bell_shows(
    enter: Enter, session: Session, people: People, number: int
) -> None:
    told: dict[str, Any] = {
        "user_id": people.amina.user_id,
        "ticket_number": number,
        "kind": "wrote",
        "actor_name": "Mo",
    }
    amina = enter("amina")
    session.add_all(Notice(**told, created_at=clock.now()) for _ in range(99 - count(amina)))
    session.flush()
    assert count(amina) == 99
    session.add_all(Notice(**told, created_at=clock.now()) for _ in range(50))
    session.flush()
    amina.get("/account")
    assert amina.one("[data-bell-count]").text() == "99+"
    assert amina.get("/notices/count").json() == {"count": MANY}
