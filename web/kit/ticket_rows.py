"""What a row of a list says of a ticket: the time that is left, the last activity, the next session."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from navigator import clock
from navigator.catalogue.catalogue import Catalogue
from navigator.catalogue.category import Category, shorten
from navigator.dates_in_words import length, short_date, time_or_date
from navigator.people.reporter import reference
from navigator.tickets.enums import LIVE, Activity, Status
from navigator.tickets.time_without import time_without

if TYPE_CHECKING:
    from navigator.tickets.queue.queue import Said

SESSION_IS_NEAR = timedelta(days=14)
WORDS_SHOWN, NAME_SHOWN = 110, 30
_ORDINALS = {
    2: "Second",
    3: "Third",
    4: "Fourth",
    5: "Fifth",
    6: "Sixth",
    7: "Seventh",
    8: "Eighth",
    9: "Ninth",
}
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_WHO = {
    Activity.THEY_WROTE: "they wrote",
    Activity.THEY_ACTED: "by them",
    Activity.WE_WROTE: "we wrote",
    Activity.WE_ACTED: "by us",
}


def countdown(row: Any) -> str:
    """How long until a ticket is due, or how late it is: "2 h left", "late 1 d"."""
    if row.status not in LIVE:
        return ""
    if row.due_at.year == 9999:
        return "no date"
    if row.session_is_too_soon and not row.is_late:
        return "now"
    left = row.due_at - clock.now()
    return f"{_length(left)} left" if left > timedelta() else f"late {_length(-left)}"


def _length(length: timedelta) -> str:
    if length < _HOUR:
        return f"{length // timedelta(minutes=1)} min"
    return f"{length // _HOUR} h" if length < _DAY else f"{length // _DAY} d"


def last_activity(row: Any) -> str:
    """Who did something last, and when: "they wrote 9:12", on another day the date."""
    return f"{_WHO[Activity(row.last_activity)]} {time_or_date(row.last_activity_at)}"


def first_words(said: "Said | None", category: Category | None) -> str:
    """What was said first, as a row has room for it; where nothing was, what it is about."""
    if said and said.words:
        return shorten(said.words, WORDS_SHOWN)
    return category.staff_label if category else "Nothing was written"


def near_session(row: Any) -> str:
    """The next session, if it is near: "session today"; and if it is planned without what is reported."""
    on: date | None = row.session_on
    today = clock.today()
    if on is None or not today <= on <= today + SESSION_IS_NEAR or row.status not in LIVE:
        return ""
    when = {today: "today", today + _DAY: "tomorrow"}.get(on, f"{on:%a} {on.day} {on:%b}")
    without = ": plan without it" if row.session_warning_sent_at or row.session_is_too_soon else ""
    return f"session {when}{without}"


def due_in_full(row: Any) -> str:
    """When a ticket is due, for whoever points at what is left or has it read out."""
    if row.status not in LIVE:
        return ""
    if row.due_at.year == 9999:
        waits = "the supplier answers" if row.status == Status.WAITING_FOR_SUPPLIER else "they answer"
        return f"when {waits}"
    local = clock.local(row.due_at)
    return f"{local:%a} {short_date(local)}, {local.hour}:{local.minute:02}"


def drawn(
    rows: Sequence[Any],
    row_start: Callable[..., str],
    row_end: Callable[..., str],
    said: "Mapping[int, Said]",
    catalogue: Catalogue,
    services: Mapping[int, Any],
    **shape: Any,
) -> Markup:
    """The rows of a list: each as it is kept, before and after the words that were said, which are not."""
    on, reasons = clock.today(), shape["reasons"]
    has_programme, has_service = differs(rows, "programme_id"), differs(rows, "service_id")
    parts: list[str] = []
    for row in rows:
        category = catalogue.category(row.category) if row.category else None
        programme = (row.programme or "no programme") if has_programme else ""
        service = services[row.service_id].name if has_service and row.service_id in services else ""
        name = category.short_name if category else "Not sorted"
        parts += (
            row_start(row, countdown(row), on, shape["is_queue"], shape["selectable"]),
            _words(row.number, said.get(row.number), category),
            row_end(row, name, programme, service, on, shape["shows_assignee"], reasons.get(row.number, "")),
        )
    return Markup("".join(parts))  # noqa: S704 - macros drew it, and the words are escaped


def _words(number: int, said: "Said | None", category: Category | None) -> str:
    """What was said first, bold and said to be new until it is read; else what the report is about.

    Then its number, which no screen cuts, and whom they named as their practitioner: of reports in the same
    words, that tells one from another.
    """
    words = escape(first_words(said, category))
    shown = f"<b><i>New: </i>{words}</b>" if said and said.is_unread else f"<span>{words}</span>"
    names = f" · names {escape(shorten(said.names, NAME_SHOWN))}" if said and said.names else ""
    return f"{shown}{reference(number)}{names}"


def differs(rows: Sequence[Any], column: str) -> bool:
    """Whether the rows of a list have more than one value in a column."""
    return len({getattr(row, column) for row in rows}) > 1


def initials(name: str) -> str:
    """The first letters of somebody's first and last name."""
    parts = name.split()
    return (parts[0][0] + (parts[-1][0] if len(parts) > 1 else "")).upper()


def ordinal(number: int) -> str:
    """How manieth, as a sentence begins: "Third", "11th"."""
    return _ORDINALS.get(number, f"{number}th")


def length_of_time(passed: timedelta) -> str:
    """A length of time in its largest unit: "2 days"."""
    return length(passed)


def without_it(ticket: Any) -> str:
    """How long a patient could not use the programme: "2 days"; nothing where it did not stop them."""
    passed = time_without(ticket)
    return length(passed) if passed else ""


FILTERS = (
    drawn, due_in_full, last_activity, near_session, initials, first_words, ordinal, length_of_time,
    without_it,
)  # fmt: skip
