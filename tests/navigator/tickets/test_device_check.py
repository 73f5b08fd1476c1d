"""What a check found is judged by what is asked alone, goes where its ticket goes, and ends after it."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.jobs.retention import DEVICE_CHECK_RETENTION, delete_old_rows
from navigator.people.actor import reporter
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import Problem
from navigator.problems.supplier_pack import problem_pack
from navigator.tickets.actions.device_checks import send_check
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import withdraw
from navigator.tickets.actions.undo_merge import undo_merge
from navigator.tickets.detail import ticket_detail
from navigator.tickets.device_check import Aspect, DeviceCheck, DeviceFacts, Finding, judge
from navigator.tickets.followed import followed_ticket
from navigator.tickets.inputs import MergeInput, UnmergeInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.people import People

SAFARI = "Mozilla/5.0 (iPhone) Version/{} Mobile/15E148 Safari/604.1"
OLD = Finding(Aspect.BROWSER, "Safari 12.1", "Safari 15.4", is_fault=True)
OFF = Finding(Aspect.CLOCK, "180", "5", is_fault=True)
BLOCKED = Finding(Aspect.HOST, "no", "media.fern.example", is_fault=True)


def needs(**asked: Any) -> DeviceNeeds:
    return DeviceNeeds(programme_id=1, owner="Ada", review_on=date(2027, 1, 1), **asked)


def test_what_is_not_asked_is_not_found():
    told = DeviceFacts(javascript=True, cookies=True, storage=False, clock_minutes=999, screen=240, kbits=1)
    assert judge(needs(), told, SAFARI.format("12.1")) == []


@pytest.mark.parametrize(
    ("asked", "told", "found"),
    [
        ({"browsers": ["Safari 15.4"]}, {}, "Browser: Safari 12.1 (too old: Safari 15.4 is needed)"),
        ({"browsers": ["Safari 12.1"]}, {}, "Browser: Safari 12.1"),
        ({"browsers": ["Chrome 109"]}, {}, "Browser: Safari 12.1 (the supplier does not name it)"),
        ({"needs_javascript": True}, {}, "JavaScript: off"),
        ({"needs_cookies": True}, {}, "Cookies: could not be tested"),
        ({"needs_storage": True}, {"storage": False}, "Storage: not allowed"),
        ({"clock_minutes": 5}, {"clock_minutes": 5}, "Clock: right"),
        ({"clock_minutes": 5}, {"clock_minutes": -6}, "Clock: 6 minutes behind"),
        ({"clock_minutes": 5}, {"clock_minutes": 180}, "Clock: 3 hours ahead"),
        ({"clock_minutes": 5}, {}, "Clock: could not be tested"),
        ({"hosts": ["a.example"]}, {"hosts": {"b.example": "no"}}, "a.example: could not be tested"),
        ({"hosts": ["a.example"]}, {"hosts": {"a.example": "no"}}, "a.example: not reached"),
        ({"screen_width": 360}, {"screen": 320}, "Screen: 320 pixels wide (360 pixels needed)"),
        ({"connection_kbits": 1000}, {"kbits": 400}, "Connection: about 0.4 Mbit/s (1000 kbit/s needed)"),
        ({"connection_kbits": 1000}, {"kbits": 650_000}, "Connection: about 650 Mbit/s"),
    ],
)
def test_each_finding_in_words(asked: dict[str, Any], told: dict[str, Any], found: str):
    findings = judge(needs(**asked), DeviceFacts(**told), SAFARI.format("12.1"))
    assert [finding.in_words for finding in findings] == [found]


def checks(session: Session, people: People, ticket: Ticket) -> list[int]:
    session.flush()
    session.expire_all()
    return [check.id for check in ticket_detail(session, people.amina, ticket.number).checks]


def test_it_goes_with_its_ticket_and_comes_back(session: Session, people: People):
    first, other = tell(session, text="my app is slow"), tell(session, text="I cannot log in")
    send_check(session, reporter(first.number), first.number, [OFF])
    (mine,) = checks(session, people, first)
    merge(session, people.amina, first.number, MergeInput(into=other.number))
    assert checks(session, people, other) == [mine]
    send_check(session, reporter(first.number), first.number, [OLD])
    assert len(checks(session, people, other)) == 2
    for number, seen in ((first.number, 2), (other.number, 0)):
        found = followed_ticket(session, reporter(number, is_joined=True)).checks
        assert len(found) == seen  # that both name one address proves nothing: each sees their own


def test_an_undone_merge_brings_it_back(session: Session, people: People):
    first, other = tell(session, text="my app is slow"), tell(session, text="I cannot log in")
    send_check(session, reporter(first.number), first.number, [OFF])
    (mine,) = checks(session, people, first)
    merge(session, people.amina, first.number, MergeInput(into=other.number))
    session.flush()
    clock.set_to(clock.now() + timedelta(minutes=1))
    undo_merge(session, people.amina, other.number, UnmergeInput(merged=first.number))
    assert (checks(session, people, first), checks(session, people, other)) == ([mine], [])


def test_it_is_deleted_long_after_its_ticket_ended(session: Session, people: People):
    ended, live = tell(session), tell(session, contact={"route": "none"})
    for ticket in (ended, live):
        send_check(session, reporter(ticket.number), ticket.number, [OFF])
    withdraw(session, reporter(ended.number), ended.number)
    session.flush()
    delete_old_rows(session, clock.now() + DEVICE_CHECK_RETENTION - timedelta(hours=1))
    assert len(session.exec(select(DeviceCheck)).all()) == 2
    delete_old_rows(session, clock.now() + DEVICE_CHECK_RETENTION + timedelta(hours=1))
    assert session.exec(select(DeviceCheck.ticket_number)).all() == [live.number]


def problem_of(session: Session, people: People) -> Problem:
    asked = NewProblemInput(
        service="north", programme="fern", category="access.forgotten_password", title="No reset"
    )
    return records.open_problem(session, people.amina, asked)


def test_the_supplier_is_told_counts_and_none_under_five(session: Session, people: People):
    problem = problem_of(session, people)
    for n in range(7):
        ticket = tell(session, contact={"route": "email", "email": f"pat{n}@example.org"})
        new = Finding(Aspect.BROWSER, "Safari 17.1", "Safari 15.4", is_fault=False)
        send_check(session, reporter(ticket.number), ticket.number, [new if n < 6 else OLD, OFF])
        if n == 0:  # the newest alone counts
            send_check(session, reporter(ticket.number), ticket.number, [new, OFF, BLOCKED])
        link_and_tell(session, people.amina, ticket, problem.id)
    session.flush()
    lines = problem_pack(session, problem).facts
    assert lines["Phones checked, as they said themselves"] == "about 5"
    assert lines["Their browsers"] == "Safari 17.1 (about 5), others (fewer than 5 each)"
    assert lines["What was wrong with them"] == "Clock (about 5), others (fewer than 5 each)"
    assert "12.1" not in str(lines)
    assert "media" not in str(lines)
