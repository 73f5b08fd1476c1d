"""Template filters: how pages write dates, times, numbers and text."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from navigator import clock, phone_numbers
from navigator.dates_in_words import day, short_date, time, time_or_date, when
from navigator.languages import ENGLISH, LANGUAGES, gettext, spoken
from navigator.outbox import delivery
from navigator.outbox.contact_plan import way_now
from navigator.people.access_needs import NEEDS, AccessNeed, needs_of
from navigator.people.quiet_hours import quiet_words
from navigator.people.reporter import ContactMethod, reference
from navigator.tickets.device_check import Finding, from_json
from navigator.triage.crisis_phrases import language_names
from navigator.triage.language import UNKNOWN, main_language
from web.kit import ticket_rows
from web.kit.markdown import markdown

_CODE_WORDS = {
    "hand_over": "ask for a clinical review",
    "no_concern": "say that it is no concern",
    "redact": "remove words for good",
    "unmerge": "undo the merge",
}
"""Codes whose stored name is not what people call it."""
_DONE = {
    "report": "reported it",
    "triage": "sorted it",
    "claim": "took it",
    "assign": "changed who has it",
    "reply": "replied",
    "answer": "wrote to us",
    "note": "wrote a note",
    "call": "logged a call",
    "book_call": "booked a call",
    "move_call": "moved the booked call",
    "cancel_call": "cancelled the booked call",
    "verify": "checked the person",
    "attach": "said who the practitioner is",
    "reschedule": "changed the session",
    "contact": "changed how to reach them",
    "end_links": "ended the private links",
    "give_link": "made a private link to pass on",
    "needs": "changed what they need",
    "offer": "changed what was offered",
    "wait": "asked the reporter",
    "park": "left it to the supplier",
    "resolve": "resolved it",
    "confirm": "said that it works",
    "reopen": "opened it again",
    "still_broken": "said that it is still broken",
    "close": "closed it",
    "merge": "merged it",
    "unmerge": "undid a merge",
    "redact": "removed words for good",
    "join_mail": "joined a mail to it",
    "move_mail": "took a mail off it",
    "clear_words": "said whether the first words may leave the service",
    "empty": "deleted all words of it",
    "take_back": "took back what was sent",
    "link": "changed its known problem",
    "split": "split it",
    "update": "sent news of the known problem",
    "withdraw": "withdrew it",
    "hand_over": "asked for a clinical review",
    "acknowledge": "read it for a clinical review",
    "conclude": "ended the clinical review",
    "write_to_person": "wrote to the person",
    "no_concern": "said that it is no concern",
    "guard": "said that the session is to be planned without it",
    "overdue": "said that it is late",
    "undelivered": "could not deliver a message",
    "warn": "warned that it will be closed",
    "snooze": "put it aside",
    "wake": "brought it back",
}
"""What somebody did, as a colleague says it, by the action."""


def short(at: datetime) -> str:
    """A moment for dense tables: "7 Apr, 16:30", with the year when it is not this one."""
    local = clock.local(at)
    return f"{short_date(local)}, {local.hour:02}:{local.minute:02}"


def brief(at: datetime) -> str:
    """A moment as short as it can be: "16:30" is today."""
    days_ago = (clock.today() - clock.local(at).date()).days
    named = {0: "", 1: "yesterday "}.get(days_ago)
    return short(at) if named is None else f"{named}{clock.local(at):%H:%M}"


def time_tag(moment: datetime, style: str = "when") -> Markup:
    """A moment as people read it and as machines do; `style` is "when", "short", "day" or "time".

    "brief" and "time_or_date" have the whole of it in a title, where they leave something out.
    """
    return _time_tag(moment, style, clock.today(), spoken())


@lru_cache(maxsize=5_000)
def _time_tag(moment: datetime, style: str, _today: date, _language: str) -> Markup:
    # Fifty of these stand on a page, so they are put together as they are: nobody typed any of it.
    text = FILTERS[style](moment)
    is_whole = style not in ("brief", "time_or_date") or text == short(moment)
    title = "" if is_whole else f' title="{when(moment)}"'
    machines = moment.isoformat(timespec="minutes")
    return Markup(f'<time datetime="{machines}"{title}>{text}</time>')  # noqa: S704


@pass_context  # else Jinja asks once, when it compiles the template
def that_work(_: Context, ways: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Of ways to be reached, by the value of each choice, those by which the desk can reach somebody."""
    known = set(ContactMethod)
    return [way for way in ways if way[0] not in known or delivery.works(ContactMethod(way[0]))]


