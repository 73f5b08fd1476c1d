"""Who could hold a booked call and when: whoever has the ticket, else whoever could take it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.call_times import call_times, quarters_of
from navigator.catalogue.service import Service
from navigator.tickets.assignment.candidates import candidates
from navigator.tickets.assignment.choose import eligible_for_rule, requirements_of, rule_for
from navigator.tickets.assignment.rules import Candidate
from navigator.tickets.booked_call import BookedCall, BookedQuarter
from navigator.tickets.ticket import Ticket

FreeTimes = Mapping[datetime, Sequence[Candidate]]
"""When a call may begin, soonest first, and who could hold it then."""


@dataclass(frozen=True)
class _Diary:
    """How long a call is, and what the navigators of a service have booked."""

    minutes: int
    taken: Collection[tuple[int, datetime]]

    def is_free(self, candidate: Candidate, at: datetime) -> bool:
        """Whether somebody is there on that day and has no other call then."""
        is_there = candidate.rows is not None and not candidate.rows[1].is_away_on(clock.local(at).date())
        quarters = quarters_of(at, self.minutes)
        return is_there and not any((candidate.user_id, each) in self.taken for each in quarters)

    def times(self, times: Iterable[datetime], people: Sequence[Candidate]) -> FreeTimes:
        """The times at which any of these people is free."""
        free = {at: [one for one in people if self.is_free(one, at)] for at in times}
        return {at: who for at, who in free.items() if who}


def free_times(
    session: Session, ticket: Ticket, moved: BookedCall | None = None, lock: bool = False
) -> FreeTimes:
    """The times that whoever has the ticket has free; where they have none, or nobody has it, the others'.

    The time of a call that is `moved` is free, too. Locked, nobody else of the service books meanwhile.
    """
    service = session.get_one(Service, ticket.service_id)
    if not (times := [*call_times(service, clock.now())]):
        return {}
    team = candidates(session, service.id, lock)
    diary = _diary(session, service.call_minutes, team, times[0], moved)
    holder = [one for one in team if one.user_id == ticket.assignee_id]
    return diary.times(times, holder) or _times_of_others(session, ticket, diary, times, team)


def free_for(session: Session, ticket: Ticket, call: BookedCall) -> Sequence[Candidate]:
    """Who could hold a call at its time: whoever has the ticket, unless they have other calls.

    Where they are away on that day, or nobody has the ticket, whoever else could take it.
    """
    team = candidates(session, ticket.service_id)
    diary = _diary(session, call.minutes, team, call.starts_at, call)
    holder = [one for one in team if one.user_id == ticket.assignee_id]
    day = clock.local(call.starts_at).date()
    if any(one.rows and not one.rows[1].is_away_on(day) for one in holder):
        return [one for one in holder if diary.is_free(one, call.starts_at)]
    return _times_of_others(session, ticket, diary, [call.starts_at], team).get(call.starts_at, ())


def _times_of_others(
    session: Session, ticket: Ticket, diary: _Diary, times: Sequence[datetime], team: Sequence[Candidate]
) -> FreeTimes:
    """The times of those whom a rule names, else of everybody who could take the ticket."""
    # Who is away today may be there on the day of the call: the diary asks about that day.
    whole = [replace(one, away=False) for one in team]
    by_rule, anybody = eligible_for_rule(whole, requirements_of(session, ticket), rule_for(session, ticket))
    return diary.times(times, by_rule) or diary.times(times, anybody)


def _diary(
    session: Session, minutes: int, team: Sequence[Candidate], first: datetime, moved: BookedCall | None
) -> _Diary:
    query = select(BookedQuarter.navigator_id, BookedQuarter.starts_at).where(
        col(BookedQuarter.navigator_id).in_([one.user_id for one in team]),
        col(BookedQuarter.starts_at) >= first,
        col(BookedQuarter.call_id) != (moved.id if moved else 0),
    )
    return _Diary(minutes, frozenset(session.exec(query).all()))
