"""What a caller is told when something cannot be done. The client holds each answer against RFC 9457."""

import json
import sqlite3
import time

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from api.app import app as api
from api.schemas import EventOut, ReportBody
from navigator.people.user import Role
from navigator.tickets.actions import staff
from navigator.tickets.reports import from_api
from navigator.tickets.visibility import find
from tests.api.client import HERE, Caller
from tests.people import token_of

TOLD = {"service": "north", "body": "The code never comes."}
JSON = {"content-type": "application/json"}
SECRET = "Mrs Example of 1 Private Street"


def test_an_unknown_path_is_not_found(anybody):
    for path in ("/nothing", "/services/", "/tickets/1/nothing", "/redoc"):
        assert anybody.get(path).status_code == 404


def test_an_unknown_method_is_not_allowed_and_says_which_are(anybody, navigator, ticket):
    refused = anybody.delete("/reports")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert navigator.patch(f"/tickets/{ticket.number}").status_code == 405
    assert navigator.get(f"/tickets/{ticket.number}/replies").status_code == 405


@pytest.mark.parametrize(
    "body", ["{", "", "nul", '{"service": }', "[" * 100_000, "1" * 5000, b"\xff\xfe\x00", b"\x00"]
)
def test_a_body_that_is_no_json_is_refused(anybody, people, body):
    refused = anybody.post("/reports", content=body, headers=JSON)
    assert refused.status_code == (422 if body == "" else 400)


@pytest.mark.parametrize("body", ["[]", '"text"', "1", "null", "[{}]", "true", "NaN", "1e999"])
def test_json_that_is_no_report_is_refused(anybody, people, body):
    assert anybody.post("/reports", content=body, headers=JSON).status_code == 422


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "", "json"]
)
def test_a_body_of_another_kind_is_refused(anybody, people, kind):
    refused = anybody.post("/reports", content=b'{"service": "north"}', headers={"content-type": kind})
    assert refused.status_code == 415


def test_json_by_another_name_is_taken(anybody, people):
    kind = {"content-type": "application/vnd.desk+json; charset=utf-8"}
    answer = anybody.post("/reports", content=b'{"service": "north", "body": "x"}', headers=kind)
    assert answer.status_code == 201


@pytest.mark.parametrize("announced", [True, False])
def test_a_body_too_large_is_refused(anybody, people, announced):
    body = b'{"service": "north", "body": "' + b"x" * 1_000_000 + b'"}'
    content = body if announced else iter([body[:600_000], body[600_000:]])
    refused = anybody.post("/reports", content=content, headers=JSON)
    assert refused.status_code == 413


def test_many_unknown_fields_make_no_long_answer(anybody, people):
    refused = anybody.post("/reports", json=TOLD | {f"field{n}": 1 for n in range(5000)})
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 50


@pytest.mark.parametrize("name", ["\ud800", "x" * 1000, "\0", "__proto__", "🧠"])
def test_any_unknown_field_is_named(anybody, people, name):
    content = json.dumps(TOLD | {name: SECRET})
    refused = anybody.post("/reports", content=content, headers=JSON)
    assert refused.status_code == 422
    assert len(refused.json()["errors"]) == 1
    assert SECRET not in refused.text


def test_a_mistake_of_ours_says_nothing_of_itself(people, monkeypatch, capfd):
    """T21 of the peers."""

    def fail(*_):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(from_api, "submit_report", fail)
    failed = Caller(raise_server_exceptions=False).post("/reports", json=TOLD)
    assert failed.json() == {"type": "about:blank", "title": "Internal Server Error", "status": 500}


def test_lost_storage_is_said_and_the_caller_may_come_again(anybody, people, monkeypatch, capsys):
    def gone(*_):
        raise OperationalError(SECRET, {"text": SECRET}, sqlite3.OperationalError(SECRET))

    monkeypatch.setattr(from_api, "submit_report", gone)
    failed = anybody.post("/reports", json=TOLD)
    assert failed.status_code == 503
    assert failed.headers["retry-after"]
    assert SECRET not in failed.text
    said = capsys.readouterr().out
    assert "storage is down" in said
    assert SECRET not in said


