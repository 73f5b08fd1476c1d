"""Reference data is read once, and anew as soon as any of it changes, whoever changes it and however."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session, col, delete, select, update

from navigator import clock, database
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.language_signoff import LanguageSignOff
from navigator.catalogue.lookups import programmes_of, service_by_code, services
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride, ServiceProgramme
from navigator.catalogue.reference_data import SHARED, ReferenceVersion, kept, reference_data
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.database import Table
from navigator.models import metadata
from navigator.people.user import Membership, Role, User
from navigator.webhooks.tables import WebhookEndpoint
from tests.people import People

pytestmark = pytest.mark.both_engines

CHANGES = {
    "service": ["code"],
    "programme": ["name"],
    "serviceprogramme": ["service_id"],
    "programmeoverride": ["category"],
    "contact": ["email"],
    "crisiswording": ["owner"],
    "languagesignoff": ["owner"],
    "privacynotice": ["owner"],
    "routingrule": ["people"],
    "cannedreply": ["body", "does", "title"],
    "webhookendpoint": ["events", "is_active", "service_id"],
    "user": ["is_active", "password_hash"],
    "membership": ["role", "service_id", "user_id"],
}
"""By table, columns that neither a log-in nor an assignment changes: of the last two, all that are read."""


def token(session: Session) -> str:
    return session.exec(select(ReferenceVersion.token)).one()


@contextmanager
def asked(connection: Connection) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def test_every_table_that_is_shared_is_watched() -> None:
    also = (ServiceProgramme, User, Membership, WebhookEndpoint, CannedReply)
    read_of = {table.__tablename__ for table in (*SHARED, *also)}
    assert read_of == CHANGES.keys()


@pytest.mark.parametrize(
    ("table", "column"), [(table, column) for table, columns in CHANGES.items() for column in columns]
)
def test_each_change_of_a_table_draws_a_new_token(
    session: Session, people: People, table: str, column: str
) -> None:
    programme_id = session.exec(select(Programme.id)).one()
    session.add(
        ProgrammeCategoryOverride(
            programme_id=programme_id, category="access.account_locked", fixability="service", reason="."
        )
    )
    session.add(LanguageSignOff(service_id=people.north, language="pl"))
    session.add(RoutingRule(service_id=people.north, code="all", title="All"))
    session.add(WebhookEndpoint(service_id=people.north, code="bus"))
    session.add(CannedReply(service_id=people.north, code="thanks", title="Thanks"))
    tokens = [token(session)]
    of_table = metadata.tables[table]
    session.connection().execute(of_table.update().values({column: of_table.c[column]}))
    tokens.append(token(session))
    session.connection().execute(metadata.tables["programmeoverride"].delete())
    tokens.append(token(session))
    assert len(set(tokens)) == len(tokens)


def test_what_is_made_and_taken_away_draws_a_new_token(session: Session, people: People) -> None:
    tokens = [token(session)]
    rows: list[Table] = [Service(code="east", name="East"), User(name="New", email="new@north.example")]
    for row in rows:
        session.add(row)
        session.flush()
        tokens.append(token(session))
    for row in rows:
        session.delete(row)
        session.flush()
        tokens.append(token(session))
    assert len(set(tokens)) == len(tokens)


def test_an_assignment_draws_none(session: Session, people: People) -> None:
    before = token(session)
    for membership in session.exec(select(Membership)):
        membership.last_assigned_at = clock.now()
    session.flush()
    assert token(session) == before


def test_a_request_asks_for_the_token_alone(people: People, connection: Connection) -> None:
    with database.reading() as session:
        services(session)
    with asked(connection) as statements, database.reading() as session:
        north = service_by_code(session, "north")
        assert programmes_of(session, north.id)
        assert missing(session, north) == []
    assert [statement for statement in statements if not statement.startswith(("SAVEPOINT", "ROLLBACK"))] == [
        "SELECT referenceversion.token \nFROM referenceversion"
    ]


def test_a_transaction_sees_its_own_changes_and_nobody_those_it_takes_back(people: People) -> None:
    with database.writing() as session:
        assert service_by_code(session, "north").phone == ""
        with database.trial(session):
            session.get_one(Service, people.north).phone = "01632 960 001"
            assert service_by_code(session, "north").phone == "01632 960 001"
        assert service_by_code(session, "north").phone == ""
        with database.reading() as other:
            assert service_by_code(other, "north").phone == ""


def test_a_transaction_sees_each_of_its_changes_not_the_first_alone(people: People) -> None:
    with database.writing() as session:
        session.add(Service(code="east", name="East"))
        assert service_by_code(session, "east").phone == ""  # asking wrote the row, and so forgot
        session.add(Service(code="west", name="West"))
        assert service_by_code(session, "west").phone == ""
        session.exec(select(Membership)).all()[0].last_assigned_at = clock.now()
        assert service_by_code(session, "north").phone == ""
        session.get_one(Service, people.north).phone = "01632 960 001"
        session.flush()
        assert service_by_code(session, "north").phone == "01632 960 001"


def test_a_transaction_sees_what_it_changes_without_its_rows(people: People) -> None:
    with database.writing() as session:
        north = service_by_code(session, "north")
        session.exec(update(Service).values(phone="01632 960 001"))
        assert service_by_code(session, "north").phone == "01632 960 001"
        session.exec(delete(Membership).where(col(Membership.role) == Role.CLINICIAN))
        assert missing(session, north) == ["a clinician who can log in"]


def test_what_another_session_changes_is_seen_by_the_next(session: Session, people: People) -> None:
    with database.reading() as reading:
        north = service_by_code(reading, "north")
        assert missing(reading, north) == []
    for user in session.exec(select(User).where(col(User.name) == "Dr Cole")):
        user.is_active = False
    session.flush()
    with database.reading() as reading:
        assert missing(reading, north) == ["a clinician who can log in"]


def test_a_shared_row_cannot_be_changed(people: People) -> None:
    with database.writing() as session:
        north = service_by_code(session, "north")
        with pytest.raises(TypeError, match="shared"):
            north.name = "Somewhere else"
        assert reference_data(session).services[0].name == "North Talking Therapies"


def _endpoints(session: Session) -> list[str]:
    return list(session.connection().execute(select(WebhookEndpoint.code)).scalars())


def test_what_is_kept_with_it_is_read_once_and_anew_when_it_changed(people: People) -> None:
    with database.writing() as session:
        session.add(WebhookEndpoint(service_id=people.north, code="bus"))
    for _ in range(2):
        with database.reading() as session:
            read_once = kept(session, _endpoints)
            assert read_once == ["bus"]
            assert kept(session, _endpoints) is read_once


def test_what_is_kept_with_it_is_never_of_a_change_that_is_taken_back(people: People) -> None:
    with database.writing() as session:
        reference_data(session)
        with database.trial(session):
            session.add(WebhookEndpoint(service_id=people.north, code="bus"))
            session.flush()
            reference_data(session)
            assert kept(session, _endpoints) == ["bus"]
    with database.reading() as session:
        assert kept(session, _endpoints) == []
