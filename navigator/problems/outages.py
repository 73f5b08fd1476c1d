"""Outages: similar reports within an hour are suggested to be linked to one problem, and later ones join."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from json import loads
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Text, and_, case, cast, literal, select
from sqlmodel import Session, col, exists

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.problems.inputs import NewProblemInput, OutageInput
from navigator.problems.linking import UNCONFIRMED, link, workaround_words
from navigator.problems.problem import Problem
from navigator.problems.public_list import IS_OVER
from navigator.problems.records import note_left_out, open_problem, problem_visible_to
from navigator.problems.similar_tickets import MIN_SIMILARITY
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.send_checks import bulk_send_warnings, require_confirmed
from navigator.tickets.inputs import LinkInput
from navigator.tickets.queue.views import IS_LIVE, moment
from navigator.tickets.ticket import LIVE, Event, Ticket
from navigator.tickets.visibility import find, visible_to
from navigator.triage.similarity import topic_vector

MIN_REPORTS = 3
WINDOW = timedelta(hours=1)
LOOK_BACK = timedelta(days=3)
MAX_REPORTS = 200
"""So many of the newest are looked at, on every page of the queue; of more, the rest are suggested next."""

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


def suggested_outages(session: Session, actor: Actor) -> list[SuggestedOutage]:
    """The outages that a navigator can open or extend in one click, the newest reports first."""
    rows = session.execute(_unlinked_query(actor)).all() if actor.has(Role.NAVIGATOR) else ()
    has_outage = bool(rows) and rows[0].has_outage
    outages = {
        (outage.programme_id, outage.category): outage
        for outage in (_open_outages(session, actor) if has_outage else ())
    }
    suggestions = [
        _suggestion(session, kind, numbers, outages.get(kind))
        for kind, reports in _by_kind(rows).items()
        if (numbers := _suggested_numbers(reports, outages.get(kind)))
    ]
    return sorted(suggestions, key=lambda suggestion: -suggestion.numbers[-1])


def _by_kind(newest: Sequence[Row[Any]]) -> Mapping[ReportKind, list[Row[Any]]]:
    """Reports by kind, oldest first."""
    by_kind: dict[ReportKind, list[Row[Any]]] = defaultdict(list)
    for row in reversed(newest):
        if likeliest := _likeliest(row.probabilities, row.category, row.is_triaged):
            by_kind[row.programme_id, likeliest].append(row)
    return by_kind


@lru_cache(maxsize=100)
def _unlinked_query(actor: Actor) -> Select[Any]:
    """Live tickets of the last days that nobody has linked or unlinked, newest first, as staff see them."""
    is_triaged = col(Ticket.triaged_at).is_not(None)
    probabilities = case(
        (and_(col(Ticket.suggestion_is_hidden), ~is_triaged), "{}"),
        else_=cast(col(Ticket.category_probabilities), Text),
    )
    columns: tuple[Any, ...] = (
        Ticket.number, Ticket.programme_id, Ticket.category, Ticket.reported_at,
        is_triaged.label("is_triaged"), probabilities.label("probabilities"),
        exists().where(_is_open_outage(actor)).label("has_outage"),
    )  # fmt: skip
    link_decided = exists().where(
        col(Event.ticket_number) == col(Ticket.number), col(Event.action) == Action.LINK
    )
    query = select(*columns).where(
        IS_LIVE,
        visible_to(actor),
        col(Ticket.service_id).in_([literal(id) for id in sorted(actor.services(Role.NAVIGATOR))]),
        col(Ticket.reported_at) > moment("look_back", lambda: clock.now() - LOOK_BACK),
        col(Ticket.programme_id).is_not(None),
        col(Ticket.problem_id).is_(None),
        ~link_decided,
    )
    return query.order_by(col(Ticket.reported_at).desc(), col(Ticket.number).desc()).limit(MAX_REPORTS)


@lru_cache(maxsize=2_000)
def _likeliest(probabilities: str, category: str | None, is_triaged: bool) -> str | None:
    """What a report is most likely about, from its probabilities as they are stored; None when nothing is
    likely enough."""
    topics = topic_vector(loads(probabilities), category, is_triaged)
    likeliest = max(topics, key=lambda category: topics[category], default=None)
    return likeliest if likeliest and topics[likeliest] >= MIN_SIMILARITY else None


def _is_open_outage(actor: Actor) -> ColumnElement[bool]:
    return and_(problem_visible_to(actor), col(Problem.is_outage), col(Problem.status).not_in(IS_OVER))


def _open_outages(session: Session, actor: Actor) -> Iterable[Problem]:
    query = select(Problem).where(_is_open_outage(actor))
    return session.execute(query.order_by(col(Problem.id))).scalars()


def _suggestion(
    session: Session, kind: ReportKind, numbers: Sequence[int], outage: Problem | None
) -> SuggestedOutage:
    programme = session.get_one(Programme, kind[0])
    return SuggestedOutage(programme.code, programme.name, kind[1], numbers, outage)


def _suggested_numbers(rows: Sequence[Row[Any]], outage: Problem | None) -> list[int]:
    if outage is None:
        return _reports_close_together(rows)
    return [row.number for row in rows if row.reported_at > outage.opened_at - WINDOW]


def _reports_close_together(rows: Sequence[Row[Any]]) -> list[int]:
    """The numbers of the reports that came with two others within an hour."""
    windows = (rows[n : n + MIN_REPORTS] for n in range(len(rows) - MIN_REPORTS + 1))
    within_the_hour = [
        window for window in windows if window[-1].reported_at - window[0].reported_at <= WINDOW
    ]
    return sorted({row.number for window in within_the_hour for row in window})


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
    suggestions = suggested_outages(session, actor)
    return next((one for one in suggestions if (one.programme, one.category) == kind), None)


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
