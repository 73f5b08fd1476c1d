"""Support cards on the desk: made, printed, sent, replaced, ended, found by code, and made from a list."""

import pytest
from sqlmodel import Session, select

from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.audit_log import AuditEntry
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.support_cards import csv_lines, overview
from navigator.tickets.ticket import Ticket
from tests.cases import each_case
from tests.navigator.support_cards.card_factory import make, steps_taken
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People, join, token_of
from tests.web.conftest import Enter
from web.app import app

BOXES = {
    "label": "Tuesday 3pm",
    "next_session-day": "19",
    "next_session-month": "6",
    "next_session-year": "2026",
    "contact.route": "email",
    "contact.email": "pat@home.example",
    "contact.is_safe": "yes",
}


def only(session: Session) -> SupportCard:
    session.expire_all()
    return session.exec(select(SupportCard)).one()


@pytest.fixture
def card(session: Session, people: People) -> SupportCard:
    return make(session, people.priya)


def test_a_practitioner_makes_a_card_prints_it_and_finds_it_in_their_list(
    enter: Enter, session: Session, people: People
):
    priya = enter("priya")
    priya.get("/cards")
    priya.get("/cards/new")
    assert priya.one("[name='contact.quiet_from_hour'] option[value='']").text() == "No such hours"
    priya.press("Make the card", **BOXES, **{"contact.quiet_from_hour": "22"})
    assert priya.problems == ["Choose two different hours, or “No such hours” for both"]
    priya.press("Make the card", **{"contact.quiet_from_hour": ""})
    card = only(session)
    assert priya.path == f"/cards/{card.id}"
    assert card.code in priya.text
    assert (card.pwp_id, card.email, card.is_safe_to_contact) == (
        people.priya.user_id, "pat@home.example", True,
    )  # fmt: skip
    priya.get("/cards")
    assert "Tuesday 3pm" in priya.text
    priya.press("Print the ticked cards", card=str(card.id))
    assert priya.path == "/cards/print"
    assert card.code in priya.text
    assert "For: Tuesday 3pm" in priya.text
    assert "pat@home.example" not in (priya.page.html or "")
    assert len(priya.page.css(".desk-sheet svg")) == 1


def test_a_list_shows_what_is_open_by_a_card(enter: Enter, session: Session, card: SupportCard):
    ticket = tell(session, support_code=card.code)
    priya = enter("priya")
    priya.get("/cards")
    assert f"DN-{ticket.number:06d}" in priya.text
    assert "pat@home.example" not in (priya.page.html or "")


def test_what_it_knows_is_changed_and_shown_to_its_practitioner(
    enter: Enter, session: Session, card: SupportCard
):
    priya = enter("priya")
    priya.get(f"/cards/{card.id}")
    assert "pat@home.example" in (priya.page.html or "")
    code = card.code
    priya.press("Save the changes", contact__route="none", contact__email="", contact__is_safe="no")
    changed = only(session)
    assert (changed.code, changed.contact_method, changed.email) == (code, "none", "")


def test_that_it_is_not_safe_can_be_said_while_the_service_takes_no_reports(
    enter: Enter, session: Session, people: People, card: SupportCard
):
    session.delete(session.get_one(CrisisWording, people.north))
    session.flush()
    priya = enter("priya")
    priya.get(f"/cards/{card.id}")
    priya.press("Save the changes", contact__is_safe="no")
    assert only(session).is_safe_to_contact is False


def test_no_number_in_the_address_is_too_large_to_print(enter: Enter):
    priya = enter("priya")
    priya.get(f"/cards/print?card={10**20}")
    assert "No card is chosen" in priya.text


def test_it_is_sent_where_it_is_safe_and_by_no_word_of_what_it_is(
    enter: Enter, session: Session, card: SupportCard
):
    priya = enter("priya")
    priya.get(f"/cards/{card.id}")
    priya.press("Send it by email")
    assert "A message with it is on its way" in priya.text
    letter = session.exec(select(OutboxMessage)).one()
    assert (letter.template, letter.recipient, letter.recipient_id) == ("support_card", "card", card.id)


def test_none_is_sent_while_the_service_takes_no_reports(
    enter: Enter, session: Session, people: People, card: SupportCard
):
    session.get_one(PrivacyNotice, people.north).contact = ""
    session.flush()
    priya = enter("priya")
    priya.get(f"/cards/{card.id}")
    priya.press("Send it by email")
    assert "your service takes no reports now" in priya.text
    assert session.exec(select(OutboxMessage)).all() == []


