"""Every filter against a count by hand: the same in the list, in the counts and through an address."""

from datetime import date, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.service import Service
from navigator.people.actor import Actor
from navigator.people.reporter import ReporterKind
from navigator.people.user import Role
from navigator.tickets.actions import staff
from navigator.tickets.actions.reporter import withdraw
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.queue.counts import counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from tests.cases import each_case
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (date(2026, 6, day) for day in (9, 10, 11, 12))

Told = dict[str, int]


@pytest.fixture
def told(session: Session, people: People) -> Told:
    """Tickets in North that differ in one thing each, and one in South that nobody here sees."""
    with clock.stopped_at(MOMENT - timedelta(days=30)):
        made = {"late": tell(session)}
    made |= {
        "plain": tell(session),
        "tomorrow": tell(session, next_session=WEDNESDAY),
        "friday": tell(session, next_session=FRIDAY, contact={"route": "none", "language": "Welsh"}),
        "outage": tell(session, category="use.outage_or_error", text="All of it is down"),
        "strange": tell(session, category=None, text="?!", programme=None),
        "phone": tell(session, contact={"route": "phone", "phone": "01632 960 001", "needs": "A loud voice"}),
        "unsafe": tell(session, contact={"route": "text", "phone": "07700 900 982", "is_safe": False}),
        "south": tell(session, service="south"),
    }
    for name in made.keys() - {"south"}:
        staff.assign(session, people.mo, made[name].number, AssignInput(assignee_id=people.tom.user_id))
    staff.assign(session, people.mo, made["plain"].number, AssignInput(assignee_id=people.amina.user_id))
    staff.assign(session, people.mo, made["outage"].number, AssignInput())
    staff.wait(session, people.amina, made["unsafe"].number, SayInput(body="Which phone is it?"))
    staff.note(session, people.amina, made["phone"].number, SayInput(body="She rang about Marmalade"))
    session.flush()
    return {name: ticket.number for name, ticket in made.items()}


EVERYTHING = {"late", "plain", "tomorrow", "friday", "outage", "strange", "phone", "unsafe"}


@each_case(
    ("asked", "names"),
    [
        ({}, EVERYTHING),
        ({"service": "north"}, EVERYTHING),
        ({"service": "south"}, set()),
        ({"programme": "fern"}, EVERYTHING - {"strange"}),
        ({"programme": "-"}, {"strange"}),
        ({"programme": "moss"}, set()),
        ({"group": "use"}, {"outage"}),
        ({"group": "access"}, EVERYTHING - {"outage", "strange"}),
        ({"category": "use.outage_or_error"}, {"outage"}),
        ({"category": "-"}, {"strange"}),
        ({"fixable": "yes"}, EVERYTHING - {"outage", "strange"}),
        ({"fixable": "no"}, {"outage"}),
        ({"fixable": "unknown"}, {"strange"}),
        ({"fixable": "neither"}, set()),
        ({"status": "waiting_for_reporter"}, {"unsafe"}),
        ({"status": "closed"}, set()),
        ({"assignee": "-"}, {"outage"}),
        ({"view": "mine"}, {"plain"}),
        ({"due": "late"}, {"late"}),
        ({"due": "today"}, {"late", "tomorrow"}),
        ({"due": 1}, {"late", "tomorrow"}),
        ({"due": 2}, {"late", "tomorrow", "friday"}),
        ({"due": 20}, EVERYTHING - {"unsafe"}),
        ({"due_by": TUESDAY}, {"late", "tomorrow"}),
        ({"due_by": THURSDAY}, {"late", "tomorrow", "friday"}),
        ({"due_by": date(2026, 6, 1)}, {"late"}),
        ({"session": 0}, set()),
        ({"session": 1}, {"tomorrow"}),
        ({"session": 3}, {"tomorrow", "friday"}),
        ({"need": "help"}, {"phone"}),
        ({"need": "language"}, {"friday"}),
        ({"need": "phone"}, {"phone"}),
        ({"need": "text"}, {"unsafe"}),
        ({"need": "link"}, {"friday"}),
        ({"need": "email"}, EVERYTHING - {"phone", "unsafe", "friday"}),
        ({"need": "unsafe"}, {"unsafe"}),
        ({"reporter": "patient"}, EVERYTHING),
        ({"reporter": "pwp"}, set()),
        ({"text": "down"}, {"outage"}),
        ({"text": "All of"}, {"outage"}),
        ({"text": "marm"}, {"phone"}),
        ({"text": "down marmalade"}, set()),
        ({"text": "!!"}, set()),
        ({"since": TUESDAY}, EVERYTHING - {"late"}),
        ({"until": TUESDAY - timedelta(days=1)}, {"late"}),
        ({"view": "today", "programme": "fern", "group": "access", "due": "late"}, {"late"}),
    ],
)
def test_a_filter_holds_what_a_hand_counts(
    session: Session, people: People, told: Told, asked: dict[str, Any], names: set[str]
):
    filters = Filters(**asked)
    expected = {told[name] for name in names}
    assert listed(session, people.amina, filters) == expected
    assert counts(session, people.amina, filters.model_copy(update={"view": "all"})).by_view[
        filters.view
    ] == len(expected)
    assert counts(session, people.amina, Filters(), [filters]).by_filters == (
        {} if filters.text else {filters: len(expected)}
    )
    assert Filters.from_query(filters.query) == filters


