"""11.C5: what is sent twice by one form is done once, and the second press shows what the first did."""

from datetime import timedelta

import pytest
from sqlalchemy import func
from sqlmodel import Session, col, select

from navigator import clock
from navigator.database import Table
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import private_links
from navigator.people.api_keys import ApiKey
from navigator.people.reporter import ReporterLink
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.kept_forms import KeptForm
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.queue.saved_views import SavedView
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.training.tables import TrainingRequest
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app
from web.kit import form_marks

pytestmark = pytest.mark.both_engines

DAY = ("expires_on-day", "expires_on-month", "expires_on-year")
ONCE = "You pressed more than once. It was done once."


@pytest.fixture
def number(session: Session, people: People) -> int:
    return tell(session).number


@pytest.fixture
def pat(session: Session, number: int) -> Visitor:
    visitor = Visitor(app)
    token = private_links.mint(session, number)
    session.flush()
    visitor.get(f"/t/{token}")
    return visitor


def count(session: Session, table: type[Table]) -> int:
    session.expire_all()
    return session.exec(select(func.count()).select_from(table)).one()


def twice(visitor: Visitor, button: str, **typed: str | list[str]) -> None:
    """Press a button, go back to the page as it was, and press it again."""
    page, path = visitor.page, visitor.path
    visitor.press(button, **typed)
    first = visitor.path
    visitor.page, visitor.path = page, path
    visitor.press(button, **typed)
    assert visitor.path == first
    assert visitor.problems == []


STAFF: dict[str, tuple[str, str, str, dict[str, str | list[str]], type[Table]]] = {
    "a report": ("priya", "/desk/report", "Save the report", {"text": "I cannot see her ratings"}, Ticket),
    "a reply": ("amina", "/tickets/{}", "Send", {"body": "Try it again now"}, Message),
    "a note": ("amina", "/tickets/{}/notes", "Save note for staff", {"body": "Phoned, no answer"}, Message),
    "a call": ("amina", "/tickets/{}/calls", "Save call for staff", {"came": "no_answer"}, PhoneCall),
    "a review by hand": (
        "amina", "/tickets/{}/clinical-review", "Ask a clinician to read it", {"reason": "She sounded low"},
        ClinicalReview,
    ),
    "a wish for training": (
        "priya", "/training/ask", "Send the request",
        {"topic": "explain", "words": "How do I do it?", "form": "answer"}, TrainingRequest,
    ),
    "an invitation": (
        "ada", "/people/invite", "Invite",
        {"name": "New Person", "email": "new@north.example", "roles": ["pwp"]}, OutboxMessage,
    ),
    "a key": (
        "ada", "/settings/keys", "Make the key",
        {"name": "Trust intake key", "role": "intake", **dict(zip(DAY, ("1", "2", "2027"), strict=True))},
        ApiKey,
    ),
    "a view": ("amina", "/desk?text=slow", "Save view", {"name": "Slow ones here"}, SavedView),
}  # fmt: skip


@pytest.mark.parametrize("kind", STAFF)
def test_what_staff_send_twice_is_stored_once(enter: Enter, session: Session, number: int, kind: str):
    who, path, button, typed, table = STAFF[kind]
    visitor = enter(who)
    visitor.get(path.format(number))
    before = count(session, table)
    twice(visitor, button, **typed)
    assert count(session, table) == before + 1
    assert ONCE in visitor.text


def test_an_answer_by_the_private_link_is_stored_once(session: Session, pat: Visitor):
    twice(pat, "Send", body="It still does not work")
    answers = session.exec(select(Message).where(Message.action == "answer")).all()
    assert [answer.body for answer in answers] == ["It still does not work"]
    assert f"Your message was sent. {ONCE}" in pat.text


