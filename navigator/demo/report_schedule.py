"""The reports of the story: which, when and where, drawn by chance that is the same each time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from random import Random

from navigator.demo.dates import Dates, london_time
from navigator.demo.story import ReportKind, Story

PROGRAMMES = ("steps", "brightside")
HOURS = range(7, 23)
HOUR_WEIGHTS = (2, 4, 6, 6, 5, 6, 5, 4, 4, 5, 6, 7, 8, 8, 6, 3)
"""How often people report in each hour of a day."""

DAY_OFF_WEIGHT = 0.35
"""How often on a day off, beside a working day."""

_JUST_NOW = timedelta(minutes=4)


@dataclass(frozen=True)
class ScheduledReport:
    """One report to come."""

    at: datetime
    service: str
    programme: str
    kind: ReportKind
    is_by_pwp: bool = False


def scheduled_reports(story: Story, dates: Dates, rng: Random) -> list[ScheduledReport]:
    """All reports of the story, but those that a clinician had to read."""
    broken = list(_update_reports(story, dates, rng))
    others = story.tickets - len(broken) - len(story.clinical_reviews)
    return [*broken, *(_ordinary_report(story, dates, rng) for _ in range(others))]


def _update_reports(story: Story, dates: Dates, chance: Random) -> Iterator[ScheduledReport]:
    update = story.update
    for n, times in enumerate(update.days):
        for _ in range(times):
            moment = _moment(dates.update + timedelta(days=n), chance)
            (category,) = chance.choices([*update.categories], [*update.categories.values()])
            yield ScheduledReport(moment, _service(story, chance), update.programme, update.kind(category))


def _ordinary_report(story: Story, dates: Dates, chance: Random) -> ScheduledReport:
    days = dates.days
    weights = [1 if dates.calendar.is_working_day(day) else DAY_OFF_WEIGHT for day in days]
    (day,) = chance.choices(days, weights)
    moment = _moment(day, chance)
    kind, programme = _kind(story, chance, moment < london_time(dates.training, time(13)))
    by = chance.choice(kind.by)
    if by == "pwp":
        moment = dates.calendar.add(moment, chance.randint(0, 300))
    if moment > dates.now - _JUST_NOW:
        return _ordinary_report(story, dates, chance)
    return ScheduledReport(moment, _service(story, chance), programme, kind, by == "pwp")


def _moment(day: date, chance: Random) -> datetime:
    (hour,) = chance.choices(HOURS, HOUR_WEIGHTS)
    return london_time(day, time(hour, chance.randrange(60), chance.randrange(60)))


def _kind(story: Story, chance: Random, is_before_training: bool) -> tuple[ReportKind, str]:
    both = [(kind, programme) for kind in story.kinds for programme in PROGRAMMES]
    (drawn,) = chance.choices(both, [kind.weight(programme, is_before_training) for kind, programme in both])
    return drawn


def _service(story: Story, chance: Random) -> str:
    (service,) = chance.choices([*story.services], [*story.services.values()])
    return service
