"""The audit log only grows: what is recorded, noted and counted; sealed, verified, guarded and cut."""

import os
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import delete, inspect, text, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.errors import Refused
from navigator.people import audit_chain, audit_intake, audit_spool, login
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_chain import Head, cut_before, seal_new
from navigator.people.audit_log import Act, AuditEntry, record, record_factor
from navigator.people.login import Credentials
from navigator.people.user import Role
from navigator.settings import settings
from navigator.tickets.detail import ticket_detail
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People

POSITION = col(AuditEntry.position)


def written(session: Session, act: Act | None = None) -> list[AuditEntry]:
    session.expire_all()
    query = select(AuditEntry).order_by(col(AuditEntry.id))
    return [*session.exec(query.where(AuditEntry.act == act) if act else query)]


def five(session: Session, actor: Actor) -> list[AuditEntry]:
    """Five sealed rows, an hour apart."""
    for number in range(5):
        clock.set_to(MOMENT + timedelta(hours=number))
        record(session, actor, Act.EXPORTED, f"table {number}")
    session.flush()
    seal_new()
    return written(session)[-5:]


def whole(session: Session, *kept: Head) -> tuple[str, ...]:
    session.expire_all()
    return audit_chain.verify(session, kept).findings


def without_triggers(session: Session, statement: Any) -> None:
    """What somebody does who may switch off what guards the log."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE change DISABLE TRIGGER USER"))
    else:
        names = session.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            if name.startswith("change_"):
                session.execute(text(f"DROP TRIGGER {name}"))
    session.execute(statement)
    session.flush()


def test_rows_are_sealed_in_their_order_and_verified(session: Session, people: People) -> None:
    before = len(written(session))
    rows = five(session, people.amina)
    assert [row.position for row in rows] == [before + n for n in range(1, 6)]
    verdict = audit_chain.verify(session)
    assert (verdict.rows, verdict.unsealed, verdict.findings) == (before + 5, 0, ())
    assert audit_chain.head_file().read_text().strip() == str(verdict.head)
    assert seal_new() == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE change SET title = 'nothing' WHERE id = {id}",
        "UPDATE change SET hash = 'x' WHERE id = {id}",
        "DELETE FROM change WHERE id = {id}",
        "DELETE FROM change",
    ],
)
@pytest.mark.parametrize("is_sealed", [True, False])
def test_the_database_refuses_to_change_or_delete_a_row(
    session: Session, people: People, statement: str, is_sealed: bool
) -> None:
    if is_sealed:
        row = five(session, people.amina)[2]
    else:
        record(session, people.amina, Act.EXPORTED)
        row = written(session)[-1]
        if "hash" in statement:
            statement = "UPDATE change SET address = 'x' WHERE id = {id}"
    with pytest.raises(IntegrityError, match="only grows"), session.begin_nested():
        session.execute(text(statement.format(id=row.id)))
    assert written(session)[-1].title == ("table 4" if is_sealed else "")


@pytest.mark.only_on("postgresql")
def test_the_table_cannot_be_emptied(session: Session, people: People) -> None:
    five(session, people.amina)
    with pytest.raises(IntegrityError, match="only grows"), session.begin_nested():
        session.execute(text("TRUNCATE change"))


@pytest.mark.only_on("sqlite")
def test_a_row_cannot_be_replaced(session: Session, people: People) -> None:
    row = five(session, people.amina)[2]
    columns = "(id, at, actor_name, subject, key, title)"
    stolen = f"REPLACE INTO change {columns} SELECT :id, :at, '', '', '', ''"
    with pytest.raises(IntegrityError, match="only grows"), session.begin_nested():
        session.execute(text(stolen), {"id": row.id, "at": "2026-01-01"})


COLUMNS = {column.key for column in inspect(AuditEntry).column_attrs} - {"position", "hash"}
OTHER: dict[str, Any] = {
    "created_at": MOMENT - timedelta(days=1), "act": "changed", "actor_name": "Nobody", "title": "x",
    "subject": "x", "key": "x", "address": "x", "count": 9, "before": {"a": 1}, "after": {"a": 1},
    "undoes": 9, "ticket_number": 9, "key_id": 9, "service_id": None, "actor_id": None, "id": 10**6,
}  # fmt: skip


@pytest.mark.parametrize("column", sorted(COLUMNS))
def test_whatever_is_changed_in_a_row_is_found(session: Session, people: People, column: str) -> None:
    five(session, people.amina)
    record(session, people.amina, Act.EXPORTED, service_id=people.north, ticket_number=1)
    session.flush()
    seal_new()
    row = written(session)[-1]
    number, position = row.id, row.position
    session.expunge_all()
    without_triggers(
        session, update(AuditEntry).where(col(AuditEntry.id) == number).values({column: OTHER[column]})
    )
    (finding,) = whole(session)
    assert finding.startswith(f"Row {position} ")
    assert "was changed" in finding


def test_missing_rows_and_a_cut_off_end_are_found(session: Session, people: People) -> None:
    rows = five(session, people.amina)
    last, third = rows[-1], rows[2]
    head, middle = Head(last.position or 0, last.hash or ""), third.position or 0
    assert whole(session, head) == ()
    without_triggers(session, delete(AuditEntry).where(POSITION.in_((middle, middle + 1))))
    assert whole(session) == (f"Rows {middle} to {middle + 1} are missing.",)
    without_triggers(session, delete(AuditEntry).where(middle <= POSITION))
    assert whole(session) == ()
    (finding,) = whole(session, head)
    assert finding.startswith(f"Rows {middle} to {head.position} are missing.")


def test_a_chain_that_was_made_anew_is_not_the_one_whose_head_was_kept(
    session: Session, people: People
) -> None:
    rows = five(session, people.amina)
    head = Head(rows[-1].position or 0, rows[-1].hash or "")
    id = rows[0].id
    without_triggers(session, update(AuditEntry).where(col(AuditEntry.id) == id).values(title="other"))
    without_triggers(session, update(AuditEntry).values(position=None, hash=None))
    session.expire_all()
    seal_new()
    assert whole(session) == ()
    assert whole(session, head) == (f"Row {head.position} is another than when its hash was kept elsewhere.",)


def test_a_row_that_nobody_seals_is_found(session: Session, people: People) -> None:
    record(session, people.amina, Act.EXPORTED)
    assert whole(session) == ()
    clock.set_to(MOMENT + timedelta(minutes=11))
    assert "should be sealed" in whole(session)[0]


def test_the_oldest_part_is_cut_in_one_way_and_the_rest_stays_verifiable(
    session: Session, people: People
) -> None:
    rows = five(session, people.amina)
    keeps, head = rows[2].position or 0, Head(rows[-1].position or 0, rows[-1].hash or "")
    assert cut_before(session, SYSTEM, MOMENT + timedelta(hours=2)) == keeps - 1
    session.flush()
    seal_new()
    left = written(session)
    assert [row.act for row in left] == ["exported"] * 3 + ["cut"]
    assert whole(session, head, Head(1, "0" * 64)) == ()
    assert cut_before(session, SYSTEM, MOMENT + timedelta(hours=2)) == 0
    assert cut_before(session, SYSTEM, MOMENT + timedelta(hours=4)) == 2
    session.flush()
    seal_new()
    assert whole(session, head) == ()
    with pytest.raises(IntegrityError), session.begin_nested():
        session.execute(text("DELETE FROM change"))


def test_log_ins_and_failures_are_recorded_without_what_was_typed(session: Session, people: People) -> None:
    def tried(email: str, password: str) -> None:
        with pytest.raises(Refused):
            login.log_in(Credentials(email=email, password=SecretStr(password)), "192.0.2.7")

    tried("amina@north.example", "wrong")
    tried("my-own-pass-word", "wrong")
    *_, known, unknown = written(session)
    assert (known.act, known.actor_id, known.address) == ("log_in_failed", people.amina.user_id, "192.0.2.7")
    assert (unknown.act, unknown.actor_id, unknown.title) == ("log_in_failed", None, "No such account")
    assert "my-own" not in str(written(session))


def test_a_second_factor_is_recorded_by_one_call(session: Session, people: People) -> None:
    record_factor(session, people.amina, "A passkey was added", address="192.0.2.7")
    (row,) = written(session, Act.FACTOR)
    assert (row.actor_name, row.title, row.address) == (people.amina.name, "A passkey was added", "192.0.2.7")


def test_a_look_at_a_ticket_is_noted_once_in_a_quarter_of_an_hour(session: Session, people: People) -> None:
    number = tell(session).number
    session.flush()
    for minutes in (0, 1, 14, 15):
        clock.set_to(MOMENT + timedelta(minutes=minutes))
        ticket_detail(session, people.amina, number)
    ticket_detail(session, SYSTEM, number)
    assert written(session, Act.OPENED_TICKET) == []
    audit_intake.take_spool()
    rows = written(session, Act.OPENED_TICKET)
    assert [row.created_at for row in rows] == [MOMENT, MOMENT + timedelta(minutes=15)]
    assert {(row.actor_id, row.ticket_number, row.service_id) for row in rows} == {
        (people.amina.user_id, number, people.north)
    }


def another_process(session: Session) -> None:
    """What another process of the desk remembers of the last minutes: nothing."""
    audit_spool._spool.noted.clear()


def test_two_processes_note_a_look_once(session: Session, people: People) -> None:
    number = tell(session).number
    session.flush()
    for _ in range(2):
        ticket_detail(session, people.amina, number)
        another_process(session)
        audit_intake.take_spool()
    assert len(written(session, Act.OPENED_TICKET)) == 1


def test_a_spool_file_is_taken_once_even_if_it_comes_back(session: Session, people: People) -> None:
    audit_spool.note(people.amina, Act.EXPORTED, "queue")
    (file,) = audit_spool.waiting()
    content = file.read_bytes()
    assert audit_intake.take_spool() == 1
    file.write_bytes(content)  # a process was killed between the commit and the deletion
    audit_intake.take_spool()
    assert [row.title for row in written(session, Act.EXPORTED)] == ["queue"]
    assert audit_spool.waiting() == []


def test_lines_that_cannot_be_read_are_counted_and_people_who_are_gone_keep_their_name(
    session: Session, people: People
) -> None:
    audit_spool.note(Actor(name="Gone", user_id=10**6), Act.EXPORTED, "queue")
    (file,) = audit_spool.waiting()
    file.write_bytes(file.read_bytes() + b'{"act":"expo')
    audit_intake.take_spool()
    gone, torn = written(session)[-2:]
    assert (gone.actor_name, gone.actor_id) == ("Gone", None)
    assert "1 lines" in torn.title


def test_a_full_disk_keeps_lines_in_memory(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_file: int, _line: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", full)
        audit_spool.note(people.amina, Act.EXPORTED, "first")
    audit_spool.note(people.amina, Act.EXPORTED, "second")
    audit_intake.take_spool()
    assert [row.title for row in written(session, Act.EXPORTED)] == ["first", "second"]


def test_calls_with_a_key_are_one_row_an_hour(session: Session, people: People) -> None:
    key = Actor(name="Intake", key_id=7, roles={people.north: frozenset({Role.INTAKE})})
    for minutes in (0, 1, 59, 61):
        clock.set_to(MOMENT + timedelta(minutes=minutes))
        audit_spool.note_key_use(key)
        audit_intake.take_spool()
    assert audit_intake.record_key_uses() == 1
    clock.set_to(MOMENT + timedelta(hours=3))
    assert audit_intake.record_key_uses() == 1
    rows = written(session, Act.KEY_USED)
    assert [(row.key_id, row.count, row.created_at) for row in rows] == [
        (7, 3, MOMENT), (7, 1, MOMENT + timedelta(hours=1)),
    ]  # fmt: skip


def test_the_spool_is_of_its_owner_alone(people: People) -> None:
    audit_spool.note(people.amina, Act.EXPORTED, "queue")
    (file,) = audit_spool.waiting()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    assert file.parent.parent == settings().data_dir


def test_what_a_trial_takes_back_is_not_recorded(session: Session, people: People) -> None:
    with database.writing() as own, database.trial(own):
        record(own, people.amina, Act.EXPORTED, "tried")
    assert written(session, Act.EXPORTED) == []
