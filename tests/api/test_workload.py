"""Rules, days away and sharing work out, over the API: the same functions as the pages."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people.user import Membership, Role
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.ticket import Ticket
from tests.api.conftest import make_ticket
from tests.people import People


@pytest.fixture
def uneven(session: Session, people: People) -> list[Ticket]:
    """Six tickets of yesterday, all with Amina; Tom could carry as many."""
    for place in session.exec(select(Membership).where(Membership.role == Role.NAVIGATOR)):
        place.capacity = 10
    tickets = [make_ticket(session) for _ in range(6)]
    for one in tickets:
        staff.assign(session, people.mo, one.number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    clock.set_to(clock.now() + timedelta(days=1))
    return tickets


def test_what_would_move_is_read_and_sent_back(with_key, session, people, uneven):
    manager = with_key(Role.MANAGER)
    found = manager.get("/shares").json()
    assert [(one["name"], one["load"], one["capacity"]) for one in found["navigators"]] == [
        ("Amina Yusuf", 6, 10),
        ("Tom Baker", 0, 10),
    ]
    seen = [{name: one[name] for name in ("number", "version", "to")} for one in found["moves"]]
    assert len(seen) == 2
    stale = [seen[0], seen[1] | {"version": 0}]
    done = manager.post("/shares", json={"moves": stale}).json()
    assert (done["moved"], [*done["left"]]) == ([seen[0]["number"]], [str(seen[1]["number"])])
    session.expire_all()
    assert session.get_one(Ticket, seen[0]["number"]).assignee_id == people.tom.user_id


def test_only_keys_that_may_assign_share_work_out(with_key, uneven):
    for role in (Role.ADMIN, Role.CLINICIAN, Role.INTAKE, Role.PWP):
        assert with_key(role).get("/shares").status_code == 403
    move = {"number": uneven[0].number, "version": uneven[0].version, "to": 1}
    done = with_key(Role.NAVIGATOR, "south").post("/shares", json={"moves": [move]}).json()
    assert done["moved"] == []


def test_days_away_are_said_and_ended(with_key, people):
    admin, tom = with_key(Role.ADMIN), people.tom.user_id
    days = {"away_from_on": "2026-06-09", "away_until_on": "2026-06-12", "cover_id": people.amina.user_id}
    away = admin.post(f"/people/{tom}/absence", json=days).json()
    assert {name: away[name] for name in days} == days
    assert away["is_away"]
    assert not admin.post(f"/people/{tom}/return", json={}).json()["is_away"]
    assert admin.post(f"/people/{tom}/absence", json=days | {"cover_id": tom}).status_code == 422
    assert admin.post(f"/people/{people.sam.user_id}/absence", json=days).status_code == 404


def test_a_rule_is_set_and_decides_and_its_contact_is_named(with_key, session, navigator):
    admin = with_key(Role.ADMIN)
    rule = {"title": "All", "position": 1, "contact": "deputy"}
    assert admin.post("/settings/rule/north/all", json=rule).status_code == 200
    ticket = make_ticket(session)
    shown = navigator.get(f"/tickets/{ticket.number}").json()
    assert (shown["assignee_id"], shown["passed_to"], shown["turn_to"]["kind"]) == (None, None, "deputy")
    assert admin.post("/settings/rule/north/all/removal").status_code == 204
