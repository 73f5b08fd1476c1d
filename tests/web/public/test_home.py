"""The first page and its neighbours, which are the same for everybody and drawn once for what they show."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from math import inf
from threading import Event, Timer
from time import sleep

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.problems import public_list, records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import Problem, ProblemStatus
from tests.page_visitor import Visitor
from tests.people import People
from web.app import app
from web.kit.deps import READERS

TITLE = "The app forgets passwords"


def _open_problem(session: Session, people: People) -> Problem:
    told = {"service": "north", "programme": "fern", "category": "access.forgotten_password", "title": TITLE}
    due_on = date(2026, 6, 12)
    more = {"is_public": True, "workaround": "Use the web page.", "supplier_due_on": due_on}
    return records.open_problem(session, people.amina, NewProblemInput.model_validate(told | more))


def test_a_problem_is_shown_as_it_is_now(visitor: Visitor, session: Session, people: People) -> None:
    visitor.get("/")
    assert TITLE not in visitor.text
    problem = _open_problem(session, people)
    problem.status = ProblemStatus.FIX_PLANNED
    session.flush()
    for path in ("/", "/known"):
        visitor.get(path)
        assert TITLE in visitor.text
        assert "12 June" in visitor.text
    problem.title = "The app forgets names"
    session.get_one(Programme, problem.programme_id).name = "Bracken"
    session.flush()
    visitor.get("/known")
    assert TITLE not in visitor.text
    assert "Bracken" in visitor.text
    with clock.stopped_at(clock.now() + timedelta(days=4)):  # the day that was named has passed
        visitor.get("/")
        assert "12 June" not in visitor.text
        assert "2026" not in visitor.text
    with clock.stopped_at(clock.now() + timedelta(days=365)):
        visitor.get("/")
        assert "2026" in visitor.text  # a date of another year says which
    problem.status = ProblemStatus.CLOSED
    session.flush()
    visitor.get("/")
    assert "The app forgets names" not in visitor.text


@pytest.mark.parametrize("path", ["/", "/privacy", "/accessibility", "/healthz"])
def test_what_needs_no_database_does_not_wait_for_those_who_do(visitor: Visitor, path: str) -> None:
    """13: the crisis numbers are shown also where every thread that reads waits for a database that hangs."""
    answers = Event()
    gives_up = Timer(60, answers.set)
    gives_up.start()
    with ThreadPoolExecutor(READERS.size) as others:
        for _ in range(READERS.size):
            others.submit(lambda: asyncio.run(READERS.run(answers.wait)))
        sleep(0.2)
        visitor.get(path)
        assert not answers.is_set()
        gives_up.cancel()
        answers.set()


def test_what_is_said_to_one_is_said_to_nobody_else(visitor: Visitor, people: People) -> None:
    visitor.get("/report/clear")
    visitor.press("Yes, clear my answers")
    assert visitor.path == "/"
    assert "Your answers are cleared." in visitor.text
    for other in (visitor, Visitor(app)):
        other.get("/")
        assert "Your answers are cleared." not in other.text


@pytest.mark.parametrize("path", ["/", "/known", "/privacy", "/accessibility"])
def test_a_page_that_is_drawn_for_everybody_has_no_form_of_one(visitor: Visitor, path: str) -> None:
    visitor.get(path)
    assert 'method="post"' not in (visitor.page.html or "")


def test_many_who_come_in_an_outage_ask_the_database_once_a_second(
    visitor: Visitor, session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    """220: each start page asked three questions and changed threads twice; one that failed is not kept."""
    monkeypatch.setattr(public_list, "HOME_PAGE_KEEPS", 1.0)
    monkeypatch.setattr(public_list._PROBLEMS, "kept", (-inf, []))
    passed = 100.0
    monkeypatch.setattr(public_list, "monotonic", lambda: passed)
    read, problem = public_list._read_home_page, _open_problem(session, people)
    reads: list[bool] = []

    def counted() -> list[public_list.KnownProblem]:
        reads.append(is_down := len(reads) == 0)
        if is_down:
            raise TimeoutError
        return read()

    monkeypatch.setattr(public_list._PROBLEMS, "_read", counted)
    visitor.get("/")
    assert TITLE not in visitor.text
    for _ in range(3):
        visitor.get("/")
        assert TITLE in visitor.text
    assert len(reads) == 2
    problem.status = ProblemStatus.CLOSED
    session.flush()
    passed += 1.0
    visitor.get("/")
    assert TITLE not in visitor.text


def test_while_the_database_is_slow_one_reads_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, reads = Event(), []

    def slow() -> list[str]:
        reads.append(answers.wait(60))
        return ["known"]

    reading = public_list._SingleFlight(slow)
    with ThreadPoolExecutor(4) as many:
        asked = [many.submit(reading.at_once) for _ in range(4)]
        sleep(0.1)
        answers.set()
        assert [each.result() for each in asked] == [["known"]] * 4
    assert len(reads) == 1
    monkeypatch.setattr(public_list, "HOME_PAGE_WAITS", 0.01)
    answers.clear()
    assert reading.at_once() is None  # and nobody waits for it any longer
    answers.set()
