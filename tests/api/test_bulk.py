"""Many tickets over the API: by keys of navigators and managers, in their own service, as on the pages."""

import pytest

from navigator.jobs.registry import JOBS
from navigator.people.user import Role
from tests.api.conftest import make_ticket


@pytest.fixture
def seen(session, people):
    """Two tickets of North as they were seen."""
    made = [make_ticket(session) for _ in range(2)]
    return [{"number": one.number, "version": one.version} for one in made]


def reply(seen, **more):
    return {"action": "reply", "what": {"body": "Please try {reference} again."}, "seen": seen, **more}


def states(answer):
    return [one["state"] for one in answer.json()["tickets"]]


def test_it_is_tried_begun_done_and_looked_at(navigator, seen, session):
    tried = navigator.post("/bulk", json=reply(seen, dry_run=True))
    assert (tried.json()["id"], states(tried)) == (None, ["pending", "pending"])
    assert JOBS["bulk"].run() == 0
    begun = navigator.post("/bulk", json=reply(seen)).json()
    assert begun["is_running"]
    assert JOBS["bulk"].run() == 2
    session.expire_all()
    done = navigator.get(f"/bulk/{begun['id']}")
    assert (done.json()["is_running"], states(done)) == (False, ["done", "done"])
    told = navigator.get(f"/tickets/{seen[0]['number']}").json()
    assert told["messages"][-1]["body"] == f"Please try {done.json()['tickets'][0]['reference']} again."


def test_what_changed_since_it_was_seen_is_refused(navigator, seen, session):
    navigator.post(f"/tickets/{seen[0]['number']}/notes", json={"body": "Hello"})
    begun = navigator.post("/bulk", json=reply(seen)).json()
    JOBS["bulk"].run()
    session.expire_all()
    assert states(navigator.get(f"/bulk/{begun['id']}")) == ["refused", "done"]


def test_it_is_stopped(navigator, with_key, seen, session):
    begun = navigator.post("/bulk", json=reply(seen)).json()
    assert with_key(Role.NAVIGATOR).post(f"/bulk/{begun['id']}/stop").status_code == 404
    stopped = with_key(Role.MANAGER).post(f"/bulk/{begun['id']}/stop")
    assert stopped.json()["stopped_at"]
    assert JOBS["bulk"].run() == 0


@pytest.mark.parametrize("role", Role)
def test_only_keys_of_navigators_and_managers_do_it_each_as_they_may(with_key, seen, role):
    key = with_key(role)
    assign = {"action": "assign", "what": {"assignee_id": None}, "seen": seen}
    organises = role in (Role.NAVIGATOR, Role.MANAGER)
    assert key.post("/bulk", json=assign).status_code == (200 if organises else 403)
    status = 200 if role is Role.NAVIGATOR else 422 if role is Role.MANAGER else 403
    assert key.post("/bulk", json=reply(seen)).status_code == status
    assert key.get("/bulk/1000000").status_code == (404 if organises else 403)


def test_tickets_of_another_service_are_not_there(with_key, seen):
    stranger = with_key(Role.NAVIGATOR, "south")
    assert stranger.post("/bulk", json=reply(seen)).status_code == 422
    assert stranger.post("/bulk", json=reply(seen, dry_run=True)).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {"action": "reply", "what": {"assignee_id": None}},
        {"action": "close", "what": {"body": "x"}},
        {"action": "reply", "what": {"body": "Dear {name}"}},
        {"action": "triage", "what": {"category": "nonsense"}},
        {"action": "link", "what": {"problem_id": None}},
    ],
)
def test_what_makes_no_sense_is_refused(navigator, seen, body):
    assert navigator.post("/bulk", json=body | {"seen": seen}).status_code == 422
    assert navigator.post("/bulk", json=reply([])).status_code == 422
