"""The demonstration: what is in it, that its story can be found, and that its figures are right."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.catalogue import Fixability, catalogue, fixable
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride
from navigator.catalogue.service import Service
from navigator.demo import fill
from navigator.demo.dates import Dates
from navigator.demo.report_schedule import scheduled_reports
from navigator.demo.story import story
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.queries import report_counts, resolve_scope
from navigator.insight.sections import training_effect
from navigator.insight.tables import managers_report
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.login import actor_of
from navigator.people.user import User
from navigator.settings import settings
from navigator.tickets.booked_call import BookedCall
from navigator.tickets.ticket import LIVE, ClinicalReview, Event, Status, Ticket
from navigator.training.tables import Attendance, TrainingSession
from navigator.triage.safety_screen import screen
from tests.conftest import MOMENT
from tests.navigator.demo.conftest import Filled
from tests.navigator.demo.recount import REPORTED, Recount
from tests.people import number_by_token

pytestmark = pytest.mark.slow  # it is filled, which takes a minute

MOMENTS = [
    MOMENT,
    datetime(2026, 3, 29, 3, 30, tzinfo=UTC),  # a Sunday night, the clocks go forward
    datetime(2026, 12, 25, 12, 0, tzinfo=UTC),
    datetime(2027, 1, 2, 23, 59, tzinfo=UTC),
    datetime(2026, 4, 7, 8, 0, tzinfo=UTC),  # the first working day after Easter
]


def who(demo: Session, first: str) -> Actor:
    """Somebody of the cast, as they act."""
    email = f"{first}@demo.example"
    actor = actor_of(demo, demo.exec(select(User.id).where(User.email == email)).one())
    assert actor
    return actor


def reported(demo: Session, category: str, programme: str = "", **asked: str) -> tuple[int, int]:
    """How often the managers' page says that something was reported, in the period and in the one before."""
    of = resolve_scope(demo, who(demo, "mo"), PeriodFilter.model_validate({"programme": programme, **asked}))
    rows = [row for row in report_counts(demo, of).problems if row.category == category]
    return sum(row.counts.now for row in rows), sum(row.counts.before for row in rows)


def test_three_complete_services_and_twenty_people(demo: Session):
    services = demo.exec(select(Service)).all()
    assert len(services) == 3
    assert [missing(demo, service) for service in services] == [[], [], []]
    assert all(service.is_demonstration for service in services)
    assert len(demo.exec(select(User)).all()) == 20


def test_six_hundred_tickets_in_ninety_days(demo: Session):
    tickets = demo.exec(select(Ticket).order_by(col(Ticket.number))).all()
    assert 550 <= len(tickets) <= 650
    days = {clock.local(ticket.reported_at).date() for ticket in tickets}
    assert (max(days) - min(days)).days in (88, 89)
    assert max(ticket.reported_at for ticket in tickets) <= MOMENT
    assert all(a.reported_at <= b.reported_at for a, b in pairwise(tickets))


def test_each_of_two_programmes_has_an_exception_either_way(demo: Session):
    found = {}
    for programme in demo.exec(select(Programme)):
        its = demo.exec(
            select(ProgrammeCategoryOverride).where(ProgrammeCategoryOverride.programme_id == programme.id)
        )
        found[programme.code] = {(usual(one.category), fixable(Fixability(one.fixability))) for one in its}
    assert found == {code: {(False, True), (True, False)} for code in ("steps", "brightside")}


def usual(category: str) -> bool | None:
    return fixable(catalogue().category(category).fixability)


def test_log_in_breaks_for_three_days(demo: Session):
    page = managers_report(demo, who(demo, "mo"), PeriodFilter())
    by_day = {row.label: int(row.cells[0].exact) for row in page.table("course").rows}
    update = Dates(MOMENT, 90).update
    worst = [f"{day.day} {day:%B}" for day in (update + timedelta(days=n) for n in range(3))]
    assert sorted(by_day, key=lambda day: -by_day[day])[:3] == sorted(worst, key=lambda day: -by_day[day])
    first = report_counts(demo, page.scope).problems[0]
    assert (first.category, first.code) == ("access.signed_out", "brightside")
    assert first.counts.now > 5 * first.counts.before