def paragraphs(text: str) -> Markup:
    """Text as it was typed: an empty line ends a paragraph, a line break stays one."""
    parts = [part for part in text.split("\n\n") if part.strip()]
    lines = (Markup("<br>").join(escape(line) for line in part.strip("\n").split("\n")) for part in parts)
    return Markup("").join(Markup("<p>{}</p>").format(part) for part in lines)


def written_in(text: str) -> str:
    """The language in which staff wrote: English, unless another can be told; empty where none can."""
    code = main_language(text) or ENGLISH
    return "" if code == UNKNOWN else code


def plural(count: int, singular: str, many: str = "") -> str:
    """A number and its noun: "1 ticket", "2 tickets"."""
    return f"{count:,} {singular if count == 1 else many or singular + 's'}"


def humanise(code: str) -> str:
    """A code as words: "waiting_for_supplier" becomes "waiting for supplier"."""
    return _CODE_WORDS.get(str(code)) or str(code).replace("_", " ").replace("-", " ")


def done(action: str) -> str:
    """What somebody did: "claim" becomes "took it"."""
    return _DONE.get(str(action)) or humanise(action)


def language_guess(code: str) -> str:
    """Which language a text may be in, from its ISO 639 code; empty where that is not known."""
    return f"perhaps {language_names()[code]}" if code in language_names() else ""


def language_name(code: str) -> str:
    """The name of the language in which somebody reads our pages; empty for English."""
    return LANGUAGES[code].name if code in LANGUAGES and code != ENGLISH else ""


def tel_number(number: str) -> str:
    """A phone number as a `tel:` address takes it: dialled as it was written."""
    return phone_numbers.digits(number)


def phone_number(stored: str) -> str:
    """A phone number as people write it."""
    return phone_numbers.readable(stored)


def megabytes(size: int) -> str:
    """How large a file is: "300 kB", "1.2 MB"."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


def needs_in_words(codes: Sequence[str]) -> list[str]:
    """Access needs as patients read them."""
    return [gettext(need.asked or need.label) for need in needs_of(codes)]


def needs_of_reporter(codes: Sequence[str]) -> Sequence[AccessNeed]:
    """Access needs with what each means for staff."""
    return needs_of(codes)


def needs_asked() -> list[tuple[str, str]]:
    """The access needs that patients tick."""
    return [(code, gettext(need.asked)) for code, need in NEEDS.items() if need.asked]


def needs_for_staff() -> list[tuple[str, str]]:
    """The access needs that staff tick: those that the desk learns by itself too."""
    return [(code, need.label) for code, need in NEEDS.items()]


def findings(stored: Sequence[dict[str, Any]]) -> list[Finding]:
    """What a check of a phone found, as it was stored."""
    return from_json(stored)


GLOBALS = {"needs_asked": needs_asked, "needs_for_staff": needs_for_staff}

FILTERS: dict[str, Callable[..., Any]] = {
    filter_.__name__: filter_
    for filter_ in (
        day,
        short_date,
        time,
        time_or_date,
        when,
        short,
        brief,
        time_tag,
        paragraphs,
        written_in,
        markdown,
        plural,
        humanise,
        done,
        language_guess,
        megabytes,
        language_name,
        tel_number,
        phone_number,
        findings,
        needs_in_words,
        needs_of_reporter,
        quiet_words,
        way_now,
        reference,
        that_work,
        *ticket_rows.FILTERS,
    )
}
