"""After sending: another problem, the link to oneself, and no contact any more by one press."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from navigator import clock
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, LinkChannel, Reporter
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput, StatusInput
from navigator.problems.problem import ProblemStatus
from navigator.problems.updates import change_status
from navigator.tickets.actions import staff
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.actions.split import split
from navigator.tickets.booked_call import live_call
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.inputs import SayInput, SplitInput, TriageInput
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.tickets.booking import book, london, offer_calls
from tests.page_visitor import Visitor
from tests.people import People, number_by_token
from tests.web.conftest import Enter
from tests.web.report_journey import report
from web.app import app

pytestmark = pytest.mark.both_engines

PAT = ContactInput(route=ContactMethod.EMAIL, email="pat@post.example", is_safe=True)


def letters(session: Session) -> list[str]:
    """What waits for reporters, as the database has it."""
    session.flush()
    waiting = "SELECT template FROM letter WHERE recipient = 'reporter' AND sent_at IS NULL ORDER BY id"
    return list(session.execute(text(waiting)).scalars())


def opened(visitor: Visitor, session: Session, contact: ContactInput = PAT) -> int:
    """Somebody reported, and opens their link."""
    told = ReportInput(
        service="north", programme="fern", text="I cannot log in. And the sound is off.", contact=contact
    )
    number = staff.report(session, ANONYMOUS, told).ticket.number
    token = private_links.mint(session, number)
    session.flush()
    visitor.get(f"/t/{token}")
    return number


def reporter_of(session: Session, number: int) -> Reporter:
    session.expire_all()
    return session.get_one(Reporter, session.get_one(Ticket, number).reporter_id)


def test_one_press_stops_all_that_waits_and_says_so(
    visitor: Visitor, session: Session, people: People
) -> None:
    number = opened(visitor, session)
    triage = TriageInput(category="access.forgotten_password")
    staff.triage(session, people.amina, number, triage)
    assert "We talk you through it." in visitor.get(f"/follow/{number}").text
    staff.reply(session, people.amina, number, staff_words("It is on its way."))
    sent = private_links.mint(session, number, LinkChannel.EMAIL, "pat@post.example")
    assert letters(session) == ["received", "answered"]
    visitor.get(f"/follow/{number}")
    visitor.press("Stop contacting me")
    assert "We have stopped. Nothing more is sent to you." in visitor.text
    assert (
        "We will not write to you or call you. This link is the only way to see our answer." in visitor.text
    )
    visitor.get(f"/follow/{number}")
    assert "Stop contacting me" not in visitor.text
    assert "talk you through" not in visitor.text
    assert "We answer you on the page of your private link." in visitor.text
    assert letters(session) == []
    assert reporter_of(session, number).is_unsafe
    assert number_by_token(session, sent) is None  # whoever reads the mail sees no more
    staff.reply(session, people.amina, number, staff_words("It works now."))
    assert letters(session) == []


@pytest.mark.parametrize("how", ["no-contact", "contact"])
def test_whoever_came_by_a_mail_and_is_written_to_no_more_is_shown_a_link_to_keep(
    visitor: Visitor, session: Session, how: str
) -> None:
    number = opened(visitor, session)
    by_mail = private_links.mint(session, number, LinkChannel.EMAIL, "pat@post.example")
    session.flush()
    visitor.get(f"/t/{by_mail}")
    visitor.post(f"/follow/{number}/{how}", data={"route": "none", "is_safe": "yes"})
    assert number_by_token(session, by_mail) is None
    shown = visitor.one("main a[href^='/t/']").attributes["href"] or ""
    assert visitor.one("main a[href^='/t/']").text().endswith(shown)
    visitor.get(f"/follow/{number}")
    assert visitor.path == f"/follow/{number}"
    later = Visitor(app)
    assert later.get(shown).status_code == 200
    assert later.path == f"/follow/{number}"


def staff_words(body: str) -> SayInput:
    return SayInput(body=body)


def test_pressed_twice_and_in_another_tab_it_stays_so(visitor: Visitor, session: Session) -> None:
    number = opened(visitor, session)
    for _ in range(2):
        assert visitor.post(f"/follow/{number}/no-contact").status_code == 200
    events = session.exec(select(Event).where(Event.action == "contact")).all()
    assert [event.details for event in events] == [{"changed": ["is_safe_to_contact"]}]
    stranger = Visitor(app)
    assert stranger.post(f"/follow/{number}/no-contact").status_code == 404


def test_what_was_split_off_is_stopped_too(visitor: Visitor, session: Session, people: People) -> None:
    number = opened(visitor, session)
    (message,) = session.execute(text("SELECT id FROM message")).scalars()
    other = split(session, people.amina, number, SplitInput(messages=[message])).number
    session.flush()
    visitor.post(f"/follow/{number}/no-contact")
    assert reporter_of(session, other).is_unsafe
    assert letters(session) == []


def test_a_booked_call_is_cancelled_with_it(visitor: Visitor, session: Session, people: People) -> None:
    offer_calls(session, people.north)
    number = opened(visitor, session)
    book(session, number, london("2026-06-10", "13:00"))
    visitor.post(f"/follow/{number}/no-contact")
    session.flush()
    assert live_call(session, number) is None
    assert letters(session) == []
    assert "Your call at 1pm on Wednesday 10 June is cancelled" in visitor.text


FERN_IS_DOWN = NewProblemInput(
    service="north",
    programme="fern",
    category="use.outage_or_error",
    title="Fern is down",
    is_public=True,
)
OVER = StatusInput(status=ProblemStatus.RELEASED, body="Please try again.")


def counted_and_reported(visitor: Visitor, problem_id: int) -> int:
    """Somebody who wants to know when a known problem is over, and reported as well."""
    visitor.post(f"/report/known/{problem_id}", data={"service": "north"})
    visitor.post(f"/report/known/{problem_id}/contact", data={"email": "pat@post.example"})
    visitor.get(report(visitor))
    return int(visitor.path.rsplit("/", 1)[1])


@pytest.mark.parametrize("is_queued", [True, False])
@pytest.mark.parametrize(
    ("change", "is_written"),
    [
        ({"route": "email", "email": "pat@post.example", "is_safe": "no"}, False),
        ({"route": "none", "is_safe": "yes"}, False),
        ({"route": "email", "email": "new@post.example", "is_safe": "yes"}, False),
        ({"route": "email", "email": "Pat@post.example", "is_safe": "yes"}, True),
    ],
)
def test_the_letter_of_a_known_problem_goes_to_no_old_address(
    visitor: Visitor,
    session: Session,
    people: People,
    change: dict[str, str],
    is_written: bool,
    is_queued: bool,
) -> None:
    problem = records.open_problem(session, people.amina, FERN_IS_DOWN)
    session.flush()
    number = counted_and_reported(visitor, problem.id)
    if is_queued:
        change_status(session, people.amina, problem.id, OVER)
    visitor.post(f"/follow/{number}/contact", data=change)
    if not is_queued:
        change_status(session, people.amina, problem.id, OVER)
    assert ("try_again" in letters(session)) == is_written


def test_staff_who_write_down_that_it_is_not_safe_stop_the_letter_too(
    visitor: Visitor, session: Session, people: People
) -> None:
    problem = records.open_problem(session, people.amina, FERN_IS_DOWN)
    session.flush()
    number = counted_and_reported(visitor, problem.id)
    unsafe = ChangeContactInput(route=ContactMethod.EMAIL, email="pat@post.example", is_safe=False)
    change_contact(session, people.amina, number, unsafe)
    change_status(session, people.amina, problem.id, OVER)
    assert "try_again" not in letters(session)


@pytest.mark.parametrize("is_by_staff", [True, False])
def test_what_waits_is_stopped_at_every_door(
    visitor: Visitor, session: Session, people: People, enter: Enter, is_by_staff: bool
) -> None:
    problem = records.open_problem(session, people.amina, FERN_IS_DOWN)
    session.flush()
    number = counted_and_reported(visitor, problem.id)
    change_status(session, people.amina, problem.id, OVER)
    other = {"route": "email", "email": "other@post.example", "is_safe": "yes"}
    if is_by_staff:
        enter("amina").post(f"/tickets/{number}/contact", data=other)
    else:
        key = {"authorization": f"Bearer {private_links.mint(session, number)}"}
        visitor.post(f"/api/v1/tickets/{number}/contact", json=other | {"is_safe": True}, headers=key)
    assert reporter_of(session, number).email == "other@post.example"
    assert "try_again" not in letters(session)


def test_the_letter_of_a_known_problem_is_stopped_with_it(
    visitor: Visitor, session: Session, people: People
) -> None:
    problem = records.open_problem(session, people.amina, FERN_IS_DOWN)
    session.flush()
    number = counted_and_reported(visitor, problem.id)
    change_status(session, people.amina, problem.id, OVER)
    assert "try_again" in letters(session)
    visitor.post(f"/follow/{number}/no-contact")
    assert letters(session) == []
    safe = session.exec(select(Reporter.is_safe_to_contact).where(col(Reporter.email) == "pat@post.example"))
    assert set(safe) == {False}


def test_who_is_not_written_to_is_not_asked(visitor: Visitor, session: Session) -> None:
    opened(visitor, session, ContactInput(route=ContactMethod.NONE))
    assert "Stop contacting me" not in visitor.text
    assert "Send me this link" not in visitor.text


def test_a_link_goes_only_to_where_they_are_reached_and_not_without_end(
    visitor: Visitor, session: Session
) -> None:
    number = opened(visitor, session)
    for n in range(5):
        visitor.get(f"/follow/{number}")
        clock.set_to(clock.now() + timedelta(seconds=1))
        visitor.press("Send me this link")
        assert "A message with your link is on its way." in visitor.text, n
    assert letters(session) == ["received"] + ["link_again"] * 5
    assert visitor.post(f"/follow/{number}/link", data={"email": "other@post.example"}).status_code == 429
    to = session.exec(select(Reporter.email)).all()
    assert to == ["pat@post.example"]
    assert Visitor(app).post(f"/follow/{number}/link").status_code == 404


def test_it_is_sent_from_the_confirmation_too(visitor: Visitor, session: Session) -> None:
    report(visitor)
    visitor.press("Send me this link")
    assert visitor.path == "/report/sent"
    assert letters(session) == ["received", "link_again"]
    assert "This page is closed" in (Visitor(app).post("/send-link").text)
    assert letters(session) == ["received", "link_again"]


def test_whom_we_may_not_write_to_is_told_to_change_that_first(visitor: Visitor, session: Session) -> None:
    number = opened(visitor, session, ContactInput(route=ContactMethod.NONE))
    assert visitor.post(f"/follow/{number}/link").status_code == 409
    assert letters(session) == []


@pytest.mark.parametrize(
    ("contact", "can_be_sent"),
    [
        (PAT, True),
        (ContactInput(route=ContactMethod.EMAIL, email="pat@post.example"), True),  # if it is safe: not asked
        (ContactInput(route=ContactMethod.PHONE, phone="07700 900982", is_safe=True), True),  # by text
        (ContactInput(route=ContactMethod.PHONE, phone="01632 960101", is_safe=True), False),
        (ContactInput(route=ContactMethod.EMAIL, email="pat@post.example", is_safe=False), False),
    ],
)
def test_who_ends_all_links_is_told_if_a_new_one_can_come(
    visitor: Visitor, session: Session, contact: ContactInput, can_be_sent: bool
) -> None:
    opened(visitor, session, contact)
    assert ("You can ask us to send you a new link." in visitor.text) is can_be_sent
    assert ("so you cannot get a new link." in visitor.text) is not can_be_sent


def test_another_problem_keeps_where_and_how_to_reach_them(visitor: Visitor, session: Session) -> None:
    number = opened(visitor, session)
    visitor.press("Tell us about another problem")
    assert visitor.path.startswith("/report/")
    draft = session.exec(select(ReportDraft)).one()
    assert (draft.answers["place"]["service"], draft.answers["place"]["programme"]) == ("north", "fern")
    assert draft.answers["reach"]["email"] == "pat@post.example"
    visitor.get(f"/follow/{number}")
    visitor.press("Tell us about another problem")  # what was begun is not thrown away
    assert "A report was started on this device" in visitor.text
    session.exec(select(ReportDraft)).one()


def test_after_sending_another_problem_is_one_press(visitor: Visitor, session: Session) -> None:
    report(visitor)
    visitor.press("Tell us about another problem")
    assert visitor.path.startswith("/report/")
    assert "pat@post.example" in str(session.exec(select(ReportDraft.answers)).all())
