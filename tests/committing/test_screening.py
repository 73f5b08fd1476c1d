"""The safety screen reads what somebody wrote before a transaction begins, not while others wait (11.F10)."""

from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest

from navigator import database
from navigator.people.actor import ANONYMOUS
from navigator.people.rate_limit import Limit
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.reports import limits
from navigator.triage import safety_screen
from navigator.triage.safety_screen import screen
from tests.page_visitor import Visitor
from tests.people import People, settle, token_of
from tests.web.report_journey import report
from web.app import app

WORDS = "The page for a new password says that the link has run out, and so it does each time. " * 2


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def waited(people: People, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The long texts that were read while a transaction that writes was open."""
    texts: list[str] = []
    reads: Callable[[str], Sequence[str]] = safety_screen._rule_reasons

    def read(line: str) -> Sequence[str]:
        _, write = database._bound()
        if len(line) > 100 and write.pool.checkedout():  # type: ignore[union-attr]
            texts.append(line)
        return reads(line)

    monkeypatch.setattr(safety_screen, "_rule_reasons", read)
    for remembered in (safety_screen._reasons, safety_screen._rule_reasons_of, safety_screen._lines):
        remembered.cache_clear()
    return texts


def test_nobody_waits_for_the_screen_while_a_report_is_told_and_sent(waited: list[str]) -> None:
    report(Visitor(app), words={"text": WORDS * 10}, session={"practitioner": "Robin " * 20})
    assert waited == []
    with database.writing() as session:
        session.connection()
        screen("Others, who have nothing to do with it: " + WORDS)
    assert len(waited) == 1, "the test would see it"


def test_nor_for_an_answer_by_the_private_link(waited: list[str]) -> None:
    visitor = Visitor(app)
    visitor.get(report(visitor))
    visitor.press("Send", body=WORDS)
    assert waited == []


def test_nor_for_a_report_of_another_system(waited: list[str]) -> None:
    told = {"service": "north", "body": WORDS, "contact": {"route": "email", "email": "pat@post.example"}}
    assert Visitor(app).post("/api/v1/reports", json=told).status_code == 201
    assert waited == []


def test_nor_for_what_staff_write(waited: list[str], people: People) -> None:
    with database.writing() as session:
        told = ReportInput(service="north", category="access.forgotten_password", text="I forgot it")
        number = staff.report(session, ANONYMOUS, told).ticket.number
        amina = Visitor(app)
        amina.cookies.set("desk_log_in", token_of(session, people.amina))
    waited.clear()
    for address in ("notes", "replies"):
        sent = amina.post(f"/tickets/{number}/draft", data={"address": address, "body": WORDS})
        assert sent.status_code == 200, sent.text
    assert amina.post(f"/tickets/{number}/notes", data={"body": WORDS}).status_code == 200
    told_by_staff = {"service": "north", "who": "me", "text": WORDS + "Again.", "contact.route": "none"}
    assert amina.post("/desk/report", data=told_by_staff).status_code == 200
    assert "The reference is" in amina.text
    assert waited == []


@pytest.mark.parametrize(("limit", "same", "taken"), [("DRAFTS", False, 3), ("STEPS", True, 3)])
def test_drafts_are_limited_by_address(
    people: People, monkeypatch: pytest.MonkeyPatch, limit: str, same: bool, taken: int
) -> None:
    """11.F10: each kept an answer and was screened, however many there were."""
    monkeypatch.setattr(limits, f"{limit}_PER_ADDRESS", Limit(taken, timedelta(hours=1)))
    one, place = Visitor(app), {"service": "north", "programme": "fern"}
    answers = [
        (one if same else Visitor(app)).post("/report/place", data=place, follow_redirects=False)
        for _ in range(taken + 2)
    ]
    assert [answer.status_code for answer in answers] == [303] * taken + [429, 429]
    assert "Try again in an hour" in answers[-1].text