def listed(session: Session, actor: Actor, filters: Filters) -> set[int]:
    rows = [row.number for row in queue(session, actor, filters).rows]
    assert len(rows) == len(set(rows))
    return set(rows)


def test_one_person_is_asked_for_by_number(session: Session, people: People, told: Told):
    assert listed(session, people.amina, Filters(assignee=people.amina.user_id)) == {told["plain"]}


def test_a_reference_is_a_text_too(session: Session, people: People, told: Told):
    assert listed(session, people.amina, Filters(text=f"DN-{told['plain']:06}")) == {told["plain"]}
    assert listed(session, people.amina, Filters(text=f"DN-{told['south']:06}")) == set()


def test_working_days_are_those_of_the_tickets_own_service(session: Session, people: People):
    """North is closed on Wednesday: the next working day is Thursday there, and Wednesday in South."""
    both = join(session, "Bo Both", "bo@north.example", people.north, Role.NAVIGATOR)
    both = Actor(name=both.name, user_id=both.user_id, roles={**both.roles, **people.sam.roles})
    here, there = (tell(session, service=code, next_session=THURSDAY).number for code in ("north", "south"))
    session.get_one(Service, people.north).closed_days = [WEDNESDAY.isoformat()]
    session.flush()
    assert listed(session, both, Filters(session=1)) == {here}
    assert listed(session, both, Filters(session=2)) == {here, there}
    assert listed(session, both, Filters(session=2, service="south")) == {there}
    with clock.stopped_at(MOMENT - timedelta(days=1)):  # Monday: within one day is Tuesday in both
        assert listed(session, both, Filters(due=1)) == set()
        assert listed(session, both, Filters(due=2)) == {
            here,
            there,
        }  # Wednesday noon: Tuesday, then Thursday


def test_needs_are_known_only_to_those_who_may_know_them(session: Session, people: People, told: Told):
    own = tell(session, people.priya, reporter=ReporterKind.PWP, contact={"language": "Polish"}).number
    asked = Filters(need="language")
    assert listed(session, people.amina, asked) == {told["friday"], own}
    assert listed(session, people.mo, asked) == set()
    assert counts(session, people.mo, Filters(), [asked]).by_filters == {asked: 0}
    assert listed(session, people.priya, asked) == {own}


def test_a_note_is_found_only_by_those_who_read_notes(session: Session, people: People):
    own = tell(session, people.priya, text="Her screen is blank")
    staff.note(session, people.amina, own.number, SayInput(body="Marmalade"))
    session.flush()
    assert listed(session, people.priya, Filters(text="blank")) == {own.number}
    assert listed(session, people.priya, Filters(text="marmalade")) == set()
    assert listed(session, people.amina, Filters(text="marmalade")) == {own.number}
    assert listed(session, people.sam, Filters(text="blank")) == set()


def test_several_are_counted_in_one_go_but_for_what_has_ended_and_what_looks_for_words(
    session: Session, people: People, told: Told
):
    grave = tell(session, text="I want to die")
    withdraw(session, Actor(name="R", ticket_number=told["plain"]), told["plain"])
    session.flush()
    wanted = {
        Filters(due="late"): 1,
        Filters(view="handed_over"): 1,
        Filters(view="handed_over", need="language"): 0,
        Filters(group="access"): 6,
    }
    asked = [*wanted, Filters(view="ended"), Filters(view="counted", figure="all"), Filters(text="down")]
    assert counts(session, people.amina, Filters(), asked).by_filters == wanted
    assert listed(session, people.amina, Filters(view="handed_over")) == {grave.number}
    assert counts(session, people.sam, Filters(), wanted).by_filters[Filters(group="access")] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"due": "soon"},
        {"due": 21},
        {"due": -1},
        {"session": 21},
        {"need": "kindness"},
        {"reporter": "navigator"},
        {"assignee": "me"},
        {"text": "x" * 201},
        {"due_by": "2100-01-01"},
    ],
)
def test_what_is_no_filter_is_refused(wrong: dict[str, Any]):
    with pytest.raises(ValidationError):
        Filters(**wrong)
