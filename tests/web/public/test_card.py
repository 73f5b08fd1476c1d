"""Opening a support card: much is answered and nothing shown; wrong, ended and guessed ones give nothing."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import ServiceProgramme
from navigator.people.card_codes import EXAMPLE, mint
from navigator.people.rate_limit import Limit
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.support_cards import cards, opening
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.reports import limits
from navigator.tickets.ticket import Ticket
from tests.navigator.support_cards.card_factory import card_input, make
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import ANSWERS, answer, tell
from web.app import app

KNOWN = ("pat@home.example", "Priya", "19 June", "Heron", "kestrel")
"""What the card knows, of which whoever has the code sees nothing."""


@pytest.fixture
def card(session: Session, people: People) -> SupportCard:
    return make(session, people.priya, label="Heron")


def go_on(visitor: Visitor, until: str = "check") -> list[str]:
    """Answer what is asked up to a page; the steps that were."""
    asked: list[str] = []
    for _ in range(12):
        step = visitor.path.rsplit("/", 1)[1]
        if step == until:
            return asked
        asked.append(step)
        answer(visitor, step, {})
        assert visitor.problems == []
    raise AssertionError(visitor.path)


def only(session: Session) -> tuple[Ticket, Reporter]:
    session.expire_all()
    ticket = session.exec(select(Ticket)).one()
    return ticket, session.get_one(Reporter, ticket.reporter_id)


def test_a_scanned_card_answers_five_questions_and_its_report_arrives_attached(
    visitor: Visitor, session: Session, people: People, card: SupportCard
):
    visitor.get(f"/c/{card.code}")
    assert "From your card we know" in visitor.text
    seen = visitor.text
    assert go_on(visitor) == ["words", "try"]
    assert visitor.text.count("As on your card") == 3
    seen += visitor.text
    visitor.press("Confirm and send")
    assert visitor.path == "/report/sent"
    assert "An email will tell you when there is an answer" in visitor.text
    seen += visitor.text
    visitor.get(visitor.one("main a[href^='/t/']").attributes["href"] or "")
    seen += visitor.text + visitor.page.html if visitor.page.html else ""
    assert [words for words in KNOWN if words in seen] == []
    ticket, reporter = only(session)
    assert (ticket.pwp_id, ticket.practitioner_is_confirmed) == (people.priya.user_id, True)
    assert (reporter.support_code, reporter.email) == (card.code, "pat@home.example")


def test_a_code_is_typed_as_it_comes(visitor: Visitor, card: SupportCard):
    visitor.get("/")
    visitor.get(visitor.one("main a[href='/card']").attributes["href"] or "")
    visitor.press("Continue", code=card.code.replace("-", " ").lower())
    assert "From your card we know" in visitor.text


@pytest.mark.parametrize("typed", ["", "7K3", EXAMPLE[:-1] + "D", "my name is Pat"])
def test_a_slip_is_told_from_a_wrong_code(visitor: Visitor, card: SupportCard, typed: str):
    visitor.get("/card")
    visitor.press("Continue", code=typed)
    assert visitor.problems[0].startswith(("Check the code", "Enter the code"))


def test_a_wrong_and_an_ended_card_look_the_same_and_lead_on(
    visitor: Visitor, session: Session, people: People, card: SupportCard
):
    cards.end_card(session, people.priya, card.id)
    session.flush()
    pages = []
    for code in (card.code, mint()):
        assert visitor.get(f"/c/{code}").status_code == 404
        pages.append(visitor.text)
    assert pages[0] == pages[1]
    assert "does not work any more. You can tell us anyway" in visitor.text.replace("more You", "more. You")
    visitor.get(visitor.one("main a.nhsuk-button").attributes["href"] or "")
    assert visitor.path == "/report"


@pytest.mark.parametrize("code", ["1", "%00", "x" * 300, "7K3-M9P-QX2D"])
def test_what_is_no_code_leads_on_too(visitor: Visitor, code: str):
    assert visitor.get(f"/c/{code}").status_code == 404
    visitor.get("/card")


def test_tries_are_limited_and_then_a_right_code_opens_nothing_either(
    visitor: Visitor, session: Session, card: SupportCard, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opening, "WRONG_CODES", Limit(3, timedelta(hours=1)))
    for _ in range(3):
        assert visitor.get(f"/c/{mint()}").status_code == 404
    assert visitor.get(f"/c/{card.code}").status_code == 429
    assert "You can tell us anyway" in visitor.text
    assert session.exec(select(ReportDraft)).all() == []
    visitor.get("/card")
    assert visitor.post("/card", data={"code": card.code}).status_code == 429
    with clock.stopped_at(clock.now() + timedelta(hours=1)):
        visitor.get(f"/c/{card.code}")
    assert "From your card we know" in visitor.text


def test_cards_that_work_and_slips_use_up_no_tries(
    visitor: Visitor, card: SupportCard, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(opening, "WRONG_CODES", Limit(1, timedelta(hours=1)))
    for _ in range(3):
        Visitor(app).get(f"/c/{card.code}")
        Visitor(app).get("/c/7K3-M9P-QX2D")
    assert visitor.get(f"/c/{card.code}").status_code == 200


def test_what_has_changed_is_said_for_this_report(
    visitor: Visitor, session: Session, people: People, card: SupportCard
):
    visitor.get(f"/c/{card.code}")
    visitor.get("/report/reach")
    assert "pat@home.example" not in (visitor.page.html or "")
    visitor.press("Continue", route="phone", call_phone="07700 900982", safe="yes")
    assert go_on(visitor) == ["words", "try"]
    visitor.press("Confirm and send")
    _, reporter = only(session)
    assert (reporter.contact_method, reporter.email, reporter.needs) == ("phone", "", "A large kestrel")
    assert card.email == "pat@home.example"


def test_it_is_not_my_card(visitor: Visitor, session: Session, card: SupportCard):
    visitor.get(f"/c/{card.code}")
    visitor.press("Go on without the card")
    assert {"session", "reach"} <= {*go_on(visitor)}
    visitor.press("Confirm and send")
    ticket, reporter = only(session)
    assert (ticket.pwp_id, reporter.support_code) == (None, "")


def test_a_card_is_not_put_away_over_and_over(
    visitor: Visitor, card: SupportCard, monkeypatch: pytest.MonkeyPatch
):
    """Each time all that was typed is screened."""
    visitor.get(f"/c/{card.code}")
    monkeypatch.setattr(limits, "STEPS_PER_ADDRESS", Limit(2, timedelta(hours=1)))
    assert [visitor.post("/card/away").status_code for _ in range(2)] == [200, 429]


def test_a_card_that_ends_meanwhile_loses_no_words(
    visitor: Visitor, session: Session, people: People, card: SupportCard
):
    visitor.get(f"/c/{card.code}")
    go_on(visitor)
    cards.end_card(session, people.priya, card.id)
    session.flush()
    visitor.press("Confirm and send")
    assert visitor.path == "/report/session"
    assert "Your card has ended" in visitor.text
    assert go_on(visitor) == ["session", "reach"]
    assert ANSWERS["words"]["text"] in visitor.text
    visitor.press("Confirm and send")
    assert only(session)[1].email == "pat@post.example"


def test_a_card_that_knows_little_asks_the_rest(visitor: Visitor, session: Session, people: People):
    little = make(session, people.amina, label="Little", next_session=None, contact={})
    visitor.get(f"/c/{little.code}")
    assert {"session", "reach"} <= {*go_on(visitor)}


def test_where_the_session_is_asked_the_practitioner_on_the_card_need_not_be(
    visitor: Visitor, session: Session, people: People
):
    """It was asked as if nobody knew."""
    visitor.get(f"/c/{make(session, people.priya, next_session=None).code}")
    go_on(visitor, "session")
    assert "As on your card" in visitor.text
    other = Visitor(app)
    other.get(f"/c/{make(session, people.amina, label='Little', next_session=None).code}")
    go_on(other, "session")
    assert "As on your card" not in other.text


def test_unsafe_is_no_way_to_reach_somebody(visitor: Visitor, session: Session, people: People):
    unsafe = {"route": "email", "email": "pat@home.example", "is_safe": False}
    visitor.get(f"/c/{make(session, people.priya, contact=unsafe).code}")
    assert "reach" in go_on(visitor)


def test_what_was_begun_here_is_left_only_by_choice(visitor: Visitor, session: Session, card: SupportCard):
    tell(visitor, "session")
    visitor.get(f"/c/{card.code}")
    assert "A report was started on this device" in visitor.text
    assert len(session.exec(select(ReportDraft)).all()) == 1
    visitor.press("Start a new report with your card")
    assert "From your card we know" in visitor.text
    visitor.get(f"/c/{card.code}")
    assert "A report was started" not in visitor.text, "the same card goes on with its own report"


def test_another_problem_is_told_by_the_same_card(visitor: Visitor, session: Session, card: SupportCard):
    visitor.get(f"/c/{card.code}")
    words = "I cannot log in this week. And the videos have no sound, which is another thing."
    for _ in range(9):
        step = visitor.path.rsplit("/", 1)[1]
        if step == "check":
            break
        answer(visitor, step, {"text": words} if step == "words" else {})
    visitor.press("Confirm and send")
    visitor.post("/report/other")
    assert not {"session", "reach"} & {*go_on(visitor)}
    assert "pat@home.example" not in visitor.text


def test_another_service_takes_nothing_from_the_card(visitor: Visitor, session: Session, card: SupportCard):
    visitor.get(f"/c/{card.code}")
    visitor.get("/report/place")
    visitor.press("Continue", service="south", programme="fern")
    assert {"session", "reach"} <= {*go_on(visitor)}
    visitor.press("Confirm and send")
    assert only(session)[1].support_code == ""


def test_no_code_stands_in_an_address_afterwards(visitor: Visitor, card: SupportCard):
    visitor.get(f"/c/{card.code}")
    assert card.code not in str(urlsplit(visitor.path))
    assert card.code not in (visitor.page.html or "")


def test_a_changed_card_counts_as_it_is_when_the_report_is_sent(
    visitor: Visitor, session: Session, people: People, card: SupportCard
):
    visitor.get(f"/c/{card.code}")
    go_on(visitor)
    told = card_input(contact={"route": "text", "phone": "07700 900982", "is_safe": True})
    cards.change_card(session, people.priya, card.id, told)
    session.flush()
    visitor.press("Confirm and send")
    assert only(session)[1].phone == "+447700900982"


def test_what_a_card_knows_is_asked_where_it_does_not_say_which_service(
    visitor: Visitor, session: Session, people: People, card: SupportCard
):
    """Its programme is offered no more, so another service can be chosen: that is told nothing by it."""
    offered = session.exec(select(ServiceProgramme).where(ServiceProgramme.service_id == people.north)).one()
    session.delete(offered)
    session.flush()
    visitor.get(f"/c/{card.code}")
    assert visitor.path == "/report/place"
    visitor.press("Continue", service="south", programme="fern")
    assert {"session", "reach"} <= {*go_on(visitor)}
    visitor.press("Confirm and send")
    assert only(session)[1].email == "pat@post.example"
