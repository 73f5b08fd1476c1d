"""Three hundred odd mails, each landing exactly once where the table says: in `odd/`."""

import pytest
from sqlmodel import Session, col, select

from navigator.tickets.ticket import Message
from tests.navigator.mail_in.mails import arrive, give_mailbox, reply_to, reported
from tests.navigator.mail_in.odd import TO, Odd, charsets, heads, machines, quotes, shapes
from tests.people import People

TABLES = {each.__name__.rpartition(".")[2]: each.ROWS for each in (charsets, quotes, machines, shapes, heads)}


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many come from nobody in an hour."""
    monkeypatch.setattr("navigator.mail_in.join.hit", lambda *_: True)


def test_there_are_three_hundred_and_each_has_a_name() -> None:
    rows = [row for rows in TABLES.values() for row in rows]
    assert len(rows) >= 300
    assert len({row.name for row in rows}) == len(rows)


@pytest.mark.slow
@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize("table", TABLES)
def test_each_lands_once_where_the_table_says(
    session: Session, people: People, table: str, subtests: pytest.Subtests
) -> None:
    give_mailbox(session, people)
    ticket = reported(session)
    to = reply_to(session, ticket)
    for row in TABLES[table]:
        with subtests.test(row.name):
            before = _said(session)
            mail = arrive(session, people, _addressed(row, to))
            again = arrive(session, people, _addressed(row, to))
            said = _said(session)[len(before) :]
            assert f"{mail.state}: {mail.reason}".removesuffix(": ") == row.lands
            assert (again.id, len(said)) == (mail.id, int(row.lands == "joined"))
            text = said[0] if said else ""
            assert row.says in text
            assert not (row.lacks and row.lacks in text)


def _addressed(row: Odd, to: str) -> bytes:
    token = to.partition("+")[2].partition("@")[0]
    content = row.content.replace(TO.encode(), to.encode()).replace(TO.upper().encode(), to.upper().encode())
    return content.replace(b"<token@north.example>", f"<{token}@north.example>".encode())


def _said(session: Session) -> list[str]:
    return list(session.exec(select(Message.body).order_by(col(Message.id))))
