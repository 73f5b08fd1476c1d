"""Outages: similar reports within an hour are suggested to be linked to one problem, and later ones join."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, bindparam, literal, literal_column, select
from sqlmodel import Session, col, exists

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.database import ask
from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.problems.compared_reports import (
    MIN_SIMILARITY,
    PERSON,
    TOPIC_COLUMNS,
    close_together,
    topics_of,
    topics_of_ticket,
)  # fmt: skip
from navigator.problems.inputs import NewProblemInput, OutageInput
from navigator.problems.linking import UNCONFIRMED, link, workaround_words
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import note_left_out, open_problem, problem_visible_to
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.send_checks import bulk_send_warnings, require_confirmed
from navigator.tickets.detail import TicketDetail
from navigator.tickets.inputs import LinkInput
from navigator.tickets.queue.kept_while_unchanged import MARK, KeptWhileUnchanged, note_mark
from navigator.tickets.queue.views import IS_LIVE
from navigator.tickets.ticket import LIVE, Event, Ticket
from navigator.tickets.visibility import ACTORS, find, in_services
from navigator.triage.similarity import TopicVector

MIN_REPORTS = 3
WINDOW = timedelta(hours=1)
LOOK_BACK = timedelta(days=3)
MAX_REPORTS = 200
"""So many of the newest that nobody linked are looked at; of more, the rest are suggested next."""

_COLUMNS = (
    *TOPIC_COLUMNS, Ticket.number, Ticket.programme_id, Ticket.reported_at, Programme.code, Programme.name,
)  # fmt: skip

ReportKind = tuple[int, str]
"""A programme's id and the likely category of reports."""


@dataclass(frozen=True)
class SuggestedOutage:
    """Similar reports that nobody has linked yet, to open an outage for or to join the open one."""

    programme: str
    programme_name: str
    category: str
    numbers: Sequence[int]
    outage: Problem | None

    @property
    def words(self) -> str:
        """What those who join would read; nothing while the outage has no workaround."""
        return workaround_words(self.outage) if self.outage else ""


_KEPT: KeptWhileUnchanged[list[SuggestedOutage]] = KeptWhileUnchanged(ACTORS)
"""What was suggested to somebody last: numbers of reports, no words."""


@clock.one_moment()
def suggested_outages(session: Session, actor: Actor) -> list[SuggestedOutage]:
    """The outages that a navigator can open or extend in one click, the newest reports first.

    They are looked for anew when a ticket has changed, and while there is an open outage, which changes
    without one."""
    if not actor.has(Role.NAVIGATOR):
        return []
    state = ask(session, _state_query(actor)).one()
    note_mark(session, state.mark)
    look = partial(_look, session, actor)
    return list(look() if state.has_outage else _KEPT.get(session, actor, look, _are_of_none))


def _are_of_none(suggestions: Sequence[SuggestedOutage]) -> bool:
    """Whether none is of an outage, which may have been opened meanwhile."""
    return not any(each.outage for each in suggestions)


def _look(session: Session, actor: Actor) -> list[SuggestedOutage]:
    return _suggestions(session, actor, _unlinked_by_kind(session, actor))


@clock.one_moment()
def outages_of(session: Session, actor: Actor, detail: TicketDetail) -> list[SuggestedOutage]:
    """The suggested outages that a ticket is one of; asked only of those that can be one."""
    ticket = detail.ticket
    is_decided = ticket.problem_id is not None or any(event.action == Action.LINK for event in detail.events)
    is_recent = ticket.status in LIVE and ticket.reported_at > clock.now() - LOOK_BACK
    kind = _kind(ticket.programme_id, ticket.category, topics_of_ticket(ticket))
    if is_decided or not is_recent or kind is None:
        return []
    return [each for each in suggested_outages(session, actor) if ticket.number in each.numbers]


def _suggestions(
    session: Session, actor: Actor, reports_by_kind: Mapping[ReportKind, list[Row[Any]]]
) -> list[SuggestedOutage]:
    has_outage = any(rows[0].has_outage for rows in reports_by_kind.values())
    outages = {
        (outage.programme_id, outage.category): outage
        for outage in (_open_outages(session, actor) if has_outage else ())
    }
    suggestions = [_suggestion(rows, kind, outages) for kind, rows in reports_by_kind.items()]
    return sorted(
        (suggestion for suggestion in suggestions if suggestion.numbers),
        key=lambda suggestion: -suggestion.numbers[-1],
    )


def _unlinked_by_kind(session: Session, actor: Actor) -> Mapping[ReportKind, list[Row[Any]]]:
    """Live tickets of the last days that nobody has linked or unlinked, by kind, oldest first."""
    by_kind: dict[ReportKind, list[Row[Any]]] = defaultdict(list)
    for row in session.execute(_unlinked_query(actor, MAX_REPORTS), {"since": clock.now() - LOOK_BACK}):
        if kind := _kind(row.programme_id, row.category, topics_of(row)):
            by_kind[kind].append(row)
    return by_kind


def _kind(programme_id: int | None, category: str | None, topics: TopicVector) -> ReportKind | None:
    """The kind of a report: of the category that somebody chose, else of the likeliest."""
    likeliest = category or max(topics, key=topics.__getitem__, default=None)
    if programme_id is None or likeliest is None or topics[likeliest] < MIN_SIMILARITY:
        return None
    return programme_id, likeliest


def _may_be_of_one(actor: Actor) -> ColumnElement[bool]:
    """Live tickets of the last days without a problem, of services in which an actor is a navigator."""
    return and_(
        IS_LIVE,
        in_services(actor, Role.NAVIGATOR),
        col(Ticket.reported_at) > bindparam("since"),
        col(Ticket.programme_id).is_not(None),
        col(Ticket.problem_id).is_(None),
    )


