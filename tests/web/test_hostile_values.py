"""Hostile numbers, NUL and lone surrogates in every part of a path and every box: never a 500."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlmodel import Session
from starlette.testclient import TestClient

from navigator.people.actor import ANONYMOUS
from navigator.people.user import Role
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from tests.page_visitor import _as_shown
from tests.people import People, join, token_of
from tests.web.test_route_access import DOORS, OURS
from web.app import app

pytestmark = [pytest.mark.postgresql_is_enough, pytest.mark.slow]

NUMBERS = ["2147483648", "2147483647", "9" * 1500, "\N{ARABIC-INDIC DIGIT ONE}"]
SIGNS = ["a\0b", "x" * 300, "%"]
DAYS = ["9999-12-31", "2026-02-30"]
ENCODED = ["a%00b", "%ED%A0%80", "%FF"]
Asked = tuple[str, str, dict[str, Any]]
SURROGATE = "\ud800"
"""It cannot be sent as UTF-8; a form of parts may say that it is in UTF-7, where it can."""


@pytest.fixture
def everyone(session: Session, people: People) -> TestClient:
    """Somebody with every role, logged in, in a desk where something happened."""
    actor = join(session, "Every One", "everyone@north.example", people.north, *set(Role) - {Role.INTAKE})
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False, headers=OURS)
    client.cookies.set("desk_log_in", token_of(session, actor))
    return client


@pytest.fixture
def known(session: Session, people: People) -> dict[str, str]:
    """What stands for the parts of a path, if they are to lead somewhere."""
    told = ReportInput(
        service="north", programme="fern", category="access.forgotten_password", text="I forgot it"
    )
    ticket = staff.report(session, ANONYMOUS, told).ticket
    session.flush()
    return {"number": str(ticket.number), "code": "north", "service_code": "north"}


def paths(known: dict[str, str], values: list[str]) -> Iterator[tuple[str, str]]:
    """Every path with one of its parts hostile."""
    for method, path, _ in DOORS:
        for part in re.findall(r"\{[^}]*\}", path):
            for value in values:
                one = path.replace(part, value)
                yield method, re.sub(r"\{(\w+)[^}]*\}", lambda other: known.get(other[1], "1"), one)


def failures(client: TestClient, asked: list[Asked]) -> list[str]:
    answers = {
        f"{method} {path} {more}": client.request(method, path, **more).status_code
        for method, path, more in asked
    }
    return [one[:120] for one, status in answers.items() if status >= 500 and "/readyz" not in one]


def test_no_part_of_a_path_breaks_anything(everyone: TestClient, known: dict[str, str]):
    """11.D2."""
    asked: list[Asked] = [
        (method, path, {})
        for method, path in paths(known, [*NUMBERS[:3], *ENCODED[:2]])
        if "/live" not in path
    ]
    assert len(asked) > 700
    assert failures(everyone, asked) == []


def pages(client: TestClient, known: dict[str, str]) -> Iterator[tuple[str, HTMLParser]]:
    """Every page that can be looked at."""
    for method, path, _ in DOORS:
        if method == "GET" and path != "/live" and not path.startswith("/api/"):
            at = re.sub(r"\{(\w+)[^}]*\}", lambda part: known.get(part[1], "1"), path)
            answer = client.get(at)
            if answer.headers.get("content-type", "").startswith("text/html"):
                yield at, HTMLParser(answer.text)


def boxes(client: TestClient, known: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """Every box of every form: the form's method and address, what it would send, and the box's name."""
    seen: set[tuple[str, str, str]] = set()
    for at, page in pages(client, known):
        for form in page.css("form"):
            method, to = form.attributes["method"] or "", form.attributes["action"] or at
            names = {one.attributes.get("name") or "" for one in form.css("[name]")}
            for name in sorted(names - {""}):
                if (method, re.sub(r"\d+", "1", to), name) not in seen:
                    seen.add((method, re.sub(r"\d+", "1", to), name))
                    yield method.upper(), to, _filled(form, _as_shown(form)), name


def _filled(form: Any, fields: dict[str, Any]) -> dict[str, Any]:
    """What a form would send, if something were chosen and written in each of its boxes."""
    for one in form.css("[name]"):
        name, value = one.attributes["name"] or "", one.attributes.get("value")
        if not fields.get(name):
            fields[name] = value or "1"
    return fields


def as_parts(fields: dict[str, Any]) -> dict[str, Any]:
    """A form of parts in UTF-7, in which a lone surrogate can be sent."""
    part = '--b\r\nContent-Disposition: form-data; name="{}"\r\n\r\n{}\r\n'
    one = "".join(
        part.format(name, value if isinstance(value, str) else value[0]) for name, value in fields.items()
    )
    body = one.encode("utf-7", "surrogatepass") + b"--b--\r\n"
    return {"content": body, "headers": {"content-type": "multipart/form-data; charset=utf-7; boundary=b"}}


def test_no_box_breaks_anything(everyone: TestClient, known: dict[str, str], session: Session):
    """11.D2."""
    found = list(boxes(everyone, known))
    assert len(found) > 100
    asked = []
    for index, (method, to, fields, name) in enumerate(found):
        is_day = name.endswith("_on") or "-" in name
        for value in DAYS if is_day else [NUMBERS[index % 3], SIGNS[0]]:
            hostile = fields | {name: value}
            asked.append((method, to, {"params": hostile} if method == "GET" else {"data": hostile}))
        if method == "POST":
            asked.append((method, to, as_parts(fields | {name: SURROGATE})))
    failed: list[str] = []
    for one in asked:
        with session.begin_nested() as part:
            failed += failures(everyone, [one])
            part.rollback()
    assert failed == []


def test_no_question_breaks_anything(everyone: TestClient, known: dict[str, str]):
    """11.D2: what stands after the question mark in a link of the desk, or in a route's own arguments."""
    questions: dict[tuple[str, str], dict[str, str]] = {}
    for at, page in pages(everyone, known):
        for link in page.css("a[href*='?']"):
            to = urlsplit(link.attributes["href"] or "")
            fields = dict(parse_qsl(to.query))
            questions |= {(to.path or at, name): fields for name in fields}
    for method, path, route in DOORS:
        for one in getattr(getattr(route, "dependant", None), "query_params", []):
            if method == "GET" and path != "/live":
                at = re.sub(r"\{(\w+)[^}]*\}", lambda part: known.get(part[1], "1"), path)
                questions.setdefault((at, one.alias), {})
    assert len(questions) > 20
    asked: list[Asked] = [
        ("GET", path, {"params": fields | {name: value}})
        for (path, name), fields in questions.items()
        for value in [*NUMBERS[1:], *SIGNS[:2], *DAYS]
        if not path.startswith("http")
    ]
    asked += [("GET", f"{path}?{name}={value}", {}) for path, name in questions for value in ENCODED]
    assert failures(everyone, asked) == []
