"""NHS.UK frontend components for forms: the library's own markup, rendered once for each shape of parameters.

The library takes ten to fifty times as long as a macro written by hand (a date 3.9 ms, not 0.07). So a
component is rendered with a slot in place of each text, and that HTML is cached; the texts are escaped and
put into the slots: a form page is a quarter faster than by hand. The cache holds nothing that anybody typed.

Not for its table (100 ms for 50 rows), nor for its header and footer (they print the NHS logo).
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from jinja2 import ChainableUndefined, Environment, PackageLoader
from markupsafe import Markup, escape

from navigator.languages import N_, current
from navigator.languages import gettext as _
from web.kit.forms import Form

Params = dict[str, Any]
Component = Callable[[Params], Markup]

_SLOT = re.compile("\ue000(\\d+)\ue000")
_COMPARED = {"size", "variant", "width"}
"""What the library compares takes no slot. (It compares `value` with each item's: say `checked` instead.)"""
_LEFT_OUT = re.compile(
    r'(?<=\n)\s+|\s+(?=>)| data-aria-controls="[^"]*"| nhsuk-\w+__conditional--hidden'
    r'| data-module="nhsuk-button"| data-prevent-double-click="true"'
)
"""Indentation; what lets its script put aria-expanded on radios, which ARIA forbids: desk.css hides; and
what is true of every button, which desk.js tells that script."""

# The library reads what is not there; our pages may not.
_library = Environment(
    loader=PackageLoader("nhsuk_frontend_jinja"),
    undefined=ChainableUndefined,
    autoescape=True,
    auto_reload=False,
)


def _component(folder: str, macro: str) -> Component:
    render = getattr(_library.get_template(f"nhsuk/components/{folder}/macro.jinja").module, macro)

    @lru_cache(maxsize=500)
    def html_with_slots(shape: Any) -> list[str]:
        return _SLOT.split(_LEFT_OUT.sub("", render(_params_with_slots(shape))))

    def component(params: Params) -> Markup:
        texts: list[str] = []
        html = html_with_slots(_shape(params, texts)).copy()
        html[1::2] = [texts[int(slot)] for slot in html[1::2]]
        return Markup("".join(html))  # noqa: S704 - the texts are escaped by _shape

    return component


def _shape(value: Any, texts: list[str], name: str = "") -> Any:
    """The parameters without their texts, hashable; the texts are escaped and added to the list."""
    if isinstance(value, dict):
        return dict, tuple([(key, _shape(item, texts, key)) for key, item in value.items()])
    if isinstance(value, list):
        return list, tuple([_shape(item, texts) for item in value])
    if not isinstance(value, str) or not value or name in _COMPARED:
        return value
    texts.append(escape(value))
    return str, len(texts) - 1


def _params_with_slots(shape: Any) -> Any:
    if not isinstance(shape, tuple):
        return shape
    kind, content = shape
    if kind is str:
        return f"\ue000{content}\ue000"
    if kind is list:
        return [_params_with_slots(item) for item in content]
    return {key: _params_with_slots(item) for key, item in content}


button = _component("button", "button")
character_count = _component("character-count", "characterCount")
checkboxes = _component("checkboxes", "checkboxes")
date_input = _component("date-input", "dateInput")
error_summary = _component("error-summary", "errorSummary")
file_upload = _component("file-upload", "fileUpload")
radios = _component("radios", "radios")
select = _component("select", "select")
text_input = _component("input", "input")
textarea = _component("textarea", "textarea")


def field_params(form: Form, name: str, label: str, hint: str, optional: bool, heading: bool) -> Params:
    """What every field tells the library: its name, label or legend, hint, and what is wrong with it."""
    text = _("{label} (optional)").format(label=label) if optional else label
    title = {"text": text, "isPageHeading": heading, "size": "l" if heading else None}
    error = form.errors.get(name)
    return {
        "name": name,
        "label": title,
        "fieldset": {"legend": title},
        "hint": {"text": hint, "id": f"{name}-hint"} if hint else None,
        "errorMessage": _error_message(name, error) if error else None,
    }


def _error_message(name: str, error: str) -> Params:
    return {"text": error, "id": f"{name}-error", "visuallyHiddenText": _("Error")}


def counting() -> Params:
    """What a box says where scripts count what is typed, in another language than English."""
    if current().lang == "en":
        return {}
    few, none = _("You have %{count} characters remaining"), _("You have %{count} characters too many")
    return {
        "charactersUnderLimitText": {"one": few, "other": few},
        "charactersAtLimitText": _("You have 0 characters remaining"),
        "charactersOverLimitText": {"one": none, "other": none},
    }


def choice_items(form: Form, name: str, choices: Iterable[tuple[Any, ...]]) -> list[Params]:
    """The items of radios or checkboxes, ticked as the form says."""
    return [_choice_item(form, name, *choice) for choice in choices]


def choosing() -> Params:
    """What a box for files says where scripts draw it, in another language than English."""
    if current().lang == "en":
        return {}
    some = _("%{count} files chosen")
    return {
        "chooseFilesButtonText": _("Choose file"),
        "dropInstructionText": _("or drop file"),
        "noFileChosenText": _("No file chosen"),
        "multipleFilesChosenText": {"one": some, "other": some},
        "enteredDropZoneText": _("Entered drop zone"),
        "leftDropZoneText": _("Left drop zone"),
    }


def _choice_item(form: Form, name: str, value: Any, label: str, hint: str = "", asks: str = "") -> Params:
    return {
        "value": str(value),
        "text": label,
        "checked": form.chosen(name, value),
        "hint": {"text": hint} if hint else None,
        "conditional": {"html": asks} if asks else None,
    }


_DATE_PARTS = {"day": N_("Day"), "month": N_("Month"), "year": N_("Year")}


def date_items(form: Form, name: str) -> list[Params]:
    """The boxes of a date; the first has the field's own name as id."""
    return [
        {
            "id": name if part == "day" else f"{name}-{part}",
            "name": f"{name}-{part}",
            "label": {"text": _(label)},
            "width": 4 if part == "year" else 2,
            "value": form.value(f"{name}-{part}"),
        }
        for part, label in _DATE_PARTS.items()
    ]


def error_items(form: Form) -> list[Params]:
    """The lines of the error summary, each a link to its field if it has one."""
    return [{"text": text, "href": f"#{name}" if name else None} for name, text in form.errors.items()]
