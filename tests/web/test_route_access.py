"""No door is unguarded: every route says whom it is for, keeps others out, and changes nothing on a look."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import RouteContext
from sqlalchemy import Connection, event
from sqlmodel import Session
from starlette.testclient import TestClient

from navigator.outbox import urls
from navigator.people.user import Role
from tests.cases import each_case
from tests.people import People, join, token_of
from tests.web.doors import doors
from web.app import app
from web.kit import navigation

OURS = {"sec-fetch-site": "same-origin"}
LOGGED_OUT = (303, 401, 404)
"""Sent to the log-in page; told to log in; or, for a reporter's page, as if there were nothing."""


PUBLIC = {
    "GET /",
    "GET /privacy",
    "GET /known",
    "GET /healthz",
    "GET /readyz",
    "GET /.well-known/security.txt",  # RFC 9116; nothing is there while no contact is set
    "GET /accessibility",
    "GET /api/v1/docs",
    "GET /api/v1/docs/{group}",
    "GET /calendar/{token}.ics",  # by its private address; 404 where there is none
    "POST /api/notify/receipts",  # by the bearer token that Notify was given
    "POST /api/notify/texts",
    "POST /api/nhs-notify/statuses",  # by the key and the signature that were agreed with it
    "GET /check",
    "GET /check/{code}",
    "POST /check/{code}",
    "GET /check/{code}/sample",
    "POST /check/{code}/sending",
    "POST /check/{code}/removal",
    "GET /report",
    "GET /report/{name}",
    "POST /report/{name}",
    "GET /report/check",
    "POST /report/check",
    "GET /report/sent",
    "GET /report/help",
    "GET /report/solved",
    "POST /report/other",
    "POST /report/reach-me",
    "POST /send-link",
    "GET /report/clear",
    "POST /report/afresh",
    "POST /report/clear",
    "POST /report/send-now",
    "GET /report/pictures",
    "POST /report/pictures",
    "POST /report/pictures/{file_id}/removal",
    "GET /report/pictures/{file_id}/{size}",
    "GET /files/{address}",  # signed by the desk, for a minute
    "GET /report/turn-to",
    "GET /report/known",
    "POST /report/known/{id}",
    "GET /c/{code}",
    "GET /card",
    "POST /card",
    "POST /card/away",
    "GET /card/programme",
    "POST /card/programme",
    "POST /report/known/{id}/contact",
    "GET /known/{id}",
    "GET /status",
    "GET /status/{programme}",
    "POST /status/{programme}",  # the same is said to everybody; counted
    "GET /status/confirm/{token}",  # signed by the desk for one subscription
    "POST /status/confirm/{token}",
    "GET /status/leave/{token}",
    "POST /status/leave/{token}",
    "GET /feeds/status.atom",
    "GET /feeds/status/{programme}.atom",
    "GET /api/v1/status",
    "GET /feeds/known-problems.json",  # signed; nothing is there while it is off
    "GET /help",
    "POST /help",
    "GET /help/{code}",
    "GET /help/{code}/not-helped",
    "GET /help/{code}/poster",
    "POST /help/{code}/answer",
    "POST /help/{code}/report",
    "GET /t/{token}",
    "GET /lost-link",
    "POST /lost-link",
    "GET /hand-overs",  # old addresses: they lead to where whoever may not see it is kept out
    "POST /hand-overs",
    "GET /hand-overs/{id:int}",
    "POST /hand-overs/{id:int}",
    "GET /hand-overs/{id:int}/acknowledgement",
    "POST /hand-overs/{id:int}/acknowledgement",
    "GET /hand-overs/{id:int}/outcome",
    "POST /hand-overs/{id:int}/outcome",
    "GET /tickets/{number:int}/hand-over",
    "POST /tickets/{number:int}/hand-over",
    "GET /begin",
    "POST /begin",
    "GET /log-in",
    "POST /log-in",
    "GET /log-in/with/{code}",
    "GET /log-in/with/{code}/answer",
    "POST /log-in/with/{code}/answer",
    "POST /log-out",
    "POST /account/lock",  # keeps what was typed for whom a page was made, though their log-in has ended
    "GET /forgotten-password",
    "POST /forgotten-password",
    "GET /password/{token}",
    "GET /password",
    "POST /password",
    "GET /api/v1/services",
    "GET /api/v1/categories",
    "GET /api/v1/known",
    "POST /api/v1/reports",
}
DESCRIPTION = "GET /api/v1/openapi.json"
"""What the API can do: made by the framework, and the same for everybody."""


