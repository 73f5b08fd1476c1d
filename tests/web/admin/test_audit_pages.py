"""The audit log as an administrator reads it: of their own service, searched, paged and taken as a file."""

import csv
import json
from io import StringIO

import pytest
from sqlmodel import Session, col, select

from navigator.people import audit_intake
from navigator.people.audit_log import Act, AuditEntry, record
from navigator.people.user import Role
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join
from tests.web.conftest import Enter


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    ticket = tell(session)
    session.flush()
    return ticket


def rows(page: str) -> list[str]:
    return [line for line in page.splitlines() if 'data-label="What"' in line]


def test_who_opened_a_ticket_is_found_by_ticket_and_person(
    enter: Enter, ticket: Ticket, people: People
) -> None:
    enter("amina").get(f"/tickets/{ticket.number}")
    enter("mo").get(f"/tickets/{ticket.number}")
    audit_intake.take_spool()
    ada = enter("ada")
    page = ada.get(f"/settings/audit?ticket=DN-{ticket.number:06}").text
    assert [row.count("Opened a ticket") for row in rows(page)] == [1, 1]
    page = ada.get(
        f"/settings/audit?ticket={ticket.number}&person={people.amina.user_id}&act=opened_ticket"
    ).text
    assert len(rows(page)) == 1
    assert "No rows" not in page
    assert rows(ada.get("/settings/audit?act=factor").text) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ticket=abc", "Enter a reference"),
        ("since-day=40&since-month=1&since-year=2026", "real date"),
        ("act=x", "There is a problem"),
    ],
)
def test_what_cannot_be_looked_for_is_said(enter: Enter, people: People, query: str, words: str) -> None:
    ada = enter("ada")
    page = ada.get(f"/settings/audit?{query}")
    assert len(ada.problems) == 1
    assert page.status_code in (400, 422)
    assert "There is a problem" in page.text
    assert words in page.text


def test_days_are_those_of_london(enter: Enter, session: Session, people: People) -> None:
    record(session, people.ada, Act.EXPORTED, "today")
    session.flush()
    ada = enter("ada")
    day = "since-day=9&since-month=6&since-year=2026&until-day=9&until-month=6&until-year=2026"
    assert "today" in ada.get(f"/settings/audit?{day}&act=exported").text
    assert rows(ada.get(f"/settings/audit?{day.replace('day=9', 'day=8')}&act=exported").text) == []


def test_another_service_is_not_seen(enter: Enter, session: Session, people: People) -> None:
    theirs = join(session, "Una", "una@south.example", people.south, Role.NAVIGATOR)
    for actor, service_id, title in [
        (theirs, people.south, "of their service"),
        (theirs, None, "by their person"),
        (people.amina, None, "by our person"),
        (people.ada, people.north, "of our service"),
    ]:
        record(session, actor, Act.EXPORTED, title, service_id=service_id)
    record(session, people.ada, Act.COMMAND, "nobody of ours", service_id=people.south)
    session.flush()
    page = enter("ada").get("/settings/audit").text
    assert "by our person" in page
    assert "of our service" in page
    assert "their" not in "".join(rows(page))
    assert "nobody of ours" not in page


@pytest.mark.usefixtures("people")
@pytest.mark.parametrize("who", ["amina", "mo", "cole", "priya"])
def test_only_administrators_read_it(enter: Enter, who: str) -> None:
    for path in ("", "/entries.csv", "/entries.json"):
        assert enter(who).get(f"/settings/audit{path}").status_code == 403


def test_pages_follow_each_other(enter: Enter, session: Session, people: People) -> None:
    for number in range(60):
        record(session, people.ada, Act.EXPORTED, f"n{number}")
    session.flush()
    ada = enter("ada")
    first = ada.get("/settings/audit?act=exported")
    assert len(rows(first.text)) == 50
    second = ada.get(ada.one('a[rel="next"]').attributes["href"] or "")
    assert len(rows(second.text)) == 10
    assert "n9" in rows(second.text)[0]


def test_a_file_holds_what_is_found_and_is_written_down(
    enter: Enter, session: Session, people: People
) -> None:
    record(session, people.ada, Act.EXPORTED, "=2+5")
    session.flush()
    ada = enter("ada")
    found = list(
        csv.DictReader(StringIO(ada.get("/settings/audit/entries.csv?act=exported").text.lstrip("\ufeff")))
    )
    assert [row["words"] for row in found] == ["Downloaded: =2+5"]
    audit_intake.take_spool()
    as_json = json.loads(ada.get("/settings/audit/entries.json?act=exported").text)
    assert as_json[0]["words"] == "Downloaded: Audit log: 1 rows as CSV"
    audit_intake.take_spool()
    exported = select(AuditEntry.title).where(col(AuditEntry.act) == "exported")
    acts = session.exec(exported.order_by(col(AuditEntry.id))).all()
    assert [*acts][1:] == ["Audit log: 1 rows as CSV", "Audit log: 2 rows as JSON"]


@pytest.mark.parametrize(
    ("who", "path", "title"),
    [
        ("ada", "/settings/configuration/file", "Settings as one file"),
        ("mo", "/insight/report.pdf", "Managers’ report: report.pdf"),
        ("mo", "/insight/decisions.csv", "Managers’ report: decisions.csv"),
    ],
)
def test_downloads_are_written_down(
    enter: Enter, session: Session, people: People, who: str, path: str, title: str
) -> None:
    assert enter(who).get(path).status_code == 200
    audit_intake.take_spool()
    (row,) = session.exec(select(AuditEntry).where(col(AuditEntry.act) == "exported")).all()
    assert (row.title, row.actor_id) == (title, getattr(people, who).user_id)


def test_what_somebody_may_not_do_is_written_down_by_its_route(
    enter: Enter, session: Session, people: People
) -> None:
    """Once a quarter of an hour, and nothing of what they looked for."""
    amina = enter("amina")
    for id in (people.tom.user_id, people.mo.user_id):
        assert amina.get(f"/people/{id}/details").status_code == 403
    audit_intake.take_spool()
    (row,) = session.exec(select(AuditEntry).where(col(AuditEntry.act) == "refused")).all()
    assert (row.actor_id, row.title) == (people.amina.user_id, "GET /people/{user_id}/details")
