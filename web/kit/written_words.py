"""What was written in a form that could not be saved, each with what it was asked by; no code and no key."""

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from typing import Any, Literal, NamedTuple, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from navigator.fields import MAX_ID
from navigator.languages import gettext
from web.kit.field_errors import title_of
from web.kit.form_marks import KEPT, MARK, NOT_WHAT_WAS_SAID
from web.kit.forms import CHECKBOX, Form, field_of

_SECRET = re.compile("password|secret|code|credential|token|(^|[._])key")
_NOT_WORDS = NOT_WHAT_WAS_SAID | {MARK, KEPT, CHECKBOX, "files", "next"}
_DATE_PART = re.compile("-(day|month|year)$")


class Written(NamedTuple):
    """What was written in one field of a form, and its label, "" where nobody knows it."""

    label: str
    text: str


def written(request: Request, form: Form) -> list[Written]:
    """What was typed or chosen, field by field, as it is shown before it is sent again."""
    models = form.models or _models_near(request.scope.get("endpoint"))
    found = (
        _written(models, name, texts, is_sure=bool(form.models)) for name, texts in _fields(form).items()
    )
    return [each for each in found if each]


def _fields(form: Form) -> Mapping[str, list[str]]:
    """What was typed by field: the three boxes of a date are one."""
    fields: dict[str, list[str]] = {}
    for name, texts in form.typed.items():
        if name not in _NOT_WORDS and not _SECRET.search(name):
            fields.setdefault(_DATE_PART.sub("", name), []).extend(filter(None, texts))
    return {
        name: [" ".join(texts)] if f"{name}-day" in form.typed else texts
        for name, texts in fields.items()
        if texts
    }


def _written(models: list[type[BaseModel]], name: str, texts: list[str], is_sure: bool) -> Written | None:
    known = [field for model in models if (field := field_of(model, name))]
    if any(SecretStr in _inside(field.annotation) or _is_id(field) for field in known):
        return None
    if not known:
        has_words = any(len(text.split()) > 1 or (not is_sure and _is_word(text)) for text in texts)
        return Written("", "\n\n".join(texts)) if has_words else None
    titles = {title_of(field, re.split("[.]", name)[-1]) for field in known}
    label = gettext(titles.pop()) if is_sure or len(titles) == 1 else ""
    says = [_in_words(text) if _is_chosen(known[0]) else text for text in texts]
    return Written(label[:1].upper() + label[1:], ", ".join(says) if len(says) > 1 else says[0])


def _is_word(text: str) -> bool:
    """Whether it says something by itself: no number, no yes or no of nobody knows what."""
    return not text.isdecimal() and text not in ("yes", "no")


def _in_words(text: str) -> str:
    return gettext(text.replace("_", " "))


def _inside(annotation: Any) -> Iterator[Any]:
    yield annotation
    yield get_origin(annotation)
    for part in get_args(annotation):
        yield from _inside(part) if get_origin(annotation) is not Literal else ()


def _is_chosen(field: FieldInfo) -> bool:
    """Whether it holds one of the words that the desk gave."""
    return any(
        kind is Literal or kind is bool or (isinstance(kind, type) and issubclass(kind, Enum))
        for kind in _inside(field.annotation)
    )


def _is_id(field: FieldInfo) -> bool:
    """Whether it names something by its number, which says nothing to anybody."""
    return f"le={MAX_ID})" in repr(field)


def _models_near(endpoint: Any) -> list[type[BaseModel]]:
    """The models that the file of a route knows: the database may have failed before it read any."""
    known = getattr(endpoint, "__globals__", {}).values()
    return [each for each in known if isinstance(each, type) and issubclass(each, BaseModel)]
