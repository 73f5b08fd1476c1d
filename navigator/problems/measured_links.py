"""How often a suggested problem is the right one: links that navigators made, beside what is suggested.

Each ticket is looked at as on its arrival: with what its reporter chose and the desk thought likely, beside
the reports of before it. Only what became of those is known from today. Nobody's words leave the database.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from navigator import clock
from navigator.problems.compared_reports import LOOK_BACK, MAX_TEXT_LENGTH, newest_reports, score_reports
from navigator.problems.likely_problems import MIN_LINKED_SHARE, linked_share
from navigator.problems.problem import Problem
from navigator.tickets.action_rules import Action
from navigator.tickets.ticket import Author, Message, Status, Ticket
from navigator.triage.metrics import MetricValue, accuracy
from navigator.triage.similarity import TopicVector, topic_vector

LEVELS = (0.3, 0.5, MIN_LINKED_SHARE, 0.9)
_JUDGED = col(Ticket.status).not_in((Status.NEW, Status.OPEN, Status.MERGED))


@dataclass(frozen=True)
class Suggestion:
    """The share of like reports that were linked to a problem, and whether the ticket was linked to it."""

    share: float
    is_right: bool


def measured_links(session: Session) -> tuple[list[Suggestion], int]:
    """Every problem that could have been suggested on a ticket that was dealt with; how many were linked."""
    query = select(Ticket).where(_JUDGED | col(Ticket.problem_id).is_not(None))
    since = clock.now() - LOOK_BACK
    tickets = session.exec(query.where(col(Ticket.reported_at) > since).order_by(col(Ticket.number))).all()
    problems = session.exec(select(Problem)).all()
    found = [one for ticket in tickets for one in _suggestions(session, ticket, problems)]
    return found, sum(ticket.problem_id is not None for ticket in tickets)


def _suggestions(session: Session, ticket: Ticket, problems: Sequence[Problem]) -> Iterator[Suggestion]:
    could_be = [problem for problem in problems if _was_open(problem, ticket)]
    topics = _topics_at_arrival(ticket)
    if not could_be or not topics:
        return
    before = (col(Ticket.number) < ticket.number, col(Ticket.programme_id) == ticket.programme_id)
    rows = newest_reports(session, ticket.service_id, [*topics], ticket.reported_at, *before)
    scored = score_reports(session, topics, _text(session, ticket), rows)
    for problem in could_be:
        yield Suggestion(linked_share(problem, scored), ticket.problem_id == problem.id)


def _was_open(problem: Problem, ticket: Ticket) -> bool:
    has_ended = problem.closed_at is not None and problem.closed_at <= ticket.reported_at
    return (
        problem.programme_id == ticket.programme_id
        and problem.opened_at <= ticket.reported_at
        and not has_ended
    )


def _topics_at_arrival(ticket: Ticket) -> TopicVector:
    likely = {} if ticket.suggestion_is_hidden else ticket.category_probabilities
    return topic_vector(likely, ticket.reported_category, is_triaged=False)


def _text(session: Session, ticket: Ticket) -> str:
    report = select(Message.body).where(
        Message.origin_number == ticket.number,
        Message.action == Action.REPORT,
        Message.author == Author.REPORTER,
    )
    return (session.exec(report).first() or "")[:MAX_TEXT_LENGTH]


def link_metrics(session: Session) -> Iterator[MetricValue]:
    """At each level: how many suggestions were right, and how many of the linked tickets had theirs."""
    found, linked = measured_links(session)
    for level in LEVELS:
        made = [one.is_right for one in found if one.share >= level]
        reached = [*filter(None, made), *[False] * (linked - sum(made))]
        mark = " (in use)" if level == MIN_LINKED_SHARE else ""
        metrics = (
            accuracy(f"right from {level}{mark}", made),
            accuracy(f"linked tickets reached from {level}", reached),
        )
        yield from filter(None, metrics)
