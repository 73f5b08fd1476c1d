"""The audit log stays when somebody is erased, and is cut when its days are over: of all services at once."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.record_schemas import AuditPeriodSetting
from navigator.errors import Conflict, Forbidden
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_chain import seal_new, verify
from navigator.people.audit_log import Act, AuditEntry, record
from navigator.records import holds, requests, retention
from navigator.records.find import find_person
from navigator.records.holds import HoldInput
from navigator.records.identifiers import read_identifiers
from navigator.records.requests import ChoiceInput
from tests.navigator.records.test_requests import begun, closed
from tests.people import People, actor_of, administer_all

pytestmark = pytest.mark.both_engines

DECIDED: dict[str, Any] = {"reason": "Our policy", "owner": "Ada Byrne", "review_on": "2027-01-01"}


def keep(session: Session, days: int | None, actor: Actor = SYSTEM) -> None:
    apply_change(session, actor, kind_of("auditperiod"), ("desk",), AuditPeriodSetting(days=days, **DECIDED))


def acts(session: Session, days: int) -> list[str]:
    """What was exported, as it stands in the log after a night so many days later."""
    session.flush()
    seal_new()
    with clock.stopped_at(clock.now() + timedelta(days=days)):
        retention.run(clock.now())
        seal_new()
        assert verify(session).findings == ()
    session.expire_all()
    return [*session.exec(select(AuditEntry.title).where(AuditEntry.act == Act.EXPORTED))]


def test_what_names_them_is_shown_and_stays(session: Session, people: People) -> None:
    ticket = closed(session)
    named = {"name": "Pat’s, pat@example.org"}
    record(session, people.ada, Act.CHANGED, "Setting", service_id=people.north, before=named)
    session.flush()
    found = find_person(session, people.mo, read_identifiers("pat@example.org"))
    (entry,) = [each for each in found.mentions if each.stays]
    assert "pat@example.org" in entry.excerpt
    assert "sealed" in entry.stays
    request = begun(session, people)
    with pytest.raises(Conflict, match="changed since"):
        requests.choose(session, people.mo, request.id, ChoiceInput(mentions=[entry.key]))
    requests.choose(session, people.mo, request.id, ChoiceInput(tickets=[ticket.number]))
    requests.erase_person(session, people.mo, request.id)
    session.expire_all()
    assert session.get_one(AuditEntry, entry.row["id"]).before == named
    seal_new()
    assert verify(session).findings == ()


def test_until_somebody_decides_it_is_kept(session: Session, people: People) -> None:
    record(session, people.amina, Act.EXPORTED, "a table")
    assert acts(session, 20_000) == ["a table"]
    assert "until an administrator of all services decides" in retention.audit_log_kept(session)


def test_past_its_days_it_is_cut_and_the_rest_can_be_verified(session: Session, people: People) -> None:
    keep(session, 100)
    assert "100 days" in retention.audit_log_kept(session)
    record(session, people.amina, Act.EXPORTED, "a table")
    assert acts(session, 99) == ["a table"]
    assert acts(session, 101) == []
    assert session.exec(select(AuditEntry.act)).all() == [Act.CUT]


def test_a_hold_keeps_what_was_done_since(session: Session, people: People) -> None:
    record(session, people.amina, Act.EXPORTED, "before", created_at=clock.now() - timedelta(days=1))
    session.flush()
    keep(session, 100)
    ticket = closed(session)
    until_on = clock.today() + timedelta(days=300)
    holds.hold(
        session, people.mo, HoldInput(number=str(ticket.number), reason="A complaint", until_on=until_on)
    )
    record(session, people.amina, Act.EXPORTED, "since")
    assert acts(session, 200) == ["since"]
    assert acts(session, 301) == []


def test_whoever_administers_all_decides_and_for_no_few_days(session: Session, people: People) -> None:
    with pytest.raises(Forbidden):
        keep(session, 100, people.ada)
    with pytest.raises(ValueError, match="90"):
        AuditPeriodSetting(days=89, **DECIDED)
    administer_all(session, people)
    keep(session, 100, actor_of(session, people.ada.user_id or 0))