@lru_cache(maxsize=ACTORS)
def _state_query(actor: Actor) -> Select[Any]:
    return select(MARK.label("mark"), exists().where(_is_open_outage(actor)).label("has_outage"))


@lru_cache(maxsize=ACTORS)
def _unlinked_query(actor: Actor, limit: int) -> Select[Any]:
    has_outage = exists().where(_is_open_outage(actor)).label("has_outage")
    query = select(*_COLUMNS, PERSON, has_outage)  # type: ignore[call-overload]
    query = query.join(Programme, col(Programme.id) == col(Ticket.programme_id))
    query = query.join(Reporter, col(Reporter.id) == col(Ticket.reporter_id))
    link_decided = exists().where(
        col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.LINK
    )
    newest_first = (col(Ticket.reported_at).desc(), col(Ticket.number).desc())
    most: Any = literal_column(str(limit))  # PostgreSQL plans for no more than these, as it knows the number
    newest = query.where(_may_be_of_one(actor), ~link_decided).order_by(*newest_first).limit(most)
    columns = newest.subquery().c
    return select(*columns).order_by(columns.reported_at, columns.number)


def _open_outages(session: Session, actor: Actor) -> Iterable[Problem]:
    return session.execute(_open_outages_query(actor)).scalars()


@lru_cache(maxsize=ACTORS)
def _open_outages_query(actor: Actor) -> Select[Any]:
    return select(Problem).where(_is_open_outage(actor)).order_by(col(Problem.id))


def _is_open_outage(actor: Actor) -> ColumnElement[bool]:
    over = [literal(status) for status in sorted(IS_OVER)]
    return and_(problem_visible_to(actor), col(Problem.is_outage), col(Problem.status).not_in(over))


def _suggestion(
    rows: Sequence[Row[Any]], kind: ReportKind, outages: Mapping[ReportKind, Problem]
) -> SuggestedOutage:
    outage = outages.get(kind)
    joining = [row.number for row in rows if outage and row.reported_at > outage.opened_at - WINDOW]
    numbers = joining if outage else close_together(rows, WINDOW, MIN_REPORTS)
    return SuggestedOutage(rows[0].code, rows[0].name, kind[1], numbers, outage)


def open_outage(session: Session, actor: Actor, outage_input: OutageInput) -> Problem:
    """Link the suggested reports to one outage, opened if there is none; idempotent.

    Who joins reads only words that were confirmed, and nothing while a clinician must read theirs.
    """
    # One at a time for each programme. Not the strongest lock: reports of it need not wait.
    programme_lock = select(col(Programme.id)).where(col(Programme.code) == outage_input.programme)
    session.execute(programme_lock.with_for_update(key_share=True))
    if (suggestion := suggestion_for(session, actor, outage_input)) is None:
        return _existing_outage(session, actor, outage_input)
    if suggestion.words and outage_input.tell is None:
        raise Conflict(UNCONFIRMED, {"body": suggestion.words})
    if outage_input.tell:
        require_confirmed(session, actor, _suggested_tickets(session, actor, suggestion), outage_input.body)
    outage = suggestion.outage or _open_new(session, actor, suggestion)
    for number in suggestion.numbers:
        _join(session, actor, number, outage, outage_input)
    return outage


def _suggested_tickets(session: Session, actor: Actor, suggestion: SuggestedOutage) -> list[Ticket]:
    return [find(session, actor, number) for number in suggestion.numbers]


def warnings_before_joining(session: Session, actor: Actor, outage_input: OutageInput) -> list[str]:
    """The warnings to show before those who join the outage are written to."""
    suggestion = suggestion_for(session, actor, outage_input) if outage_input.tell else None
    tickets = _suggested_tickets(session, actor, suggestion) if suggestion else []
    return bulk_send_warnings(session, tickets, outage_input.body) if tickets else []


def _join(session: Session, actor: Actor, number: int, outage: Problem, outage_input: OutageInput) -> None:
    ticket = find(session, actor, number, lock=True)
    if ticket.problem_id is not None or ticket.status not in LIVE:  # since we looked
        return
    tells = bool(outage_input.tell) and not ticket.has_open_review
    link(session, actor, number, LinkInput(problem_id=outage.id, tell=tells, body=outage_input.body))
    if outage_input.tell and not tells:
        note_left_out(session, actor, outage, [number])


def words_for_joining(session: Session, actor: Actor, outage_input: OutageInput) -> str:
    """What those who join the open outage would read now."""
    suggestion = suggestion_for(session, actor, outage_input)
    return suggestion.words if suggestion else ""


def suggestion_for(session: Session, actor: Actor, outage_input: OutageInput) -> SuggestedOutage | None:
    """The suggestion of this programme and category, if there still is one."""
    kind = (outage_input.programme, outage_input.category)
    return next((one for one in _look(session, actor) if (one.programme, one.category) == kind), None)


def _existing_outage(session: Session, actor: Actor, outage_input: OutageInput) -> Problem:
    for outage in _open_outages(session, actor):
        programme = session.get_one(Programme, outage.programme_id).code
        if (programme, outage.category) == (outage_input.programme, outage_input.category):
            return outage
    raise Conflict("There are no such reports any more. Somebody has seen to them.")


def _open_new(session: Session, actor: Actor, suggestion: SuggestedOutage) -> Problem:
    first = session.get_one(Ticket, suggestion.numbers[0])
    problem_input = NewProblemInput(
        service=session.get_one(Service, first.service_id).code,
        programme=suggestion.programme,
        category=suggestion.category,
        title=catalogue().category(suggestion.category).staff_label,
    )
    outage = open_problem(session, actor, problem_input)
    outage.is_outage = True
    session.flush()
    return outage
