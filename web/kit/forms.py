"""Forms: values as they were typed, validated by a Pydantic model, shown again with their errors.

A route that may show its form again is this long:

    @router.post("/tickets/{number}/reply")
    def send_reply(page: Render, form: ReadForm, session: Writing, actor: Staff, number: int) -> Response:
        if reply := form.read(ReplyInput):
            with form.trying(session):
                staff.reply(session, actor, number, reply)
                return redirect(f"/tickets/{number}", "Your reply was sent")
        return page("tickets/reply.html", form=form)

On GET the form holds what the address says after `?`, so that links can fill it in; `form.fill(…)` puts in
what is already known. Boxes are named like the model's fields: `contact.email` for a field of a field,
`answers.since` for an entry of a mapping, `lines.0.when` for a field of the first of several rows, and
name-day, name-month, name-year for a date.

A field's `title` is its plain name ("your email address"). `json_schema_extra={"words": …}` holds own words
for what may be wrong with it: a sentence, or a mapping by Pydantic's kinds of error. A ValueError raised by a
validator is shown as it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import date
from types import UnionType
from typing import Annotated, Any, Protocol, TypeVar, Union, get_args, get_origin

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from navigator.errors import Refused
from navigator.fields import COMING, is_blank
from navigator.languages import gettext
from web.kit.field_errors import validation_message
from web.kit.form_marks import KEPT, MARK, expect_result
from web.kit.typed_dates import iso_date

MOST_FIELDS = 200
MOST_BYTES_IN_A_FIELD = 120_000
"""As sent: 5,000 characters of up to 12 bytes, twice over, so that it is the model that says "too long"."""

CHECKBOX = "checkbox"
"""The hidden box that names a checkbox: not ticked it says no; a form without either says nothing of it."""

_REDISPLAYED_STATUSES = (400, 409, 422, 429)
_COLLECTIONS = {list, tuple, set, frozenset}

M = TypeVar("M", bound=BaseModel)


class HasSavepoints(Protocol):
    """What `trying` needs of a session."""

    def begin_nested(self) -> AbstractContextManager[Any]:
        """Begin a part of the transaction that can be undone alone."""


class Form:
    """What was typed, by field, and what is wrong with it, by field ("" for the form as a whole).

    `models` are those as which it was read, by whoever read it in the same request.
    """

    def __init__(self, typed: Iterable[tuple[str, str]] = ()) -> None:
        self.typed: dict[str, list[str]] = {}
        self.errors: dict[str, str] = {}
        self.status = 200
        self.models: list[type[BaseModel]] = []
        for name, value in typed:
            self.typed.setdefault(_clean(name), []).append(_clean(value))
        for name in self.typed.get(CHECKBOX, ()):
            self.typed.setdefault(name, ["no"])
        self.mark, self.kept_at = (self.typed.pop(name, [""])[0] for name in (MARK, KEPT))

    @property
    def would_lose_words(self) -> bool:
        """Whether it came back with words in it that are nowhere else: a link away from it loses them."""
        is_text = (len(value.split()) > 1 for values in self.typed.values() for value in values)
        return bool(self.errors) and any(is_text)

    def read(self, model: type[M]) -> M | None:
        """What was typed as this model, or None with the reasons in `errors`."""
        self.models.append(model)
        raw = self._raw(model, "")
        try:
            return model.model_validate(raw, strict=False)
        except ValidationError as invalid:
            for error in invalid.errors(include_url=False):
                name, field = _locate(model, error["loc"])
                self._add_error(name, validation_message(error, field))
            self.status = 422
            return None

    @contextmanager
    def trying(self, session: HasSavepoints | None = None) -> Iterator[None]:
        """Do what may be refused: a refusal undoes that alone and becomes this form's error summary."""
        try:
            with session.begin_nested() if session else nullcontext():
                yield
        except Refused as refused:
            if refused.status not in _REDISPLAYED_STATUSES:
                raise
            self.refuse(refused)

    def refuse(self, refused: Refused) -> None:
        """Show a refusal in the error summary, by field if it names any."""
        self.status = refused.status
        for name, words in (refused.fields or {"": refused.message}).items():
            self._add_error(name, gettext(words))

    def _add_error(self, name: str, words: str) -> None:
        words = _clean(words)  # they may quote what was sent
        self.errors.setdefault(name, words if ". " in words else words.removesuffix("."))

    def fill(self, initial: BaseModel | Mapping[str, Any]) -> "Form":
        """Put in initial values, where nothing was typed."""
        values = initial.model_dump() if isinstance(initial, BaseModel) else initial
        for name, value in _flatten(values, ""):
            self.typed.setdefault(name, value)
        return self

    def value(self, name: str) -> str:
        """The value of one field."""
        return next(iter(self.typed.get(name, ())), "")

    def all(self, name: str) -> list[str]:
        """All values of a field, such as ticked checkboxes."""
        return self.typed.get(name, [])

    def chosen(self, name: str, value: object) -> bool:
        """Whether this radio, checkbox or option was chosen."""
        return str(value) in self.all(name)

    def _raw(self, model: type[BaseModel], prefix: str) -> dict[str, Any]:
        typed = {
            re.split("[.-]", name.removeprefix(prefix))[0] for name in self.typed if name.startswith(prefix)
        }
        values = {
            name: self._field_value(prefix + name, field.annotation)
            for name, field in model.model_fields.items()
            if name in typed
        }
        return {name: value for name, value in values.items() if value not in ("", [], {})}

    def _field_value(self, name: str, annotation: Any) -> Any:
        kinds = _kinds(annotation)
        if row_model := _row_model(annotation):
            return [self._raw(row_model, f"{name}.{index}.") for index in self._row_indexes(f"{name}.")]
        if kinds & _COLLECTIONS:
            return [value for value in self.typed.get(name, ()) if value]
        if dict in kinds:
            return self._mapping(f"{name}.")
        if model := next((kind for kind in kinds if _is_model(kind)), None):
            return self._raw(model, f"{name}.")
        if date in kinds and f"{name}-day" in self.typed:
            day, month, year = (self.value(f"{name}-{part}") for part in ("day", "month", "year"))
            return iso_date(day, month, year, is_coming=COMING in kinds)
        return self.value(name)

    def _row_indexes(self, prefix: str) -> list[int]:
        """The indexes of the rows below a name, in their order."""
        parts = (name.removeprefix(prefix).split(".")[0] for name in self.typed if name.startswith(prefix))
        return sorted({int(part) for part in parts if part.isdecimal()})

    def _mapping(self, prefix: str) -> dict[str, str]:
        return {name.removeprefix(prefix): self.value(name) for name in self.typed if name.startswith(prefix)}


