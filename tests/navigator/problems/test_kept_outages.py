"""Suggested outages are kept while nothing has changed: what is shown is what would be found anew."""

from typing import Any

import pytest
from sqlmodel import Session

from navigator.people.actor import Actor, reporter
from navigator.problems import outages, records, updates
from navigator.problems.inputs import OutageInput, ProblemInput, StatusInput
from navigator.problems.outages import open_outage, suggested_outages
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People

DOWN = OutageInput(programme="fern", category="use.outage_or_error")


def down(session: Session, **told: Any) -> int:
    usual: dict[str, Any] = {"category": "use.outage_or_error", "text": "An error, again", "contact": {}}
    return tell(session, **(usual | told)).number


def test_an_open_outage_is_shown_with_its_words_of_now(session: Session, people: People) -> None:
    """They change with no report: nothing that is kept may say the words of before."""
    for _ in range(3):
        down(session)
    outage = open_outage(session, people.amina, DOWN)
    down(session)
    for words in ("Use paper.", "Use the telephone."):
        known = outage.model_dump(include=set(ProblemInput.model_fields) - {"version"})
        records.edit(session, people.amina, outage.id, ProblemInput(**known | {"workaround": words}))
        session.flush()
        (offer,) = suggested_outages(session, people.amina)
        assert words in offer.words


def test_an_outage_that_was_opened_at_that_moment_is_not_kept(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By another service with reports of its own: once it is over, nothing of ours has changed."""
    for _ in range(3):
        down(session), down(session, service="south")
    look = outages._unlinked_by_kind
    opened: list[Problem] = []

    def open_and_look(session: Session, actor: Actor) -> object:
        monkeypatch.undo()
        opened.append(open_outage(session, people.sam, DOWN))
        session.flush()
        return look(session, actor)

    monkeypatch.setattr(outages, "_unlinked_by_kind", open_and_look)
    (offer,) = suggested_outages(session, people.amina)
    assert [offer.outage] == opened
    updates.change_status(session, people.sam, opened[0].id, StatusInput(status=ProblemStatus.CLOSED))
    session.flush()
    (offer,) = suggested_outages(session, people.amina)
    assert offer.outage is None


def test_reports_are_not_taken_for_others_whose_numbers_add_up_alike(
    session: Session, people: People
) -> None:
    first, second, third, fourth, *rest = (down(session) for _ in range(6))
    for number in (second, third):
        following.withdraw(session, reporter(number), number)
    for number in (first, fourth) * 2:
        staff.note(session, people.amina, number, SayInput(body="Asked"))
    session.flush()
    assert [one.numbers for one in suggested_outages(session, people.amina)] == [[first, fourth, *rest]]
    for number in (second, third):
        following.reopen(session, reporter(number), number)
    for number in (first, fourth):
        following.withdraw(session, reporter(number), number)
    session.flush()
    assert [one.numbers for one in suggested_outages(session, people.amina)] == [[second, third, *rest]]


def test_another_outage_is_seen_while_one_is_open(session: Session, people: People) -> None:
    other = OutageInput(programme="fern", category="notify.too_many")
    for _ in range(3):
        down(session), down(session, service="south")
        down(session, service="south", category=other.category, text="")
    open_outage(session, people.sam, other)
    session.flush()
    (offer,) = suggested_outages(session, people.amina)
    assert offer.outage is None
    outage = open_outage(session, people.sam, DOWN)
    session.flush()
    (offer,) = suggested_outages(session, people.amina)
    assert offer.outage is outage