def test_what_was_said_is_in_no_log(anybody, navigator, ticket, capsys, caplog):
    anybody.post("/reports", json=TOLD | {"body": SECRET, "practitioner": SECRET})
    navigator.post(f"/tickets/{ticket.number}/notes", json={"body": SECRET, "version": 99})
    navigator.post(f"/tickets/{ticket.number}/notes", json={"body": SECRET})
    navigator.post(f"/tickets/{ticket.number}/notes", json={"body": [SECRET]})
    said = capsys.readouterr()
    assert SECRET not in said.out + said.err + caplog.text
    assert "ndk_" not in said.out + said.err + caplog.text


def test_what_was_said_is_in_no_message_of_an_error(session):
    with pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT :said FROM nowhere"), {"said": SECRET})
    assert SECRET not in str(failed.value)
    for model, wrong in ((ReportBody, TOLD | {"reporter": SECRET}), (EventOut, {"at": SECRET})):
        with pytest.raises(ValidationError) as invalid:
            model.model_validate(wrong)
        assert SECRET not in str(invalid.value)


@pytest.mark.parametrize(
    "shown", ["Basic bmRrXw==", "Bearer", "ndk_x", "Bearer  ", "bearer ndk_x y", "Bearer é"]
)
def test_anything_but_a_good_key_is_refused(enter, people, shown):
    caller = enter(None)
    refused = caller.get("/tickets", headers={"authorization": shown.encode("latin-1")})
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


def test_a_cookie_is_no_key(enter, session, people):
    caller = enter(None)
    for name in ("desk_log_in", "desk_login", "login", "session"):
        caller.cookies.set(name, token_of(session, people.amina))
    assert caller.get("/tickets").status_code == 401


def test_other_sites_cannot_send_anything(anybody, people):
    refused = anybody.post("/reports", json=TOLD, headers={"origin": "https://elsewhere.example"})
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers


def test_the_description_is_there_for_everybody_and_honest(anybody):
    said = anybody.get("/openapi.json").json()
    assert said["servers"] == [{"url": HERE}]
    assert "HTTPValidationError" not in said["components"]["schemas"]
    fields = [
        field
        for one in said["components"]["schemas"].values()
        for field in one.get("properties", {}).values()
    ]
    assert not any("words" in field for field in fields)
    for path, operations in said["paths"].items():
        for operation in operations.values():
            assert {"400", "413", "415", "422", "500", "503"} <= operation["responses"].keys(), path
            refusals = [one["content"] for status, one in operation["responses"].items() if status >= "400"]
            assert {kind for content in refusals for kind in content} == {"application/problem+json"}
            assert operation["description"]
            keyed = ({"401", "403"} <= operation["responses"].keys(), "security" in operation)
            assert keyed in ((True, True), (False, False)), path


def test_every_operation_has_a_name_of_its_own():
    names = [
        one["operationId"] for operations in api.openapi()["paths"].values() for one in operations.values()
    ]
    assert len(names) == len(set(names)) >= 27


def test_a_change_that_cannot_be_kept_is_no_success(people, with_key, ticket, monkeypatch):
    """The answer waits for the commit."""

    def change_in_silence(session, actor, number, _what):
        changed = find(session, actor, number)
        changed.impact = 1
        return changed

    monkeypatch.setattr(staff, "note", change_in_silence)
    navigator = with_key(Role.NAVIGATOR, raise_server_exceptions=False)
    assert navigator.post(f"/tickets/{ticket.number}/notes", json={"body": "x"}).status_code == 500


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('{"text": ' + "[" * 200_000, "nested too deep"),
        ('{"text": "' + "a" * 60_000 + '", "a": ' + "[" * 20 + "]" * 20 + "}", "nested too deep"),
        ('{"a":' * 500 + "1" + "}" * 500, "nested too deep"),
        ('{"text": ' + "9" * 5000 + "}", "at most 100 digits"),
        ('{"text": 1' + "0" * 100 + "e99999}", "at most 100 digits"),
        ('"' + '\\"' * 200_000, "not JSON"),
        ("{", "not JSON"),
    ],
)
def test_a_body_without_end_is_refused_in_words(anybody, body, problem):
    """11.F7."""
    began = time.process_time()
    answer = anybody.post("/reports", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert problem in answer.json()["detail"]
    assert time.process_time() - began < 3


def test_what_only_looks_nested_is_read(anybody):
    """11.F7: brackets and digits within words."""
    told = {"service": "north", "body": "[" * 100 + "9" * 100 + ' "]" \\" {', "programme": "fern"}
    assert anybody.post("/reports", json=told).status_code == 201