def test_clinicians_get_one_letter_of_a_review_asked_for_twice(
    enter: Enter, session: Session, number: int, people: People
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/clinical-review")
    twice(amina, "Ask a clinician to read it", reason="She sounded low")
    letters = select(OutboxMessage).where(OutboxMessage.template == "clinical_review")
    told = [(letter.recipient, letter.recipient_id) for letter in session.exec(letters)]
    assert told
    assert len(told) == len(set(told))


def test_a_changed_contact_ends_the_link_and_the_second_press_claims_nothing_false(
    session: Session, pat: Visitor, number: int
):
    """The first press was done; its answer was not heard, and the link that it came by has ended."""
    page = pat.page
    pat.press("Change it", route="email", email="new@post.example", is_safe="yes")
    for link in session.exec(select(ReporterLink)).all():
        session.delete(link)
    session.flush()
    pat.page = page
    pat.press("Change it", route="email", email="new@post.example", is_safe="yes")
    assert pat.path == f"/follow/{number}"
    assert "not sent" not in pat.text
    assert "Send me a new link" in pat.text


def test_what_was_sent_before_the_log_in_ended_is_not_kept_to_be_sent_again(
    enter: Enter, session: Session, number: int
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/notes")
    page = amina.page
    amina.press("Save note for staff", body="Phoned, no answer")
    amina.cookies.clear()
    amina.page = page
    amina.press("Save note for staff", body="Phoned, no answer")
    assert amina.path == "/log-in"
    assert session.exec(select(KeptForm)).all() == []


def test_other_words_after_going_back_are_something_new(session: Session, pat: Visitor):
    page = pat.page
    for words in ("It is slow again", "And the sound is gone", "It is slow again"):
        pat.page = page
        pat.press("Send", body=words)
    assert count(session, Message) == 1 + 3


def test_what_was_refused_may_be_sent_again_by_the_same_form(session: Session, pat: Visitor):
    page = pat.page
    pat.press("Send", body="")
    assert pat.problems
    pat.page = page
    pat.press("Send", body="It is slow again")
    assert count(session, Message) == 2
    assert ONCE not in pat.text


def test_a_form_that_lay_open_for_days_is_no_dead_end(session: Session, pat: Visitor, enter: Enter):
    """Nothing of a form ends: there is no token in it that would have to be renewed."""
    visitor = pat
    clock.set_to(clock.now() + timedelta(hours=23))
    visitor.press("Send", body="It is slow again")
    assert count(session, Message) == 2


@pytest.mark.parametrize("mark", ["", "x", "[]", "a.b.c", "W10.x", "€", "x" * 100_000])
def test_a_mark_that_is_not_ours_stops_nobody(session: Session, pat: Visitor, number: int, mark: str):
    for _ in range(2):
        answer = pat.post(f"/follow/{number}/answer", data={"body": "It is slow again", "once": mark})
        assert answer.status_code == 200
    assert count(session, Message) == (3 if not mark else 2)
    assert form_marks.owner_of(mark) == ""


def test_a_press_without_words_may_be_meant_again_later(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    checked = select(func.count()).where(col(Event.action) == "verify")
    page = amina.page
    for minutes in (0, 0, 2):
        clock.set_to(clock.now() + timedelta(minutes=minutes))
        amina.page = page
        amina.post(f"/tickets/{number}/verification", data={"once": mark_of(amina, "verification")})
    assert session.exec(checked).one() == 2


def mark_of(visitor: Visitor, name: str) -> str:
    box = visitor.page.css_first(f"form[action$='/{name}'] input[name=once]")
    assert box
    return box.attributes["value"] or ""


def test_logging_out_happens_each_time(enter: Enter):
    amina = enter("amina")
    amina.get("/home")
    assert not amina.page.css("form[action='/log-out'] input")


def test_no_token_and_no_words_are_kept_with_a_mark(session: Session, pat: Visitor):
    pat.press("Send", body="It is slow again")
    pat.press("Change it", route="phone", phone="07700 900982", is_safe="yes")
    kept = session.exec(select(IdempotencyKey)).all()
    assert len(kept) == 2
    assert "slow" not in str([one.model_dump() for one in kept])
    assert "/t/" not in str([one.response for one in kept])


def test_every_form_of_a_page_has_the_pages_mark_and_two_pages_have_two(enter: Enter, number: int):
    amina = enter("amina")
    marks: list[set[str | None]] = []
    for _ in range(2):
        amina.get(f"/tickets/{number}")
        marks.append({one.attributes["value"] for one in amina.page.css("form[method=post] [name=once]")})
    assert [len(one) for one in marks] == [1, 1]
    assert marks[0] != marks[1]


@pytest.mark.parametrize(
    ("action", "is_marked"),
    [("/log-in", False), ("/log-in/with/works/answer", False), ("/log-out", False),
     ("/log-in-alarms/1/outage", True)],
)  # fmt: skip
def test_of_logging_in_and_out_alone_no_form_has_a_mark(action: str, is_marked: bool):
    form = f'<form action="{action}" method="post"></form>'
    assert (form_marks.MARK in form_marks.mark_forms(form, "")) is is_marked
