"""An administrator of another service sees nothing of this one, and changes nothing that all share."""

import re
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlmodel import Session, select
from starlette.testclient import TestClient

from api.examples import examples
from navigator.administration import import_export
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.articles import Article
from navigator.catalogue.routing_rule import RoutingRule
from navigator.people import api_keys
from navigator.people.actor import Actor
from navigator.people.api_keys import ApiKey
from navigator.people.audit_log import AuditEntry, record_change
from navigator.people.user import Membership, Role
from tests.people import People, administer_all, token_of
from tests.web.test_route_access import DOORS, OURS
from web.app import app

pytestmark = [pytest.mark.sqlite_is_enough]

SECRETS = ("Amina", "amina@", "Ada Byrne", "north.example", "Hush-")
"""People, contacts, replies, rules and keys of North."""

KEYS = {
    "retention": "north/ticket",
    "contact": "north/deputy",
    "reply": "north/hush",
    "rule": "north/hush",
    "override": "fern/notify.too_many",
}
SHARED = {"programme": "fern", "article": "hush", "category": "divert.risk"}


@pytest.fixture
def north(session: Session, people: People) -> dict[str, str]:
    """What North has set; and what stands for the parts of a path, if they are to lead there."""
    hush: dict[str, Any] = {"service_id": people.north, "code": "hush", "title": "Hush-title"}
    session.add(CannedReply(**hush, body="Hush-body"))
    session.add(RoutingRule(**hush, people=[people.amina.user_id or 0]))
    session.add(
        Article(
            code="hush",
            title="A shared article",
            category="access.forgotten_password",
            body="Try it",
            owner="Somebody",
        )
    )
    api_keys.create(session, people.north, Role.INTAKE, "Hush-key")
    record_change(session, people.ada, people.north, "person", "Hush-change")
    session.flush()
    key, change = session.exec(select(ApiKey.id)).one(), session.exec(select(AuditEntry.id)).one()
    ids = {"keys": str(key), "changes": str(change), "people": str(people.amina.user_id)}
    return ids | {"code": "north", "service_code": "north", "service_id": str(people.north), "which": "hush"}


def filled(path: str, north: dict[str, str]) -> str:
    """A path with what North has in its parts; a number is that of whatever its list holds."""
    for number in re.findall(r"/(\w+)/\{(?:user_)?id\}", path):
        path = re.sub(rf"/{number}/\{{(user_)?id\}}", f"/{number}/{north.get(number, '1')}", path)
    return re.sub(r"\{(\w+)[^}]*\}", lambda part: north.get(part[1], "1"), path)


def stranger(session: Session, actor: Actor) -> TestClient:
    client = TestClient(app, follow_redirects=False, raise_server_exceptions=False, headers=OURS)
    client.headers["cookie"] = f"desk_log_in={token_of(session, actor)}"  # whatever a page does to it
    session.flush()
    return client


def of_north(session: Session, people: People) -> Any:
    """All that North has set, and what all services share."""
    session.expire_all()
    members = select(Membership.user_id, Membership.role).where(Membership.service_id == people.north)
    keys = select(ApiKey.id, ApiKey.revoked_at).where(ApiKey.service_id == people.north)
    return (
        import_export.export_configuration(session, people.ada),
        sorted(session.exec(members)),
        sorted(session.exec(keys)),
    )


ENDS = ("/log-out", "/password", "/account/log-out-everywhere", "/account/lock")
FORMS: list[dict[str, str]] = [
    {},
    {"do": "save"},
    {"gone": "yes"},
    {"gone": "yes", "do": "save"},
    {"do": "edit"},
]


@pytest.mark.slow
def test_no_page_shows_or_changes_what_is_anothers(session: Session, people: People, north: dict[str, str]):
    """T10 of the peers.

    11.F8: every page that an administrator may open, with the keys of North in it, as South's."""
    sue, before, failed, seen = stranger(session, people.sue), of_north(session, people), [], 0
    paths = {
        (method, filled(path, north))
        for method, path, _ in DOORS
        if path != "/live" and not path.startswith("/api/") and path not in (*ENDS, "/readyz")
    }
    for kind in SETTING_KINDS.values():
        key = {**KEYS, **SHARED}.get(kind.name, "north")
        paths |= {(method, f"/settings/{kind.name}/{key}") for method in ("GET", "POST")}
    for method, path in sorted(paths):
        for form in FORMS if method == "POST" else FORMS[:1]:
            sue.cookies.clear()
            with session.begin_nested() as part:
                answer = sue.request(method, path, data=form or None)
                told = [secret for secret in SECRETS if secret in answer.text]
                seen += "Sue Southern" in answer.text
                changed = method == "POST" and of_north(session, people) != before
                if told or answer.status_code >= 500 or changed:
                    failed.append((method, path, form, answer.status_code, told))
                part.rollback()
    assert failed == []
    assert seen > 60, "she is logged in"


