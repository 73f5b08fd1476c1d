"""What the API says of itself holds for whatever is sent to it: made-up requests, by every kind of caller."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from fastapi.routing import iter_route_contexts
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from requests import Request
from schemathesis import Config, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection
from sqlmodel import Session
from starlette.testclient import TestClient

from api.app import app as api
from api.deps import Keys
from navigator.mail_in.tables import Mail, MailOriginal, MailState, UnsortedReason
from navigator.people import api_keys, private_links
from navigator.people.rate_limit import Limit
from navigator.people.user import Role
from navigator.request_dependencies import Everybody
from navigator.tickets.reports import limits
from tests.api.conftest import make_ticket
from tests.navigator.mail_in.mails import TEXT, many
from tests.people import People
from web.app import app

pytestmark = [pytest.mark.postgresql_is_enough, pytest.mark.slow]

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
MODES = {GenerationMode.POSITIVE: CHECKS, GenerationMode.NEGATIVE: [*CHECKS, negative_data_rejection]}
# Callers bring keys of their own; and a parameter that nobody knows is passed over, as is usual.
CONFIG = {"generation": {"with-security-parameters": False, "allow-extra-parameters": False}}
DESCRIBED = schemathesis.openapi.from_dict(api.openapi(), config=Config.from_dict(CONFIG))
OPERATIONS: list[Any] = [one.ok() for one in DESCRIBED.get_all_operations()]  # type: ignore[union-attr]
TAGS = sorted({one.definition.raw["tags"][0] for one in OPERATIONS})
ASKED: list[int] = []
AUDIENCES: dict[str, str] = {
    route.name or "": one.dependency.audience
    for route in iter_route_contexts(api.routes)
    for one in getattr(route, "dependencies", ())
    if isinstance(one.dependency, Everybody | Keys)
}
TRIES = int(os.environ.get("TRIES_OF_THE_API", "0"))
"""Of each operation in each mode: `make fuzz` says so, and each time other ones are made up."""
quickly = settings(
    max_examples=TRIES or 5,
    derandomize=not TRIES,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True)
class Desk:
    """What there is: who may call, by their headers, and what a path may lead to."""

    callers: dict[str, dict[str, str]]
    known: dict[str, Any]
    connection: Connection


@pytest.fixture
def desk(session: Session, people: People, connection: Connection) -> Desk:
    """A desk with a ticket; a key of each role, its reporter, and nobody in particular."""
    number = make_ticket(session).number
    made: dict[str, str] = {role: api_keys.create(session, people.north, role, str(role)) for role in Role}
    made |= {"reporter": private_links.mint(session, number)}
    session.flush()
    callers = {"": {}, **{name: {"authorization": f"Bearer {key}"} for name, key in made.items()}}
    known = {"number": number, "code": "north", "which": "deputy", "id": people.tom.user_id}
    known |= {"attachment_id": 1, "place": 0}
    _keep_mail(session, people)
    return Desk(callers, known, connection)


def _keep_mail(session: Session, people: People) -> None:
    """A mail to sort, with a file, of the id that is known."""
    content = many((TEXT, "Hello"), (f"{TEXT}\nContent-Disposition: attachment; filename=x.txt", "x"))
    assert people.tom.user_id
    mail = Mail(id=people.tom.user_id, service_id=people.north, fingerprint="1", size=len(content))
    mail.state, mail.reason = MailState.UNSORTED, UnsortedReason.STRANGER
    session.add(mail)
    session.flush()
    session.add(MailOriginal(mail_id=mail.id, content=content))
    session.flush()


@pytest.mark.parametrize("tag", TAGS)
def test_whatever_is_sent_is_answered_as_promised(
    tag: str, desk: Desk, subtests: pytest.Subtests, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(10_000, limits.PER_ADDRESS.per))
    for operation in (one for one in OPERATIONS if one.definition.raw["tags"] == [tag]):
        for mode in MODES:
            # Where nothing can be sent, nothing can be wrong.
            if mode is GenerationMode.POSITIVE or operation.body or [*operation.iter_parameters()]:
                with subtests.test(operation.label, mode=mode.value):
                    _try(operation, mode, desk)
    sys.stdout.write(f"{len(ASKED)} made-up requests so far\n")


def _try(operation: Any, mode: GenerationMode, desk: Desk) -> None:
    client = TestClient(app)

    @quickly
    @given(operation.as_strategy(generation_mode=mode), _caller(operation, desk.callers), st.booleans())
    def ask(case: Any, caller: str, is_known: bool) -> None:
        if is_known and mode is GenerationMode.POSITIVE:  # a path that leads somewhere goes further
            case.path_parameters = {name: desk.known[name] for name in case.path_parameters or {}}
        asked = case.as_transport_kwargs(base_url="http://testserver/api/v1", headers=desk.callers[caller])
        asked.pop("cookies")
        if files := asked.pop("files", None):  # as requests does it: the client knows no numbers
            whole = Request("POST", asked["url"], files=files, data=asked.pop("data", None)).prepare()
            asked["headers"] = {**asked["headers"], "content-type": whole.headers["content-type"]}
            asked["data"] = whole.body
        asked["content"] = asked.pop("data", None)
        part = desk.connection.begin_nested()
        try:
            answer = client.request(**asked)
        finally:
            part.rollback()
        ASKED.append(answer.status_code)
        case.validate_response(answer, checks=MODES[mode])

    ask()


def _caller(operation: Any, callers: Iterable[str]) -> st.SearchStrategy[str]:
    """More often than not somebody who is let in, since what is refused at the door is soon tried."""
    is_for = AUDIENCES[operation.definition.raw["operationId"]].split(", ")
    welcome = [name for name in callers if name in is_for] or [*callers]
    return st.sampled_from(welcome) | st.sampled_from(welcome) | st.sampled_from([*callers])
