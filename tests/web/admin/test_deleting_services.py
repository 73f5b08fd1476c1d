"""A service that was made by mistake can be deleted, while nothing is of it; what has something stays."""

import pytest
from sqlmodel import Session, col, select

from navigator.administration.service_kind import HOLDS, holds
from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.service import Service
from navigator.models import metadata
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Membership, Role
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

MADE = "/settings/service/moor"


@pytest.fixture
def ada(ada_of_all: Visitor) -> Visitor:
    """Ada, who administers every service and has made one by mistake."""
    ada = ada_of_all
    ada.get("/settings/service/new")
    ada.press("Look at the change", name="Moor")
    ada.press("Save this change")
    return ada


def moor(session: Session) -> Service | None:
    return session.exec(select(Service).where(Service.code == "moor")).one_or_none()


def delete(ada: Visitor) -> None:
    ada.get(MADE)
    ada.press("Delete this service")
    if not ada.problems:
        ada.press("Save this change")


def test_it_is_deleted_and_the_audit_log_keeps_that_it_was_there(ada: Visitor, session: Session):
    made_id = session.exec(select(AuditEntry.service_id).where(AuditEntry.key == "moor")).one()
    delete(ada)
    assert (ada.path, moor(session)) == ("/settings", None)
    entries = session.exec(
        select(AuditEntry).where(AuditEntry.service_id == made_id).order_by(col(AuditEntry.id))
    ).all()
    assert [(each.key, bool(each.after)) for each in entries] == [("moor", True), ("moor", False)]
    assert not session.exec(select(Membership.id).where(Membership.service_id == made_id)).all()
    ada.get("/settings/changes")
    assert ada.text.count("Name: moor") == 2
    ada.get("/settings/audit")
    assert ada.path == "/settings/audit"
    assert "moor" in ada.text.casefold()


def test_its_id_is_never_that_of_another_one(ada: Visitor, session: Session):
    service = moor(session)
    assert service
    id = service.id
    delete(ada)
    session.add(Service(code="dale", name="Dale"))
    session.flush()
    assert session.exec(select(Service.id).where(Service.code == "dale")).one() > id


def test_what_is_of_it_is_named_and_keeps_it(ada: Visitor, session: Session, people: People):
    service = moor(session)
    assert service
    role = ContactKind.DEPUTY
    session.add(Contact(service_id=service.id, kind=role, role_name="D", email="d@moor.example"))
    session.add(Membership(user_id=people.tom.user_id or 0, service_id=service.id, role=Role.NAVIGATOR))
    session.flush()
    delete(ada)
    assert ada.problems == ["Moor cannot be deleted. It has people and contacts."]
    assert moor(session)


def test_hours_of_its_own_keep_it_too(ada: Visitor, session: Session):
    service = moor(session)
    assert service
    service.quiet_days = 3
    session.flush()
    delete(ada)
    assert ada.problems == ["Moor cannot be deleted. It has settings of its own."]


def test_deleting_it_is_taken_back(ada: Visitor, session: Session):
    delete(ada)
    change = session.exec(
        select(AuditEntry.id).where(AuditEntry.key == "moor").order_by(col(AuditEntry.id))
    ).all()[-1]
    ada.get(f"/settings/changes/{change}")
    ada.press("Take this change back")
    assert (moor(session) or Service(code="", name="")).name == "Moor"


def test_each_table_that_refers_to_a_service_has_its_words():
    keys = {key for table in metadata.sorted_tables for key in table.foreign_keys}
    refer = {(key.parent.table.name, key.parent.name) for key in keys if key.column.table.name == "service"}
    assert refer == {(name, "service_id") for name in HOLDS}


def test_a_service_that_works_has_something(session: Session, people: People):
    assert {"people", "contacts", "programmes"} <= set(holds(session, people.north))


def test_an_administrator_of_one_service_deletes_none(enter: Enter, session: Session):
    ada = enter("ada")
    ada.get("/settings/service/north")
    assert ada.press("Delete this service").status_code == 403
    assert session.exec(select(Service.id).where(Service.code == "north").order_by(col(Service.id))).all()


def test_making_it_is_taken_back(ada: Visitor, session: Session):
    ada.get("/settings/changes")
    change = session.exec(select(AuditEntry.id).where(AuditEntry.key == "moor")).one()
    ada.get(f"/settings/changes/{change}")
    ada.press("Take this change back")
    assert moor(session) is None


def test_what_was_changed_of_it_is_for_those_who_administer_all(
    ada: Visitor, session: Session, people: People
):
    delete(ada)
    theirs = select(Membership).where(
        Membership.user_id == people.ada.user_id, Membership.service_id == people.south
    )
    for membership in session.exec(theirs):
        session.delete(membership)
    session.flush()
    ada.get("/settings/changes")
    assert ada.path == "/settings/changes"
    assert "moor" not in ada.text.casefold()
