"""A support card, a claim that joins work and never readers: whose it is, what it fills in, how it ends."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import DraftPolicy, Service
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from navigator.jobs import retention
from navigator.jobs.abandoned_drafts import delete_expired_draft
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.actor import ANONYMOUS, Actor, reporter
from navigator.people.api_keys import actor_by_key, create
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, Role
from navigator.support_cards import cards, overview
from navigator.tickets.actions import staff
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.actions.next_session import AppointmentInput, update_next_session
from navigator.tickets.actions.not_safe import stop_all_contact
from navigator.tickets.actions.redact import redact
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.inputs import RedactInput
from navigator.tickets.queue.identifiers import find_identified, has_identifier, identifiers
from navigator.tickets.redaction import RedactionReason
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from tests.navigator.support_cards.card_factory import CONTACT, card_input, make
from tests.people import People, join
from web.public.report_forms import ReachAnswer

SESSION = date(2026, 6, 19)


def report(session: Session, code: str, actor: Actor = ANONYMOUS, **said: Any) -> tuple[Ticket, Reporter]:
    told = {"service": "north", "text": "The reset page says no", "support_code": code} | said
    ticket = staff.report(session, actor, ReportInput.model_validate(told)).ticket
    session.flush()
    return ticket, session.get_one(Reporter, ticket.reporter_id)


def test_a_report_by_a_card_arrives_attached(session: Session, people: People):
    card = make(session, people.priya)
    ticket, reporter = report(session, card.code.replace("-", " ").lower())
    assert (ticket.pwp_id, ticket.practitioner_is_confirmed) == (people.priya.user_id, True)
    assert (ticket.session_on, ticket.session_is_weekly, ticket.session_is_by_code) == (SESSION, True, True)
    assert ticket.session_deadline_at is not None
    assert ticket.programme_id == card.programme_id
    assert (reporter.support_code, reporter.known_as) == (card.code, "Tuesday 3pm")
    assert (reporter.email, reporter.is_safe_to_contact) == ("pat@home.example", True)
    assert reporter.needs == "A large kestrel"
    assert card.reported_at == clock.now()


@pytest.mark.parametrize(
    ("card", "said", "route", "needs"),
    [
        ("no_phone", {"route": "none", "access_needs": ["large_print"]}, "none", ["no_phone", "large_print"]),
        ("no_phone", {"route": "phone", "phone": "07700 900123", "is_safe": True}, "phone", []),
        ("phone", {"access_needs": ["no_phone"]}, None, ["no_phone"]),
    ],
)
def test_no_calls_holds_until_they_ask_for_one(
    session: Session, people: People, card: str, said: dict[str, Any], route: str | None, needs: list[str]
) -> None:
    """What a card knows of it is kept, and nobody is left as one who is to be phoned and not to be."""
    by_phone = {"route": "phone", "phone": "07700 900456", "is_safe": True}
    contact = by_phone if card == "phone" else CONTACT | {"access_needs": [card]}
    made = make(session, people.priya, contact=contact)
    _, reporter = report(session, made.code, contact=said)
    assert (reporter.contact_method, reporter.access_needs) == (route, needs)


def test_what_its_reporter_says_comes_first(session: Session, people: People):
    card = make(session, people.priya)
    said: dict[str, Any] = {
        "next_session": "2026-07-02",
        "practitioner": "Somebody New",
        "contact": {"route": "none"},
    }
    ticket, reporter = report(session, card.code, **said)
    assert (ticket.session_on, ticket.session_is_by_code) == (date(2026, 7, 2), False)
    assert (ticket.pwp_id, ticket.practitioner_is_confirmed) == (None, False)
    assert (reporter.contact_method, reporter.email) == ("none", "")
    assert card.session_on == SESSION
    assert card.email == "pat@home.example"


def test_two_reports_by_one_card_are_two_tickets_of_one_code(session: Session, people: People):
    card = make(session, people.priya)
    numbers = [report(session, card.code)[0].number for _ in range(2)]
    (row,) = overview.list_cards(session, people.priya)
    assert row.tickets == numbers


def test_not_safe_is_heard_from_anybody_and_taken_back_by_the_maker_alone(session: Session, people: People):
    card = make(session, people.priya)
    report(session, card.code, contact={"route": "phone", "phone": "07700 900982", "is_safe": False})
    assert (card.is_safe_to_contact, card.phone) == (False, "")
    _, reporter = report(session, card.code)
    assert reporter.is_unsafe
    cards.change_card(session, people.priya, card.id, card_input())
    assert card.is_written_to


def test_a_card_has_one_way_whatever_is_said_of_another(session: Session, people: People):
    card = make(session, people.priya, contact=CONTACT | {"phone": "07700 900456"})
    _, reporter = report(session, card.code, contact={"other_is_safe": True})
    assert (reporter.phone, reporter.other_is_safe) == (card.phone, False)


def test_a_card_of_another_service_fills_in_nothing(session: Session, people: People):
    card = make(session, people.priya)
    ticket, reporter = report(session, card.code, service="south")
    assert (ticket.pwp_id, ticket.session_on, reporter.email) == (None, None, "")


def test_another_practitioner_learns_nothing_by_its_code(session: Session, people: People):
    other = join(session, "Paul Other", "paul@north.example", people.north, Role.PWP)
    card = make(session, people.priya)
    _, reporter = report(session, card.code, other)
    assert (reporter.email, reporter.known_as) == ("", "")
    assert overview.list_cards(session, other) == []
    assert overview.find_by_code(session, other, card.code) is None
    for deed in (cards.find_card, cards.send_card, cards.replace_code, cards.end_card):
        with pytest.raises(NotFound):
            deed(session, other, card.id)


@pytest.mark.parametrize("who", ["sam", "cole", "ada", "mo"])
def test_nobody_else_opens_it(session: Session, people: People, who: str):
    card = make(session, people.priya)
    with pytest.raises(NotFound):
        cards.find_card(session, getattr(people, who), card.id)


def test_the_desk_lists_its_services_cards(session: Session, people: People):
    make(session, people.priya)
    seen = {
        who: len(overview.list_cards(session, getattr(people, who))) for who in ("amina", "mo", "sam", "cole")
    }
    assert seen == {"amina": 1, "mo": 1, "sam": 0, "cole": 0}


def test_a_practitioner_who_left_is_attached_no_more(session: Session, people: People):
    card = make(session, people.priya)
    membership = session.exec(select(Membership).where(Membership.user_id == people.priya.user_id)).one()
    session.delete(membership)
    session.flush()
    ticket, _ = report(session, card.code)
    assert (ticket.pwp_id, ticket.practitioner_is_confirmed) == (None, False)


def test_a_practitioners_own_problem_is_not_their_patients(session: Session, people: People):
    card = make(session, people.priya)
    _, reporter = report(session, card.code, people.priya, reporter=ReporterKind.PWP)
    assert (reporter.email, reporter.known_as) == ("priya@north.example", "")


def test_for_a_patient_a_practitioner_chooses_their_card(session: Session, people: People):
    card = make(session, people.priya)
    ticket, reporter = report(session, card.code, people.priya)
    assert (ticket.pwp_id, reporter.email) == (people.priya.user_id, "pat@home.example")


def test_a_desk_makes_cards_for_practitioners_and_they_for_themselves_alone(session: Session, people: People):
    assert make(session, people.amina, practitioner="priya@north.example").pwp_id == people.priya.user_id
    assert make(session, people.amina).pwp_id is None
    with pytest.raises(Invalid):
        make(session, people.amina, label="Other", practitioner="sam@south.example")
    other = join(session, "Paul Other", "paul@north.example", people.north, Role.PWP)
    with pytest.raises(Invalid):
        make(session, other, practitioner="priya@north.example")
    for who in (people.sam, people.mo, people.cole):
        with pytest.raises(Forbidden):
            make(session, who)


def test_words_name_one_card_of_a_practitioner(session: Session, people: People):
    make(session, people.priya)
    with pytest.raises(Invalid) as refused:
        make(session, people.priya)
    assert "label" in refused.value.fields


@pytest.mark.parametrize("box", ["label", "needs", "language"])
def test_words_of_risk_on_a_card_are_answered_at_once(session: Session, people: People, box: str):
    risk = "She wants to end her life"
    said = {"label": risk} if box == "label" else {"contact": CONTACT | {box: risk}}
    with pytest.raises(ValidationError, match="duty clinician"):
        make(session, people.priya, **said)


def test_an_nhs_number_is_no_label():
    with pytest.raises(ValidationError, match="NHS number"):
        card_input(label="943 476 5919")


def test_where_there_is_a_way_it_must_be_said_if_it_is_safe():
    with pytest.raises(ValidationError, match="safe"):
        card_input(contact={"route": "text", "phone": "07700 900982"})


def test_a_lost_card_has_a_new_code_and_its_work_goes_with_it(session: Session, people: People):
    card = make(session, people.priya)
    old = card.code
    _, reporter = report(session, old)
    cards.replace_code(session, people.priya, card.id)
    session.flush()
    assert card.code != old
    assert reporter.support_code == card.code
    ticket, stranger = report(session, old)
    assert (ticket.pwp_id, stranger.email) == (None, "")


def test_an_ended_card_is_deleted_with_what_it_knew_and_what_waits_for_it(session: Session, people: People):
    card = make(session, people.priya)
    cards.send_card(session, people.priya, card.id)
    cards.end_card(session, people.priya, card.id)
    session.flush()
    assert session.exec(select(SupportCard)).all() == []
    assert session.exec(select(OutboxMessage).where(OutboxMessage.recipient == Recipient.CARD)).all() == []


def test_the_appointments_feed_moves_the_card_and_its_tickets(session: Session, people: People):
    card = make(session, people.priya)
    ticket, _ = report(session, card.code)
    key = actor_by_key(session, _key(session, people.north))
    assert key
    typed = card.code.lower().replace("-", "")
    moved = update_next_session(
        session, key, AppointmentInput(support_code=typed, next_session=date(2026, 6, 25))
    )
    assert (moved.tickets, moved.cards) == (1, 1)
    assert (ticket.session_on, card.session_on, card.session_is_weekly) == (date(2026, 6, 25),) * 2 + (True,)
    assert report(session, card.code)[0].session_on == date(2026, 6, 25)


def test_the_feed_moves_what_was_reported_by_a_card_that_ended(session: Session, people: People):
    card = make(session, people.priya)
    ticket, _ = report(session, card.code)
    typed = card.code.lower().replace("-", "")
    cards.end_card(session, people.priya, card.id)
    key = actor_by_key(session, _key(session, people.north))
    assert key
    news = AppointmentInput(support_code=typed, next_session=date(2026, 6, 25))
    moved = update_next_session(session, key, news)
    assert (moved.tickets, moved.cards, ticket.session_on) == (1, 0, date(2026, 6, 25))


@pytest.mark.parametrize("spelt", [str, str.lower, lambda code: code.replace("-", " ")])
def test_a_search_finds_what_was_reported_by_a_code_however_it_is_typed(
    session: Session, people: People, spelt: Callable[[str], str]
):
    card = make(session, people.priya)
    ticket, _ = report(session, card.code)
    found = find_identified(session, people.amina, identifiers(spelt(card.code)))
    assert [(row.number, row.field) for row in found] == [(ticket.number, "support_code")]
    is_named = has_identifier(people.amina, spelt(card.code))
    assert session.exec(select(Ticket.number).where(is_named)).all() == [ticket.number]


def test_the_feed_of_another_service_moves_nothing(session: Session, people: People):
    card = make(session, people.priya)
    key = actor_by_key(session, _key(session, people.south))
    assert key
    moved = update_next_session(session, key, AppointmentInput(support_code=card.code, next_session=SESSION))
    assert (moved.tickets, moved.cards, card.session_on) == (0, 0, SESSION)


def _key(session: Session, service_id: int) -> str:
    key = create(session, service_id, Role.INTAKE, "Bookings")
    session.flush()
    return key


def test_a_weekly_session_rolls_on_and_a_single_one_that_is_past_is_unknown(session: Session, people: People):
    weekly = make(session, people.priya)
    single = make(session, people.priya, label="Once", session_is_weekly=False)
    with clock.stopped_at(clock.now() + timedelta(days=14)):
        assert report(session, weekly.code)[0].session_on == date(2026, 6, 26)
        assert report(session, single.code)[0].session_on is None


def test_a_card_that_nobody_uses_ends(session: Session, people: People):
    old, used = make(session, people.priya), make(session, people.priya, label="Used")
    later = clock.now() + cards.UNUSED_LASTS
    used.used_at = clock.now() + timedelta(days=1)
    session.flush()
    retention.delete_old_rows(session, later)
    session.expire_all()
    assert [card.label for card in session.exec(select(SupportCard))] == ["Used"]
    assert old not in session


def test_words_that_are_removed_from_a_ticket_are_removed_from_its_card(session: Session, people: People):
    card = make(session, people.priya)
    ticket, _ = report(session, card.code, text="My kestrel does not load")
    message = session.exec(select(Message).where(Message.ticket_number == ticket.number)).one()
    removal = RedactInput(message=message.id, words="kestrel", reason=RedactionReason.MISTAKE)
    redact(session, people.amina, ticket.number, removal)
    assert card.needs == "A large [removed]"


def test_risk_typed_with_a_card_and_not_sent_tells_a_clinician_how_to_reach_them(
    session: Session, people: People
):
    card = make(session, people.priya)
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    answers = {
        "place": {"service": "north", "programme": "fern"},
        "card": {"support_code": card.code, "knows": ["reach"]},
        "words": {"text": "I want to end my life"},
    }
    session.add(ReportDraft(token_hash="x", answers=answers, is_of_concern=True))
    session.flush()
    delete_expired_draft(session, clock.now(), "x")
    session.exec(select(ClinicalReview)).one()
    reporter = session.exec(select(Reporter)).one()
    assert (reporter.email, reporter.is_unsent) == ("pat@home.example", True)


@pytest.mark.parametrize(("said", "is_safe"), [("no", False), ("yes", True)])
def test_what_is_typed_and_not_sent_says_if_it_is_safe_to_reach_them(
    session: Session, people: People, said: str, is_safe: bool
):
    card = make(session, people.priya)
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    reach = ReachAnswer.model_validate({"route": "phone", "call_phone": "01632 960001", "safe": said})
    answers = {
        "place": {"service": "north", "programme": "fern"},
        "card": {"support_code": card.code, "knows": []},
        "words": {"text": "I want to end my life"},
        "reach": reach.model_dump(mode="json"),
    }
    session.add(ReportDraft(token_hash="x", answers=answers, is_of_concern=True))
    session.flush()
    delete_expired_draft(session, clock.now(), "x")
    reporter = session.exec(select(Reporter)).one()
    assert (reporter.contact_method, reporter.is_safe_to_contact) == ("phone", is_safe)
    assert card.is_safe_to_contact is is_safe


@pytest.mark.parametrize("contact", [CONTACT | {"is_safe": False}, {"route": "none"}, {}])
def test_a_card_is_sent_only_where_it_is_safe(session: Session, people: People, contact: dict[str, Any]):
    card = make(session, people.priya, contact=contact)
    with pytest.raises(Conflict):
        cards.send_card(session, people.priya, card.id)


def test_a_card_is_sent_three_times_a_day(session: Session, people: People):
    card = make(session, people.priya)
    for _ in range(3):
        cards.send_card(session, people.priya, card.id)
    with pytest.raises(TooMany):
        cards.send_card(session, people.priya, card.id)


def test_the_address_of_a_card_that_ended_leads_to_no_other_card(session: Session, people: People):
    """A page that is still open would change, send or end the card of another patient."""
    ended = make(session, people.priya)
    id = ended.id
    cards.end_card(session, people.priya, id)
    session.flush()
    assert make(session, people.priya).id != id


@pytest.mark.parametrize("stop", ["press", "answer", "staff"])
def test_what_is_not_safe_any_more_goes_to_no_contact_on_the_card(
    session: Session, people: People, stop: str
):
    """Said after sending as on sending: a further report by the card, and its letter, go nowhere."""
    card, other = make(session, people.priya), make(session, people.priya, label="Heron")
    ticket, told = report(session, card.code)
    cards.send_card(session, people.priya, card.id)
    change = ChangeContactInput(route=ContactMethod.EMAIL, email="pat@home.example", is_safe=False)
    if stop == "press":
        stop_all_contact(session, reporter(ticket.number, reads=frozenset({ticket.number})))
    else:
        actor = people.amina if stop == "staff" else reporter(ticket.number, reads=frozenset({ticket.number}))
        change_contact(session, actor, ticket.number, change)
    session.flush()
    assert (told.is_safe_to_contact, card.is_safe_to_contact, other.is_safe_to_contact) == (
        False,
        False,
        True,
    )
    assert session.exec(select(OutboxMessage).where(OutboxMessage.recipient == Recipient.CARD)).all() == []
    assert report(session, card.code)[1].is_unsafe


def test_only_the_card_of_the_patient_and_of_the_service_is_stopped(session: Session, people: People):
    card = make(session, people.priya)
    ticket, _ = report(session, card.code, people.priya, reporter="pwp")
    change_contact(
        session, people.priya, ticket.number, ChangeContactInput(route=ContactMethod.NONE, is_safe=False)
    )
    elsewhere, _ = report(session, card.code, service="south", programme=None)
    stop_all_contact(session, reporter(elsewhere.number, reads=frozenset({elsewhere.number})))
    assert card.is_safe_to_contact


def test_that_a_voicemail_is_safe_is_true_of_the_old_number_alone(session: Session, people: People):
    contact = {"route": "phone", "phone": "01632 960001", "is_safe": True, "voicemail_is_safe": True}
    ticket, told = report(session, "", contact=contact)
    same = ChangeContactInput(route=ContactMethod.PHONE, phone="01632 960 001", is_safe=True)
    change_contact(session, people.amina, ticket.number, same)
    assert told.voicemail_is_safe is True
    other = ChangeContactInput(route=ContactMethod.PHONE, phone="01632 960002", is_safe=True)
    change_contact(session, people.amina, ticket.number, other)
    assert told.voicemail_is_safe is None


def test_a_card_that_was_just_sent_goes_on_for_half_a_year(session: Session, people: People):
    card = make(session, people.priya)
    with clock.stopped_at(clock.now() + cards.UNUSED_LASTS - timedelta(days=1)):
        cards.send_card(session, people.priya, card.id)
        session.flush()
        retention.delete_old_rows(session, clock.now() + timedelta(days=2))
    session.expire_all()
    assert [kept.label for kept in session.exec(select(SupportCard))] == ["Tuesday 3pm"]
