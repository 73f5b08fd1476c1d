"""Snoozing: aside for hours or days of the service, never beyond the due time, and never lost."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.clock import LONDON
from navigator.errors import Conflict, Forbidden, Invalid, Stale
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import SYSTEM, reporter
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import next_session, reassign, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.snooze import snooze, snooze_options, wake
from navigator.tickets.inputs import (
    AssignInput,
    MergeInput,
    RescheduleInput,
    ResolveInput,
    SayInput,
    SnoozeInput,
    TriageInput,
)
from navigator.tickets.queue.counts import counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import ClinicalReview, Event, Message, Resolution, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

MORNING = datetime(2026, 6, 10, 9, tzinfo=LONDON)


def at(when: str) -> datetime:
    """A moment on a wall in London."""
    return datetime.fromisoformat(when).replace(tzinfo=LONDON)


def slow(session: Session) -> Ticket:
    """A ticket that is due long after the next few days."""
    ticket = tell(session, category="notify.too_many", contact={"route": "none"})
    assert ticket.due_at > clock.now() + timedelta(days=5)
    return ticket


def aside(session: Session, people: People, ticket: Ticket, **asked: Any) -> Ticket:
    snooze(session, people.amina, ticket.number, SnoozeInput.model_validate({"until": "morning"} | asked))
    session.flush()
    return ticket


def shown(session: Session, people: People, view: Any, who: str = "amina") -> list[int]:
    return [row.number for row in queue(session, getattr(people, who), Filters(view=view)).rows]


@pytest.mark.parametrize(
    ("now", "asked", "back"),
    [
        ("2026-06-09T10:00", {"until": "morning"}, "2026-06-10T09:00"),
        ("2026-06-09T07:00", {"until": "morning"}, "2026-06-09T09:00"),
        ("2026-06-09T20:00", {"until": "morning"}, "2026-06-10T09:00"),
        ("2026-06-12T16:00", {"until": "morning"}, "2026-06-15T09:00"),  # over a weekend
        ("2026-06-13T12:00", {"until": "morning"}, "2026-06-15T09:00"),  # from within one
        ("2026-04-02T16:30", {"until": "morning"}, "2026-04-07T09:00"),  # over Easter
        ("2026-04-02T16:30", {"until": "days", "days": 2}, "2026-04-08T09:00"),
        ("2026-05-22T10:00", {"until": "days", "days": 1}, "2026-05-26T09:00"),  # a bank holiday on Monday
        ("2026-12-24T15:00", {"until": "days", "days": 1}, "2026-12-29T09:00"),
        ("2026-03-27T15:00", {"until": "days", "days": 1}, "2026-03-30T09:00"),  # over the change of clocks
        ("2026-06-09T07:00", {"until": "days", "days": 1}, "2026-06-10T09:00"),
        ("2026-06-09T10:00", {"until": "on", "on": "2026-06-12"}, "2026-06-12T09:00"),
        ("2026-06-09T10:00", {"until": "on", "on": "2026-06-13"}, "2026-06-15T09:00"),  # a Saturday
        ("2026-05-20T10:00", {"until": "on", "on": "2026-05-25"}, "2026-05-26T09:00"),  # a bank holiday
        ("2026-06-09T10:10", {"until": "hour"}, "2026-06-09T11:10"),
        ("2026-06-09T16:30", {"until": "hour"}, "2026-06-10T09:30"),  # an hour in which it is open
        ("2026-06-12T18:00", {"until": "hour"}, "2026-06-15T10:00"),
        ("2026-06-09T10:00", {"until": "afternoon"}, "2026-06-09T13:00"),
        ("2026-06-09T10:00", {"until": "week"}, "2026-06-15T09:00"),
        ("2026-05-20T10:00", {"until": "week"}, "2026-05-26T09:00"),  # a bank holiday on Monday
        ("2026-06-14T10:00", {"until": "week"}, "2026-06-15T09:00"),  # on a Sunday
        ("2026-06-09T10:00", {"until": "on", "on": "2026-06-12", "at": "14:30"}, "2026-06-12T14:30"),
        ("2026-06-09T10:00", {"until": "on", "on": "2026-06-09", "at": "2.30pm"}, "2026-06-09T14:30"),
        ("2026-06-09T10:00", {"until": "on", "on": "2026-06-12", "at": "18:00"}, "2026-06-15T09:00"),
        ("2026-03-27T10:00", {"until": "on", "on": "2026-03-30", "at": "9:30"}, "2026-03-30T09:30"),
    ],
)
def test_it_comes_back_when_the_service_opens(
    session: Session, people: People, now: str, asked: dict[str, Any], back: str
) -> None:
    clock.set_to(at(now))
    assert aside(session, people, slow(session), **asked).snoozed_until_at == at(back)


def test_a_closed_day_of_the_service_and_its_own_hours_count(session: Session, people: People) -> None:
    ticket = slow(session)
    service = session.get_one(Service, people.north)
    service.hours = {"tue": ["09:00", "17:00"], "thu": ["13:00", "17:00"], "fri": ["08:00", "12:00"]}
    service.closed_days = ["2026-06-11"]
    assert aside(session, people, ticket).snoozed_until_at == at("2026-06-12T08:00")


def test_before_the_session_is_the_morning_of_its_guard(session: Session, people: People) -> None:
    clock.set_to(at("2026-05-20T10:00"))
    ticket = tell(session, category="notify.too_many", next_session=date(2026, 5, 26))  # after a bank holiday
    ticket.target_at, ticket.due_at = None, ticket.session_deadline_at or ticket.due_at
    assert aside(session, people, ticket, until="session").snoozed_until_at == at("2026-05-22T09:00")


@pytest.mark.parametrize(
    ("asked", "field", "says"),
    [
        ({"until": "on", "on": "2026-06-11"}, "on", "It would come back 9am on Thursday 11 June."),
        ({"until": "days", "days": 2}, "days", "it is due midday on Wednesday 10 June"),
        ({"until": "on", "on": "2026-06-09"}, "on", "still to come"),
        ({"until": "on", "on": "2026-01-01"}, "on", "still to come"),
        ({"until": "on", "on": "2026-06-09", "at": "09:59"}, "on", "still to come"),
        ({"until": "on", "on": "2026-06-10", "at": "12:00"}, "on", "it is due midday on Wednesday 10 June"),
        ({"until": "week"}, "until", "That is too late"),
    ],
)
def test_it_never_goes_beyond_the_guard(
    session: Session, people: People, asked: dict[str, Any], field: str, says: str
) -> None:
    ticket = tell(session, next_session=date(2026, 6, 11))
    with pytest.raises(Invalid) as refused, session.begin_nested():
        aside(session, people, ticket, **asked)
    assert says in refused.value.fields[field]
    assert session.get_one(Ticket, ticket.number).snoozed_until_at is None
    assert aside(session, people, ticket).snoozed_until_at == MORNING


def test_without_a_session_there_is_no_morning_before_it(session: Session, people: People) -> None:
    with pytest.raises(Invalid, match="There is a problem"):
        aside(session, people, slow(session), until="session")


def test_what_waits_without_a_due_time_comes_back_some_day(session: Session, people: People) -> None:
    ticket = slow(session)
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which phone?"))
    with pytest.raises(Invalid), session.begin_nested():
        aside(session, people, ticket, until="on", on="2026-09-01")
    assert aside(session, people, ticket, until="on", on="2026-08-03").status == "waiting_for_reporter"


def test_what_is_late_is_not_put_aside(session: Session, people: People) -> None:
    ticket = slow(session)
    clock.set_to(ticket.due_at + timedelta(minutes=1))
    assert snooze_options(session, ticket) == []
    with pytest.raises(Invalid):
        aside(session, people, ticket)


def offered(session: Session, ticket: Ticket) -> list[tuple[str, datetime]]:
    return [(option.until, option.wakes_at) for option in snooze_options(session, ticket)]


def test_only_what_makes_sense_before_it_is_due_is_offered(session: Session, people: People) -> None:
    soon, none = tell(session, next_session=date(2026, 6, 11)), slow(session)
    today = [("hour", at("2026-06-09T11:00")), ("afternoon", at("2026-06-09T13:00"))]
    assert offered(session, soon) == [*today, ("morning", MORNING)]  # the session's morning is the same
    assert offered(session, none) == [*today, ("morning", MORNING), ("week", at("2026-06-15T09:00"))]
    assert [option.days_ahead for option in snooze_options(session, none)] == [0, 0, 1, 6]
    clock.set_to(at("2026-06-10T11:30"))
    assert offered(session, soon) == []


@pytest.mark.parametrize(
    ("now", "names"),
    [
        ("2026-06-09T07:00", "morning afternoon week"),  # an hour from now nobody is there
        ("2026-06-09T13:00", "hour morning week"),
        ("2026-06-09T16:01", "morning week"),  # the service closes within the hour
        ("2026-06-12T10:00", "hour afternoon morning"),  # on a Friday, the next morning is next week's
        ("2026-06-13T10:00", "morning"),
    ],
)
def test_what_is_offered_depends_on_the_hour(session: Session, people: People, now: str, names: str) -> None:
    clock.set_to(at(now))
    assert [until for until, _ in offered(session, slow(session))] == names.split()


def test_an_hour_is_offered_while_the_clock_runs(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket, begins_at, looks = slow(session), clock.now(), iter(range(1000))
    monkeypatch.setattr(clock, "_set_to", None)
    monkeypatch.setattr(clock, "machine_time", lambda: begins_at + timedelta(microseconds=next(looks)))
    assert "hour" in dict(offered(session, ticket))


def test_an_afternoon_on_which_the_service_is_closed_is_none(session: Session, people: People) -> None:
    ticket = slow(session)
    session.get_one(Service, people.north).hours = {"tue": ["09:00", "12:00"], "wed": ["09:00", "17:00"]}
    assert "afternoon" not in [until for until, _ in offered(session, ticket)]
    with pytest.raises(Invalid) as refused:
        aside(session, people, ticket, until="afternoon")
    assert "closed this afternoon" in refused.value.fields["until"]


@pytest.mark.parametrize(
    "typed", ["25:00", "9:60", "14", "x", "13pm", "0am", "-1:00", "14:30Z", "٩:٠٠", 5, 1.5, []]
)
def test_what_is_no_time_of_day_is_refused(typed: Any) -> None:
    with pytest.raises(ValidationError, match="Enter a time, like"):
        SnoozeInput.model_validate({"until": "on", "on": "2026-06-12", "at": typed})


def test_whoever_has_it_is_told_that_it_is_back(session: Session, people: People) -> None:
    ticket = aside(session, people, slow(session))
    ticket.assignee_id = people.amina.user_id
    session.flush()
    clock.set_to(MORNING)
    assert JOBS["wake"].run() == 1
    letter = session.exec(select(OutboxMessage).where(OutboxMessage.template == "back_again")).one()
    assert letter.recipient_id == people.amina.user_id


def test_it_leaves_what_is_to_do_and_stands_among_the_snoozed(session: Session, people: People) -> None:
    ticket, other = slow(session), slow(session)
    for one in (ticket, other):
        staff.assign(session, people.mo, one.number, AssignInput(assignee_id=people.amina.user_id))
    aside(session, people, ticket)
    for view in ("all", "mine"):
        assert shown(session, people, view) == [other.number]
    assert shown(session, people, "snoozed") == [ticket.number]
    counted, _ = counts(session, people.amina, Filters())
    assert (counted["all"], counted["mine"], counted["snoozed"]) == (1, 1, 1)
    assert shown(session, people, "all", "mo") == [other.number]


def test_whose_report_it_is_sees_it_as_before(session: Session, people: People) -> None:
    ticket = tell(session, people.priya, category="notify.too_many")
    aside(session, people, ticket)
    assert shown(session, people, "all", "priya") == [ticket.number]
    assert shown(session, people, "snoozed", "priya") == []


def test_it_comes_back_by_itself_once(session: Session, people: People) -> None:
    ticket = aside(session, people, slow(session))
    clock.set_to(MORNING - timedelta(seconds=1))
    assert (JOBS["wake"].run(), shown(session, people, "all")) == (0, [])
    clock.set_to(MORNING)
    assert [JOBS["wake"].run(), JOBS["wake"].run()] == [1, 0]
    session.expire_all()
    assert shown(session, people, "all") == [ticket.number]
    last = session.exec(select(Event).where(Event.action == Action.WAKE)).one()
    assert (last.actor_name, last.from_status, last.to_status) == ("Navigator Desk", "new", "new")


def test_it_is_there_though_the_desk_was_down_over_the_moment(session: Session, people: People) -> None:
    ticket = aside(session, people, slow(session))
    clock.set_to(MORNING + timedelta(days=2))
    assert shown(session, people, "all") == [ticket.number]  # before any job has run
    assert shown(session, people, "snoozed") == []
    assert not ticket.is_snoozed
    assert JOBS["wake"].run() == 1
    session.expire_all()
    assert session.get_one(Ticket, ticket.number).snoozed_until_at is None
    assert shown(session, people, "all") == [ticket.number]


def _answers(session: Session, people: People, ticket: Ticket) -> None:
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="And now?"))


def _is_handed_over(session: Session, people: People, ticket: Ticket) -> None:
    request_review(session, SYSTEM, ticket, ["tried"])


def _is_reassigned(session: Session, people: People, ticket: Ticket) -> None:
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.tom.user_id))


def _is_left_behind(session: Session, people: People, ticket: Ticket) -> None:
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.tom.user_id))
    aside(session, people, ticket)
    reassign.reassign_all(session, people.tom.user_id or 0, [people.north])


def _is_merged_with(session: Session, people: People, ticket: Ticket) -> None:
    told = {"route": "email", "email": "pat@example.org"}
    one, other = (tell(session, category="notify.too_many", contact=told) for _ in range(2))
    aside(session, people, other)
    merge(session, people.amina, one.number, MergeInput(into=other.number))
    assert other.snoozed_until_at is None
    wake(session, people.amina, ticket.number)


def _has_a_sooner_session(session: Session, people: People, ticket: Ticket) -> None:
    aside(session, people, ticket, until="on", on="2026-06-12")
    staff.triage(session, people.amina, ticket.number, TriageInput(category="use.outage_or_error"))
    assert ticket.snoozed_until_at
    sooner = RescheduleInput(next_session=date(2026, 6, 10))
    next_session.reschedule(session, reporter(ticket.number), ticket.number, sooner)


def _is_put_right(session: Session, people: People, ticket: Ticket) -> None:
    told = ResolveInput(resolution=Resolution.FIXED, body="Done")
    staff.resolve(session, people.amina, ticket.number, told)


def _is_overdue(session: Session, people: People, ticket: Ticket) -> None:
    clock.set_to(ticket.due_at)
    assert JOBS["overdue"].run() == 1


@pytest.mark.parametrize(
    "happens",
    [
        _answers, _is_handed_over, _is_reassigned, _is_left_behind, _is_merged_with, _has_a_sooner_session,
        _is_put_right, _is_overdue,
    ],
)  # fmt: skip
def test_it_comes_back_at_once_when_it_must(session: Session, people: People, happens: Any) -> None:
    ticket = aside(session, people, slow(session))
    happens(session, people, ticket)
    session.flush()
    session.expire_all()
    assert session.get_one(Ticket, ticket.number).snoozed_until_at is None
    assert shown(session, people, "snoozed") == []


def test_a_note_alone_leaves_it_aside(session: Session, people: People) -> None:
    ticket = aside(session, people, slow(session))
    staff.note(session, people.amina, ticket.number, SayInput(body="The supplier calls on Thursday"))
    assert ticket.snoozed_until_at == MORNING


def test_why_is_for_staff_and_words_of_risk_bring_it_back(session: Session, people: People) -> None:
    ticket = aside(session, people, slow(session), body="The supplier calls back")
    said = session.exec(select(Message).where(Message.action == Action.SNOOZE)).one()
    assert (said.audience, said.body) == ("staff", "The supplier calls back")
    aside(session, people, ticket, body="She says that she wants to end her life")
    assert session.exec(select(ClinicalReview)).one().ticket_number == ticket.number
    assert ticket.snoozed_until_at is None


def test_it_is_woken_by_hand_and_not_twice(session: Session, people: People) -> None:
    ticket = aside(session, people, slow(session))
    seen = ticket.version
    wake(session, people.tom, ticket.number, seen)
    assert ticket.snoozed_until_at is None
    with pytest.raises(Stale), session.begin_nested():
        wake(session, people.amina, ticket.number, seen)
    with pytest.raises(Conflict):
        wake(session, people.amina, ticket.number)


def test_nobody_else_puts_it_aside(session: Session, people: People) -> None:
    ticket = slow(session)
    for who in (people.mo, reporter(ticket.number)):
        with pytest.raises(Forbidden):
            snooze(session, who, ticket.number, SnoozeInput(until="morning"))
