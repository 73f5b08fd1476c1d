"""The database's history: the same on both engines, whole or not at all, and harmless to what is kept."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.functions import count
from sqlmodel import Session

import migrations
from navigator import database
from navigator.models import metadata
from navigator.people import audit_chain
from navigator.tickets.queue.search import _has_words
from navigator.tickets.ticket import Message
from tests.conftest import MOMENT

EXAMPLES: dict[type, Any] = {
    int: 1, float: 0.5, bool: False, str: "x", bytes: b"x", object: {},
    datetime: MOMENT, date: date(2026, 6, 9),
}  # fmt: skip


@pytest.fixture
def engine(committing: str) -> Iterator[Engine]:
    """An engine without our settings, on a migrated database that nobody else uses."""
    engine = create_engine(committing)
    yield engine
    engine.dispose()


@pytest.fixture
def empty(engine: Engine) -> str:
    """The address of a database with nothing in it."""
    if engine.dialect.name == "sqlite":
        return f"sqlite:///{engine.url.database}.empty"
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    return _address(engine)


@pytest.fixture
def growing(empty: str) -> Iterator[Engine]:
    """An engine on a database with nothing in it."""
    engine = create_engine(empty)
    yield engine
    engine.dispose()


def test_history_is_one_numbered_line():
    steps = [*ScriptDirectory.from_config(migrations.config()).walk_revisions()][::-1]
    assert [step.revision for step in steps] == [f"{number:04}" for number in range(1, len(steps) + 1)]
    assert [step.down_revision for step in steps] == [None, *(step.revision for step in steps[:-1])]


def test_migrated_database_is_what_the_code_declares(committing, engine):
    command.check(migrations.config(committing))
    with engine.connect() as connection:
        assert migrations.is_at_head(connection)


def test_old_database_is_known_to_be_old(growing):
    with growing.connect() as connection:
        assert not migrations.is_at_head(connection)


@pytest.mark.slow
def test_processes_that_start_together_migrate_once(empty):
    words = [sys.executable, "-c", f"import migrations; migrations.upgrade({empty!r})"]
    both = [subprocess.Popen(words), subprocess.Popen(words)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]


@pytest.mark.slow
def test_each_step_keeps_what_was_there(growing):
    for step in [*ScriptDirectory.from_config(migrations.config()).walk_revisions()][::-1]:
        before = _counts(growing)
        command.upgrade(migrations.config(_address(growing), compares=False), step.revision)
        after = _counts(growing)
        assert {table: after[table] for table in before if table in after} == before
        with growing.begin() as connection:
            _fill(connection)


@pytest.mark.slow
def test_when_a_navigator_sorted_is_learned_from_the_events(growing):
    command.upgrade(migrations.config(_address(growing), compares=False), "0004")
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(text("UPDATE event SET action = 'triage'"))
    command.upgrade(migrations.config(_address(growing), compares=False), "0005")
    with growing.connect() as connection:
        found = connection.execute(text("SELECT sorted_at, suggestion_is_hidden FROM ticket")).one()
        sorted_at = connection.execute(text("SELECT at FROM event")).scalar_one()
    assert (found.sorted_at, bool(found.suggestion_is_hidden)) == (sorted_at, False)


@pytest.mark.slow
def test_making_a_database_warns_of_nothing(empty: str):
    words = [sys.executable, "-c", f"import migrations; migrations.upgrade({empty!r})"]
    assert subprocess.run(words, check=True, capture_output=True, text=True).stderr == ""


def test_replacing_a_table_does_not_empty_its_children(engine, committing, tmp_path):
    with engine.begin() as connection:
        _fill(connection)
    before = _counts(engine)
    command.upgrade(_with_another_step(tmp_path, committing, REPLACE_A_PARENT), "head")
    assert _counts(engine) == before


def test_step_that_fails_leaves_nothing_behind(engine, committing, tmp_path):
    with pytest.raises(ZeroDivisionError):
        command.upgrade(_with_another_step(tmp_path, committing, FAIL_HALFWAY), "head")
    assert not inspect(engine).has_table("halfway")
    with engine.connect() as connection:
        assert migrations.is_at_head(connection)


def test_checked_columns_take_every_good_value_and_no_other(engine):
    with engine.begin() as connection:
        _fill(connection)
    checked = [(table, *_allowed(check)) for table in metadata.tables.values() for check in _checks(table)]
    assert len(checked) > 10
    for table, column, values in checked:
        for value in values:
            with engine.begin() as connection:
                connection.execute(table.update().values({column: value}))
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(table.update().values({column: "nonsense"}))


def _address(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def _checks(table: Table) -> list[CheckConstraint]:
    checks = [check for check in table.constraints if isinstance(check, CheckConstraint)]
    return [check for check in checks if " IN (" in str(check.sqltext)]


def _allowed(check: CheckConstraint) -> tuple[str, list[str]]:
    words = str(check.sqltext)
    return words.split(maxsplit=1)[0], re.findall(r"'([^']*)'", words)


def _counts(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(count()).select_from(table)).scalar_one()
            for table in _reflected(connection)
        }


def _reflected(connection: Connection) -> list[Table]:
    """The tables of the desk: without Alembic's own and SQLite's index of words, which fills itself."""
    tables = MetaData()
    tables.reflect(connection)
    own = ("alembic_version", "message_words")
    return [table for table in tables.sorted_tables if not table.name.startswith(own)]


def _fill(connection: Connection) -> None:
    """Put a row into every table that has none, whatever the tables are at this step."""
    for table in _reflected(connection):
        if connection.execute(select(table).limit(1)).first() is None:
            checks = [check["sqltext"] for check in inspect(connection).get_check_constraints(table.name)]
            row = {column.name: _example(column, checks) for column in table.columns if not column.computed}
            connection.execute(table.insert().values(row))


def _example(column: Column[Any], checks: list[str]) -> Any:
    if column.foreign_keys and column.nullable:
        return None
    of_column = [check for check in checks if re.match(rf"\W*{column.name}\W", check)]
    allowed = [value for check in of_column for value in re.findall(r"'([^']*)'", check)]
    return allowed[0] if allowed else EXAMPLES[column.type.python_type]


def _with_another_step(folder: Path, url: str, upgrade: str) -> Config:
    """Our migrations with one more at the end."""
    copied = shutil.copytree(Path(migrations.__file__).parent, folder / "migrations")
    newest = ScriptDirectory.from_config(migrations.config()).get_current_head()
    head = f"from alembic import op\nimport sqlalchemy as sa\nrevision = 'next'\ndown_revision = '{newest}'\n"
    (copied / "versions" / "next.py").write_text(head + dedent(upgrade))
    config = migrations.config(url, compares=False)
    config.set_main_option("script_location", str(copied))
    return config


REPLACE_A_PARENT = """
    def upgrade():
        with op.batch_alter_table("service", recreate="auto") as service:
            service.alter_column("name", type_=sa.String(200))
