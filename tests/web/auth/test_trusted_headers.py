"""Headers by which some desks believe a proxy who is there: this one has no such way in."""

import pytest
from starlette.testclient import TestClient

from tests.people import People
from web.app import app

NAMES = (
    "X-Forwarded-User",
    "Remote-User",
    "X-Remote-User",
    "X-Auth-Request-Email",
    "X-WEBAUTH-USER",
    "X-User-ID",
)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("path", ["/people", "/home", "/settings"])
def test_a_header_logs_nobody_in(people: People, name: str, path: str):
    """T20 of the peers."""
    said = {name: "ada@north.example", "x-forwarded-for": "127.0.0.1"}
    answer = TestClient(app, follow_redirects=False).get(path, headers=said)
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/log-in")
