"""Prepared statements: past SQLAlchemy they say what it says, refuse what it refuses, and hide nothing."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import bindparam, event, select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from navigator import clock, database, prepared
from navigator.people.rate_limit import RateLimitCounter
from navigator.people.reporter import Reporter
from navigator.people.user import User
from navigator.tickets.lifecycle import UnauditedChange, add_ticket
from navigator.tickets.ticket import Ticket
from tests.people import People

RUNS = 4
"""One more than it takes until a statement is run past SQLAlchemy."""


_TOLD: dict[str, Any] = {"kind": "patient", "access_needs": ["screen_reader"], "email": "a@example.org"}


@pytest.fixture
def past_sqlalchemy(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which statements were run so."""
    ran: list[str] = []
    run = prepared.Prepared.run

    def noted(self: prepared.Prepared, *given: Any) -> Any:
        ran.append(self._sql)
        return run(self, *given)

    monkeypatch.setattr(prepared.Prepared, "run", noted)
    return ran


def test_rows_are_those_of_sqlalchemy(session: Session, people: People, past_sqlalchemy: list[str]):
    users, amina = User.__table__, people.amina.user_id  # type: ignore[attr-defined]
    query = select(users).where(users.c.id == bindparam("id"), users.c.is_active == bindparam("on", True))
    row = [database.ask(session, query, id=amina).one() for _ in range(RUNS)][-1]
    known = session.connection().execute(query, {"id": amina}).one()
    assert len(past_sqlalchemy) == RUNS - 2
    assert tuple(row) == tuple(known)
    assert row._mapping == known._mapping
    assert [type(value) for value in row] == [type(value) for value in known]
    assert (row.created_at, row._mapping[users.c.created_at]) == (known.created_at, known.created_at)
    assert database.ask(session, query, id=-1).one_or_none() is None
    assert database.ask(session, query, id=amina, on=False).all() == []


def test_what_a_parameter_reads_is_read_at_each_run(
    session: Session, people: People, past_sqlalchemy: list[str]
):
    users, ids = User.__table__, [one.user_id for one in (people.amina, people.tom, people.mo, people.sam)]  # type: ignore[attr-defined]
    left = iter(ids)
    query = select(users.c.id).where(users.c.id == bindparam("id", callable_=lambda: next(left)))
    assert [database.ask(session, query).scalar_one() for _ in range(RUNS)] == ids
    assert len(past_sqlalchemy) == RUNS - 2


def test_a_row_that_is_added_is_what_the_orm_would_have_written(session: Session, people: People):
    written = []
    for _ in range(RUNS):
        database.add(session, row := Reporter(**_TOLD))
        written.append(row)
    session.add(known := Reporter(**_TOLD))
    session.flush()
    assert len({row.id for row in [*written, known]}) == RUNS + 1
    assert all(row in session and session.get(Reporter, row.id) is row for row in written)
    for row in [*written, known]:
        session.refresh(row)
        assert row.model_dump(exclude={"id"}) == known.model_dump(exclude={"id"})


def test_what_is_added_can_be_changed(session: Session):
    database.add(session, row := Reporter(kind="patient"))
    assert not session.dirty
    row.known_as = "JB"
    session.flush()
    session.expire(row)
    assert row.known_as == "JB"


def test_an_error_is_that_of_sqlalchemy_and_tells_no_value(session: Session, past_sqlalchemy: list[str]):
    row = {"window_at": clock.now(), "count": 1}
    for number in range(RUNS):
        database.append(session, RateLimitCounter, key_hash=f"secret {number}", **row)
    with pytest.raises(IntegrityError) as refused, session.begin_nested():
        database.append(session, RateLimitCounter, key_hash="secret 0", **row)
    assert past_sqlalchemy[-1] == refused.value.statement
    assert refused.value.hide_parameters


def test_whoever_listens_hears_each_statement(session: Session, past_sqlalchemy: list[str]):
    heard: list[str] = []
    query = select(RateLimitCounter.__table__)  # type: ignore[attr-defined]
    for _ in range(RUNS):
        database.ask(session, query)
    ran = len(past_sqlalchemy)
    event.listen(session.connection(), "before_cursor_execute", lambda *said: heard.append(said[2]))
    database.ask(session, query)
    assert (len(heard), len(past_sqlalchemy)) == (1, ran)


def test_what_differs_from_run_to_run_is_left_to_sqlalchemy(
    session: Session, people: People, past_sqlalchemy: list[str]
):
    users, amina, mo = User.__table__, people.amina.user_id, people.mo.user_id  # type: ignore[attr-defined]
    query = select(users.c.id).where(users.c.id.in_(bindparam("ids", expanding=True)))
    for ids in ([], [amina], [amina, mo], [mo]):
        assert sorted(database.ask(session, query, ids=ids).scalars()) == sorted(filter(None, ids))
    assert past_sqlalchemy == []


def test_no_value_is_dropped_for_which_a_statement_was_not_prepared(session: Session):
    table = RateLimitCounter.__table__  # type: ignore[attr-defined]
    database.append(session, RateLimitCounter, key_hash="x", window_at=clock.now())
    change = update(table).where(table.c.key_hash == bindparam("which"))
    for number in range(RUNS):
        database.ask(session, change, which="x", count=number)
    later = clock.now() + timedelta(days=1)
    database.ask(session, change, which="x", count=7, window_at=later)
    assert database.ask(session, select(table.c.count, table.c.window_at)).one() == (7, later)


def test_nothing_is_run_outside_a_transaction_that_failed(session: Session):
    query = select(RateLimitCounter.__table__)  # type: ignore[attr-defined]
    for _ in range(RUNS):
        database.ask(session, query)
    nested = session.begin_nested()
    insert = RateLimitCounter.__table__.insert()  # type: ignore[attr-defined]
    database.ask(session, insert, key_hash="x", window_at=clock.now())
    with pytest.raises(IntegrityError):
        database.ask(session, insert, key_hash="x", window_at=clock.now())
    nested.rollback()
    database.append(session, RateLimitCounter, key_hash="y", window_at=clock.now())
    assert [row.key_hash for row in database.ask(session, query)] == ["y"]


def test_a_ticket_that_is_added_needs_an_event(session: Session, people: People):
    database.add(session, reporter := Reporter(kind="patient"))
    add_ticket(
        session, Ticket(service_id=people.north, reporter_id=reporter.id, channel="web", due_at=clock.now())
    )
    with pytest.raises(UnauditedChange):
        session.commit()


def test_what_was_added_and_taken_back_stands_in_nobodys_way(session: Session):
    nested = session.begin_nested()
    database.add(session, gone := Reporter(**_TOLD))
    nested.rollback()
    assert gone not in session
    assert session.get(Reporter, gone.id) is None
    for _ in range(2):
        database.add(session, row := Reporter(**_TOLD))
        assert row in session
