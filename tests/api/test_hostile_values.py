"""Hostile values in every path, question and field of the API, with a key that may: never a 500 (11.D2)."""

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
from navigator.people import api_keys
from navigator.people.rate_limit import Limit
from navigator.people.user import Role
from navigator.tickets.reports import limits
from tests.api.conftest import make_ticket
from tests.people import People
from web.app import app

pytestmark = [pytest.mark.both_engines, pytest.mark.slow]

HOSTILE: list[Any] = [
    *(2**31 - 1, 2**31, -1, 10**30, 1e400, float("nan"), True, None, [], {}),
    *("\0", "a\0b", "\ud800", "x" * 6000, "9" * 5000, "2026-02-30", "9999-12-31", "0001-01-01"),
    *({"\ud800": "\0"}, {"a\0": 1}, ["\ud800"], [[[]]]),
]
PARTS = [
    "2147483648",
    "2147483647",
    "-1",
    "9" * 5000,
    "%00",
    "a%00b",
    "%ED%A0%80",
    "%FF",
    "x" * 300,
    "%0D%0A",
]
KEYS = [Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER, Role.ADMIN, Role.INTAKE]


@pytest.fixture
def callers(session: Session, people: People, monkeypatch: pytest.MonkeyPatch) -> list[TestClient]:
    """A key of each kind that there can be."""
    for limit in ("PER_ADDRESS", "PER_RECIPIENT"):
        monkeypatch.setattr(limits, limit, Limit(10_000, limits.PER_ADDRESS.per))
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


def with_one_changed(body: Any, value: Any) -> Iterator[Any]:
    """The body again and again, each time with one of its values hostile."""
    for at in range(len(body)) if isinstance(body, list) else list(body) if isinstance(body, dict) else ():
        changed = deepcopy(body)
        changed[at] = value
        yield changed
        for inner in with_one_changed(body[at], value):
            changed = deepcopy(body)
            changed[at] = inner
            yield changed


def failures(
    session: Session, callers: list[TestClient], method: str, path: str, content: str | None = None
) -> list[str]:
    """The keys with which a request fails by a mistake of ours; what it did is undone."""
    found = []
    for role, caller in zip(KEYS, callers, strict=True):
        with session.begin_nested() as part:
            kind = {"content-type": "application/json"} if content else {}
            status = caller.request(method, path, content=content, headers=kind).status_code
            part.rollback()
        if status >= 500:
            found.append(f"{role} {method} {path} {content}"[:200])
        elif status not in (401, 403, 404):
            break  # it came as far as it can
    return found


def test_no_part_of_a_path_or_question_breaks_anything(session: Session, callers: list[TestClient]):
    failed = []
    for method, path, route in ROUTES:
        asked = [one.alias for one in getattr(getattr(route, "dependant", None), "query_params", [])]
        for value in PARTS:
            parts = re.findall(r"\{[^}]*\}", path)
            at = [filled(path.replace(part, value)) for part in parts]
            at += [f"{filled(path)}?{name}={value}" for name in asked]
            for one in at:
                failed += failures(session, callers, method, one, None if method == "GET" else "{}")
    assert failed == []


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: ascii(value)[:20])
def test_no_field_breaks_anything(session: Session, callers: list[TestClient], value: object):
    bodies, failed, sent = examples(), [], 0
    for method, path, route in ROUTES:
        if (body := bodies.get(getattr(route.original_route, "name", ""))) is not None:
            for changed in [value, *with_one_changed(body, value)]:
                failed += failures(session, callers, method, filled(path), json.dumps(changed))
                sent += 1
    assert failed == []
    assert sent > 100
