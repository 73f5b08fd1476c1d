"""Known problems for everybody: an outage first, with “I have this too” by one tap, counted once a device."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session

from navigator import clock
from navigator.problems.problem import Problem
from navigator.tickets.reports import limits
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import report, tell
from web.app import app

pytestmark = pytest.mark.both_engines


def alone(session: Session, people: People) -> None:
    """The other service takes no reports."""
    session.execute(text("DELETE FROM contact WHERE service_id = :id"), {"id": people.south})
    session.flush()
    session.expire_all()


def rows(session: Session) -> list[tuple[int, str]]:
    """Who was counted, as the database has it: the problem, and the code of the service."""
    session.flush()
    asked = (
        "SELECT problem_id, code FROM affectedperson a JOIN service s ON s.id = a.service_id ORDER BY a.id"
    )
    return [(row.problem_id, row.code) for row in session.execute(text(asked))]


def test_an_outage_is_on_the_first_page_and_counted_by_one_tap(
    visitor: Visitor, session: Session, people: People, outage: Problem
) -> None:
    alone(session, people)
    visitor.get("/")
    assert "Fern is down" in visitor.text
    assert "Write on paper." in visitor.text
    assert "INTERNAL" not in visitor.text
    visitor.press("I have this too")
    assert visitor.path == f"/known/{outage.id}"
    assert "Thank you. You are counted." in visitor.text
    assert rows(session) == [(outage.id, "north")]
    visitor.press("Tell me", email="pat@post.example")
    assert "We write to you once, when it is put right." in visitor.text


def test_where_several_services_have_it_the_tap_says_which(
    visitor: Visitor, session: Session, people: People, outage: Problem
) -> None:
    visitor.get("/")
    names = [one.text(strip=True) for one in visitor.page.css("main details button[name=service]")]
    assert len(names) == 2, "folded: “Start now” stays in view"
    assert names == [one.text(strip=True) for one in visitor.page.css("main button[name=service]")]
    visitor.get(f"/known/{outage.id}")
    assert not visitor.page.css("main details")
    visitor.post(f"/report/known/{outage.id}", data={"service": "south"})
    assert rows(session) == [(outage.id, "south")]
    Visitor(app).post(f"/report/known/{outage.id}")
    Visitor(app).post(f"/report/known/{outage.id}", data={"service": "nowhere"})
    assert rows(session) == [(outage.id, "south")]


def test_pressed_twice_in_two_tabs_and_on_another_device(
    visitor: Visitor, session: Session, people: People, outage: Problem
) -> None:
    alone(session, people)
    visitor.get("/")
    device = visitor.one("main input[name=device]").attributes["value"] or ""
    for _ in range(2):  # a double press: neither knows a cookie
        Visitor(app).post(f"/report/known/{outage.id}", data={"device": device})
    assert len(rows(session)) == 1
    visitor.press("I have this too")
    visitor.get("/")
    visitor.press("I have this too")  # in a second tab, with another mark
    assert len(rows(session)) == 2 - 1
    other = Visitor(app)
    other.get("/")
    assert other.one("main input[name=device]").attributes["value"] != device
    other.press("I have this too")
    assert len(rows(session)) == 2


def test_a_stranger_does_not_blow_up_the_count(session: Session, people: People, outage: Problem) -> None:
    statuses = [
        Visitor(app)
        .post(f"/report/known/{outage.id}", data={"service": "north", "device": f"own {n}"})
        .status_code
        for n in range(limits.PER_ADDRESS.times + 2)
    ]
    assert statuses[-2:] == [429, 429]
    assert len(rows(session)) == limits.PER_ADDRESS.times


def test_after_the_tap_the_report_that_was_begun_goes_on(
    visitor: Visitor, session: Session, outage: Problem
) -> None:
    tell(visitor, "known")
    visitor.press("I have this too")
    onward = visitor.one("main a.nhsuk-button--secondary").attributes["href"] or ""
    visitor.get(onward)
    assert visitor.path == onward
    assert visitor.path.startswith("/report/")
    report(visitor)
    linked = session.execute(text("SELECT ticket_number FROM affectedperson")).scalar_one()
    assert linked is not None


def test_what_is_over_or_not_public_asks_nobody(visitor: Visitor, session: Session, outage: Problem) -> None:
    outage.status = "released"
    session.flush()
    for path in ("/", f"/known/{outage.id}"):
        visitor.get(path)
        assert "I have this too" not in visitor.text
    outage.is_public = False
    session.flush()
    assert visitor.get(f"/known/{outage.id}").status_code == 404
    assert visitor.get("/known/99").status_code == 404


def test_a_service_that_takes_no_reports_counts_nobody(
    visitor: Visitor, session: Session, people: People, outage: Problem
) -> None:
    session.execute(text("DELETE FROM contact"))
    session.flush()
    visitor.get("/")
    assert "Fern is down" in visitor.text
    assert "I have this too" not in visitor.text


def test_a_week_later_the_device_has_forgotten(visitor: Visitor, session: Session, outage: Problem) -> None:
    visitor.post(f"/report/known/{outage.id}", data={"service": "north"})
    (cookie,) = [one for one in visitor.cookies.jar if one.name == "desk_counted"]
    assert cookie.expires is not None
    clock.set_to(clock.now() + timedelta(days=1))
    visitor.get(f"/known/{outage.id}")
    assert "This phone or computer is counted." in visitor.text
