"""Rules before load, cover for whoever is away, and a share of capacity by hours: what a new ticket gets."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.administration.apply_change import apply_change, parse_key
from navigator.administration.routing_schemas import RuleSetting
from navigator.catalogue.contact import Contact
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.people import absence, accounts
from navigator.people.absence import Absence
from navigator.people.accounts import MembershipInput
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff as desk
from navigator.tickets.actions.undo import undo
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import TriageInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join

AMINA, TOM = "amina@north.example", "tom@north.example"
PASSWORDS = "access.forgotten_password"


def rule(session: Session, staff: People, title: str = "Passwords", position: int = 1, **what: Any) -> None:
    subject, key = parse_key("rule", "north/new")
    apply_change(session, staff.ada, subject, key, RuleSetting(title=title, position=position, **what))


def away(session: Session, who: Actor, **what: Any) -> None:
    known = {"away_from_on": clock.today()} | what
    absence.set_absence(session, who, who.user_id or 0, Absence.model_validate(known))
    session.flush()


def why(session: Session, people: People, ticket: Ticket) -> dict[str, Any]:
    given = ticket_detail(session, people.amina, ticket.number).assignment_event
    assert given
    return given.details


def busy(session: Session, who: Actor) -> None:
    """Give somebody so much that nothing would come to them by load."""
    membership = session.exec(select(Membership).where(Membership.user_id == who.user_id)).one()
    for _ in range(3):
        tell(session).assignee_id = membership.user_id
    session.flush()


@pytest.mark.parametrize("category", [PASSWORDS, "access", ""])
def test_a_rule_comes_before_load(session: Session, people: People, category: str) -> None:
    busy(session, people.tom)
    assert tell(session).assignee_id == people.amina.user_id
    rule(session, people, category=category, people=[TOM])
    ticket = tell(session)
    assert ticket.assignee_id == people.tom.user_id
    assert why(session, people, ticket)["rule"] == "Passwords"


@pytest.mark.parametrize(
    "when",
    [{"category": "access.signed_out"}, {"category": "notify"}, {"programme": "fern"}, {"language": "Urdu"}],
)
def test_a_rule_for_something_else_does_not_count(
    session: Session, people: People, when: dict[str, Any]
) -> None:
    busy(session, people.tom)
    rule(session, people, **when, people=[TOM])
    ticket = tell(session, programme=None)
    assert ticket.assignee_id == people.amina.user_id
    assert "rule" not in why(session, people, ticket)


def test_a_rule_for_a_programme_and_a_language_counts_for_them(session: Session, people: People) -> None:
    busy(session, people.tom)
    rule(session, people, programme="fern", language="urdu", people=[TOM])
    assert tell(session, contact={"language": "Urdu"}).assignee_id == people.tom.user_id


def test_of_several_rules_the_first_decides(session: Session, people: People) -> None:
    busy(session, people.tom)
    rule(session, people, "Second", position=2, people=[AMINA])
    rule(session, people, "First", position=1, people=[TOM])
    assert why(session, people, tell(session))["rule"] == "First"


def test_among_the_people_of_a_rule_the_usual_choice_is_made(session: Session, people: People) -> None:
    join(session, "Ida Idle", "ida@north.example", people.north, Role.NAVIGATOR)
    rule(session, people, people=[AMINA, TOM])
    given = [tell(session).assignee_id for _ in range(4)]
    assert sorted(map(str, given)) == sorted(map(str, [people.amina.user_id, people.tom.user_id] * 2))


def test_where_nobody_of_a_rule_could_take_it_others_do_and_it_is_said(
    session: Session, people: People
) -> None:
    rule(session, people, people=[TOM])
    away(session, people.tom)
    ticket = tell(session)
    assert ticket.assignee_id == people.amina.user_id
    assert why(session, people, ticket)["missed"] == "Passwords"


def test_who_covers_gets_what_a_rule_would_give_to_whoever_is_away(session: Session, people: People) -> None:
    cover = join(session, "Cy Cover", "cy@north.example", people.north, Role.NAVIGATOR)
    busy(session, cover)
    rule(session, people, people=[TOM])
    away(session, people.tom, cover_id=cover.user_id)
    ticket = tell(session)
    assert ticket.assignee_id == cover.user_id
    assert why(session, people, ticket)["covers"] == [people.tom.user_id]
    assert ticket_detail(session, people.amina, ticket.number).names[people.tom.user_id or 0] == "Tom Baker"


def test_who_comes_back_is_back_without_a_click(session: Session, people: People) -> None:
    rule(session, people, people=[TOM])
    today = clock.today()
    away(session, people.tom, away_until_on=today + timedelta(days=2))
    given = {}
    for days in range(4):
        clock.set_to(clock.now() + timedelta(days=min(days, 1)))
        given[days] = tell(session).assignee_id == people.tom.user_id
    assert given == {0: False, 1: False, 2: False, 3: True}


def test_days_away_that_are_to_come_do_not_count_yet(session: Session, people: People) -> None:
    rule(session, people, people=[TOM])
    away(session, people.tom, away_from_on=clock.today() + timedelta(days=1))
    assert tell(session).assignee_id == people.tom.user_id


def test_a_contact_is_named_and_the_ticket_stays_in_the_queue(session: Session, people: People) -> None:
    session.add(Contact(service_id=people.north, kind="booking", role_name="App team", phone="01632 960 001"))
    session.flush()
    rule(session, people, "Rights", category=PASSWORDS, contact="booking")
    ticket = tell(session)
    case = ticket_detail(session, people.amina, ticket.number)
    assert (ticket.assignee_id, ticket.diverted_to, ticket.suggested_contact) == (None, None, "booking")
    assert case.suggested_contact is not None
    assert case.suggested_contact.role_name == "App team"
    assert why(session, people, ticket)["rule"] == "Rights"
    desk.triage(session, people.amina, ticket.number, TriageInput(category="access.signed_out"))
    assert ticket.suggested_contact is None
    undo(session, people.amina, ticket.number, ticket.version)
    assert ticket.suggested_contact == "booking"


def test_a_rule_whose_contact_is_gone_does_not_hold_tickets(session: Session, people: People) -> None:
    team = Contact(service_id=people.north, kind="booking", role_name="App team", phone="01632 960 001")
    session.add(team)
    session.flush()
    rule(session, people, contact="booking")
    session.delete(team)
    session.flush()
    ticket = tell(session)
    assert (ticket.assignee_id is None, why(session, people, ticket)["missed"]) == (False, "Passwords")


@pytest.mark.parametrize(
    "wrong",
    [
        {"people": ["sam@south.example"]},
        {"people": ["nobody@north.example"]},
        {"contact": "complaints"},
        {"people": [TOM], "programme": "other"},
    ],
)
def test_a_rule_names_only_what_the_service_has(
    session: Session, people: People, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        rule(session, people, **wrong)


def test_a_rule_of_another_service_does_not_count(session: Session, people: People) -> None:
    subject, key = parse_key("rule", "south/new")
    apply_change(
        session,
        people.sue,
        subject,
        key,
        RuleSetting(title="South", position=1, people=["sam@south.example"]),
    )
    assert "rule" not in why(session, people, tell(session))


def test_a_part_time_navigator_has_their_share_of_the_capacity(session: Session, people: People) -> None:
    what = MembershipInput(service_id=people.north, roles=frozenset({Role.NAVIGATOR}), hours=15)
    accounts.set_membership(session, people.ada, people.tom.user_id or 0, what)
    tom = session.exec(select(Membership).where(Membership.user_id == people.tom.user_id)).one()
    assert tom.effective_capacity(37.5) == 8
    given = [tell(session).assignee_id for _ in range(14)]
    assert (given.count(people.amina.user_id), given.count(people.tom.user_id)) == (10, 4)
    session.get_one(Service, people.north).full_time_hours = 15
    assert tom.effective_capacity(15) == 20


def test_a_cover_is_another_navigator_of_the_service(session: Session, people: People) -> None:
    for who in (people.tom, people.sam, people.mo):
        with pytest.raises(Invalid):
            away(session, people.tom, cover_id=who.user_id)
    assert session.get_one(User, people.tom.user_id).away_from_on is None


def test_days_away_end_after_they_begin() -> None:
    for until in (date(2026, 6, 8), date(2026, 6, 19)):
        with pytest.raises(ValueError, match="last day away"):
            Absence(away_from_on=date(2026, 6, 20), away_until_on=until)
