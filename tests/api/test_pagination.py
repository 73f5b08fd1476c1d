"""Long lists come page by page, whole and in one order."""

import pytest

from navigator import pagination
from navigator.people.user import Role
from navigator.problems import records
from tests.api.conftest import make_ticket

RISK = "I want to kill myself."


@pytest.fixture
def by_twos(monkeypatch: pytest.MonkeyPatch):
    """Pages of two."""
    monkeypatch.setattr(pagination, "PAGE_SIZE", 2)
    monkeypatch.setattr(records, "PAGE", 2)


def pages(caller, path, name, cursor="after"):
    found: list[int] = []
    cursors: dict[str, object] = {}
    for _ in range(9):
        page = caller.get(path, params=cursors).json()
        assert len(page[name]) <= 2
        found += [one["id"] for one in page[name]]
        if page["next"] is None:
            return found
        cursors = {cursor: page["next"]}
    raise AssertionError("this list has no end")


def test_every_page_of_people_comes_once(by_twos, with_key, people):
    found = pages(with_key(Role.ADMIN), "/people", "people")
    assert found == sorted(set(found))
    assert len(found) == 6


def test_every_page_of_keys_comes_once_those_in_use_first(by_twos, with_key, people):
    admin = [with_key(role) for role in (*Role, Role.ADMIN)][-1]
    ids = pages(admin, "/keys", "keys")
    assert ids == sorted(ids, reverse=True)
    admin.post(f"/keys/{ids[1]}/revocation")
    assert pages(admin, "/keys", "keys") == [ids[0], *ids[2:], ids[1]]


def test_every_page_of_hand_overs_comes_once_unread_first(by_twos, with_key, session, people):
    clinician = with_key(Role.CLINICIAN)
    for _ in range(5):
        make_ticket(session, text=RISK)
    ids = pages(clinician, "/hand-overs", "hand_overs")
    assert len(ids) == 5
    assert ids == sorted(ids)
    clinician.post(f"/hand-overs/{ids[0]}/acknowledgement", json={"by": "Dr Cole"})
    assert pages(clinician, "/hand-overs", "hand_overs") == [*ids[1:], ids[0]]


def test_every_page_of_news_comes_once(by_twos, navigator, session, people):
    told = {"service": "north", "programme": "fern", "title": "X", "category": "notify.too_many"}
    path = f"/problems/{navigator.post('/problems', json=told).json()['id']}"
    ticket = make_ticket(session).number
    problem_id = int(path.rpartition("/")[2])
    navigator.post(f"/tickets/{ticket}/problem", json={"problem_id": problem_id})
    for n in range(3):
        assert navigator.post(f"{path}/updates", json={"body": f"News {n}"}).status_code == 201
    found = pages(navigator, f"{path}/updates", "updates", "before")
    assert len(found) >= 3
    assert found == sorted(set(found), reverse=True)


@pytest.mark.parametrize("cursor", ["x", "' OR 1", "\0", ".", "1..2", "1" * 19, "1" * 61])
def test_a_cursor_that_is_none_is_refused(with_key, people, cursor):
    refused = with_key(Role.ADMIN).get("/people", params={"after": cursor})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["after"])