def test_what_all_share_is_read_by_any_and_changed_by_an_administrator_of_all(
    session: Session, people: People, north: dict[str, str]
):
    """11.F8: each kind, by page, and after she administers North too."""
    sue = stranger(session, people.sue)
    everything = {**SHARED, "override": KEYS["override"], "service": "new"}
    new = dict.fromkeys(("programme", "article", "category"), "new")
    for name, key in [*everything.items(), *new.items()]:
        assert sue.get(f"/settings/{name}/{key}").status_code == 403, name
        assert sue.post(f"/settings/{name}/{key}", data={"do": "save", "gone": "yes"}).status_code == 403, (
            name
        )
    for path in ("programmes", "articles", "categories"):
        page = sue.get(f"/settings/{path}").text
        assert "Only an administrator of every service can change them" in page
        assert "/new" not in page
    session.add(Membership(user_id=people.sue.user_id or 0, service_id=people.north, role=Role.ADMIN))
    session.flush()
    for name, key in [*everything.items(), *new.items()]:
        assert sue.get(f"/settings/{name}/{key}").status_code == 200, name
    assert "/settings/article/new" in sue.get("/settings/articles").text


def test_a_file_with_what_all_share_changed_is_refused_whole(
    session: Session, people: People, north: dict[str, str]
):
    """11.F8: as it is, it may stand in the file."""
    sue = stranger(session, people.sue)
    file = sue.get("/settings/configuration/file").text
    renamed = file.replace("South Talking", "Southern Talking")
    saved = sue.post("/settings/configuration", data={"text": renamed, "do": "save"})
    assert saved.headers["location"] == "/settings/changes"
    before = of_north(session, people)
    for changed in (file.replace("A shared article", "Mine"), "programmes:\n- {code: new, name: New}"):
        assert sue.post("/settings/configuration", data={"text": changed, "do": "save"}).status_code == 403
        assert of_north(session, people) == before


def test_a_change_of_what_all_share_is_taken_back_by_an_administrator_of_all(
    session: Session, people: People, north: dict[str, str]
):
    """11.F8."""
    administer_all(session, people)
    stranger(session, people.ada).post("/settings/article/hush", data={"gone": "yes", "do": "save"})
    change = session.exec(select(AuditEntry.id).where(AuditEntry.subject == "article")).one()
    sue = stranger(session, people.sue)
    page = sue.get(f"/settings/changes/{change}").text
    assert "Take this change back" not in page
    assert "Only an administrator of every service can take it back" in page
    assert sue.post(f"/settings/changes/{change}/undo").status_code == 403
    assert session.exec(select(Article)).all() == []


def api_path(path: str, north: dict[str, str]) -> str:
    """A path of the API that leads to what North has set, or to what all share."""
    name = path.removeprefix("/settings/").split("/")[0]
    code, which = (KEYS.get(name) or f"{SHARED.get(name, 'north')}/1").split("/")
    return filled(path, north | {"code": code, "which": which})


@pytest.mark.slow
def test_no_route_of_the_api_shows_or_changes_what_is_anothers(
    session: Session, people: People, north: dict[str, str]
):
    """T10 of the peers. 11.F8: every route, with the key of an administrator of South."""
    client = TestClient(app, base_url="http://testserver/api/v1", raise_server_exceptions=False)
    key = api_keys.create(session, people.south, Role.ADMIN, "theirs")
    client.headers["authorization"] = f"Bearer {key}"
    before, bodies, failed, asked = of_north(session, people), examples(), [], 0
    for method, path, route in DOORS:
        if path.startswith("/api/v1") and "openapi" not in path:
            at = api_path(path.removeprefix("/api/v1"), north)
            original: Any = route.original_route
            body = bodies.get(original.name) if isinstance(original, APIRoute) else None
            with session.begin_nested() as part:
                answer = client.request(method, at, json=body)
                told = [secret for secret in SECRETS if secret in answer.text]
                if told or answer.status_code >= 500 or of_north(session, people) != before:
                    failed.append((method, at, answer.status_code, told))
                part.rollback()
            asked += 1
    assert failed == []
    assert asked > 60