@pytest.mark.parametrize("period", ["month", "quarter"])
def test_the_limitation_is_what_recurs_most_in_its_programme(demo: Session, period: str):
    of = resolve_scope(
        demo, who(demo, "mo"), PeriodFilter.model_validate({"period": period, "programme": "steps"})
    )
    assert report_counts(demo, of).problems[0].category == "notify.too_many"
    known = demo.execute(
        text("SELECT status, supplier_reference, is_public FROM problem WHERE category = 'notify.too_many'")
    ).one()
    assert (known.status, known.supplier_reference) == ("with_supplier", "STW-4471")
    assert known.is_public


def test_questions_fall_after_the_training(demo: Session):
    now, before = reported(demo, "use.how_to")
    assert before > 1.5 * now > 0


def test_training_helped_those_who_came_beyond_their_colleagues(demo: Session):
    scope = resolve_scope(demo, who(demo, "mo"), PeriodFilter())
    (helped, *_) = training_effect.findings(demo, scope)
    assert "fewer how-to questions each, beyond what changed for colleagues" in helped.sentence
    assert "8 came, 5 did not" in helped.sentence


def test_a_session_to_come_is_full_and_somebody_waits(demo: Session):
    (planned,) = demo.exec(select(TrainingSession).where(TrainingSession.starts_at > MOMENT))
    seats = demo.exec(select(Attendance).where(Attendance.session_id == planned.id)).all()
    assert sorted(seat.state for seat in seats) == ["booked"] * planned.places + ["waiting"]


def test_confidence_rises_with_the_training(demo: Session):
    seats = [seat for seat in demo.exec(select(Attendance)) if seat.attended]
    assert len(seats) == 8
    assert all((seat.confidence_after or 0) > (seat.confidence_before or 10) for seat in seats)


def test_one_hand_over_is_read_in_minutes_and_ended_in_words(demo: Session):
    since = MOMENT - timedelta(days=9)
    query = select(ClinicalReview).where(ClinicalReview.opened_at > since, ClinicalReview.contact_note != "")
    done = demo.exec(query).one()
    assert done.acknowledged_at
    assert done.acknowledged_at - done.opened_at < timedelta(minutes=10)
    assert done.ended_at
    assert len(done.outcome.split()) > 30


def test_late_ones_were_alerted_by_the_desk(demo: Session):
    late = demo.exec(
        select(ClinicalReview).where(col(ClinicalReview.acknowledged_at) > ClinicalReview.acknowledge_by_at)
    ).all()
    assert [handed.alerts for handed in late] == [3]


def test_today_there_is_something_to_do(demo: Session):
    live = demo.exec(select(Ticket).where(col(Ticket.status).in_(LIVE))).all()
    assert {ticket.status for ticket in live} == set(LIVE)
    assert sum(ticket.session_on is not None and ticket.session_on >= MOMENT.date() for ticket in live) >= 8
    assert {ticket.assignee_id for ticket in live} >= {who(demo, first).user_id for first in ("amina", "tom")}
    open_ones = demo.exec(select(ClinicalReview).where(col(ClinicalReview.ended_at).is_(None))).all()
    assert sorted(handed.acknowledged_at is None for handed in open_ones) == [False, True]
    assert demo.exec(select(TrainingSession).where(TrainingSession.starts_at > MOMENT)).one().held_at is None


def test_every_status_and_way_to_end_is_there(demo: Session):
    assert set(demo.exec(select(Ticket.status).distinct())) == set(Status)
    ways = set(demo.exec(select(Ticket.resolution).distinct())) - {None}
    assert {"fixed", "explained", "workaround", "passed_on", "not_fixable", "withdrawn"} <= ways


def test_people_act_while_they_are_at_work(demo: Session):
    at_night = []
    for event in demo.exec(select(Event).where(col(Event.actor_id).is_not(None))):
        wall = clock.local(event.created_at)
        if wall.weekday() > 4 or not time(8, 30) <= wall.time() <= time(19):
            at_night.append(event)
    assert at_night == []
    assert demo.exec(select(Event.id).where(Event.created_at > MOMENT)).first() is None


