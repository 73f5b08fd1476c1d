"""Whatever is sent, the answer is never a mistake of ours: many odd bodies, the same ones in every run."""

import json
import random
from typing import Any

import pytest

from api.schemas import ReportBody
from navigator.people.rate_limit import Limit
from navigator.people.user import Role
from navigator.tickets.reports import limits
from tests.api.client import Caller
from tests.api.test_route_access import BODIES, MAY

TRIES = 60
ODD = [
    *(None, True, 0, -1, 2**31, 10**40, 1.5, float("nan"), float("inf")),
    *("", " ", "\0", "\ud800", "x" * 300, "x" * 5001, "yes", "not_sure", "email", "a@example.org"),
    *("2026-06-10", "2026-02-30", "0001-01-01", "9999-12-31", "P1D", 1781000000, "1781000000", -62135596800),
    *("north", "fern", "notify.too_many", "divert.risk", "other.suggestion", "navigator", "none", "fixed"),
    *([], [1], ["x"], {}, {"x": 1}, {"\ud800": "x"}, {"route": "email"}, {"needs": "\0"}),
    *({"route": "text", "phone": "07700 900982"}, {"route": "email", "email": "a@example.org"}),
]
JSON = {"content-type": "application/json"}


def send(caller: Caller, path: str, body: object) -> int:
    status = caller.post(path, content=json.dumps(body), headers=JSON).status_code
    assert status < 500, body
    return int(status)


def changed(chance: random.Random, body: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    """The body with some fields made odd."""
    return body | {field: chance.choice(ODD) for field in chance.sample(fields, chance.randint(1, 3))}


@pytest.mark.parametrize("seed", range(2))
def test_odd_reports(anybody, people, monkeypatch, seed):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(TRIES, limits.PER_ADDRESS.per))
    chance, fields = random.Random(seed), list(ReportBody.model_fields)  # noqa: S311 - not a secret
    told = {"service": "north", "body": "help"}
    statuses = {send(anybody, "/reports", changed(chance, told, fields)) for _ in range(TRIES)}
    assert {201, 422} <= statuses


@pytest.mark.parametrize("seed", range(2))
def test_odd_verbs(navigator, with_key, reporter, people, ticket, seed):
    navigator.post(f"/tickets/{ticket.number}/hand-over", json={"reason": "Please read."})
    chance, callers = random.Random(seed), [navigator, navigator, reporter, with_key(Role.CLINICIAN)]  # noqa: S311
    statuses = set()
    for _ in range(TRIES):
        verb = chance.choice(list(MAY))
        fields = [*(BODIES[verb] or {}), "version", "workaround", "fixability"]
        body = changed(chance, BODIES[verb] or {}, fields)
        statuses.add(send(chance.choice(callers), f"/tickets/{ticket.number}/{verb}", body))
    assert {200, 403, 422} <= statuses


def test_odd_questions(navigator, people, ticket):
    for odd in (odd for odd in ODD if isinstance(odd, str) and odd != "\ud800"):
        for name in ("view", "service", "group", "category", "fixable", "status", "after", "limit"):
            assert navigator.get("/tickets", params={name: odd}).status_code in (200, 422)
        assert navigator.get("/categories", params={"audience": odd}).status_code == 422
