"""Hostile values in every path, question and field of the API, with a key that may: never a 500."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from sqlmodel import Session
from starlette.testclient import TestClient

from api.app import app as api
from api.examples import examples
from api.json_body import whole_signs
from navigator.people import api_keys
from navigator.people.rate_limit import Limit
from navigator.people.user import Role
from navigator.tickets.reports import limits
from tests.api.conftest import make_ticket
from tests.people import People
from web.app import app

pytestmark = [pytest.mark.postgresql_is_enough, pytest.mark.slow]

TEXTS: list[Any] = ["a\0b", "\ud800", None]
NUMBERS: list[Any] = [2**31, 10**30, float("nan")]
DAYS: list[Any] = ["2026-02-30", "9999-12-31", "\ud800"]
PARTS_OF_ALL: list[Any] = ["\ud800", {"\ud800": "\0"}, {"a\0": 1}, ["\ud800"], [[[]]]]
PARTS = ["2147483648", "2147483647", "9" * 1500, "a%00b", "%ED%A0%80"]
JSON = {"content-type": "application/json"}
KEYS = [Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER, Role.ADMIN, Role.INTAKE]


@pytest.fixture
def callers(session: Session, people: People, monkeypatch: pytest.MonkeyPatch) -> list[TestClient]:
    """A key of each kind that there can be."""
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(10_000, limits.PER_ADDRESS.per))
    callers = []
    for role in KEYS:
        client = TestClient(app, base_url="http://testserver/api/v1", raise_server_exceptions=False)
        client.headers["authorization"] = f"Bearer {api_keys.create(session, people.north, role, str(role))}"
        callers.append(client)
    make_ticket(session, email="patient@example.org")
    session.flush()
    return callers


ROUTES = [
    (method, route.path or "", route)
    for route in iter_route_contexts(list(api.routes))
    for method in sorted(route.methods or ())
    if method not in ("HEAD", "OPTIONS") and "openapi" not in (route.path or "")
]


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)[^}]*\}", lambda part: "north" if part[1] in ("code", "service") else "1", path)


def hostile(value: Any) -> list[Any]:
    """What stands badly in the place of a value."""
    if isinstance(value, str):
        return DAYS if re.match(r"\d{4}-\d\d-\d\d", value) else TEXTS
    return NUMBERS if isinstance(value, int | float) else PARTS_OF_ALL


def with_one_changed(body: Any, most: int = 3) -> Iterator[Any]:
    """The body again and again, each time with one of its values hostile; fewer of them further in."""
    for at in range(len(body)) if isinstance(body, list) else list(body) if isinstance(body, dict) else ():
        for value in (*hostile(body[at])[:most], *with_one_changed(body[at], 1)):
            changed = deepcopy(body)
            changed[at] = value
            yield changed


def key_for(session: Session, callers: list[TestClient], method: str, path: str, body: Any) -> TestClient:
    """The key that comes furthest; without any that may, the last."""
    return next(
        (one for one in callers if status(session, one, method, path, body) not in (401, 403)), callers[-1]
    )


def status(session: Session, caller: TestClient, method: str, path: str, body: Any) -> int:
    """The status of an answer; what the request did is undone."""
    with session.begin_nested() as part:
        content, headers = (None, None) if body is None else (json.dumps(body), JSON)
        answered = caller.request(method, path, content=content, headers=headers).status_code
        part.rollback()
    return answered


def test_no_part_of_a_path_or_question_breaks_anything(session: Session, callers: list[TestClient]):
    """11.D2."""
    failed, sent = [], 0
    for method, path, route in ROUTES:
        body: Any = None if method == "GET" else {}
        asked = [one.alias for one in getattr(getattr(route, "dependant", None), "query_params", [])]
        caller = key_for(session, callers, method, filled(path), body)
        for value in PARTS:
            at = [filled(path.replace(part, value)) for part in re.findall(r"\{[^}]*\}", path)]
            for one in [*at, *(f"{filled(path)}?{name}={value}" for name in asked)]:
                sent += 1
                if status(session, caller, method, one, body) >= 500:
                    failed.append(f"{method} {one}"[:200])
    assert failed == []
    assert sent > 400


def test_no_field_breaks_anything(session: Session, callers: list[TestClient]):
    """11.D2."""
    bodies, failed, sent = examples(), [], 0
    for method, path, route in ROUTES:
        if (body := bodies.get(getattr(route.original_route, "name", ""))) is not None:
            caller = key_for(session, callers, method, filled(path), body)
            for changed in [*PARTS_OF_ALL[:2], *with_one_changed(body)]:
                sent += 1
                if status(session, caller, method, filled(path), changed) >= 500:
                    failed.append(f"{method} {path} {changed!a}"[:200])
    assert failed == []
    assert sent > 400


def test_nothing_but_whole_signs_is_read():
    """11.D2: escaped or not, in any encoding that Python would guess; and what only looks like it stays."""
    sent = {
        b'{"text": "\\ud800 \xed\xa0\x80"}': "? \ufffd\ufffd\ufffd",
        rb'{"text": "\\ud800 \ud83d\ude00"}': "\\ud800 \U0001f600",
        '{"text": "\ud800"}'.encode("utf-16-be", "surrogatepass"): "\ufffd",
    }
    for body, read in sent.items():
        assert json.loads(whole_signs(body)) == {"text": read}
