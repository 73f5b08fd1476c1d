"""Report schedule of the simulation: which reports come when and where, from a seeded random generator."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from navigator.clock import london_time
from navigator.demo.dates import Dates
from navigator.demo.story import ProgrammeUpdate, ReportKind, Story

PROGRAMMES = ("steps", "brightside")
HOURS = range(7, 23)
HOUR_WEIGHTS = (2, 4, 6, 6, 5, 6, 5, 4, 4, 5, 6, 7, 8, 8, 6, 3)
"""How often people report in each hour of a day, as random weights."""

DAY_OFF_WEIGHT = 0.35
"""How often people report on a day off, beside 1 on a working day."""

_JUST_NOW = timedelta(minutes=4)


@dataclass(frozen=True)
class ScheduledReport:
    """One report to come: when, where, and of which kind."""

    at: datetime
    service: str
    programme: str
    kind: ReportKind
    is_by_pwp: bool = False


def scheduled_reports(story: Story, dates: Dates, rng: Random) -> list[ScheduledReport]:
    """All reports of the story, except those that a clinician had to read."""
    update_reports = list(_update_reports(story, dates, rng))
    count = story.tickets - len(update_reports) - len(story.clinical_reviews)
    ordinary = [_ordinary_report(story, dates, rng) for _ in range(count)]
    return [*update_reports, *ordinary, *_rising_reports(story, dates, rng)]


def _update_reports(story: Story, dates: Dates, rng: Random) -> Iterator[ScheduledReport]:
    return _broken_by(story, story.update, dates.update, rng)


def _rising_reports(story: Story, dates: Dates, rng: Random) -> Iterator[ScheduledReport]:
    """What has begun to rise in the last days, and nobody has decided on yet."""
    first = dates.today - timedelta(days=len(story.rising.days) - 1)
    reports = _broken_by(story, story.rising, first, rng)
    return (report for report in reports if report.at <= dates.now - _JUST_NOW)


def _broken_by(story: Story, update: ProgrammeUpdate, first: date, rng: Random) -> Iterator[ScheduledReport]:
    for offset, count in enumerate(update.days):
        for _ in range(count):
            moment = _moment(first + timedelta(days=offset), rng)
            (category,) = rng.choices([*update.categories], [*update.categories.values()])
            service = update.service or _service(story, rng)
            yield ScheduledReport(moment, service, update.programme, update.kind(category))


def _ordinary_report(story: Story, dates: Dates, rng: Random) -> ScheduledReport:
    days = dates.days
    weights = [1 if dates.calendar.is_working_day(day) else DAY_OFF_WEIGHT for day in days]
    (day,) = rng.choices(days, weights)
    moment = _moment(day, rng)
    kind, programme = _kind(story, rng, moment < london_time(dates.training, time(13)))
    reporter = rng.choice(kind.by)
    if reporter == "pwp":
        moment = dates.calendar.add(moment, rng.randint(0, 300))
    if moment > dates.now - _JUST_NOW:
        return _ordinary_report(story, dates, rng)
    return ScheduledReport(moment, _service(story, rng), programme, kind, reporter == "pwp")


def _moment(day: date, rng: Random) -> datetime:
    (hour,) = rng.choices(HOURS, HOUR_WEIGHTS)
    return london_time(day, time(hour, rng.randrange(60), rng.randrange(60)))


def _kind(story: Story, rng: Random, is_before_training: bool) -> tuple[ReportKind, str]:
    choices = [(kind, programme) for kind in story.kinds for programme in PROGRAMMES]
    weights = [kind.weight(programme, is_before_training) for kind, programme in choices]
    (choice,) = rng.choices(choices, weights)
    return choice


def _service(story: Story, rng: Random) -> str:
    (service,) = rng.choices([*story.services], [*story.services.values()])
    return service
