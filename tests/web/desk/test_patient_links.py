"""A private link that staff pass on, where nothing may be sent to the patient for whom they reported."""

import re
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from navigator.errors import Conflict, Forbidden
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter, ReporterLink
from navigator.people.user import Role
from navigator.tickets.actions import contact, staff
from navigator.tickets.actions.split import split
from navigator.tickets.contact_inputs import EndLinksInput
from navigator.tickets.inputs import AttachInput, SayInput, SplitInput
from navigator.tickets.ticket import Channel, Event, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People, join
from tests.web.conftest import Enter
from web.app import app
from web.kit.templating import TEMPLATES

pytestmark = pytest.mark.both_engines

UNSAFE = {"contact__route": "email", "contact__email": "pat@post.example", "safe": "no"}
NOT_ASKED: dict[str, str] = {}
NONE = {"contact__route": "none"}


def reported(enter: Enter, who: str = "priya", **typed: str) -> Visitor:
    visitor = enter(who)
    visitor.get("/desk/report")
    visitor.press("Save the report", **({"who": "patient", "text": "She cannot get in"} | typed))
    return visitor


def shown(visitor: Visitor) -> str:
    """The token of the private link on the page."""
    return str(re.findall(r"/t/([\w-]+)", visitor.one(".desk-link-address").text())[0])


@pytest.mark.parametrize("how", [UNSAFE, NOT_ASKED, NONE])
def test_a_practitioner_gets_the_link_to_pass_on(
    enter: Enter, session: Session, people: People, how: dict[str, str]
):
    """14: nothing was sent, and "they see the answer with their private link" was true of nobody."""
    priya = reported(enter, **how)
    ticket = session.exec(select(Ticket)).one()
    assert priya.path == f"/desk/report/sent/{ticket.number}"
    assert "/t/" not in priya.text
    priya.press("Show the link")
    patient = Visitor(app)
    patient.get(f"/t/{shown(priya)}")
    assert patient.path == f"/follow/{ticket.number}"
    assert "She cannot get in" in patient.text
    to_patient = col(OutboxMessage.recipient) == Recipient.REPORTER
    assert session.exec(select(OutboxMessage).where(to_patient)).all() == []


def test_what_a_practitioner_wrote_is_not_said_to_be_the_patients(
    enter: Enter, session: Session, people: People
):
    """A patient read their practitioner's words as their own: "You: His partner reads his mail"."""
    priya = reported(enter, **UNSAFE)
    priya.press("Show the link")
    patient = Visitor(app)
    patient.get(f"/t/{shown(priya)}")
    patient.press("Send", body="It is still grey")
    number = session.exec(select(Ticket.number)).one()
    priya.get(f"/tickets/{number}")
    priya.press("Send", body="I have opened it for her")
    patient.get(f"/follow/{number}")
    assert writers(patient) == ["Priya Shah, for you", "You", "Priya Shah"]
    navigator = enter("amina")
    navigator.get(f"/tickets/{number}")
    assert writers(navigator) == ["Priya Shah, for the reporter", "Reporter", "Priya Shah"]


def writers(visitor: Visitor) -> list[str]:
    return [writer.text().strip() for writer in visitor.page.css(".desk-message-head strong")]


def test_it_is_shown_once_and_made_again_when_it_was_lost(enter: Enter, session: Session, people: People):
    priya = reported(enter, **UNSAFE)
    priya.press("Show the link")
    first, path = shown(priya), priya.path
    priya.get(path)
    assert not priya.page.css(".desk-link-address")
    priya.press("Show the link")
    assert shown(priya) != first
    number = session.exec(select(Ticket.number)).one()
    priya.get(f"/tickets/{number}")
    assert priya.page.css(f"a[href='/desk/report/sent/{number}']")


def test_it_opens_what_the_patient_may_read_and_nothing_more(enter: Enter, session: Session, people: People):
    priya = reported(enter, known_as="Tuesday heron", **UNSAFE)
    number = session.exec(select(Ticket.number)).one()
    staff.note(session, people.amina, number, SayInput(body="A note about kestrels"))
    staff.reply(session, people.amina, number, SayInput(body="Try the reset page"))
    session.flush()
    priya.press("Show the link")
    patient = Visitor(app)
    patient.get(f"/t/{shown(priya)}")
    assert "Try the reset page" in patient.text
    for hidden in ("kestrels", "heron"):
        assert hidden not in (patient.page.html or "")
    patient.get(f"/tickets/{number}")
    assert patient.path == "/log-in"


def test_who_made_it_is_recorded_and_it_ends_when_somebody_else_has_it(
    enter: Enter, session: Session, people: People
):
    priya = reported(enter, **UNSAFE)
    priya.press("Show the link")
    token, number = shown(priya), session.exec(select(Ticket.number)).one()
    event = session.exec(select(Event).order_by(col(Event.id).desc())).first()
    assert event
    assert (event.action, event.actor_name) == ("give_link", "Priya Shah")
    assert session.exec(select(ReporterLink.channel)).all() == ["staff"]
    amina = enter("amina")
    amina.get(f"/tickets/{number}/links")
    assert "Made by staff, to pass on" in amina.text
    contact.end_links(session, people.amina, number, EndLinksInput())
    session.flush()
    assert Visitor(app).get(f"/t/{token}").status_code == 404
    amina.get(f"/tickets/{number}/links")
    assert "No private link to the ticket works now." in amina.text
    assert "End all private links" not in amina.text  # nothing is left to end


