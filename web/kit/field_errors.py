"""Validation messages: Pydantic's errors of a field in plain words."""

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from navigator.languages import gettext as _

_DATE = "{Title} must be a real date with a day, a month and a year"
_NUMBER = "{Title} must be a number"

CHECK = "Check {title}"
WORDS = {
    "missing": "Enter {title}",
    "string_too_short": "{Title} must be {min_length:,} characters or more",
    "string_too_long": "{Title} must be {max_length:,} characters or fewer",
    "too_short": "Choose {title}",
    "too_long": "Choose {max_length} or fewer",
    "enum": "Choose {title} from the list",
    "literal_error": "Choose {title} from the list",
    "bool_parsing": "Choose {title}",
    "int_parsing": "{Title} must be a whole number",
    "int_from_float": "{Title} must be a whole number",
    "float_parsing": _NUMBER,
    "decimal_parsing": _NUMBER,
    "greater_than": "{Title} must be more than {gt}",
    "greater_than_equal": "{Title} must be {ge} or more",
    "less_than": "{Title} must be less than {lt}",
    "less_than_equal": "{Title} must be {le} or less",
    "date_past": "{Title} must be in the past",
    "date_future": "{Title} must be in the future",
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "date_type": _DATE,
}
WORDS_OF_DATES = WORDS | {
    "greater_than_equal": "{Title} must be {ge.day} {ge:%B %Y} or later",
    "less_than": "{Title} must be before {lt.day} {lt:%B %Y}",
}


def validation_message(error: Mapping[str, Any], field: FieldInfo | None) -> str:
    """The validation message for one error that Pydantic found in a field."""
    context = error.get("ctx", {})
    if own_words := _own_words(error["type"], field):
        return _(own_words)
    if error["type"] == "value_error":
        return _(str(context["error"]))
    names = [part for part in error["loc"] if isinstance(part, str)]
    title = _(title_of(field, names[-1] if names else "this"))
    kind = "too_short" if error["type"] == "missing" and _is_choice(field) else error["type"]
    days = {name: date.fromisoformat(bound) for name, bound in context.items() if _is_day(name, bound)}
    words = (WORDS_OF_DATES if days else WORDS).get(kind, CHECK)
    return _(words).format(title=title, Title=title[:1].upper() + title[1:], **{**context, **days})


def _is_day(name: str, bound: object) -> bool:
    """Whether it is the bound of a date, as Pydantic writes it: 2100-01-01."""
    return name in ("ge", "lt") and isinstance(bound, str) and len(bound) == len("2100-01-01")


def _own_words(kind: str, field: FieldInfo | None) -> str:
    extra = field.json_schema_extra if field else None
    words = extra.get("words", "") if isinstance(extra, dict) else ""
    return str(words.get(kind, "")) if isinstance(words, Mapping) else str(words)


def title_of(field: FieldInfo | None, name: str) -> str:
    """The plain name of a field, as its messages say it."""
    return field.title if field and field.title else name.replace("_", " ")


def _is_choice(field: FieldInfo | None) -> bool:
    kinds = (field.annotation, *get_args(field.annotation)) if field else ()
    return any(_offers_a_choice(kind) for kind in kinds)


def _offers_a_choice(kind: Any) -> bool:
    if get_origin(kind) in (Literal, list, set, tuple, frozenset) or kind is bool:
        return True
    return isinstance(kind, type) and issubclass(kind, Enum)
