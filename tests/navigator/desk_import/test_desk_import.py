"""Tickets of other desks: read, mapped, made once with their true dates, and told to nobody."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text as sql
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.desk_import.bring_in import Outcome, import_in
from navigator.desk_import.formats import Source, read_export
from navigator.desk_import.html_text import text_of
from navigator.desk_import.imported_ticket import ImportedTicket
from navigator.desk_import.mapping import EXAMPLE, DeskMapping, read_mapping
from navigator.desk_import.prepare import prepare
from navigator.errors import Forbidden, Invalid, Unavailable
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import SYSTEM, Actor
from navigator.people.reporter import Reporter
from navigator.records import requests
from navigator.records.requests import FindInput
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint
from tests.people import People

EXPORTS = Path(__file__).parent / "exports"
FILES = {
    Source.ZAMMAD: "zammad.json",
    Source.OSTICKET: "osticket.csv",
    Source.DJANGO_HELPDESK: "django_helpdesk.json",
}
MAPPING = """
category:
  Passwords: access.forgotten_password
people:
  agent@old.example: amina@north.example
  "2": amina@north.example
programme: fern
"""
RISK = "I can not do this any more, I want to end my life."


def text(source: Source) -> str:
    return (EXPORTS / FILES[source]).read_text()


def bring(
    session: Session, source: Source, export: str | None = None, mapping: str = MAPPING, actor: Actor = SYSTEM
) -> Outcome:
    read = read_export(text(source) if export is None else export, source)
    outcome = import_in(
        session, actor, "north", source, list(prepare("north", source, read_mapping(mapping), read.tickets))
    )
    outcome.faults[:0] = read.faults
    session.flush()
    return outcome


def tickets(session: Session) -> list[Ticket]:
    return list(session.exec(select(Ticket).order_by(col(Ticket.number))))


@pytest.mark.parametrize(("source", "made", "still_open"), [(each, 2, 1) for each in Source])
def test_each_sample_is_brought_in_once(
    session: Session, people: People, source: Source, made: int, still_open: int
) -> None:
    first = bring(session, source)
    assert (first.made, first.open, first.there, first.faults) == (made, still_open, 0, [])
    again = bring(session, source)
    assert (again.made, again.there) == (0, made)
    assert len(tickets(session)) == len(session.exec(select(ImportedTicket)).all()) == made


@pytest.mark.parametrize("source", Source)
def test_nobody_is_written_to_and_no_clock_counts_before_now(
    session: Session, people: People, source: Source
) -> None:
    hook = WebhookEndpoint(
        service_id=people.north, code="x", events=["ticket.reported"], review_on=clock.today()
    )
    session.add(hook)
    bring(session, source)
    assert session.exec(select(OutboxMessage)).all() == []
    assert session.exec(select(WebhookDelivery)).all() == []
    over, still_open = tickets(session)
    assert (over.status, over.target_at, over.session_deadline_at) == ("closed", None, None)
    assert not over.is_late
    assert still_open.due_at > clock.now()
    assert still_open.assign_by_at is None


def test_a_ticket_comes_with_its_true_dates_messages_and_people(session: Session, people: People) -> None:
    bring(session, Source.ZAMMAD)
    over, still_open = tickets(session)
    assert over.reported_at == datetime(2025, 11, 3, 2, 57, 19, 141000, tzinfo=UTC)
    assert over.closed_at == datetime(2025, 11, 5, 9, tzinfo=UTC)
    assert over.category == "access.forgotten_password"
    said = session.exec(
        select(Message).where(Message.ticket_number == over.number).order_by(col(Message.id))
    ).all()
    assert [(row.author, row.audience, row.action, row.author_id) for row in said] == [
        ("reporter", "public", "report", None),
        ("staff", "staff", "note", people.amina.user_id),
        ("staff", "public", "reply", people.amina.user_id),
    ]
    assert said[0].body == "Cannot log in\n\nI asked for a new password twice.\nNo email comes."
    assert said[2].created_at == datetime(2025, 11, 4, 10, tzinfo=UTC)
    assert session.get_one(Reporter, over.reporter_id).email == "david@example.org"
    assert (still_open.assignee_id, still_open.impact) == (people.amina.user_id, 3)


def test_its_event_says_where_it_came_from(session: Session, people: People) -> None:
    bring(session, Source.OSTICKET)
    events = session.exec(select(Event).where(Event.action == "report").order_by(col(Event.id))).all()
    assert [(event.details["imported"], event.details["there"]) for event in events] == [
        ("osticket", "104211"),
        ("osticket", "104212"),
    ]
    assert {event.created_at for event in events} == {clock.now()}


def zammad(**fields: Any) -> str:
    """One open ticket of Zammad, with a message that says this."""
    row = json.loads(text(Source.ZAMMAD))[1]
    body = fields.pop("body", row["articles"][0]["body"])
    row["articles"][0]["body"] = body
    return json.dumps([row | fields], indent=1)


def test_words_of_risk_in_an_open_ticket_open_a_clinical_review(session: Session, people: People) -> None:
    bring(session, Source.ZAMMAD, zammad(body=RISK))
    (ticket,) = tickets(session)
    assert ticket.has_open_review
    review = session.exec(select(ClinicalReview)).one()
    assert review.message_id == session.exec(select(Message.id)).one(), "it leads to the words"
    templates = set(session.exec(select(OutboxMessage.template)))
    assert templates == {"clinical_review"}, "only whoever must read it is told"


def test_those_of_a_closed_one_alert_nobody_and_are_listed(session: Session, people: People) -> None:
    outcome = bring(session, Source.ZAMMAD, zammad(body=RISK, state="closed"))
    (ticket,) = tickets(session)
    assert not ticket.has_open_review
    assert session.exec(select(ClinicalReview)).all() == []
    assert outcome.to_read == [ticket.number]
    (event,) = session.exec(select(Event)).all()
    assert event.details["of_concern"] is True
    again = bring(session, Source.ZAMMAD, zammad(body=RISK, state="closed"))
    assert again.to_read == [ticket.number], "a run that was killed has not said it"


@pytest.mark.parametrize(
    ("changed", "line", "words"),
    [
        ({"state": "on the moon"}, 2, "status: “on the moon” is in no mapping"),
        ({"created_at": "yesterday"}, 2, "created_at: this is no time"),
        ({"created_at": "2099-01-01T00:00:00Z"}, 2, "in the future"),
        ({"articles": []}, 2, "articles: there are none"),
        ({"customer": "no address@"}, 2, "contact.email"),
        ({"number": "", "id": None}, 2, "it has no number"),
        ({"title": "x" * 20_001}, 2, "title: it is longer than 20,000 characters"),
        ({"articles": [1]}, 2, "this is not built as a ticket"),
    ],
)
def test_what_is_wrong_is_said_by_line(
    session: Session, people: People, changed: dict[str, Any], line: int, words: str
) -> None:
    outcome = bring(session, Source.ZAMMAD, zammad(**changed))
    assert outcome.made == 0
    assert [fault.line for fault in outcome.faults] == [line]
    assert words in outcome.faults[0].message


def test_one_bad_ticket_stops_no_other(session: Session, people: People) -> None:
    rows = json.loads(text(Source.ZAMMAD))
    rows[0]["state"] = "unheard of"
    outcome = bring(session, Source.ZAMMAD, json.dumps(rows, indent=1))
    assert (outcome.made, [fault.line for fault in outcome.faults]) == (1, [2])


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("export", ["", "nonsense", "[", "{}", "[1]", '[{"a": ', "\0", '"', 'a,b\n"c'])
def test_what_is_no_export_is_refused_in_words(source: Source, export: str) -> None:
    read = read_export(export, source)
    assert read.tickets == ()
    assert read.faults


def test_the_example_of_a_mapping_can_be_read() -> None:
    assert read_mapping(EXAMPLE).programme == "fern"
    assert read_mapping("") == DeskMapping()


@pytest.mark.parametrize(
    "mapping", ["status: {new: gone}", "priority: {high: 9}", "category: {a: b.c}", "x: 1", "["]
)
def test_a_mapping_that_is_wrong_is_refused(mapping: str) -> None:
    with pytest.raises(Invalid):
        read_mapping(mapping)


def test_only_an_administrator_of_the_service_brings_tickets_in(session: Session, people: People) -> None:
    with pytest.raises(Forbidden):
        bring(session, Source.OSTICKET, actor=people.amina)
    assert bring(session, Source.OSTICKET, actor=people.ada).made == 2


def test_while_the_notice_is_empty_nothing_is_brought_in(session: Session, people: People) -> None:
    notice = session.get_one(PrivacyNotice, people.north)
    notice.owner = ""
    session.flush()
    with pytest.raises(Unavailable, match="takes no reports"), session.begin_nested():
        bring(session, Source.ZAMMAD)
    assert (tickets(session), session.exec(select(ImportedTicket)).all()) == ([], [])
    session.refresh(notice)
    notice.owner = "Dr Cole"
    assert bring(session, Source.ZAMMAD).made == 2


def test_who_was_erased_is_not_brought_in_again(session: Session, people: People) -> None:
    bring(session, Source.ZAMMAD)
    over, _ = tickets(session)
    email = session.get_one(Reporter, over.reporter_id).email
    assert email
    is_over = "UPDATE ticket SET status = 'closed', needs_answer_since_at = NULL"
    session.connection().execute(sql(is_over))
    session.connection().execute(sql("UPDATE handover SET ended_at = opened_at"))
    session.expire_all()
    request = requests.begin(session, people.mo, FindInput(who=email))
    assert over.number in request.tickets
    requests.erase_person(session, people.mo, request.id)
    session.expire_all()
    assert session.get_one(Reporter, over.reporter_id).email == ""
    said = session.exec(select(Message.body).where(Message.ticket_number == over.number)).all()
    assert {*said} <= {"[removed]", ""}
    assert bring(session, Source.ZAMMAD).made == 0


def test_html_becomes_words_and_nothing_that_acts() -> None:
    html = "<p>One&nbsp;two</p><style>p {}</style><ul><li>a &lt;b&gt;</li></ul><img src=x onerror=alert(1)>"
    assert text_of(html) == "One two\n\na <b>"


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("I <want to die> now", "I <want to die> now"),
        ("Write to <pat@example.org>", "Write to <pat@example.org>"),
        ("<p>So<o:p></o:p> <font color=red>red</font></p>", "So red"),
        ("<html><head><title>Mail</title><body><p>I want to die", "Mail\nI want to die"),
        ("It says <script> and I want to die", "It says and I want to die"),
    ],
)
def test_words_that_somebody_wrote_are_not_taken_for_tags(html: str, words: str) -> None:
    assert text_of(html) == words


@pytest.mark.both_engines
def test_signs_that_no_database_holds_stop_no_import(session: Session, people: People) -> None:
    odd = zammad(body="It is broken \ud83d here\0", number="7\0", title="\udc00 Odd")
    assert bring(session, Source.ZAMMAD, odd).made == 1
    assert session.exec(select(ImportedTicket.source_id)).all() == ["7"]
    assert "It is broken ? here" in session.exec(select(Message.body)).one()
    export = text(Source.OSTICKET).replace("104211", "104211\0")
    assert bring(session, Source.OSTICKET, export).made == 2


@pytest.mark.parametrize("time", ["0001-01-01T00:00+14:00", "9999-12-31T23:59-10:00", "2025-02-30", "x"])
def test_a_time_that_is_none_is_a_fault_of_its_line(time: str) -> None:
    assert [fault.line for fault in read_export(zammad(created_at=time), Source.ZAMMAD).faults] == [2]


@pytest.mark.parametrize("name", ["ticket", "queue", "pk"])
def test_a_row_that_is_built_otherwise_stops_no_other(name: str) -> None:
    rows = json.loads(text(Source.DJANGO_HELPDESK))
    odd: dict[str, Any] = {"model": "helpdesk.followup", "pk": 99, "fields": {"ticket": [1]}}
    if name != "ticket":
        odd = next(json.loads(json.dumps(row)) for row in rows if row["model"] == "helpdesk.ticket")
        (odd if name == "pk" else odd["fields"])[name] = [[1]]
    read = read_export(json.dumps([*rows, odd]), Source.DJANGO_HELPDESK)
    assert len(read.tickets) >= 2