def by_staff(session: Session, actor: Actor, **told: object) -> Ticket:
    told = {"contact": {"route": "email", "email": "pat@post.example", "is_safe": False}} | told
    ticket = tell(session, actor, **told)
    ticket.channel = Channel.STAFF
    return ticket


def test_a_patient_who_can_be_told_gets_it_alone(enter: Enter, session: Session, people: People):
    """Design 6: a report that staff make for a patient sends the link to the patient alone."""
    priya = reported(enter, contact__route="email", contact__email="pat@post.example", safe="yes")
    number = session.exec(select(Ticket.number)).one()
    assert priya.path == f"/tickets/{number}"
    priya.get(f"/desk/report/sent/{number}")
    assert priya.path == f"/tickets/{number}"
    with pytest.raises(Conflict):
        contact.give_link(session, people.priya, number)


def test_nobody_makes_one_of_a_report_that_the_patient_made(session: Session, people: People):
    ticket = tell(session, contact={"route": "none"})
    with pytest.raises(Conflict):
        contact.give_link(session, people.amina, ticket.number)


@pytest.mark.parametrize("who", ["mo", "cole"])
def test_who_may_not_see_the_reporter_makes_none(session: Session, people: People, who: str):
    ticket = by_staff(session, people.priya, text="I want to end my life")
    with pytest.raises(Forbidden):
        contact.give_link(session, getattr(people, who), ticket.number)


def test_a_manager_who_reports_is_promised_no_link(enter: Enter, session: Session, people: People):
    """The form said that the patient sees the answer by a link that nobody got."""
    mo = enter("mo")
    mo.get("/desk/report")
    assert "private link" not in mo.text
    mo.press("Save the report", who="patient", text="stuck")
    assert mo.path == f"/tickets/{session.exec(select(Ticket.number)).one()}"


def test_words_of_risk_come_first(enter: Enter, session: Session, people: People):
    priya = reported(enter, text="She says that she wants to kill herself")
    assert priya.path.startswith("/desk/report/sent/")
    assert "A clinician must read this" in priya.text
    assert priya.page.css("main a[href='tel:999']")


def test_a_practitioners_words_stand_in_their_lists_and_for_the_desk(
    enter: Enter, session: Session, people: People
):
    """14: "Next session Monday, forgotten password", of which of thirty patients."""
    priya = reported(
        enter,
        known_as="Tuesday 3pm",
        support_code="RTT-77",
        **{"next_session-day": "16", "next_session-month": "6", "next_session-year": "2026"},
    )
    number = session.exec(select(Ticket.number)).one()
    for path in ("/home", "/desk"):
        priya.get(path)
        assert priya.one("td[data-label=Patient]").text(strip=True) == "Tuesday 3pm · code RTT-77"
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert "Tuesday 3pm" in amina.text


def test_a_colleague_who_takes_the_patient_over_does_not_read_them(session: Session, people: People):
    ticket = by_staff(session, people.priya)
    reporter = session.get_one(Reporter, ticket.reporter_id)
    ticket.pwp_id, reporter.known_as = people.priya.user_id, "Tuesday 3pm"
    other = join(session, "Pat Other", "pat@north.example", people.north, Role.PWP)
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    assert reporter.known_as == "Tuesday 3pm"
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=other.user_id or 0))
    assert reporter.known_as == ""


@pytest.mark.parametrize(
    ("label", "says"),
    [
        ("943 476 5919", "Leave out the NHS number. Use words that only you understand, like Tuesday 3pm"),
        ("y" * 201, "Your words for this patient must be 200 characters or fewer"),
    ],
)
def test_a_label_is_no_record(enter: Enter, session: Session, people: People, label: str, says: str):
    priya = reported(enter, known_as=label)
    assert priya.problems == [says]


def test_only_practitioners_are_asked_for_it(enter: Enter, people: People):
    amina = enter("amina")
    amina.get("/desk/report")
    assert not amina.page.css("#known_as")


def test_what_is_split_off_is_about_the_same_patient(enter: Enter, session: Session, people: People):
    priya = reported(enter, known_as="Tuesday 3pm", text="I cannot log in. The chart is blank too.")
    first = session.exec(select(Ticket.number)).one()
    split(session, people.amina, first, SplitInput(body="The chart is blank"))
    session.flush()
    priya.get("/home")
    shown = [cell.text(strip=True) for cell in priya.page.css("td[data-label=Patient]")]
    assert shown == ["Tuesday 3pm", "Tuesday 3pm"]


@pytest.mark.parametrize("room", ["navigator/outbox", "navigator/insight/csv_export.py", "api", "web/public"])
def test_no_letter_export_or_other_system_holds_their_words(room: str):
    """14: only the practitioner and the staff of the desk read them."""
    place = Path(__file__).parents[3] / room
    files = [place] if place.is_file() else [file for file in place.rglob("*") if file.is_file()]
    files += [*(TEMPLATES / "public").rglob("*.html")] if room == "web/public" else []
    sources = [file.read_text() for file in files if file.suffix in (".py", ".txt", ".html", ".yaml")]
    assert sources
    assert not [source for source in sources if "known_as" in source]
