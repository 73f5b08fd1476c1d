"""Filters of the queue: read from the query string, said in words as chips, and their choices."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from navigator.catalogue.catalogue import catalogue
from navigator.dates_in_words import day
from navigator.errors import Invalid
from navigator.tickets.metrics import METRICS
from navigator.tickets.queue.filters import NONE, Filters
from navigator.tickets.ticket import Status
from web.kit.forms import Form
from web.kit.template_filters import humanise, plural
from web.kit.templating import Link, url

REPORT_VIEWS: Mapping[str, str] = MappingProxyType(
    {
        "late": "Late",
        "unclaimed": "Nobody has had it for too long",
        "guards": "Needed for a session soon",
        "my_guards": "Needed for a session soon, mine or nobody’s",
        "my_answers": "Needs an answer, mine or nobody’s",
        "calls": "Calls to make",
        "carried": "New and open",
    }
)
"""Views that are tabs for nobody, or not for everybody: a number on another page links to them."""
FIXABLE = MappingProxyType(
    {
        "yes": "Fixable here",
        "no": "Not fixable here",
        "neither": "Nothing to fix, or not for us",
        "unknown": "Not sorted yet",
    }
)
NEEDS = MappingProxyType(
    {
        "help": "Says what would help",
        "language": "Says a language",
        "phone": "Reach by phone call",
        "text": "Reach by text message",
        "email": "Reach by email",
        "link": "Reach by private link only",
        "unsafe": "Not safe to contact",
    }
)
REPORTERS = MappingProxyType({"patient": "A patient", "pwp": "A practitioner"})
SOON = (1, 2, 3, 5, 10)
STATUSES = MappingProxyType(
    {status.value: humanise(status).capitalize() for status in Status if status != Status.MERGED}
)
_NOBODY = "Nobody has it"
_NO_PRACTITIONER = "Not known who"


@dataclass(frozen=True)
class Names:
    """What services, programmes and people are called, by code or id, as far as somebody knows them."""

    services: Mapping[str, str]
    programmes: Mapping[str, str]
    people: Mapping[int, str]
    practitioners: Mapping[int, str]


Choices = tuple[tuple[Any, Any], ...]
Label = Callable[[Any, Names], str]


def _due(when: str | int, _: Names | None = None) -> str:
    labels = {"late": "Late", "today": "Due today, or late"}
    return labels.get(str(when)) or f"Due within {plural(int(when), 'working day')}"


def _session(days: int, _: Names | None = None) -> str:
    return f"Session within {plural(days, 'working day')}" if days else "Session today"


def _assignee(who: int | str, names: Names) -> str:
    if who == NONE:
        return _NOBODY
    return f"{names.people[int(who)]} has it" if who in names.people else "One navigator has it"


def _practitioner(who: int | str, names: Names) -> str:
    if who == NONE:
        return _NO_PRACTITIONER
    return f"Practitioner {names.practitioners.get(int(who), '')}".strip()


def _category(id: str, _: Names) -> str:
    labels = {leaf.id: leaf.staff_label for leaf in catalogue().leaves} | {NONE: "Not sorted yet"}
    return labels.get(id, id)


def _group(id: str, _: Names) -> str:
    return {group.id: group.label for group in catalogue().groups}.get(id, id)


_LABELS: Mapping[str, Label] = MappingProxyType(
    {
        "view": lambda view, _: REPORT_VIEWS.get(view, ""),
        "service": lambda code, names: names.services.get(code, code),
        "programme": lambda code, names: "No programme" if code == NONE else names.programmes.get(code, code),
        "group": _group,
        "category": _category,
        "fixable": lambda answer, _: FIXABLE[answer],
        "status": lambda status, _: STATUSES.get(status, humanise(status).capitalize()),
        "assignee": _assignee,
        "practitioner": _practitioner,
        "due": _due,
        "due_by": lambda on, _: f"Due by {day(date.fromisoformat(on))}",
        "session": _session,
        "need": lambda need, _: NEEDS[need],
        "reporter": lambda kind, _: f"{REPORTERS[kind]} reported it",
        "text": lambda text, _: f"“{text}”",
        "sort": lambda *_: "",  # said where it is chosen
        "figure": lambda name, _: METRICS[name].label,
        "since": lambda on, _: f"From {day(date.fromisoformat(on))}",
        "until": lambda on, _: f"Until {day(date.fromisoformat(on))}",
    }
)


def filter_chips(filters: Filters, names: Names) -> list[Link]:
    """Each filter in words, with the address of the same view without it."""
    named = filters.parameters
    chips = [
        Link(
            _LABELS[name](value, names), url("/desk", **{each: named[each] for each in named if each != name})
        )
        for name, value in named.items()
    ]
    return [chip for chip in chips if chip.text]


def filter_choices(filters: Filters, names: Names, knows_needs: bool) -> dict[str, Choices]:
    """The choices of each filter; a number of days that is set already is among them."""
    due, session = (
        {*SOON, *((days,) if isinstance(days, int) else ())} for days in (filters.due, filters.session)
    )
    return {
        "service": (*names.services.items(),),
        "programme": (*names.programmes.items(), (NONE, "No programme")),
        "group": tuple((group.id, group.label) for group in catalogue().groups),
        "category": (*_categories(), (NONE, "Not sorted yet")),
        "fixable": (*FIXABLE.items(),),
        "status": (*STATUSES.items(),),
        "assignee": ((NONE, _NOBODY), *names.people.items()),
        "practitioner": ((NONE, _NO_PRACTITIONER), *names.practitioners.items()),
        "due": tuple((when, _due(when)) for when in ("late", "today", *sorted(due - {0}))),
        "session": tuple((days, _session(days)) for days in sorted(session | {0})),
        "need": (*NEEDS.items(),) if knows_needs else (),
        "reporter": (*REPORTERS.items(),),
    }


def _categories() -> Choices:
    """The categories that staff may choose, under the labels of their groups."""
    by_group: dict[str, Choices] = {group.id: () for group in catalogue().groups}
    for leaf in catalogue().offered:
        by_group[leaf.group] += ((leaf.id, leaf.short_name),)
    return tuple((group.label, by_group[group.id]) for group in catalogue().groups if by_group[group.id])


_DATE_PARTS = tuple(f"due_by-{part}" for part in ("day", "month", "year"))
TYPED = {"text", "due_by"}
"""Filters that are typed and not chosen, so that they may be wrong by mistake."""


def parse(form: Form) -> Filters | None:
    """The filters of a query string; None, with errors in the form, when something was mistyped."""
    unknown = form.typed.keys() - {*Filters.model_fields, *_DATE_PARTS, "after"}
    if unknown:
        raise Invalid(f"There is no filter called {', '.join(sorted(unknown))[:100]}.")
    if repeated := [name for name, values in form.typed.items() if len(values) > 1]:
        raise Invalid(f"This address names a filter twice: {', '.join(repeated)}.")
    filters = form.read(Filters)
    if form.errors.keys() - TYPED:
        raise Invalid("This address is no view of the queue.", form.errors)
    return filters


def filters_of(query: str) -> Filters | None:
    """The filters of a query string that a form holds; None when it is no view of the queue."""
    try:
        return Filters.from_query(query)
    except ValueError:
        return None


def is_canonical(form: Form, filters: Filters) -> bool:
    """Whether a query string names every filter that it sets, and nothing else."""
    return set(form.typed) - {"after"} == filters.parameters.keys()
