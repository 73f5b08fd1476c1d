"""What the API says of itself holds for whatever is sent to it: made-up requests, by every kind of caller."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
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
from navigator.people import keys
from navigator.people.person import Role
from tests.api.conftest import make_ticket
from tests.people import People
from web.app import app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
MODES = {GenerationMode.POSITIVE: CHECKS, GenerationMode.NEGATIVE: [*CHECKS, negative_data_rejection]}
OPERATIONS: list[Any] = [
    one.ok()  # type: ignore[union-attr]
    for one in schemathesis.openapi.from_dict(api.openapi()).get_all_operations()
]
TRIED = [
    (one, mode)
    for one in OPERATIONS
    for mode in MODES
    if mode is GenerationMode.POSITIVE or one.body or [*one.iter_parameters()]  # else nothing can be wrong
]
KNOWN = {"number": 1, "code": "north", "which": "deputy", "id": 1}
"""What there is: a path that leads to it goes further than one that was made up."""

quickly = settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def callers(session: Session, people: People) -> list[dict[str, str]]:
    """A key of each role, and none at all, before a desk with a ticket."""
    make_ticket(session)
    made = [keys.create(session, people.north, role, str(role)) for role in Role]
    session.flush()
    return [{}, *({"authorization": f"Bearer {key}"} for key in made)]


@pytest.mark.parametrize(
    ("operation", "mode"), TRIED, ids=[f"{one.label} {mode.value}" for one, mode in TRIED]
)
def test_whatever_is_sent_is_answered_as_promised(
    operation: Any, mode: GenerationMode, callers: list[dict[str, str]], connection: Connection
) -> None:
    client = TestClient(app)
    made_up = operation.as_strategy(generation_mode=mode)

    @quickly
    @given(case=made_up, caller=st.sampled_from(callers), is_known=st.booleans())
    def ask(case: Any, caller: dict[str, str], is_known: bool) -> None:
        if is_known and mode is GenerationMode.POSITIVE:
            case.path_parameters = {
                name: KNOWN.get(name, value) for name, value in (case.path_parameters or {}).items()
            }
        asked = case.as_transport_kwargs(base_url="http://testserver/api/v1", headers=caller)
        asked["content"] = asked.pop("data", None)
        asked.pop("cookies")
        if isinstance(asked.get("data"), bytes | str):
            asked["content"] = asked.pop("data")
        part = connection.begin_nested()
        try:
            answer = client.request(**asked)
        finally:
            part.rollback()
        case.validate_response(answer, checks=MODES[mode])

    ask()
