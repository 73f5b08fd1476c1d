"""Field types: what is an email address, and what are words."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

import api.app  # noqa: F401 - its inputs
import web.app  # noqa: F401 - and all others
from navigator.administration.schema import SettingSchema
from navigator.fields import Email, Input, Line, LongText, Name, RequiredText
from navigator.people.accounts import AccountDetails
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.session_date import NextSessionInput
from web.kit.forms import Form

EMAIL = TypeAdapter(Email)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "pat@home.example",
        "Pat.O'Brien+desk@NHS.net",
        "pat/team!#%@home.example",
        "pat@trust.local",
        "pat@home.test",
        "pat@münchen.example",
        "pat@xn--mnchen-3ya.example",
        "pät@home.example",
        "用户@例子.广告",
        f"{'p' * 241}@home.example",
    ],
)
def test_an_email_address_is_kept_as_it_was_typed(typed):
    assert EMAIL.validate_python(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "pat",
        "pat@home",
        "pat@localhost",
        "pat@@home.example",
        "@home.example",
        "Pat <pat@home.example>",
        "pat@home.example,sam@home.example",
        '"pat smith"@home.example',
        "pat@[192.0.2.1]",
        "pat@192.0.2.1",
        ".pat@home.example",
        "pat.@home.example",
        "p..t@home.example",
        "pat@home.example.",
        "pat@home..example",
        "pat@-home.example",
        "pat@home_1.example",
        "pat@home.123",
        "pat@home.example/",
        "p\u200bt@home.example",
        f"pat@{'h' * 64}.example",
        f"{'p' * 242}@home.example",
    ],
)
def test_what_no_mail_server_could_be_given_is_refused(typed):
    with pytest.raises(ValidationError):
        EMAIL.validate_python(typed)


def test_who_logs_in_with_an_address_has_it_in_small_letters():
    assert AccountDetails(name="Tom", email=" Tom.B@North.Example ").email == "tom.b@north.example"
    with pytest.raises(ValidationError):
        AccountDetails(name="Tom", email="")


BLANKS = [
    "\u200b",
    "\u200b\u200b \u200d",
    "\u2060\ufeff",
    "\u3164",
    "\u2800\n",
    "\u00ad\u200e",
    "\u034f",
    "\ufe0f",
]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("kind", [RequiredText, Name, Annotated[Line, Field(min_length=1)]])
def test_what_nobody_can_see_is_not_taken_for_words(kind: Any, blank: str):
    """11.C8: a text of U+200B alone counted as words."""
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(blank)


@pytest.mark.parametrize("blank", BLANKS)
def test_it_counts_as_nothing_at_every_door(blank: str):
    """11.C8: pages treat it as an empty box, the API as an empty text; a name of it is none."""
    assert Form([("text", blank)]).value("text") == ""
    assert TypeAdapter(LongText).validate_python(blank) == ""
    with pytest.raises(ValidationError):
        ReportInput.model_validate({"service": "north", "text": blank})
    with pytest.raises(ValidationError):
        SayInput.model_validate({"body": blank})
    with pytest.raises(ValidationError):
        AccountDetails(name=blank, email="tom@north.example")


@pytest.mark.parametrize(
    "text",
    [
        "a\u200bb",
        "\u202e hello",
        "\U0001f9d1\u200d\U0001f9bd",
        "?",
        "\u0645\u200c\u0646",
        "e\u0301",
        "❤\ufe0f",
    ],
)
def test_words_keep_every_sign_among_them(text: str):
    """11.C8: joiners and marks belong to words in many languages."""
    assert TypeAdapter(LongText).validate_python(text) == text


def test_a_yes_in_words_is_of_forms_alone() -> None:
    """The API’s document says true or false; “0” was taken for false."""
    told = {"session_is_weekly": "yes"}
    assert NextSessionInput.model_validate(told, strict=False).session_is_weekly is True
    with pytest.raises(ValidationError, match="valid boolean"):
        NextSessionInput.model_validate(told)


def test_no_input_takes_words_for_true_or_false() -> None:
    asked = [
        (each, name, field)
        for each in (*_below(Input), *_below(SettingSchema))
        for name, field in each.model_fields.items()
        if bool in (field.annotation, *get_args(field.annotation)) or _is_yes_or_no(field.annotation)
    ]
    assert len(asked) > 50
    for each, name, field in asked:
        kind: Any = Annotated[(field.annotation, *field.metadata, ...)]
        with pytest.raises(ValidationError):
            assert TypeAdapter(kind).validate_python("0") is None, (each, name)


def _below(parent: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in parent.__subclasses__():
        yield from (each, *_below(each))


def _is_yes_or_no(annotation: Any) -> bool:
    return any(part is bool for each in get_args(annotation) for part in get_args(each))
