"""Asking what people think: once, only of who is meant, and kept so that nothing leads back to them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.errors import Conflict
from navigator.jobs.retention import delete_old_rows
from navigator.people.actor import reporter
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput
from navigator.tickets.ticket import Resolution, Ticket
from navigator.usability import asking
from navigator.usability.sus import SusAnswers, mean_and_interval, score
from navigator.usability.tables import AnsweredQuestion, UsabilityAnswer, UsabilitySetting
from tests.navigator.support_cards.card_factory import make
from tests.navigator.tickets.report_factory import tell
from tests.people import People

NOW = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)
BEST = SusAnswers(answers={str(n): 5 if n % 2 else 1 for n in range(1, 11)})


@pytest.mark.parametrize(
    ("answers", "points"),
    [
        ({str(n): 3 for n in range(1, 11)}, 50.0),
        ({str(n): 5 if n % 2 else 1 for n in range(1, 11)}, 100.0),
        ({str(n): 1 if n % 2 else 5 for n in range(1, 11)}, 0.0),
        # Of the odd ones 4 + 1 + 1 + 1 + 4, of the even ones 1 + 4 + 2 + 1 + 3: 22, by 2.5.
        ({str(n): point for n, point in enumerate((5, 4, 2, 1, 2, 3, 2, 4, 5, 2), 1)}, 55.0),
    ],
)
def test_the_score_is_the_published_one(answers: dict[str, int], points: float) -> None:
    assert score(answers) == points


def test_the_interval_is_students() -> None:
    scores = [70.0, 75.0, 80.0, 85.0, 90.0]
    mean, low, high = mean_and_interval(5, sum(scores), sum(each * each for each in scores))
    assert (round(mean, 1), round(low, 1), round(high, 1)) == (80.0, 70.2, 89.8)
    assert mean_and_interval(2, 200.0, 20_000.0) == (100.0, 100.0, 100.0)


def test_all_ten_are_asked_for() -> None:
    with pytest.raises(ValueError, match="each of the ten"):
        SusAnswers(answers={"1": 3})
    with pytest.raises(ValueError, match="less than or equal to 5"):
        SusAnswers(answers={**BEST.answers, "1": 6})


@pytest.fixture
def setting(session: Session, people: People) -> UsabilitySetting:
    clock.set_to(NOW)
    row = UsabilitySetting(
        service_id=people.north,
        asks_after_fix=True,
        rounds=["2026-06-08", "2026-12-01"],
        round_days=7,
        owner="Mo",
        review_on=date(2027, 1, 1),
    )
    session.add(row)
    session.execute(text("UPDATE programme SET version = '4.2'"))
    session.flush()
    return row


def ended(session: Session, people: People) -> Ticket:
    ticket = tell(session)
    fixed = ResolveInput(resolution=Resolution.FIXED, body="It works now.")
    staff.resolve(session, people.amina, ticket.number, fixed)
    following.confirm(session, reporter(ticket.number), ticket.number)
    return ticket


@pytest.mark.usefixtures("setting")
@pytest.mark.both_engines
def test_a_fix_is_asked_of_once_it_is_over_and_answered_once(session: Session, people: People) -> None:
    open_one, ticket = tell(session), ended(session, people)
    assert not asking.is_asked_of_fix(session, open_one)
    assert asking.is_asked_of_fix(session, ticket)
    asking.answer_fix(session, reporter(ticket.number), ticket.number, worked=False)
    assert not asking.is_asked_of_fix(session, ticket)
    with pytest.raises(Conflict):
        asking.answer_fix(session, reporter(ticket.number), ticket.number, worked=True)
    (kept,) = session.exec(select(UsabilityAnswer))
    assert (kept.question, kept.score, kept.version) == ("fix", 0.0, "4.2")


@pytest.mark.usefixtures("setting")
def test_nothing_leads_from_an_answer_to_whoever_gave_it(session: Session, people: People) -> None:
    """Neither a column, nor an event of the ticket, nor a change of it."""
    ticket = ended(session, people)
    before = ticket.version
    asking.answer_fix(session, reporter(ticket.number), ticket.number, worked=True)
    asking.answer_of_reporter(session, reporter(ticket.number), ticket.number, BEST)
    session.flush()
    assert ticket.version == before
    held = {key for row in session.exec(select(UsabilityAnswer)) for key in row.model_dump()}
    assert held == {"id", "question", "service_id", "programme_id", "version", "answered_on", "score"}
    marks = {key for row in session.exec(select(AnsweredQuestion)) for key in row.model_dump()}
    assert marks == {"who", "question", "answered_on"}
    days = {row.answered_on for row in session.exec(select(AnsweredQuestion))}
    assert days == {date(2026, 6, 1)}, "by its day, the only answer of that day would be somebody’s"


@pytest.mark.usefixtures("setting")
def test_the_programme_is_asked_of_in_rounds_alone(session: Session, people: People) -> None:
    ticket = ended(session, people)
    assert asking.round_for(session, ticket) == date(2026, 6, 8)
    asking.answer_of_reporter(session, reporter(ticket.number), ticket.number, BEST)
    assert asking.round_for(session, ticket) is None
    for day, begun_on in ((15, None), (14, date(2026, 6, 8)), (7, None)):
        clock.set_to(datetime(2026, 6, day, 9, 0, tzinfo=UTC))
        other = ended(session, people)
        assert asking.round_for(session, other) == begun_on, day
    clock.set_to(datetime(2026, 12, 1, 9, 0, tzinfo=UTC))
    assert asking.round_for(session, ticket) == date(2026, 12, 1)


@pytest.mark.usefixtures("setting")
def test_a_card_answers_once_a_round_too(session: Session, people: People) -> None:
    card = make(session, people.priya, label="Heron")
    asking.answer_by_card(session, card, BEST)
    with pytest.raises(Conflict):
        asking.answer_by_card(session, card, BEST)
    (kept,) = session.exec(select(UsabilityAnswer))
    fern = session.exec(select(Programme).where(Programme.code == "fern")).one()
    assert (kept.score, kept.programme_id) == (100.0, fern.id)


def test_nobody_is_asked_where_nothing_is_set(session: Session, people: People) -> None:
    ticket = ended(session, people)
    asked = asking.asked_of_reporter(session, ticket)
    assert not asked.of_fix
    assert not asked.of_programme


@pytest.mark.usefixtures("setting")
def test_that_somebody_answered_is_forgotten_and_the_answer_stays(session: Session, people: People) -> None:
    ticket = ended(session, people)
    asking.answer_fix(session, reporter(ticket.number), ticket.number, worked=True)
    clock.set_to(NOW + asking.KEPT_FOR + timedelta(days=2))
    delete_old_rows(session, clock.now())
    assert session.exec(select(AnsweredQuestion)).all() == []
    assert len(session.exec(select(UsabilityAnswer)).all()) == 1