def test_there_is_no_button_to_send_where_it_is_not_safe(enter: Enter, session: Session, people: People):
    unsafe = {"route": "email", "email": "pat@home.example", "is_safe": False}
    card = make(session, people.priya, contact=unsafe)
    priya = enter("priya")
    priya.get(f"/cards/{card.id}")
    assert "Send it" not in priya.text


def test_a_lost_card_gets_a_new_code(enter: Enter, session: Session, card: SupportCard):
    ticket, old = tell(session, support_code=card.code), card.code
    priya = enter("priya")
    priya.get(f"/cards/{card.id}")
    priya.press("It is lost: make a new code")
    new = only(session).code
    assert new != old
    assert new in priya.text
    assert f"DN-{ticket.number:06d}" in priya.text
    assert Visitor(app).get(f"/c/{old}").status_code == 404


def test_an_ended_card_is_gone_and_that_is_written_down(enter: Enter, session: Session, card: SupportCard):
    priya, code = enter("priya"), card.code
    priya.get(f"/cards/{card.id}")
    priya.press("End this card")
    assert "There are no cards yet" in priya.text
    session.expire_all()
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.title, entry.actor_name) == ("Support card ended", "Priya Shah")
    assert code not in f"{entry}"


@each_case(
    ("who", "status"),
    [("priya", 200), ("amina", 200), ("mo", 403), ("cole", 403), ("ada", 403), ("sam", 404)],
)
def test_who_may_open_a_card(enter: Enter, session: Session, card: SupportCard, who: str, status: int):
    assert enter(who).get(f"/cards/{card.id}").status_code == status


def test_another_practitioner_sees_nothing_of_it(
    enter: Enter, session: Session, people: People, card: SupportCard
):
    join(session, "Paul Other", "paul@north.example", people.north, Role.PWP)
    paul = Visitor(app)
    actor = join(session, "Pia Other", "pia@north.example", people.north, Role.PWP)
    paul.cookies.set("desk_log_in", token_of(session, actor))
    paul.get("/cards")
    assert "Tuesday" not in paul.text
    for path in ("", "/sending", "/replacement", "/ending"):
        assert (
            paul.post(
                f"/cards/{card.id}{path}", data=BOXES | {"service": "north", "programme": "fern"}
            ).status_code
            == 404
        )
    paul.get(f"/cards/print?card={card.id}")
    assert card.code not in (paul.page.html or "")
    assert only(session).code == card.code


def test_a_manager_sees_that_there_are_cards_and_no_contact(
    enter: Enter, session: Session, card: SupportCard
):
    mo = enter("mo")
    mo.get("/cards")
    assert "Tuesday 3pm" in mo.text
    assert card.code not in (mo.page.html or "")
    assert "pat@home.example" not in (mo.page.html or "")


def test_a_navigator_finds_a_card_by_the_code_that_is_read_out(
    enter: Enter, session: Session, card: SupportCard
):
    amina = enter("amina")
    amina.get("/cards")
    amina.press("Find the card", code=card.code.replace("-", " ").lower())
    assert amina.path == f"/cards/{card.id}"
    amina.get("/cards")
    amina.press("Find the card", code="7K3-M9P-QX2C")
    assert amina.problems == ["No card has this code. It may have ended, or it is misheard"]


def test_a_practitioner_reports_for_the_patient_of_a_card(
    enter: Enter, session: Session, people: People, card: SupportCard
):
    priya = enter("priya")
    priya.get("/desk/report")
    priya.press(
        "Save the report", who="patient", programme="fern", text="They cannot log in", card=str(card.id)
    )
    assert priya.problems == []
    reporter = session.exec(select(Reporter)).one()
    assert (reporter.support_code, reporter.known_as) == (card.code, "Tuesday 3pm")
    assert (reporter.email, reporter.is_safe_to_contact) == ("pat@home.example", True)
    assert session.exec(select(Ticket)).one().session_on == card.session_on


LIST = """label,programme,next_session,weekly,contact,email,phone,safe
Monday 9am,fern,22/06/2026,yes,email,a@home.example,,yes
Monday 10am,fern,2026-06-23,no,text,,07700 900982,yes

"Friday, first",fern,,,,,,
"""


