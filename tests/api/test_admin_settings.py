"""Settings over the API: an administrator's key reads and sets what its service has, and no more."""

import pytest
from sqlmodel import delete, select

from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import ServiceProgramme
from navigator.catalogue.service import Service
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Membership, Role


@pytest.fixture
def admin(with_key):
    """A key of North's administrators."""
    return with_key(Role.ADMIN)


def test_hours_are_read_and_set(admin, session):
    hours = admin.get("/settings/hours/north").json()
    assert hours["division"] == "england-and-wales"
    changed = hours | {"hours": {"mon": ["10:00", "12:00"]}, "closed_days": ["2026-12-24"]}
    assert admin.post("/settings/hours/north", json=changed).json()["hours"] == {"mon": ["10:00", "12:00"]}
    assert service_by_code(session, "north").closed_days == ["2026-12-24"]
    (change,) = admin.get("/changes").json()["changes"]
    assert (change["subject"], change["key"], change["before"]["closed_days"]) == ("hours", "north", [])
    assert admin.post(f"/changes/{change['id']}/undo").status_code == 204
    assert admin.get("/settings/hours/north").json() == hours


@pytest.mark.parametrize("name", sorted(SETTING_KINDS))
def test_every_subject_has_its_doors(admin, name):
    key = {
        "contact": "north/deputy",
        "reply": "north/hello",
        "rule": "north/hello",
        "override": "fern/notify.too_many",
        "programme": "fern",
        "device": "fern",
        "category": "notify.too_many",
        "article": "hello",
        "language": "north/pl",
        "supplier": "fern",
        "watch": "north/fern",
        "access": "desk",
        "auditperiod": "desk",
        "hazard": "1a",
        "webhook": "north/records",
        "sharing": "desk",
        "peer": "leeds",
        "provider": "works",
        "loginrule": "north/navigators",
        "passwords": "desk",
        "role": "north/lead",
        "retention": "north/ticket",
    }.get(name, "north")
    unset = (
        "reply", "rule", "device", "override", "article", "language", "supplier", "watch", "sharing", "peer",
        "inclusion", "usability", "provider", "loginrule", "role", "access", "webhook", "retention",
        "mailbox", "auditperiod", "hazard",
    )  # fmt: skip
    expected = 404 if name in unset else 200
    assert admin.get(f"/settings/{name}/{key}").status_code == expected


def test_a_contact_is_taken_away_and_what_is_not_there_is_not(admin, session):
    assert admin.post("/settings/contact/north/deputy/removal").status_code == 204
    assert missing(session, service_by_code(session, "north")) == ["a contact for deputy"]
    assert admin.post("/settings/contact/north/deputy/removal").status_code == 409


def test_what_all_share_is_read_by_each_and_set_by_the_key_of_the_only_service(admin, session, people):
    """11.F8."""
    shared = admin.get("/settings/programme/fern").json() | {"name": "Fern 2"}
    assert admin.post("/settings/programme/fern", json=shared).status_code == 403
    assert admin.post("/settings/category/notify.too_many/removal").status_code == 403
    nowhere = Service.id == people.south
    for table in (Membership, Contact, CrisisWording, PrivacyNotice, ServiceProgramme):
        session.exec(delete(table).where(table.service_id == people.south))
    session.exec(delete(Service).where(nowhere))
    assert admin.post("/settings/programme/fern", json=shared).json()["name"] == "Fern 2"
    assert admin.post("/settings/category/notify.too_many/removal").status_code == 409


def test_an_old_etag_is_refused(admin):
    was = admin.get("/settings/practice/north")
    old = {"If-Match": was.headers["etag"]}
    first = was.json() | {"assigns_at_once": False}
    assert admin.post("/settings/practice/north", json=first, headers=old).status_code == 200
    second = was.json() | {"draft_policy": "hand_over"}
    assert admin.post("/settings/practice/north", json=second, headers=old).status_code == 409


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("hours/north", {"hours": {"mon": "nine"}}, "hours.mon"),
        ("targets/north", {"alert_minutes": [30, "x"]}, "alert_minutes.1"),
        ("crisis/north", {"lines": [{"when": "now"}]}, "lines.0"),
        ("crisis/north", {"owner": "Dr Khan"}, "lines"),  # 11.D9: signed without being shown
        ("contact/north/deputy", {"role_name": "Deputy", "email": "x"}, "email"),
        ("programme/fern", {"name": "", "more": 1}, "more"),
    ],
)
def test_what_is_wrong_is_named_by_field(admin, session, path, body, field):
    answer = admin.post(f"/settings/{path}", json=body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not session.exec(select(AuditEntry)).all()


def test_other_services_are_not_there(admin, session):
    assert admin.get("/settings/hours/south").status_code == 404
    assert admin.post("/settings/contact/south/deputy/removal").status_code == 404
    assert admin.get("/settings/hours/nowhere").status_code == 404
    assert admin.post("/settings/hours/nowhere", json={}).status_code == 404
    assert admin.post("/settings/service/nowhere", json={"name": "New"}).status_code == 403
    assert len(session.exec(select(Contact).where(Contact.kind == "deputy")).all()) == 2


def test_the_file_holds_the_own_service(admin):
    text = admin.get("/configuration").text
    assert "code: north" in text
    assert "code: south" not in text


@pytest.mark.parametrize("role", [Role.NAVIGATOR, Role.MANAGER, Role.CLINICIAN, Role.PWP, Role.INTAKE])
def test_only_an_administrators_key_comes_in(with_key, role):
    assert with_key(role).get("/settings/hours/north").status_code == 403
    assert with_key(role).get("/changes").status_code == 403