async def read_form(request: Request) -> Form:
    """The form of a request, within limits; on GET, its query string.

    It comes once from the connection, and stays with the request for whoever asks again.
    """
    if request.method in ("GET", "HEAD"):
        return Form(request.query_params.multi_items())
    expect_result()
    limits = {"max_files": 0, "max_fields": MOST_FIELDS, "max_part_size": MOST_BYTES_IN_A_FIELD}
    if not hasattr(request.state, "sent"):
        async with request.form(**limits) as data:
            request.state.sent = [(name, text) for name, text in data.multi_items() if isinstance(text, str)]
        request.state.read_as = []
    form = Form(request.state.sent)
    form.models = request.state.read_as
    return form


ReadForm = Annotated[Form, Depends(read_form)]


def _clean(text: str) -> str:
    """Every character that a page can show and a database hold; a form of parts may send others."""
    text = text.encode("utf-8", "replace").decode()
    typed = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    return "" if is_blank(typed) else typed


def _kinds(annotation: Any) -> set[Any]:
    origin = get_origin(annotation)
    if origin in (Union, UnionType, Annotated):
        return set().union(*(_kinds(part) for part in get_args(annotation)))
    return {origin or annotation}


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _row_model(annotation: Any) -> Any:
    """The model of each of several rows, if a field holds such."""
    return next(filter(_is_model, get_args(annotation)), None) if _kinds(annotation) & _COLLECTIONS else None


def _locate(model: type[BaseModel], loc: tuple[int | str, ...]) -> tuple[str, Any]:
    """The name of the input that an error's `loc` belongs to, and the field it fills."""
    if not loc or loc[0] not in model.model_fields:
        return "", None
    name, field = str(loc[0]), model.model_fields[str(loc[0])]
    kinds = _kinds(field.annotation)
    if dict in kinds and len(loc) > 1:
        return f"{name}.{loc[1]}", field
    if len(loc) > 1 and (row_model := _row_model(field.annotation)):
        inner_name, inner_field = _locate(row_model, loc[2:])
        return f"{name}.{loc[1]}.{inner_name or next(iter(row_model.model_fields))}", inner_field or field
    for inner_model in filter(_is_model, kinds):
        inner_name, inner_field = _locate(inner_model, loc[1:])
        return (f"{name}.{inner_name}", inner_field) if inner_name else (name, field)
    return name, field


def field_of(model: type[BaseModel], name: str) -> FieldInfo | None:
    """The field that a box fills, by the box's name."""
    first, *rest = re.split("[.]", re.sub("-(day|month|year)$", "", name))
    if not (field := model.model_fields.get(first)) or not rest:
        return field
    if row_model := _row_model(field.annotation):
        return field_of(row_model, ".".join(rest[1:])) or field
    inner_model = next(filter(_is_model, _kinds(field.annotation)), None)
    return (inner_model and field_of(inner_model, ".".join(rest))) or field


def _flatten(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, list[str]]]:
    """Initial values as inputs hold them: names with dots, values as text."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, list | tuple) and value and isinstance(value[0], Mapping):
            for index, row in enumerate(value):
                yield from _flatten(row, f"{prefix}{name}.{index}.")
        elif isinstance(value, date):
            for part in ("day", "month", "year"):
                yield f"{prefix}{name}-{part}", [str(getattr(value, part))]
        elif isinstance(value, bool):
            yield prefix + name, ["yes" if value else "no"]
        elif value is not None:
            items = value if isinstance(value, list | tuple | set | frozenset) else [value]
            yield prefix + name, [str(item) for item in items]
