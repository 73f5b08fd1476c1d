"""Briefs before sessions: true lines, one mail a practitioner the working day before, once, without names."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.jobs.registry import JOBS
from navigator.outbox.card_lines import lines_of_cards
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.render import render
from navigator.people.actor import ANONYMOUS
from navigator.people.support_card import SupportCard
from navigator.people.user import Membership, Role
from navigator.support_cards import cards
from navigator.support_cards.cards_today import cards_today
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.navigator.support_cards.card_factory import make
from tests.people import People, actor_of

WEDNESDAY = "2026-06-10"


@pytest.fixture
def north(session: Session, people: People) -> Service:
    """A service that sends briefs at three in the afternoon."""
    service = session.get_one(Service, people.north)
    service.brief_time = "15:00"
    session.flush()
    return service


def at(day: int, hour: int, minute: int = 0, month: int = 6) -> None:
    clock.set_to(datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Europe/London")))


def run(session: Session) -> list[OutboxMessage]:
    """Run the job twice; the briefs there are."""
    session.flush()
    JOBS["briefs"].run()
    JOBS["briefs"].run()
    session.expire_all()
    query = select(OutboxMessage).where(OutboxMessage.template == "session_brief")
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


def report(session: Session, card: SupportCard, **said: Any) -> Ticket:
    told = {"service": "north", "category": "access.forgotten_password", "text": "No way in"}
    told |= {"support_code": card.code} | said
    ticket = staff.report(session, ANONYMOUS, ReportInput.model_validate(told)).ticket
    session.flush()
    return ticket


def words(session: Session, people: People) -> dict[str, str]:
    return {line.card.label: line.words for line in cards_today(session, people.priya).briefs}


def test_a_line_says_what_is_known_and_no_more(session: Session, people: People) -> None:
    at(9, 15)
    for label in ("unknown", "in", "not in"):
        make(session, people.priya, label=label, next_session=WEDNESDAY)
    for card in session.exec(select(SupportCard)).all():
        card.engagement_told_at = None if card.label == "unknown" else clock.now()
        if card.label == "in":
            card.first_log_in_on = card.last_active_on = date(2026, 6, 2)
    session.flush()
    assert words(session, people) == {
        "unknown": "We do not know if they got in. No open problem. Ask them how it goes.",
        "in": "Got in, last active 2 Jun. No open problem. Go on as planned.",
        "not in": "Had not got in by 9 Jun. No open problem. Plan without it.",
    }


def test_an_open_problem_says_whether_to_plan_without_it(session: Session, people: People) -> None:
    at(9, 10)
    card = make(session, people.priya, next_session=WEDNESDAY, session_is_weekly=False)
    ticket = report(session, card)
    assert (
        f"Open problem: DN-{ticket.number:06d}. Ask them how it goes."
        in words(session, people)["Tuesday 3pm"]
    )
    at(9, 15)  # past noon of the last working day before: nobody put it right by then
    assert f"Open problem: DN-{ticket.number:06d}. Plan without it." in words(session, people)["Tuesday 3pm"]


def test_a_ticket_that_names_somebody_else_is_not_theirs_to_know(session: Session, people: People) -> None:
    at(9, 15)
    card = make(session, people.priya, next_session=WEDNESDAY)
    report(session, card, practitioner="Somebody New")
    assert "No open problem." in words(session, people)["Tuesday 3pm"]


@pytest.mark.parametrize(
    ("on", "is_weekly", "is_told"),
    [
        ("2026-06-09", False, False),  # today: it is too late to plan
        ("2026-06-10", False, True),
        ("2026-06-03", True, True),
        ("2026-06-11", False, False),
        ("2026-06-02", True, False),
    ],
)
def test_sessions_of_the_next_working_day(
    session: Session, people: People, on: str, is_weekly: bool, is_told: bool
) -> None:
    at(1, 9)
    make(session, people.priya, next_session=on, session_is_weekly=is_weekly)
    at(9, 15)
    assert bool(words(session, people)) is is_told


def test_on_friday_those_of_monday_and_before_a_bank_holiday_those_after(
    session: Session, people: People, north: Service
) -> None:
    at(21, 9, month=5)
    make(session, people.priya, label="after", next_session="2026-05-26", session_is_weekly=False)
    make(session, people.priya, label="later", next_session="2026-05-27", session_is_weekly=False)
    at(22, 15, month=5)  # Friday; Monday 25 May is a bank holiday
    assert list(words(session, people)) == ["after"]
    assert len(run(session)) == 1
    at(25, 15, month=5)
    assert len(run(session)) == 1  # nobody is there to read one
    at(26, 15, month=5)
    assert len(run(session)) == 2


def test_one_mail_with_all_their_sessions_at_the_hour(
    session: Session, people: People, north: Service
) -> None:
    for n in range(3):
        make(session, people.priya, label=f"patient {n}", next_session=WEDNESDAY)
    at(9, 14, 59)
    assert run(session) == []
    at(9, 15)
    (message,) = run(session)
    assert (message.recipient, message.recipient_id) == ("user", people.priya.user_id)
    assert len(message.context["lines"]) == 3
    at(9, 17, 30)
    assert len(run(session)) == 1


def test_no_mail_where_the_service_sets_no_hour(session: Session, people: People) -> None:
    make(session, people.priya, next_session=WEDNESDAY)
    at(9, 15)
    assert run(session) == []
    assert words(session, people)


def test_where_it_closes_earlier_it_goes_then(session: Session, people: People, north: Service) -> None:
    north.hours = {"tue": ["09:00", "13:00"], "wed": ["09:00", "17:00"]}
    make(session, people.priya, next_session=WEDNESDAY)
    at(9, 12, 59)
    assert run(session) == []
    at(9, 13)
    assert len(run(session)) == 1


def test_its_words_are_looked_up_as_it_is_sent(session: Session, people: People, north: Service) -> None:
    """The outbox holds ids and what is known: the practitioner’s own words stay on the card."""
    kept = make(session, people.priya, label="Tuesday kestrel", next_session=WEDNESDAY)
    ended = make(session, people.priya, label="Wednesday heron", next_session=WEDNESDAY)
    at(9, 15)
    (message,) = run(session)
    assert "kestrel" not in str(message.context)
    assert kept.code not in str(message.context)
    cards.end_card(session, people.priya, ended.id)
    session.flush()
    context = message.context | {"link": "https://desk.example/"} | lines_of_cards(session, message)
    body = render("session_brief", context).body
    assert "- Tuesday kestrel: Wednesday 10 June. We do not know if they got in." in body
    assert "heron" not in body
    assert "pat@home.example" not in body


def test_who_works_in_two_services_is_told_by_each_at_its_hour(
    session: Session, people: People, north: Service
) -> None:
    """The brief of the one that writes first is no reason not to hear of the other."""
    south = session.get_one(Service, people.south)
    south.brief_time = "16:00"
    priya = people.priya.user_id or 0
    session.add(Membership(user_id=priya, service_id=people.south, role=Role.PWP))
    session.flush()
    both = actor_of(session, priya)
    mine = make(session, both, next_session=WEDNESDAY)
    other = make(session, both, service="south", label="Sparrow", next_session=WEDNESDAY)
    at(9, 15)
    assert [line["card"] for line in run(session)[0].context["lines"]] == [mine.id]
    at(9, 16)
    _, second = run(session)
    assert [line["card"] for line in second.context["lines"]] == [other.id]
