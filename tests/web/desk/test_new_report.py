"""The counter: staff tell a problem for themselves, for a patient or for a caller."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role
from navigator.tickets.ticket import ClinicalReview, Ticket
from tests.navigator.support_cards.card_factory import make
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import tickets


def at_counter(enter: Enter, who: str) -> Visitor:
    visitor = enter(who)
    visitor.get("/desk/report")
    return visitor


def only(session: Session) -> tuple[Ticket, Reporter]:
    session.expire_all()
    ticket = session.exec(select(Ticket)).one()
    return ticket, session.get_one(Reporter, ticket.reporter_id)


def test_a_practitioner_reports_for_themselves(enter: Enter, session: Session, people: People):
    priya = at_counter(enter, "priya")
    priya.press("Save the report", text="I cannot see her ratings")
    ticket, reporter = only(session)
    assert priya.path == f"/tickets/{ticket.number}"
    assert "The reference is DN-" in priya.page.text()
    assert (ticket.reporter_kind, ticket.channel, ticket.pwp_id) == ("pwp", "staff", people.priya.user_id)
    assert reporter.email == "priya@north.example"


def test_a_practitioner_reports_for_a_patient_and_follows_it(enter: Enter, session: Session, people: People):
    priya = at_counter(enter, "priya")
    assert "Their practitioner" not in priya.text  # it is Priya
    priya.press(
        "Save the report",
        who="patient",
        programme="fern",
        category="access.forgotten_password",
        contact__route="email",
        contact__email="pat@post.example",
        safe="yes",
    )
    ticket, reporter = only(session)
    assert (ticket.reporter_kind, ticket.practitioner_is_confirmed) == ("patient", True)
    assert (reporter.email, reporter.is_safe_to_contact) == ("pat@post.example", True)
    priya.get("/desk")
    assert f"DN-{ticket.number:06d}" in priya.text


def test_a_patients_card_is_not_taken_for_a_report_of_the_practitioners_own(
    enter: Enter, session: Session, people: People
):
    card = make(session, people.priya)
    priya = at_counter(enter, "priya")  # “Me, as a practitioner” is chosen already
    priya.press("Save the report", text="I cannot see her ratings", card=str(card.id))
    assert priya.problems == ["A card is for a patient. Choose “A patient” above, or none of the cards"]
    assert not session.exec(select(Ticket)).all()


def test_a_card_of_another_service_fills_in_nothing_and_that_is_said(
    enter: Enter, session: Session, people: People
):
    card = make(session, people.priya)
    session.add(Membership(user_id=people.priya.user_id or 0, service_id=people.south, role=Role.PWP))
    session.flush()
    priya = at_counter(enter, "priya")
    told = {"who": "patient", "text": "They cannot log in", "card": str(card.id)}
    priya.press("Save the report", service="south", **told)
    assert priya.problems == [
        "This card is of another service of yours. Choose that service, or none of the cards"
    ]
    assert not session.exec(select(Ticket)).all()


def test_a_call_is_told_as_one(enter: Enter, session: Session):
    amina = at_counter(enter, "amina")
    amina.press("Save the report", who="phone", text="She says that the code never comes")
    assert only(session)[0].channel == "phone"


@pytest.mark.parametrize(("safe", "is_safe"), [("no", False), ("yes", True)])
def test_what_was_said_about_safe_contact_is_kept(enter: Enter, session: Session, safe: str, is_safe: bool):
    amina = at_counter(enter, "amina")
    amina.press(
        "Save the report",
        who="phone",
        text="stuck",
        contact__route="phone",
        contact__phone="07700 900 982",
        safe=safe,
    )
    assert only(session)[1].is_safe_to_contact is is_safe


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"text": "x"}, "Choose who this is for"),
        ({"who": "patient"}, "Tell us what is wrong, in a few words"),
        ({"who": "patient", "text": "y" * 5001}, "What you wrote must be 5,000 characters or fewer"),
        (
            {"who": "patient", "text": "x", "contact__route": "email"},
            "Enter the email address that we should write to",
        ),
        (
            {"who": "phone", "text": "x", "contact__route": "text", "contact__phone": "07700 900 982"},
            "Say if it is safe to contact them this way",
        ),
    ],
)
def test_what_will_not_do_is_said_and_nothing_is_stored(
    enter: Enter, session: Session, typed: dict[str, str], says: str
):
    amina = at_counter(enter, "amina")
    answer = amina.press("Save the report", **({"practitioner": "Priya"} | typed))
    assert answer.status_code == 422
    assert amina.problems == [says]
    assert amina.one("#practitioner").attributes["value"] == "Priya"
    assert amina.one("textarea").text() == typed.get("text", "")
    assert tickets(session) == 0


@pytest.mark.parametrize("who", ["amina", "priya"])
def test_words_of_risk_on_the_phone_are_handed_over_with_what_to_do_now(
    enter: Enter, session: Session, who: str
):
    """11.A11: whoever reports is shown the crisis numbers and when somebody reads it, as patients are."""
    clock.set_to(clock.now() + timedelta(hours=10))  # in the evening: nobody is there
    amina = at_counter(enter, who)
    amina.press("See reports like this", text="She says that she wants to kill herself")
    assert amina.page.css("main a[href='tel:999']")
    amina.press("Save the report", who="phone", text="She says that she wants to kill herself")
    session.exec(select(ClinicalReview)).one()
    assert "A clinician must read it: see what to do now" in amina.page.text()
    assert "A clinician must read this" in amina.text
    assert amina.page.css("main a[href='tel:999']")
    assert "is told to read it. No one reads these messages until 9am on Wednesday 10 June" in amina.text


def test_nobody_reports_for_another_service(enter: Enter, session: Session):
    amina = at_counter(enter, "amina")
    amina.press("Save the report", who="patient", service="south", text="x")
    assert amina.problems == ["Choose a service of yours"]
    assert tickets(session) == 0


def test_reports_like_it_are_shown_before_it_is_saved(enter: Enter, session: Session, people: People):
    known = tell(session, text="The reset link for my password never comes")
    tell(session, service="south", text="The reset link for my password never comes")
    amina, priya = at_counter(enter, "amina"), at_counter(enter, "priya")
    before = tickets(session)
    amina.press("See reports like this", text="Her password reset link does not come")
    assert [one.attributes["href"] for one in amina.page.css(".desk-alike a")] == [f"/tickets/{known.number}"]
    link = amina.one(".desk-alike a")
    assert link.attributes["target"] == "_blank"
    assert "(opens in a new tab)" in link.text()
    assert amina.one("textarea").text() == "Her password reset link does not come"
    assert tickets(session) == before
    priya.press("See reports like this", text="Her password reset link does not come")
    assert "Nothing like it is known" in priya.text
    assert priya.press("See reports like this", text="").status_code == 422


def test_reports_of_another_service_are_not_shown(enter: Enter, session: Session, people: People):
    tell(session, service="south", text="The reset link for my password never comes")
    amina = at_counter(enter, "amina")
    typed = {"service": "south", "text": "The reset link for my password never comes"}
    amina.post("/desk/report/like", data=typed)
    assert amina.page.css(".desk-alike a") == []


def test_words_for_a_clinician_are_said_before_anything_is_saved(enter: Enter, session: Session):
    amina = at_counter(enter, "amina")
    amina.press("See reports like this", text="The app is down and she wants to end her life")
    assert "A clinician may have to read this" in amina.text
    assert session.exec(select(ClinicalReview)).all() == []
    amina.press("See reports like this", text="The reset link never comes")
    assert "A clinician may have to read this" not in amina.text
