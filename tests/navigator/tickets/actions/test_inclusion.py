"""What somebody needs acts on what the desk does; what they are given is offered, used and comes back."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid
from navigator.people.access_needs import NEEDS, Barrier
from navigator.people.actor import reporter
from navigator.people.reporter import Reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.booked_calls import NoBooking, why_not
from navigator.tickets.actions.call_list import calls_to_make
from navigator.tickets.actions.calls import NOT_PHONED, call
from navigator.tickets.actions.contact import change_contact
from navigator.tickets.actions.device_checks import send_check
from navigator.tickets.actions.inclusion import needs_of_merged, offer, offers_on, offers_out, set_needs
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.sending import reply
from navigator.tickets.contact_inputs import ChangeContactInput
from navigator.tickets.device_check import Aspect, Finding
from navigator.tickets.enums import CallDirection, CallOutcome, NextStep, OfferState
from navigator.tickets.inclusion_inputs import NeedsInput, OfferInput
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.tickets.inputs import CallInput, MergeInput, SendInput
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

CONTACT = {"route": "email", "email": "pat@home.example", "is_safe": True}
NO_CALLS = NeedsInput(access_needs=["no_phone"])
NOW = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)
MISSED = CallInput(came=CallOutcome.NO_ANSWER, next_on=date(2026, 6, 10))


def needs(session: Session, ticket: Ticket) -> list[str]:
    return session.get_one(Reporter, ticket.reporter_id).access_needs


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    clock.set_to(NOW)
    return tell(session)


def test_needs_are_told_with_a_report_and_changed_by_a_navigator(session: Session, people: People) -> None:
    ticket = tell(session, contact={"route": "none", "access_needs": ["large_print", "no_phone"]})
    assert needs(session, ticket) == ["no_phone", "large_print"]
    set_needs(session, people.amina, ticket.number, NeedsInput(access_needs=["interpreter"]))
    assert needs(session, ticket) == ["interpreter"]
    events = session.exec(select(Event).where(Event.action == Action.NEEDS)).all()
    assert [event.details for event in events] == [{}], "what somebody needs stands in no event"


def test_a_need_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="Choose from the list"):
        NeedsInput(access_needs=["vip"])


def test_who_is_not_to_be_phoned_is_in_no_list_of_calls(
    session: Session, people: People, ticket: Ticket
) -> None:
    call(session, people.amina, ticket.number, MISSED)
    ticket.assignee_id = people.amina.user_id
    session.flush()
    assert [each.ticket.number for each in calls_to_make(session, people.amina)] == [ticket.number]
    set_needs(session, people.amina, ticket.number, NO_CALLS)
    session.flush()
    assert calls_to_make(session, people.amina) == []


@pytest.mark.parametrize(
    ("call_input", "field"),
    [
        (CallInput(came=CallOutcome.NO_ANSWER), "started_by"),
        (MISSED, "next_on"),
        (CallInput(came=CallOutcome.SPOKE, body="Agreed", started_by=CallDirection.US), "started_by"),
    ],
)
def test_no_call_to_them_is_logged_or_planned_and_it_says_why(
    session: Session, people: People, ticket: Ticket, call_input: CallInput, field: str
) -> None:
    set_needs(session, people.amina, ticket.number, NO_CALLS)
    with pytest.raises(Invalid) as refused:
        call(session, people.amina, ticket.number, call_input)
    assert refused.value.fields[field].startswith(NOT_PHONED)


def test_a_call_of_theirs_is_logged(session: Session, people: People, ticket: Ticket) -> None:
    set_needs(session, people.amina, ticket.number, NO_CALLS)
    theirs = CallInput(came=CallOutcome.SPOKE, body="Agreed", started_by=CallDirection.THEM)
    call(session, people.amina, ticket.number, theirs)
    assert len(session.exec(select(PhoneCall)).all()) == 1


def test_no_reply_puts_them_among_the_calls(session: Session, people: People, ticket: Ticket) -> None:
    set_needs(session, people.amina, ticket.number, NO_CALLS)
    with pytest.raises(Invalid, match="problem") as refused:
        reply(session, people.amina, ticket.number, SendInput(body="Hello", follow_up=NextStep.CALL_AGAIN))
    assert refused.value.fields["follow_up"].startswith(NOT_PHONED)


def test_they_can_book_no_call(session: Session, people: People, ticket: Ticket) -> None:
    service = session.get_one(Service, people.north)
    service.call_hours = {"mon": ["10:00", "12:00"]}
    who = session.get_one(Reporter, ticket.reporter_id)
    assert why_not(service, ticket, who) is None
    set_needs(session, people.amina, ticket.number, NO_CALLS)
    assert why_not(service, ticket, who) is NoBooking.NEED


def test_who_asked_to_be_phoned_is_asked_first(session: Session, people: People) -> None:
    ticket = tell(session, contact={"route": "phone", "phone": "01632 960001"})
    with pytest.raises(Invalid) as refused:
        set_needs(session, people.amina, ticket.number, NO_CALLS)
    assert "Change how to reach them first" in refused.value.fields["access_needs"]
    assert needs(session, ticket) == []


def test_a_report_cannot_ask_for_both() -> None:
    contact = {"route": "phone", "phone": "01632 960001", "access_needs": ["no_phone"]}
    with pytest.raises(ValueError, match="asked us not to phone"):
        ReportInput.model_validate({"service": "north", "text": "It is slow", "contact": contact})


def test_who_then_asks_to_be_phoned_is_phoned(session: Session, people: People, ticket: Ticket) -> None:
    """The newest word counts."""
    set_needs(session, people.amina, ticket.number, NeedsInput(access_needs=["no_phone", "large_print"]))
    wish = ChangeContactInput.model_validate({"route": "phone", "phone": "01632 960001", "is_safe": True})
    change_contact(session, reporter(ticket.number), ticket.number, wish)
    assert needs(session, ticket) == ["large_print"]


def test_what_a_check_finds_of_a_phone_is_a_need(session: Session, people: People, ticket: Ticket) -> None:
    set_needs(session, people.amina, ticket.number, NeedsInput(access_needs=["large_print"]))
    found = [
        Finding(Aspect.BROWSER, "Chrome 80", "Chrome 109", is_fault=True),
        Finding(Aspect.COOKIES, "no", "yes", is_fault=True),
        Finding(Aspect.CONNECTION, "9000", "500", is_fault=False),
    ]
    send_check(session, reporter(ticket.number), ticket.number, found)
    assert needs(session, ticket) == ["large_print", "old_device"]


def test_every_need_says_what_it_means() -> None:
    """A row of the table is the whole of a need: its barrier is counted, and staff read what to do."""
    assert {need.barrier for need in NEEDS.values()} == set(Barrier)
    assert all(need.label and need.advice for need in NEEDS.values())


@pytest.fixture
def has(session: Session, people: People) -> None:
    usual = InclusionSetting(
        service_id=people.north,
        usual=["device"],
        own=["Bus fares"],
        owner="Mo",
        review_on=date(2027, 1, 1),
    )
    session.add(usual)


@pytest.mark.usefixtures("has")
def test_what_is_lent_is_listed_until_it_comes_back(session: Session, people: People, ticket: Ticket) -> None:
    for kind, due_on in (("device", date(2026, 7, 1)), ("Bus fares", None)):
        offer(session, people.amina, ticket.number, OfferInput(kind=kind, due_on=due_on))
    session.flush()
    assert [given.name for given in offers_on(session, ticket.number)] == ["A device to borrow", "Bus fares"]
    assert [given.kind for given, _ in offers_out(session, people.mo)] == ["device"]
    assert offers_out(session, people.sam) == []
    for state in (OfferState.USED, OfferState.RETURNED):
        offer(session, people.amina, ticket.number, OfferInput(kind="device", state=state))
    session.flush()
    assert offers_out(session, people.mo) == []
    back = OfferInput(kind="device", state=OfferState.RETURNED)
    with pytest.raises(Conflict):
        offer(session, people.amina, ticket.number, back)


@pytest.mark.usefixtures("has")
@pytest.mark.parametrize("kind", ["sim", "A car"])
def test_nothing_is_offered_that_the_service_does_not_have(
    session: Session, people: People, ticket: Ticket, kind: str
) -> None:
    with pytest.raises(Invalid):
        offer(session, people.amina, ticket.number, OfferInput(kind=kind))


@pytest.mark.usefixtures("has")
def test_what_was_given_goes_where_the_work_goes(session: Session, people: People, ticket: Ticket) -> None:
    offer(session, people.amina, ticket.number, OfferInput(kind="device", due_on=date(2026, 7, 1)))
    target = tell(session)
    session.flush()
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert [given.kind for given in offers_on(session, target.number)] == ["device"]


@pytest.mark.usefixtures("has")
def test_what_is_lent_comes_back_before_what_is_a_gift(
    session: Session, people: People, ticket: Ticket
) -> None:
    """Two of a kind: none is noted twice while another waits, and what is overdue does not stay so."""
    for due_on in (date(2026, 7, 1), None):
        offer(session, people.amina, ticket.number, OfferInput(kind="device", due_on=due_on))
    for _ in range(2):
        offer(session, people.amina, ticket.number, OfferInput(kind="device", state=OfferState.USED))
    session.flush()
    assert all(given.used_at for given in offers_on(session, ticket.number))
    offer(session, people.amina, ticket.number, OfferInput(kind="device", state=OfferState.RETURNED))
    session.flush()
    assert offers_out(session, people.mo) == []
    lent, gift = offers_on(session, ticket.number)
    assert lent.returned_at
    assert gift.returned_at is None


def test_what_those_need_who_were_merged_is_told_to_staff_alone(session: Session, people: People) -> None:
    kept, further = (tell(session, contact=CONTACT | {"access_needs": given}) for given in ([], ["no_phone"]))
    merge(session, people.amina, further.number, MergeInput(into=kept.number))
    session.flush()
    assert [need.label for need in needs_of_merged(session, kept.number)] == ["No phone calls"]
    assert needs(session, kept) == []
    assert needs_of_merged(session, tell(session).number) == []
