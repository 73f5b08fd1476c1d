"""Whoever is not let in takes no slot for writing: who they are is asked before any session is opened."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.routing import RouteContext
from sqlmodel import Session
from starlette.testclient import TestClient

from navigator import database
from navigator.people import api_keys
from navigator.people.user import Role
from tests.cases import each_case
from tests.people import People, token_of
from tests.web.test_route_access import DOORS, OURS, PRIVATE, UNSAFE, filled
from web.app import app
from web.kit.deps import SESSIONS, opens_session

PRIVATE_UNSAFE = [door for door in PRIVATE if door in UNSAFE and "everybody" not in str(door)]


@each_case(("method", "path", "route"), DOORS)
def test_who_comes_is_asked_before_a_session_is_opened(method: str, path: str, route: RouteContext):
    """11.F, found beside F1: of every route, in whatever order its arguments stand."""
    asked = getattr(getattr(route, "dependant", None), "dependencies", ())
    sessions = [at for at, one in enumerate(asked) if opens_session(one)]
    others = [at for at, one in enumerate(asked) if not opens_session(one)]
    assert not sessions or max(others, default=-1) < min(sessions)


@each_case(("method", "path", "route"), DOORS)
def test_what_reads_ahead_has_read_before_a_session_is_opened(method: str, path: str, route: RouteContext):
    """Else words are screened while their transaction holds up everybody else's."""
    asked = getattr(getattr(route, "dependant", None), "dependencies", ())
    alone = [at for at, one in enumerate(asked) if one.call in SESSIONS]
    ahead = [at for at, one in enumerate(asked) if opens_session(one) and one.call not in SESSIONS]
    assert not alone or max(ahead, default=-1) < min(alone)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What began to write."""
    begun: list[str] = []
    writing = database.writing

    @contextmanager
    def counted() -> Iterator[Session]:
        begun.append("a transaction")
        with writing() as session:
            yield session

    monkeypatch.setattr(database, "writing", counted)
    return begun


def test_strangers_begin_no_transaction(session: Session, people: People, writes: list[str]):
    """11.F, found beside F1: nobody, a key of nothing, and a colleague without the role."""
    nobody = TestClient(app, follow_redirects=False, headers=OURS)
    no_key = TestClient(app, follow_redirects=False, headers=OURS | {"authorization": "Bearer ndk_nothing"})
    for method, path, _ in PRIVATE_UNSAFE:
        for client in (nobody, no_key):
            assert client.request(method, filled(path)).status_code in (303, 401, 403, 404), path
    assert len(PRIVATE_UNSAFE) > 90
    assert writes == []


def test_a_colleague_without_the_role_begins_none(session: Session, people: People, writes: list[str]):
    """11.F: nor does a key of another role."""
    priya = TestClient(app, follow_redirects=False, headers=OURS)
    priya.headers["cookie"] = f"desk_log_in={token_of(session, people.priya)}"
    intake = TestClient(app, follow_redirects=False, headers=OURS)
    intake.headers["authorization"] = (
        f"Bearer {api_keys.create(session, people.north, Role.INTAKE, 'theirs')}"
    )
    session.flush()
    refused = 0
    for method, path, _ in PRIVATE_UNSAFE:
        caller = intake if path.startswith("/api/") else priya
        writes.clear()
        if caller.request(method, filled(path), json={} if caller is intake else None).status_code == 403:
            refused += not writes
    assert refused > 60
