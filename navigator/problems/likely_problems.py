"""Which known problem is likely behind a ticket: what navigators did with the reports most like it.

A wrong suggestion can send somebody a wrong workaround. That a problem has the ticket's category says little:
many things break in one category. So a problem is suggested only where most like reports since it was opened
were linked to it, by how alike they are; those that were dealt with and not linked speak against it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from navigator.problems.problem import Problem
from navigator.tickets.ticket import Status

MIN_LINKED_SHARE = 0.7
"""Measured on 2026-11-28 by `navigator triage links` on the demonstration: 0.91 were right (0.84–0.97; 74).

`tests/navigator/demo/test_measured_links.py` fails where fewer than 0.8 are; docs/triage.md says more."""

_AGAINST = 1.0
"""One report just as alike that was not linked is counted in: one link alone shows nothing."""
_NOT_DEALT_WITH = (Status.NEW, Status.OPEN)

ScoredReports = Sequence[tuple[Any, float]]
"""Reports of the ticket's programme, each with how alike it is: rows with these columns of a ticket."""


def likely_problems(
    problems: Iterable[Problem], reports: ScoredReports, at_least: float = MIN_LINKED_SHARE
) -> list[Problem]:
    """The problems to which at least this share of like reports was linked, the likeliest first."""
    shares = [(linked_share(problem, reports), problem) for problem in problems]
    ranked = sorted(shares, key=lambda pair: (-pair[0], -pair[1].id))
    return [problem for share, problem in ranked if share >= at_least]


def linked_share(problem: Problem, reports: ScoredReports) -> float:
    """How much of the likeness of reports dealt with since a problem was opened is of those linked to it."""
    dealt_with = [
        (row.problem_id == problem.id, alike)
        for row, alike in reports
        if row.reported_at >= problem.opened_at and (row.problem_id or row.status not in _NOT_DEALT_WITH)
    ]
    linked = sum(alike for is_linked, alike in dealt_with if is_linked)
    return linked / (_AGAINST + sum(alike for _, alike in dealt_with))
