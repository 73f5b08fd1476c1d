"""Training over the API: a key asks for somebody of its own service, and sees what is wanted and planned."""

import pytest
from sqlmodel import select

from navigator.people.user import Role
from navigator.training.tables import TrainingRequest

ASKED = {"service": "north", "topic": "assign", "email": "priya@north.example", "confidence": 4}


def test_a_request_for_a_practitioner_is_theirs_and_counts_as_wanted(with_key, session, people):
    manager = with_key(Role.MANAGER)
    answer = manager.post("/training/requests", json=ASKED)
    assert answer.status_code == 200
    assert answer.json()["status"] == "asked"
    assert session.exec(select(TrainingRequest.asked_by)).one() == people.priya.user_id
    (row,) = manager.get("/training/demand").json()["demand"]
    assert (row["topic"], row["asked"]) == ("assign", 1)
    assert with_key(Role.MANAGER, "south").get("/training/demand").json() == {"demand": []}


@pytest.mark.parametrize("wrong", [{"email": "sam@south.example"}, {"email": "nobody@north.example"}])
def test_nobody_is_asked_for_who_does_not_work_there(with_key, people, wrong):
    assert with_key(Role.NAVIGATOR).post("/training/requests", json=ASKED | wrong).status_code == 404


def test_a_key_of_another_service_asks_for_nobody_here(with_key, people):
    assert with_key(Role.NAVIGATOR, "south").post("/training/requests", json=ASKED).status_code == 404


def test_a_topic_must_exist(with_key, people):
    answer = with_key(Role.NAVIGATOR).post("/training/requests", json=ASKED | {"topic": "knitting"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"topic"}


def test_what_is_planned_is_for_those_who_look_after_training(with_key, anybody, people):
    assert with_key(Role.NAVIGATOR).get("/training/sessions").json() == {"sessions": [], "next": None}
    assert with_key(Role.INTAKE).get("/training/sessions").status_code == 403
    assert anybody.get("/training/sessions").status_code == 401


PLANNED = {
    "service": "north", "topic": "assign", "title": "Assigning", "on": "2026-06-16", "at": "14:00",
    "places": 1, "led_by": "amina@north.example",
}  # fmt: skip


def test_a_session_is_planned_booked_moved_and_held(with_key, session, people):
    key = with_key(Role.NAVIGATOR)
    planned = key.post("/training/sessions", json=PLANNED)
    assert planned.status_code == 200, planned.text
    at = f"/training/sessions/{planned.json()['id']}"
    key.post(f"{at}/book", json={"email": "priya@north.example", "confidence": 3})
    told = key.post(f"{at}/book", json={"email": "mo@north.example"}).json()
    assert [(seat["email"], seat["state"]) for seat in told["seats"]] == [
        ("priya@north.example", "booked"), ("mo@north.example", "waiting"),
    ]  # fmt: skip
    assert (told["taken"], told["waiting"]) == (1, 1)
    (listed,) = key.get("/training/sessions").json()["sessions"]
    assert (listed["taken"], listed["waiting"]) == (1, 1)
    assert key.post(f"{at}/book", json={"email": "mo@north.example"}).status_code == 409
    moved = key.post(
        f"{at}/change", json={"title": "Assigning", "on": "2026-06-17", "at": "15:00", "places": 1}
    )
    assert moved.json()["starts_at"] == "2026-06-17T14:00:00Z"
    off = key.post(f"{at}/take-off", json={"email": "priya@north.example"}).json()
    assert [(seat["email"], seat["state"]) for seat in off["seats"]] == [("mo@north.example", "booked")]
    held = key.post(
        f"{at}/attendance", json={"came": ["mo@north.example"], "confidence": {"mo@north.example": 8}}
    ).json()
    assert held["seats"] == [{"email": "mo@north.example", "state": "booked", "came": True}]
    assert held["held_at"]
    assert key.post(f"{at}/cancel").status_code == 409


def test_a_session_is_cancelled(with_key, people):
    key = with_key(Role.NAVIGATOR)
    at = f"/training/sessions/{key.post('/training/sessions', json=PLANNED).json()['id']}"
    assert key.post(f"{at}/cancel").json()["cancelled_at"]
    assert key.get("/training/sessions").json()["sessions"] == []


@pytest.mark.parametrize("led_by", ["priya@north.example", "sam@south.example", "nobody@north.example"])
def test_only_a_navigator_of_the_service_leads(with_key, people, led_by):
    answer = with_key(Role.NAVIGATOR).post("/training/sessions", json=PLANNED | {"led_by": led_by})
    assert answer.status_code == 404


def test_each_key_does_what_its_role_does_in_its_service_alone(with_key, people):
    id = with_key(Role.NAVIGATOR).post("/training/sessions", json=PLANNED).json()["id"]
    elsewhere, manager, intake = (
        with_key(Role.NAVIGATOR, "south"), with_key(Role.MANAGER), with_key(Role.INTAKE),
    )  # fmt: skip
    at, body = f"/training/sessions/{id}", {"email": "priya@north.example"}
    assert elsewhere.get(at).status_code == elsewhere.post(f"{at}/book", json=body).status_code == 404
    assert elsewhere.post(f"{at}/cancel").status_code == 404
    assert manager.post(f"{at}/book", json=body).status_code == manager.get(at).status_code == 200
    assert (
        manager.post(f"{at}/cancel").status_code
        == manager.post(f"{at}/take-off", json=body).status_code
        == 403
    )
    assert intake.get(at).status_code == intake.post(f"{at}/book", json=body).status_code == 403


def test_who_is_not_on_the_list_did_not_come(with_key, people):
    key = with_key(Role.NAVIGATOR)
    at = f"/training/sessions/{key.post('/training/sessions', json=PLANNED).json()['id']}"
    answer = key.post(f"{at}/attendance", json={"came": ["priya@north.example"]})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"email"}
