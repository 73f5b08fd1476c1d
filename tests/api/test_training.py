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
