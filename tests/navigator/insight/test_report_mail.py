"""The report by mail: once a period, to managers alone, with nothing that may not leave."""

import re
from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.insight.mail_choice import ReportMail
from navigator.insight.pdf_export import to_pdf
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.report_mail import choose, chosen, forget_former, mails_due, send
from navigator.insight.tables import managers_report
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.render import render
from navigator.outbox.urls import link_for
from navigator.people.user import Membership, Role, User
from tests.navigator.tickets.report_factory import tell
from tests.people import People


def london(month: int, day: int, hour: int = 9) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=clock.LONDON)


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    clock.set_to(london(6, 9))
    yield
    clock.set_to(None)


def run(session: Session, at: datetime) -> list[OutboxMessage]:
    """The job, as it runs at a moment; all letters of the report so far."""
    clock.set_to(at)
    for user_id in session.scalars(mails_due(at)).all():
        send(session, at, user_id)
    session.flush()
    assert not session.scalars(mails_due(at)).all()
    letters = select(OutboxMessage).where(col(OutboxMessage.template) == "managers_report")
    return list(session.exec(letters.order_by(col(OutboxMessage.id))))


def test_a_week_is_sent_once_from_monday_morning_on(session: Session, people: People) -> None:
    choose(session, people.mo, "week")
    session.flush()
    assert run(session, london(6, 14, 23)) == run(session, london(6, 15, 7)) == []
    for _ in range(2):
        assert len(run(session, london(6, 15, 8))) == 1
    assert len(run(session, london(6, 21, 23))) == 1
    letters = run(session, london(6, 24))  # the desk was down on Monday: late, and still of the whole week
    assert [letter.context["days"] for letter in letters] == [
        {"since": "2026-06-08", "until": "2026-06-14"},
        {"since": "2026-06-15", "until": "2026-06-21"},
    ]


def test_a_month_is_sent_on_its_first_day(session: Session, people: People) -> None:
    choose(session, people.mo, "month")
    session.flush()
    assert run(session, london(6, 30)) == []
    (letter,) = run(session, london(7, 1))
    assert letter.context["days"] == {"since": "2026-06-01", "until": "2026-06-30"}
    assert len(run(session, london(7, 31))) == 1


def test_before_the_morning_the_week_before_is_still_the_one_to_send(
    session: Session, people: People
) -> None:
    choose(session, people.mo, "week")
    session.flush()
    (letter,) = run(session, london(6, 22, 6))  # down for all of the week
    assert letter.context["days"]["until"] == "2026-06-14"
    assert len(run(session, london(6, 22, 9))) == 2


def test_two_at_once_send_one(session: Session, people: People) -> None:
    """Whoever comes second finds the key of the period taken, even if both had seen that it was due."""
    choose(session, people.mo, "week")
    session.flush()
    at = london(6, 15)
    for _ in range(2):
        row = session.get_one(ReportMail, people.mo.user_id)
        send(session, at, row.user_id)
        row.sent_for_on = None
        session.flush()
    assert len(run(session, at)) == 1


@pytest.mark.parametrize("leaves", ["role", "account", "choice"])
def test_it_ends_with_the_role(session: Session, people: People, leaves: str) -> None:
    choose(session, people.mo, "week")
    session.flush()
    if leaves == "role":
        is_role = (col(Membership.user_id) == people.mo.user_id, col(Membership.role) == Role.MANAGER)
        session.execute(delete(Membership).where(*is_role))
    elif leaves == "account":
        session.get_one(User, people.mo.user_id).is_active = False
    else:
        choose(session, people.mo, "")
    session.flush()
    assert run(session, london(6, 15)) == []
    forget_former(session, clock.now())
    session.expire_all()
    assert session.get(ReportMail, people.mo.user_id) is None


def test_who_manages_stays(session: Session, people: People) -> None:
    choose(session, people.mo, "month")
    session.flush()
    forget_former(session, clock.now())
    assert chosen(session, people.mo) == "month"
    assert chosen(session, people.amina) == ""


def test_a_letter_holds_no_exact_number(session: Session, people: People, lived: None) -> None:
    for _ in range(13):
        tell(session)
    choose(session, people.mo, "week")
    session.flush()
    (letter,) = run(session, london(6, 15))
    link = link_for(session, letter, "email", "").url
    assert link.endswith("/insight?period=own&since=2026-06-08&until=2026-06-14")
    said = render("managers_report", {**letter.context, "reference": "", "link": link})
    assert said.subject == "What needs a decision: 8 June to 14 June"
    words = said.body.replace(link, "").replace("8 June to 14 June", "")
    assert "Reports: 15." in words
    assert all(int(number) % 5 == 0 for number in re.findall(r"\b\d+\b(?! days)", words)), words


def test_a_pdf_says_what_is_shared(session: Session, people: People, lived: None) -> None:
    report = managers_report(session, people.mo, PeriodFilter())
    assert len(to_pdf(report, "report")) > len(to_pdf(report, "decisions")) > 1000
