"""What is offered to be tapped: the usual problems first, then what a programme's own reports say (15.2)."""

from datetime import timedelta
from typing import Any

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme
from navigator.tickets.day_counts import DayCount
from navigator.tickets.reports.common_problems import COUNTED_FOR, MAX_COMMON, common_problems
from tests.people import People

COUNTS = dict.fromkeys(name for name in DayCount.model_fields if name.endswith("_count"))


def counted(
    session: Session, people: People, programme: Programme, category: str, n: int, ago: int = 1
) -> None:
    day = clock.today() - timedelta(days=ago)
    counts: dict[str, Any] = dict.fromkeys(COUNTS, n)
    of_day = DayCount(
        reported_on=day, service_id=people.north, programme_id=programme.id, category=category,
        **counts,
    )  # fmt: skip
    session.add(of_day)
    session.flush()


def ids(session: Session, programme: Programme | None) -> list[str]:
    return [leaf.id for leaf in common_problems(session, programme)]


def test_until_there_are_reports_the_usual_ones_are_offered(session: Session, people: People):
    usual = [leaf.id for leaf in catalogue().leaves if leaf.is_common]
    assert ids(session, None) == usual
    assert len(usual) == MAX_COMMON


def test_what_is_reported_most_stands_first(session: Session, people: People):
    fern = session.exec(select(Programme)).one()
    counted(session, people, fern, "use.lost_answers", 9)
    counted(session, people, fern, "notify.too_many", 4)
    counted(session, people, fern, "use.mood_rating_sync", 50, ago=COUNTED_FOR.days + 1)
    assert ids(session, fern)[:2] == ["use.lost_answers", "notify.too_many"]
    assert "use.mood_rating_sync" not in ids(session, fern)
    assert len(ids(session, fern)) == MAX_COMMON
    assert ids(session, None)[0] != "use.lost_answers"


def test_what_cannot_be_told_without_words_is_not_offered(session: Session, people: People):
    fern = session.exec(select(Programme)).one()
    for category in (
        "divert.clinical",
        "use.how_to",
        "other.feedback",
        "divert.risk",
        "staff.account_rights",
    ):
        counted(session, people, fern, category, 99)
    assert set(ids(session, fern)) == set(ids(session, None))