def test_a_list_is_looked_at_and_then_made_whole(enter: Enter, session: Session, people: People):
    priya = enter("priya")
    priya.get("/cards/list")
    priya.press("Look what it would make", text=LIST)
    assert "3 cards would be made" in priya.text
    assert "Friday, first" in priya.text
    assert session.exec(select(SupportCard)).all() == []
    priya.press("Make these cards")
    assert priya.path == "/cards/print"
    made = session.exec(select(SupportCard).order_by(SupportCard.label)).all()
    assert [one.label for one in made] == ["Friday, first", "Monday 10am", "Monday 9am"]
    assert {one.pwp_id for one in made} == {people.priya.user_id}
    assert (made[2].session_is_weekly, f"{made[2].session_on}") == (True, "2026-06-22")
    assert len(priya.page.css(".desk-sheet svg")) == 3


WRONG = """label\tprogramme\tnext_session\tcontact\temail\tsafe\tpractitioner
Monday 9am\tfern\t\t\t\t\t
\tfern\t\t\t\t\t
Two\tnone\t\t\t\t\t
Three\tfern\t31/02/2026\t\t\t\t
Four\tfern\t\temail\tno address\tyes\t
Five\tfern\t\temail\ta@home.example\t\t
Six\tfern\t\tpigeon\t\t\t
Monday 9am\tfern\t\t\t\t\t
Eight\tfern\t\t\t\t\tsam@south.example
"""


def test_errors_are_told_by_line_and_nothing_is_made(enter: Enter, session: Session, people: People):
    amina = enter("amina")
    amina.get("/cards/list")
    amina.press("Look what it would make", text=WRONG)
    said = [one.text(strip=True) for one in amina.page.css(".desk-wrong-lines li")]
    assert said == [
        "Line 3, label: Write a few words, at most 200 characters",
        "Line 4, programme: Choose a programme from the list.",
        "Line 5, next_session: Write a day that comes, like 2026-06-19 or 19/06/2026",
        "Line 6, email: This is not an email address",
        "Line 7, safe: Say if it is safe to contact them this way",
        "Line 8, contact: Say email, text, phone or none",
        "Line 9, label: There is a card with these words. Use others, or change that card.",
        "Line 10, practitioner: Nobody with this address is a practitioner here.",
    ]
    assert "Make these cards" not in amina.text
    assert (
        amina.post("/cards/list", data={"service": "north", "text": WRONG, "do": "save"}).status_code == 422
    )
    assert session.exec(select(SupportCard)).all() == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name,programme\nPat,fern",
        "label\nMonday",
        "label,programme,label\na,fern,b",
        "label,programme\na,fern,too,many",
        'label,programme\n"a,fern',
        "label,programme\n" + "\n".join(f"{n},fern" for n in range(csv_lines.MOST_LINES + 1)),
    ],
)
def test_what_is_no_list_is_refused_whole(enter: Enter, session: Session, people: People, text: str):
    priya = enter("priya")
    priya.get("/cards/list")
    priya.press("Look what it would make", text=text)
    assert len(priya.problems) == 1
    assert session.exec(select(SupportCard)).all() == []


def test_a_list_is_screened_before_its_transaction_begins(enter: Enter, monkeypatch: pytest.MonkeyPatch):
    """Hundreds of lines take seconds, for which every report would wait on SQLite."""
    priya = enter("priya")
    steps = steps_taken(monkeypatch)
    priya.post("/cards/list", data={"service": "north", "text": LIST, "do": "save"})
    assert steps == [*["screened"] * 9, "transaction"]


def test_a_list_is_not_made_twice(enter: Enter, session: Session, people: People):
    priya = enter("priya")
    for _ in range(2):
        priya.get("/cards/list")
        priya.press("Look what it would make", text=LIST)
    assert "3 cards would be made" in priya.text
    priya.press("Make these cards")
    priya.get("/cards/list")
    priya.press("Look what it would make", text=LIST)
    assert "There is a card with these words" in priya.text


def test_the_whole_of_a_long_list_is_printed(enter: Enter, session: Session, people: People):
    lines = overview.MOST + 1
    assert lines <= csv_lines.MOST_LINES
    text = "label,programme\n" + "\n".join(f"Patient {n},fern" for n in range(lines))
    priya = enter("priya")
    priya.get("/cards/list")
    priya.post("/cards/list", data={"service": "north", "text": text, "do": "save"})
    assert priya.path == "/cards/print"
    assert len(priya.page.css(".desk-sheet svg")) == lines


def test_what_is_missing_is_said_in_the_order_of_the_boxes(enter: Enter) -> None:
    priya = enter("priya")
    priya.get("/cards/new")
    priya.press("Make the card", programme="")
    assert priya.problems == ["Enter words by which you know the patient", "Choose the programme"]
