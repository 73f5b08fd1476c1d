"""How many questions a page asks of the database: never more for more tickets, messages or people."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event
from sqlmodel import Session, col, select

from navigator.canned_replies.replies import replies_for_problem
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.user import Role
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import ClinicalReview
from tests.page_visitor import Visitor
from tests.people import People, join, token_of
from tests.web.conftest import Enter
from tests.web.report_journey import tell
from web.app import app


@contextmanager
def asked(connection: Connection) -> Iterator[list[str]]:
    """What is asked of the database meanwhile."""
    statements: list[str] = []

    def note(_1: object, _2: object, statement: str, *_: object) -> None:
        # Whether categories have other words is asked every two seconds, whoever comes.
        is_ours = "FROM leafamendment" not in statement
        if is_ours and not statement.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
            statements.append(statement)

    event.listen(connection, "before_cursor_execute", note)
    yield statements
    event.remove(connection, "before_cursor_execute", note)


def crowd(session: Session, people: People) -> int:
    """Twelve tickets, one of them with much said by many; that one's number."""
    told = ReportInput(service="north", programme="fern", text="I cannot log in")
    number = staff.report(session, ANONYMOUS, told).ticket.number
    for n in range(11):
        staff.report(session, ANONYMOUS, told)
        somebody = join(session, f"Number {n}", f"n{n}@north.example", people.north, Role.NAVIGATOR)
        staff.note(session, somebody, number, SayInput(body=f"note {n}"))
    session.flush()
    return number


@pytest.mark.parametrize(
    ("path", "ceiling"),
    [
        # One of each: who comes, and with it how many reporters wait for an answer, which each menu says.
        ("/desk", 6),
        ("/desk?view=mine&programme=fern&group=access", 6),
        # And what its reader was told, and can take back; and other reports of the same contact.
        ("/tickets/{}", 11),
        ("/tickets/{}/assignment", 6),
        ("/tickets/{}/triage", 5),
        ("/clinical-reviews", 4),
    ],
)
def test_staff_pages_ask_few_questions(
    enter: Enter, session: Session, people: People, connection: Connection, path: str, ceiling: int
):
    number = crowd(session, people)
    session.expunge_all()
    visitor = enter("cole" if "clinical" in path else "amina")
    visitor.get("/account")  # what the banner watches is looked up once and then known for a while
    replies_for_problem(session, {people.north}, "fern", None)  # canned replies are read once
    visitor.get("/desk")  # names of services and colleagues, too
    staff.note(session, people.tom, number, SayInput(body="Nothing that was counted is kept."))
    session.flush()
    session.expunge_all()
    with asked(connection) as statements:
        assert visitor.get(path.format(number)).status_code == 200
    assert len(statements) <= ceiling, "\n".join(statements)


def test_the_reporters_page_asks_few_questions(session: Session, people: People, connection: Connection):
    number = crowd(session, people)
    token = private_links.mint(session, number)
    session.flush()
    session.expunge_all()
    visitor = Visitor(app)
    visitor.get(f"/t/{token}")
    with asked(connection) as statements:
        assert visitor.get(f"/follow/{number}").status_code == 200
    assert len(statements) <= 3, "\n".join(statements)


@pytest.mark.parametrize("step", ["words", "try", "session", "reach", "check"])
def test_a_step_of_the_journey_asks_few_questions(people: People, connection: Connection, step: str):
    visitor = Visitor(app)
    tell(visitor, step)
    with asked(connection) as statements:
        assert visitor.get(f"/report/{step}").status_code == 200
    assert len(statements) <= 2, "\n".join(statements)


def test_the_first_page_asks_few_questions_whoever_asks(
    session: Session, people: People, connection: Connection
):
    crowd(session, people)
    everyone = join(session, "Every One", "everyone@north.example", people.north, *set(Role) - {Role.INTAKE})
    visitor = Visitor(app, cookies={"desk_log_in": token_of(session, everyone)})
    session.expunge_all()
    visitor.get("/account")
    with asked(connection) as statements:
        assert visitor.get("/home").status_code == 200
    assert len(statements) <= 30, "\n".join(statements)


@pytest.mark.parametrize(("path", "ceiling"), [("/clinical-reviews", 7), ("/clinical-reviews/{id}", 13)])
def test_clinicians_pages_ask_as_much_of_one_review_as_of_many(
    enter: Enter, session: Session, people: People, connection: Connection, path: str, ceiling: int
):
    told = {
        "service": "north",
        "text": "I want to end my life",
        "contact": {"route": "email", "email": "a@b.example"},
    }
    for _ in range(8):
        staff.report(session, ANONYMOUS, ReportInput.model_validate(told))
    session.flush()
    session.expunge_all()
    id = session.exec(select(ClinicalReview.id).order_by(col(ClinicalReview.id))).first()
    cole = enter("cole")
    cole.get("/account")
    with asked(connection) as statements:
        assert cole.get(path.format(id=id)).status_code == 200
    assert len(statements) <= ceiling, "\n".join(statements)


def test_a_report_asks_for_nothing_twice(people: People, connection: Connection):
    """13: what is written of a report, who may take it, and which reference data holds; nothing else."""
    contact = {"route": "email", "email": "a@b.example"}
    told: dict[str, Any] = {"service": "north", "programme": "fern", "body": "it keeps logging me out"}
    told["contact"] = contact
    Visitor(app).post("/api/v1/reports", json=told)  # reference data is kept from now on
    with asked(connection) as statements:
        assert Visitor(app).post("/api/v1/reports", json=told).status_code == 201
    assert len(statements) <= 17, "\n".join(statements)  # each of two letters by itself, past the ORM
    assert sum(each.startswith("SELECT") for each in statements) == 3, "\n".join(statements)  # who is locked
