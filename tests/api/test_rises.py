"""Rises by the API: listed with their evidence, decided once, and nobody else’s."""

import pytest
from sqlalchemy import text

from navigator.people.user import Role
from tests.cases import each_case
from tests.navigator.problems.rise_factory import REMINDERS, look, risen


@pytest.fixture
def numbers(session, people):
    """The tickets of a rise in North."""
    found = risen(session, 3, 4, 4)
    assert look(session) == 1
    return found


def test_a_rise_is_shown_with_what_a_hand_counts(session, navigator, numbers):
    (rise,) = navigator.get("/problems/rises").json()
    assert (rise["service"], rise["programme"], rise["category"]) == ("north", "fern", REMINDERS)
    asked = text(
        "SELECT count(*) FROM ticket WHERE category = :category AND reported_at >= :first"
        " AND status <> 'merged'"
    )
    counted = session.execute(asked, {"category": REMINDERS, "first": rise["began_on"]}).scalar_one()
    assert rise["reports"] == counted == len(numbers)
    shown = navigator.get(f"/problems/rises/{rise['id']}").json()
    assert sorted(shown["tickets"]) == sorted(numbers)
    assert [day["reports"] for day in shown["days"]][-3:] == [3, 4, 4]
    assert {name: shown[name] for name in rise} == rise


def test_it_becomes_an_outage_with_its_tickets_once(navigator, numbers):
    (rise,) = navigator.get("/problems/rises").json()
    made = navigator.post(f"/problems/rises/{rise['id']}/problem", json={"is_outage": True}).json()
    problem = navigator.get(f"/problems/{made['problem_id']}").json()
    assert (problem["is_outage"], problem["tickets"]) == (True, len(numbers))
    assert navigator.get("/problems/rises").json() == []
    late = navigator.post(f"/problems/rises/{rise['id']}/dismissal", json={"reason": "expected"})
    assert late.status_code == 409


def test_it_is_dismissed_for_a_reason(with_key, numbers):
    manager = with_key(Role.MANAGER)
    (rise,) = manager.get("/problems/rises").json()
    where = f"/problems/rises/{rise['id']}/dismissal"
    assert manager.post(where, json={"reason": "because"}).status_code == 422
    assert manager.post(where, json={"reason": "expected"}).json()["dismissed_as"] == "expected"
    assert manager.get("/problems/rises").json() == []


@each_case("who", [*Role, "nobody"])
def test_rises_open_for_navigators_and_managers(with_key, anybody, who):
    caller = anybody if who == "nobody" else with_key(who)
    expected = 200 if who in (Role.NAVIGATOR, Role.MANAGER) else 401 if who == "nobody" else 403
    assert caller.get("/problems/rises").status_code == expected


def test_another_services_rise_is_not_there(with_key, navigator, numbers):
    (rise,) = navigator.get("/problems/rises").json()
    south = with_key(Role.NAVIGATOR, "south")
    assert south.get("/problems/rises").json() == []
    assert south.get(f"/problems/rises/{rise['id']}").status_code == 404
    assert (
        south.post(f"/problems/rises/{rise['id']}/dismissal", json={"reason": "expected"}).status_code == 404
    )
