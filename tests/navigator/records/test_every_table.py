"""A person is planted in every table that there is: what erasing or copying them misses is seen here."""

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy import inspect as schema_of
from sqlmodel import Session

from navigator.models import metadata
from navigator.records.data_map import (
    described,
    fixed_classes,
    places,
    text_columns,
)
from navigator.records.erase import erase
from navigator.records.find import find_person
from navigator.records.identifiers import read_identifiers
from navigator.records.own_rows import rows_of
from navigator.tickets.kept_forms import keep
from navigator.tickets.ticket import Ticket
from tests.navigator.records.planted import EMAIL, NAME, SIGNS, plant
from tests.people import People

pytestmark = pytest.mark.both_engines

NAMING = """
affectedperson: contact_hash
bookedcall: phone
bulk: what
bulkitem: outcome
change: after before title
devicecheck: findings
draft: answers
event: facts
factor_reset: reason
handover: for_navigators no_concern_reason outcome passed_to reach_by why
heldsend: changed parts
idempotency: answer
inboundmail: decision from_address from_name message_ref subject unopened
kept_form: typed
letter: facts last_error
message: body
problem: actual expected known steps supplier_reference title versions workaround
problemnotice: body
problemupdate: body
publishedproblem: known title versions workaround
recordhold: reason
recordrequest: identifiers withheld
reporter: best_time email found_by known_as language needs phone support_code
savedview: name query
sharedproblem: known title versions workaround
supplierentry: body subject to_address
supportcard: email label language needs phone put_away_reason
ticket: pwp_said suggested_why workaround
trainingrequest: answer words
trainingsession: title venue
unsent: body
"""
"""The columns that may name or quote a person, by hand: a column that the map calls a code is not planted."""
GONE = """
answeredquestion attachment clearedwords devicecheck draft heldsend kept_form letter mailoriginal notice
noticesubscriber presence repeatedreport reporterlink reportvector supportcard unsent watch
"""
"""The tables of which no row of the person is left; of every other that belongs to tickets, all are."""
WHO = read_identifiers(f"{EMAIL}\n{NAME}\n07700 900982")


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    return plant(session, people)


def named(session: Session) -> list[str]:
    """The columns of the whole database that name the person, the index of words and its shadows too."""
    connection, found = session.connection(), []
    for table in schema_of(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():  # noqa: S608
            found += [f"{table}.{name}" for name, value in row.items() if _names(value)]
    return sorted(set(found))


def _names(value: Any) -> bool:
    shown = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return any(sign in shown.lower() for sign in SIGNS)


def erase_them(session: Session, people: People, ticket: Ticket) -> set[str]:
    """Erase the person; the tables of which a row that names them stays, as was said before."""
    found = find_person(session, people.mo, WHO)
    keys = [each.key for each in found.mentions if not each.is_setting]
    erase(session, people.mo, [each.ticket.number for each in found.tickets], WHO, keys)
    assert [each.ticket.number for each in found.tickets] == [ticket.number]
    return {each.place.table for each in found.mentions if each.stays}


def test_every_table_and_column_is_in_the_data_map() -> None:
    assert places().keys() == metadata.tables.keys()
    for name, place in places().items():
        assert described(place.record_class).why, name
        if place.record_class != "setting":  # all text of which is searched, and an administrator changes it
            assert {*place.personal, *place.codes} == set(text_columns(metadata.tables[name])), name
        of_ticket = {key.column.table.name for key in metadata.tables[name].foreign_keys}
        if of_ticket & {"ticket", "message", "reporter"}:
            assert place.of or name in ("ticket",), f"{name} belongs to tickets: say how"
            assert place.own, f"{name}: say what erasing does to its rows"
    assert fixed_classes()


def test_no_column_that_may_name_somebody_is_called_a_code() -> None:
    named = {name: " ".join(sorted(place.personal)) for name, place in places().items() if place.personal}
    assert dict(line.split(": ") for line in NAMING.strip().splitlines()) == named


def test_what_is_deleted_of_them_is_and_what_is_counted_stays(
    session: Session, people: People, ticket: Ticket
) -> None:
    before = rows(session)
    assert all(before.values())
    erase_them(session, people, ticket)
    after = rows(session)
    assert {name for name, count in after.items() if count < before[name]} == {*GONE.split()}
    assert not any(after[name] for name in GONE.split())


def rows(session: Session) -> dict[str, int]:
    """How many rows there are in each table that belongs to tickets, all of which are of the person."""
    tables = {name: metadata.tables[name] for name, place in places().items() if place.of}
    counting = {name: select(func.count()).select_from(table) for name, table in tables.items()}
    return {name: session.connection().execute(query).scalar_one() for name, query in counting.items()}


def test_they_are_planted_in_every_column_that_may_hold_words(session: Session, ticket: Ticket) -> None:
    there = set(named(session))
    meant = {f"{place.table}.{column}" for place in places().values() for column in place.personal}
    in_clear = {"reporter.known_as", "supportcard.email"}
    assert meant - there == set()
    assert in_clear <= there


def test_erased_they_are_named_nowhere(session: Session, people: People, ticket: Ticket) -> None:
    assert len(named(session)) > 60
    stays = erase_them(session, people, ticket)
    assert stays == {"change"}
    if session.get_bind().dialect.name == "sqlite":
        session.connection().execute(text("INSERT INTO message_words(message_words) VALUES ('optimize')"))
    assert {column.split(".")[0] for column in named(session)} == stays
    for learned in ("reportvector", "modelcontent"):
        rows = session.connection().execute(metadata.tables[learned].select()).all()
        assert rows == [], f"what the desk learned of them stays in {learned}"


def test_counts_stay(session: Session, people: People, ticket: Ticket) -> None:
    before = counts(session)
    erase_them(session, people, ticket)
    assert counts(session) == before


def counts(session: Session) -> dict[str, Any]:
    """What managers see of it, as the counts of a day hold it."""
    from navigator.clock import today
    from navigator.insight.day_counts import keep_counts
    from navigator.tickets.day_counts import DayCount

    keep_counts(session, today())
    rows = session.connection().execute(select(DayCount.__table__)).mappings()  # type: ignore[attr-defined]
    return {name: value for row in rows for name, value in row.items() if name != "id"}


def test_a_form_is_of_the_ticket_on_whose_page_it_was_sent_however_many_are_asked_of(
    session: Session, people: People
) -> None:
    on_it = ["/follow/5", "/tickets/5", "/tickets/5/reply"]
    for path in (*on_it, "/tickets/51", "/tickets/51/reply", "/problems/5", "/admin/tickets/5"):
        keep(session, "user 3", path, "/tickets/5", {"body": ["words"]})
    keep(session, "reporter 5", "/report", "/report", {"body": ["words"]})
    for numbers in ([5], [*range(6), *range(100, 800)]):
        rows = rows_of(session, places()["kept_form"], numbers)
        assert sorted(row["path"] for row in rows) == sorted([*on_it, "/report"])
    assert all(rows_of(session, place, [*range(800)]) is not None for place in places().values() if place.of)
