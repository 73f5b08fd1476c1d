"""Who watches a ticket is told of answers and of its end, and never of what they may not see."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import NotFound
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.accounts import DepartureInput
from navigator.people.actor import reporter
from navigator.people.unread_notices import READ_BY_OPENING
from navigator.tickets.actions import leavers, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.merge import merge
from navigator.tickets.inputs import AssignInput, MergeInput, ResolveInput, SayInput
from navigator.tickets.notice import Notice, Watch
from navigator.tickets.notices import notices_on, take_back, unread_notices, unwatch, watch
from navigator.tickets.ticket import Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """Amina's, watched by Mo."""
    ticket = tell(session)
    staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.amina.user_id))
    watch(session, people.mo, ticket.number, is_mailed=False)
    session.flush()
    return ticket


def told(session: Session, user_id: int | None) -> list[str]:
    is_told = (Notice.user_id == user_id, col(Notice.kind).not_in(READ_BY_OPENING))
    return list(session.exec(select(Notice.kind).where(*is_told).order_by(col(Notice.id))))


def letters(session: Session, user_id: int | None) -> list[str]:
    query = select(OutboxMessage.template).where(OutboxMessage.recipient_id == user_id)
    found = session.exec(query.where(OutboxMessage.recipient == "user").order_by(col(OutboxMessage.id)))
    return [template for template in found if template not in ("assigned", "reporter_wrote")]


def live_through(session: Session, people: People, number: int) -> None:
    staff.reply(session, people.amina, number, SayInput(body="Try this"))
    following.answer(session, reporter(number), number, SayInput(body="It does not help"))
    staff.note(session, people.amina, number, SayInput(body="Hm"))
    staff.wait(session, people.amina, number, SayInput(body="Which phone?"))
    staff.resolve(session, people.amina, number, ResolveInput(resolution="fixed", body="Done"))  # type: ignore[arg-type]
    following.reopen(session, reporter(number), number)
    following.confirm(session, reporter(number), number)
    session.flush()


def test_they_are_told_of_answers_and_of_the_end(session: Session, people: People, ticket: Ticket) -> None:
    live_through(session, people, ticket.number)
    kinds = ["answered", "wrote", "answered", "resolved", "wrote", "resolved"]
    assert told(session, people.mo.user_id) == kinds
    assert letters(session, people.mo.user_id) == []
    assert told(session, people.amina.user_id) == []


def test_by_email_too_if_they_like(session: Session, people: People, ticket: Ticket) -> None:
    watch(session, people.mo, ticket.number, is_mailed=True)
    assert notices_on(session, people.mo, ticket)[:2] == ([], True)
    live_through(session, people, ticket.number)
    assert letters(session, people.mo.user_id)[:4] == [
        "watched_answered", "watched_wrote", "watched_answered", "watched_resolved",
    ]  # fmt: skip


def test_not_once_they_watch_no_more(session: Session, people: People, ticket: Ticket) -> None:
    unwatch(session, people.mo, ticket.number)
    assert notices_on(session, people.mo, ticket)[:2] == ([], None)
    live_through(session, people, ticket.number)
    assert told(session, people.mo.user_id) == []


def test_whoever_did_it_or_has_it_is_not_told_twice(session: Session, people: People, ticket: Ticket) -> None:
    watch(session, people.amina, ticket.number, is_mailed=True)
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="Hello?"))
    staff.reply(session, people.amina, ticket.number, SayInput(body="Yes"))
    assert told(session, people.amina.user_id) == []
    watch(session, people.tom, ticket.number, is_mailed=False)
    staff.reply(session, people.tom, ticket.number, SayInput(body="I helped"))
    assert told(session, people.tom.user_id) == []
    assert told(session, people.amina.user_id) == ["answered"]


def test_never_of_what_they_may_not_see(session: Session, people: People, ticket: Ticket) -> None:
    """T11 of the peers."""
    with pytest.raises(NotFound):
        watch(session, people.priya, ticket.number, is_mailed=False)
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    session.flush()
    watch(session, people.priya, ticket.number, is_mailed=True)
    ticket.pwp_id = None
    session.flush()
    live_through(session, people, ticket.number)
    assert told(session, people.priya.user_id) == []
    assert letters(session, people.priya.user_id) == []
    with pytest.raises(NotFound):
        watch(session, people.sam, ticket.number, is_mailed=False)


def test_what_was_told_of_an_answer_is_taken_back_with_it(
    session: Session, people: People, ticket: Ticket
) -> None:
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="Hello?"))
    staff.reply(session, people.tom, ticket.number, SayInput(body="An answer of another"))
    clock.set_to(MOMENT + timedelta(minutes=1))
    now = clock.now()
    staff.reply(session, people.amina, ticket.number, SayInput(body="Oh no"))
    take_back(session, people.amina, ticket.number, now)
    assert told(session, people.mo.user_id) == ["wrote", "answered"]


def test_what_a_namesake_told_stays(session: Session, people: People, ticket: Ticket) -> None:
    namesake = replace(people.tom, name=people.amina.name)
    now = clock.now()
    staff.reply(session, namesake, ticket.number, SayInput(body="An answer of another"))
    staff.reply(session, people.amina, ticket.number, SayInput(body="Oh no"))
    take_back(session, people.amina, ticket.number, now)
    assert told(session, people.mo.user_id) == ["answered"]


def test_leavers_drop_out(session: Session, people: People, ticket: Ticket) -> None:
    staff.reply(session, people.amina, ticket.number, SayInput(body="Try this"))
    assert unread_notices(session, people.mo)
    leavers.deactivate(session, people.ada, people.mo.user_id or 0, DepartureInput(confirm_last=True))
    assert not session.exec(select(Watch)).all()
    assert not session.exec(select(Notice).where(Notice.user_id != people.amina.user_id)).all()


def test_after_a_merge_they_watch_what_goes_on(session: Session, people: People, ticket: Ticket) -> None:
    other = tell(session)
    merge(session, people.amina, ticket.number, MergeInput(into=other.number))
    staff.reply(session, people.amina, other.number, SayInput(body="Try this"))
    assert told(session, people.mo.user_id) == ["answered"]


def test_who_had_it_is_told_that_a_colleague_resolved_it(
    session: Session, people: People, ticket: Ticket
) -> None:
    staff.resolve(session, people.tom, ticket.number, ResolveInput(resolution="fixed", body="Done"))  # type: ignore[arg-type]
    assert told(session, people.amina.user_id) == ["resolved_for_you"]
    assert letters(session, people.amina.user_id) == ["resolved_by_colleague"]


def test_nobody_is_told_that_they_resolved_their_own(
    session: Session, people: People, ticket: Ticket
) -> None:
    staff.resolve(session, people.amina, ticket.number, ResolveInput(resolution="fixed", body="Done"))  # type: ignore[arg-type]
    assert told(session, people.amina.user_id) == []
    assert letters(session, people.amina.user_id) == []
