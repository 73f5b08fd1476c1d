"""What comes back to somebody who left or is away is chosen for again, whatever brings it back."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people.accounts import MembershipInput
from navigator.people.actor import reporter
from navigator.people.user import Role, User
from navigator.tickets.actions import leavers, reassign, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import answer, reopen
from navigator.tickets.inputs import AssignInput, MergeInput, ResolveInput, SayInput
from navigator.tickets.ticket import Resolution, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People


def _reopened(session: Session, people: People, ticket: Ticket) -> None:
    reopen(session, reporter(ticket.number), ticket.number)


def _answered(session: Session, people: People, ticket: Ticket) -> None:
    answer(session, reporter(ticket.number), ticket.number, SayInput(body="It is broken again"))


def _told_again(session: Session, people: People, ticket: Ticket) -> None:
    again = tell(session)
    staff.assign(session, people.amina, again.number, AssignInput())
    merge(session, people.amina, again.number, MergeInput(into=ticket.number))


def _left(session: Session, people: People) -> None:
    left = MembershipInput(service_id=people.north, roles=frozenset({Role.PWP}))
    leavers.set_membership(session, people.ada, people.tom.user_id or 0, left)


def _deactivated(session: Session, people: People) -> None:
    leavers.deactivate(session, people.ada, people.tom.user_id or 0)


def _away(session: Session, people: People) -> None:
    session.get_one(User, people.tom.user_id).away_from_on = clock.today()


COMES_BACK = pytest.mark.parametrize("comes_back", [_reopened, _answered, _told_again])
ABSENT = pytest.mark.parametrize("absent", [_left, _deactivated, _away])
ComesBack = Callable[[Session, People, Ticket], None]
Absent = Callable[[Session, People], None]


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """Tom's ticket, put right."""
    ticket = tell(session)
    staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.tom.user_id))
    told = ResolveInput(resolution=Resolution.FIXED, body="Try it again.")
    staff.resolve(session, people.amina, ticket.number, told)
    session.flush()
    return ticket


def told(session: Session, ticket: Ticket, user_id: int | None) -> list[str]:
    query = select(OutboxMessage).where(OutboxMessage.recipient == Recipient.USER)
    query = query.where(OutboxMessage.recipient_id == user_id, OutboxMessage.ticket_number == ticket.number)
    return [letter.template for letter in session.exec(query)]


@COMES_BACK
@ABSENT
def test_somebody_who_is_there_has_it_and_is_told(
    session: Session, people: People, ticket: Ticket, comes_back: ComesBack, absent: Absent
) -> None:
    """11.C4: it stayed with whoever was gone, unseen."""
    absent(session, people)
    session.flush()
    comes_back(session, people, ticket)
    session.flush()
    assert (ticket.status, ticket.assignee_id, ticket.assign_by_at) == ("open", people.amina.user_id, None)
    assert "assigned" in told(session, ticket, people.amina.user_id)
    assert "reporter_wrote" not in told(session, ticket, people.amina.user_id)


@COMES_BACK
@pytest.mark.parametrize("is_waiting", [False, True])
def test_where_nobody_is_chosen_somebody_must_take_it_in_time(
    session: Session, people: People, ticket: Ticket, comes_back: ComesBack, is_waiting: bool
) -> None:
    """11.C4: the time by which somebody must have it begins anew."""
    session.get_one(Service, people.north).assigns_at_once = False
    if is_waiting:
        reopen(session, reporter(ticket.number), ticket.number)
        staff.wait(session, people.amina, ticket.number, SayInput(body="Which app?"))
    _away(session, people)
    session.flush()
    comes_back(session, people, ticket)
    assert ticket.assignee_id is None
    assert ticket.assign_by_at is not None
    assert ticket.assign_by_at > clock.now()


@COMES_BACK
def test_who_is_there_keeps_it(
    session: Session, people: People, ticket: Ticket, comes_back: ComesBack
) -> None:
    """11.C4: nothing else changes."""
    comes_back(session, people, ticket)
    assert ticket.assignee_id == people.tom.user_id


def test_what_somebody_took_or_ended_meanwhile_stays_as_it_is(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
):
    """Whoever reassigns waits for the locks of those who change a ticket."""
    taken, ended, left = (tell(session) for _ in range(3))
    for ticket in (taken, ended, left):
        staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.tom.user_id))

    def waited(session: Session, *_: object) -> None:
        staff.assign(session, people.amina, taken.number, AssignInput(assignee_id=people.amina.user_id))
        staff.resolve(
            session, people.amina, ended.number, ResolveInput(resolution=Resolution.FIXED, body="Done")
        )

    monkeypatch.setattr(reassign, "lock_tickets", waited)
    reassign.reassign_all(session, people.tom.user_id or 0, [people.north])
    assert (taken.assignee_id, ended.status) == (people.amina.user_id, "resolved")
    assert left.assignee_id != people.tom.user_id