def audiences(route: RouteContext) -> list[str]:
    """Whom a route says that it is for."""
    return [
        said
        for call in _calls(getattr(route, "dependant", None))
        if (said := getattr(call, "audience", None))
    ]


def _calls(dependant: Any) -> Iterator[Callable[..., Any]]:
    for dependency in getattr(dependant, "dependencies", ()):
        yield dependency.call
        yield from _calls(dependency)


DOORS = [
    door
    for door in doors(app)
    if door[0] not in ("HEAD", "OPTIONS") and f"{door[0]} {door[1]}" != DESCRIPTION
]
NAMES = [f"{method} {path}" for method, path, _ in DOORS]
PRIVATE = [door for door in DOORS if audiences(door[2]) and "everybody" not in audiences(door[2])]
UNSAFE = [door for door in DOORS if door[0] != "GET"]
LOOKS = [door for door in DOORS if door[0] == "GET"]


def filled(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "1", path)


@pytest.fixture
def stranger() -> TestClient:
    return TestClient(app, follow_redirects=False)


@pytest.fixture
def everything(session: Session, people: People, stranger: TestClient) -> TestClient:
    """Somebody with every role, logged in."""
    actor = join(session, "Every One", "everyone@north.example", people.north, *set(Role) - {Role.INTAKE})
    stranger.cookies.set("desk_log_in", token_of(session, actor))
    return stranger


def test_all_doors_are_seen():
    assert len(DOORS) >= 65
    assert {
        "GET /",
        "POST /log-in",
        "GET /people",
        "GET /insight",
        "GET /follow/{number}",
        "GET /api/v1/tickets",
    } <= set(NAMES)
    assert len(UNSAFE) >= 35
    assert len(PRIVATE) >= 35


@each_case(
    "path",
    [
        urls.PRIVATE_LINK,
        urls.CHOOSE_PASSWORD,
        urls.TICKET_PAGE,
        urls.CLINICAL_REVIEWS,
        urls.CLINICAL_REVIEW,
        *(href for _, href, _ in navigation.MENU),
    ],
)
def test_letters_and_the_menu_lead_to_doors(path: str):
    assert f"GET {path}" in NAMES


@each_case(("method", "path", "route"), DOORS)
def test_every_route_says_whom_it_is_for(method: str, path: str, route: RouteContext):
    assert audiences(route)


def test_a_door_without_an_audience_is_found():
    unguarded = FastAPI()
    unguarded.get("/nobody-said")(lambda: None)
    (found,) = [route for _, path, route in doors(unguarded) if path == "/nobody-said"]
    assert audiences(found) == []


def test_what_everybody_may_ask_for_is_written_here_too():
    """A page that becomes public by mistake fails here: the list is written by hand."""
    assert {f"{method} {path}" for method, path, route in DOORS if "everybody" in audiences(route)} == PUBLIC


@each_case(("method", "path"), [(method, path) for method, path, _ in PRIVATE])
def test_whoever_is_not_logged_in_stays_outside(
    stranger: TestClient, connection: Connection, method: str, path: str
):
    """T10 of the peers."""
    answer = stranger.request(method, filled(path), headers=OURS)
    assert answer.status_code in LOGGED_OUT
    if answer.status_code == 303:
        assert answer.headers["location"].startswith("/log-in?next=")


@pytest.mark.parametrize(
    "origin",
    [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "http://evil.example"}],
)
def test_nothing_is_changed_from_another_site(
    everything: TestClient, connection: Connection, origin: dict[str, str]
):
    with written(connection) as changes:
        answers = {
            f"{method} {path}": everything.request(method, filled(path), headers=origin).status_code
            for method, path, _ in UNSAFE
        }
    assert {door: status for door, status in answers.items() if status != 403} == {}
    assert changes == []


ENDING = [path for _, path, _ in LOOKS if path != "/live"]
"""All but the one stream, which has no end: `tests/committing/test_live.py` listens to it."""


@pytest.mark.both_engines
@each_case("path", ENDING)
def test_looking_changes_nothing(everything: TestClient, connection: Connection, path: str):
    """T6 of the peers."""
    with written(connection) as changes:
        everything.get(filled(path))
    assert changes == []


@contextmanager
def written(connection: Connection) -> Iterator[list[str]]:
    """Every statement that writes, while this lasts."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not re.match(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|PRAGMA|SET|SHOW)", statement, re.I):
            seen.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(connection, "before_cursor_execute", note)