def test_nobody_is_written_to_about_the_past(demo: Session):
    assert demo.exec(select(OutboxMessage.id)).first() is None


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"period": "quarter"},
        {"period": "week", "service": "riverside"},
        {"service": "hillview"},
        {"programme": "brightside"},
        {"period": "quarter", "service": "quayside", "programme": "steps"},
    ],
)
def test_every_figure_is_what_plain_sql_counts(demo: Session, asked: dict[str, str]):
    what = PeriodFilter.model_validate(asked)
    page = managers_report(demo, who(demo, "mo"), what)
    recount = Recount(demo, what)
    for name, counted in recount.tables().items():
        rows = page.table(name).rows
        assert [tuple(cell.exact for cell in row.cells) for row in rows] == counted, name
    assert page.reported.cells[0].exact == f"{recount.count(REPORTED):,}"


def test_everybody_can_log_in_and_the_private_link_opens_a_ticket(demo: Session, folder: Path):
    lines = (folder / "demonstration.txt").read_text().splitlines()
    for person in story().people:
        assert sum(person.email in line for line in lines) == 1
    number = number_by_token(demo, lines[-1].rsplit("/", 1)[1])
    assert number
    assert demo.get_one(Ticket, number).status in LIVE


def test_nothing_that_is_there_is_overwritten(filled: Filled, demo: Session, folder: Path, monkeypatch):
    monkeypatch.setenv("NAVIGATOR_DATA_DIR", str(folder))
    settings.cache_clear()
    before = fill.login_notes()
    database.bind(filled.engine, filled.engine)
    assert not fill.fill_if_empty()
    database.bind(None, None)
    assert fill.login_notes() == before


def test_what_is_interrupted_leaves_nothing(committing: str):
    with pytest.raises(KeyboardInterrupt):
        _begin_and_break_off()
    with database.reading() as session:
        assert session.exec(select(Programme)).all() == []


def _begin_and_break_off() -> None:
    with database.as_one():
        with database.writing() as session:
            session.add(Programme(code="steps", name="Steps Online"))
        raise KeyboardInterrupt


@pytest.mark.parametrize("now", MOMENTS)
def test_the_story_can_be_told_on_any_day(now: datetime):
    told, dates = story(), Dates(now, 90)
    planned = scheduled_reports(told, dates, Random(1))  # noqa: S311 - a story, no secret
    rising = len(planned) + len(told.clinical_reviews) - told.tickets
    assert 0 < rising <= sum(told.rising.days)  # of its last day as many as have come by now
    assert max(one.at for one in planned) < now
    assert dates.start_at < min(one.at for one in planned)
    for problem in told.problems:
        steps = [problem.opened, *(step.at for step in problem.steps)]
        assert all(dates.moment(a) < dates.moment(b) < now for a, b in pairwise(steps))
    for taught in told.training.sessions:
        asked = [dates.moment(ask.at) for ask in told.training.asks if ask.what.topic == taught.topic]
        assert min(asked) < dates.moment(taught.planned) < dates.moment(taught.held)
        assert (dates.moment(taught.held) < now) == bool(taught.came)


def test_only_what_is_meant_to_alarm_does():
    told = story()
    said = [*told.update.texts, *(text for texts in told.said.values() for text in texts)]
    said += [text for kind in told.kinds for text in kind.texts if "medication" not in text]
    assert [text for text in said if screen(text).hit] == []
    assert [one.text for one in told.clinical_reviews if not (one.by_hand or screen(one.text).hit)] == []


def test_somebody_has_booked_a_call_for_another_day(demo: Session):
    call = demo.exec(select(BookedCall)).one()
    assert clock.local(call.starts_at).date() > clock.local(MOMENT).date()
    ticket = demo.get_one(Ticket, call.ticket_number)
    assert (ticket.assignee_id, ticket.next_call_at) == (call.navigator_id, call.starts_at)