"""

FAIL_HALFWAY = """
    def upgrade():
        op.create_table("halfway", sa.Column("id", sa.Integer, primary_key=True))
        1 / 0
"""


@pytest.mark.slow
@pytest.mark.only_on("sqlite")
def test_what_was_said_before_is_found_by_its_words(growing):
    command.upgrade(migrations.config(_address(growing), compares=False), "0006")
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(text("UPDATE message SET body = 'The café is closed'"))
    command.upgrade(migrations.config(_address(growing), compares=False), "0007")
    with growing.connect() as connection:
        found = "SELECT count(*) FROM message_words WHERE message_words MATCH 'cafe*'"
        assert connection.execute(text(found)).scalar_one() == 1


@pytest.mark.slow
def test_what_was_said_before_is_split_as_it_is_asked_for(growing):
    """11.C9: existing installations are indexed again, each message, and what comes later is indexed too."""
    command.upgrade(
        migrations.config(_address(growing), compares=False), _step_before("words_are_split_alike")
    )
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(
            text("UPDATE message SET body = :body"), {"body": "पासवर्ड at jo.bloggs@example.org"}
        )
    before = _counts(growing)
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    assert _counts(growing).items() >= before.items()
    with Session(growing) as session, session.begin():
        old = session.scalars(select(Message)).one()
        session.add(Message(**old.model_dump() | {"id": old.id + 1, "body": "iOS 17.4.1"}))
    with Session(growing) as session:
        for asked, count in {"पासवर्ड": 1, "bloggs@example.org": 1, "17.4.1": 1, "17.5": 0}.items():
            condition = _has_words(session, asked)
            assert len(session.scalars(select(Message).where(condition)).all()) == count, asked


def _step_before(name: str) -> str:
    """The step before the one whose file is named so, whatever its number is."""
    steps = ScriptDirectory.from_config(migrations.config()).walk_revisions()
    return next(str(step.down_revision) for step in steps if step.path.endswith(f"_{name}.py"))


PARKED = """
    UPDATE ticket SET status = 'waiting_for_supplier', target_at = reported_at, due_at = reported_at,
        guard_at = updated_at, guard_told_at = NULL
"""


@pytest.mark.slow
def test_what_is_with_the_supplier_is_due_by_its_guard_alone(growing):
    command.upgrade(migrations.config(_address(growing), compares=False), "0011")
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(text(PARKED))
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    with growing.connect() as connection:
        found = connection.execute(text("SELECT * FROM ticket")).one()
    assert (found.target_at, found.target_minutes_left, found.due_at) == (None, 0, found.guard_at)


@pytest.mark.slow
def test_a_promise_of_before_becomes_what_is_so(growing):
    """11.E: a ticket of before an upgrade does not go on saying that somebody is told the same day."""
    command.upgrade(migrations.config(_address(growing), compares=False), "0016")
    old = "We pass it to them the same working day."
    with growing.begin() as connection:
        _fill(connection)
        said = text("UPDATE ticket SET status = 'open', category = 'divert.clinical', next_step = :old")
        connection.execute(said, {"old": old})
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    with growing.connect() as connection:
        found = connection.execute(text("SELECT next_step FROM ticket")).scalar_one()
    assert found == "You can also tell them yourself. It may be quicker than a message here."


@pytest.mark.slow
def test_who_is_away_stays_away_until_they_are_back(growing):
    command.upgrade(migrations.config(_address(growing), compares=False), "0012")
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(text('UPDATE "user" SET is_away = true'))
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    with growing.connect() as connection:
        found = connection.execute(text('SELECT away_from_on, away_until_on, cover_id FROM "user"')).one()
    assert found.away_from_on is not None
    assert (found.away_until_on, found.cover_id) == (None, None)


TOLD_TOO_LATE = """
    UPDATE ticket SET status = 'open', reported_at = '2026-06-15 08:30:00', due_at = '2026-06-12 11:00:00',
        guard_at = '2026-06-12 11:00:00'
