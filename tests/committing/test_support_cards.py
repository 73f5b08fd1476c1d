"""A support card that ends, moves and is used all at once, with real commits: no report is lost."""

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date

import pytest
from sqlmodel import select

from navigator import database
from navigator.errors import NotFound
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.api_keys import actor_by_key, create
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.support_cards import cards
from navigator.tickets.actions import staff
from navigator.tickets.actions.next_session import AppointmentInput, update_next_session
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.navigator.support_cards.card_factory import make
from tests.people import People, settle

pytestmark = pytest.mark.slow

REPORTS = 12


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


def report(code: str) -> int:
    told = ReportInput(service="north", programme="fern", text="It says no", support_code=code)
    with database.writing() as session:
        return staff.report(session, ANONYMOUS, told).ticket.number


def end(actor: Actor, card_id: int) -> bool:
    try:
        with database.writing() as session:
            cards.end_card(session, actor, card_id)
    except NotFound:
        return False
    return True


def test_a_card_that_ends_while_it_is_used_loses_no_report(people: People) -> None:
    with database.writing() as session:
        card = make(session, people.priya)
        code, card_id = card.code, card.id
    with ThreadPoolExecutor(8) as pool:
        sent = [pool.submit(report, code) for _ in range(REPORTS)]
        ended = [pool.submit(end, people.priya, card_id) for _ in range(2)]
        assert len({one.result() for one in sent}) == REPORTS
        assert sorted(one.result() for one in ended) == [False, True]
    with database.reading() as session:
        assert session.exec(select(SupportCard)).all() == []
        told = session.exec(select(Ticket, Reporter).where(Ticket.reporter_id == Reporter.id)).all()
        assert len(told) == REPORTS
        for ticket, reporter in told:  # whole, or not at all
            assert ticket.practitioner_is_confirmed == bool(reporter.email) == bool(reporter.known_as)


def test_the_feed_and_a_lost_card_and_reports_at_once_end_as_one_work(people: People) -> None:
    with database.writing() as session:
        card = make(session, people.priya)
        code, card_id = card.code, card.id
        key = create(session, people.north, Role.INTAKE, "Bookings")
    with database.reading() as session:
        feed = actor_by_key(session, key)
    assert feed

    def move(day: int) -> None:
        told = AppointmentInput(support_code=code, next_session=date(2026, 6, day))
        with database.writing() as session:
            update_next_session(session, feed, told)

    def lose() -> None:
        with database.writing() as session:
            cards.replace_code(session, people.priya, card_id)

    def tell() -> None:
        report(code)

    with ThreadPoolExecutor(8) as pool:
        doing: list[Future[None]] = [pool.submit(tell) for _ in range(REPORTS)]
        doing += [pool.submit(move, day) for day in (18, 19, 25)]
        doing.append(pool.submit(lose))
        for one in doing:
            one.result()
    with database.reading() as session:
        assert len(session.exec(select(Ticket.number)).all()) == REPORTS
        assert session.exec(select(SupportCard)).one().code != code