"""


@pytest.mark.slow
def test_what_was_late_before_it_was_reported_is_due_since_then(growing):
    """11.D10: tickets of before the upgrade too."""
    command.upgrade(migrations.config(_address(growing), compares=False), "0016")
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(text(TOLD_TOO_LATE))
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    with growing.connect() as connection:
        found = connection.execute(text("SELECT * FROM ticket")).one()
    assert bool(found.session_is_too_soon)
    assert found.due_at == found.guard_at == found.reported_at


@pytest.mark.parametrize(
    ("before", "needs_answer"),
    [
        ("UPDATE message SET author = 'reporter', audience = 'public'", True),
        ("UPDATE message SET author = 'staff', action = 'reply'", False),
        ("UPDATE event SET action = 'reopen', actor_name = 'Reporter', at = '2026-06-10 09:00:00'", True),
        ("UPDATE event SET action = 'reopen', actor_name = 'Amina', at = '2026-06-10 09:00:00'", False),
        ("UPDATE reporter SET is_unsent = true", False),
    ],
    ids=["they wrote", "we answered", "still broken, without words", "taken up by us", "nothing was sent"],
)
@pytest.mark.slow
def test_who_needs_an_answer_is_learned_from_what_was_said_and_done(growing, before, needs_answer):
    command.upgrade(migrations.config(_address(growing), compares=False), "0029")
    with growing.begin() as connection:
        _fill(connection)
        connection.execute(text("UPDATE ticket SET status = 'open'"))
        connection.execute(text("UPDATE phonecall SET came = 'no_answer'"))
        if "author" not in before:
            is_said = "is_unsent" in before
            author, action = ("reporter", "answer") if is_said else ("staff", "reply")
            said = "UPDATE message SET author = :author, action = :action, audience = 'public'"
            connection.execute(text(said), {"author": author, "action": action})
        connection.execute(text(before))
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    with growing.connect() as connection:
        found = connection.execute(text("SELECT needs_answer_since_at FROM ticket")).scalar_one()
    assert (found is not None) is needs_answer


def test_changes_of_before_are_carried_into_the_chain(growing: Engine) -> None:
    before = _step_before("the_audit_log_only_grows")
    command.upgrade(migrations.config(_address(growing), compares=False), before)
    with growing.begin() as connection:
        _fill(connection)
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    database.bind(growing, growing)
    try:
        assert audit_chain.seal_new() == 1
        with database.reading() as session:
            verdict = audit_chain.verify(session)
    finally:
        database.bind(None, None)
    assert (verdict.rows, verdict.unsealed, verdict.findings) == (1, 0, ())


@pytest.mark.parametrize("deed", ["UPDATE change SET title = 'y'", "DELETE FROM change"])
def test_the_audit_log_lets_go_of_services_and_of_nothing_else(growing: Engine, deed: str) -> None:
    before = _step_before("a_service_made_by_mistake_can_be_deleted")
    command.upgrade(migrations.config(_address(growing), compares=False), before)
    with growing.begin() as connection:
        _fill(connection)
        made = "INSERT INTO change (id, at, actor_name, service_id, subject, key, title)"
        values = "SELECT 2, '2026-06-10 09:00:00', 'Ada', id, 'service', code, 'Name' FROM service"
        connection.execute(text(f"{made} {values}"))
        rows = connection.execute(text("SELECT id, service_id, key FROM change ORDER BY id")).all()
        triggers = _triggers(connection)
    command.upgrade(migrations.config(_address(growing), compares=False), "head")
    with growing.connect() as connection:
        assert connection.execute(text("SELECT id, service_id, key FROM change ORDER BY id")).all() == rows
        assert _triggers(connection) == triggers
        keys = inspect(connection).get_foreign_keys("change")
        assert {key["referred_table"] for key in keys} == {"user"}
    with pytest.raises(IntegrityError, match="only grows"), growing.begin() as connection:
        connection.execute(text(deed))


def _triggers(connection: Connection) -> set[str]:
    of_sqlite = "SELECT name || sql FROM sqlite_master WHERE type = 'trigger'"
    of_postgresql = "SELECT tgname || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    is_sqlite = connection.dialect.name == "sqlite"
    return set(connection.execute(text(of_sqlite if is_sqlite else of_postgresql)).scalars())
