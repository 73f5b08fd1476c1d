"""Field types of all inputs: text, lines, email addresses, phone numbers, ids and days."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Annotated

import email_validator
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict
from pydantic_core import PydanticCustomError

from navigator import phone_numbers

MAX_TEXT_LENGTH = 5000
MAX_ID = 2**31 - 1
"""The largest number that both databases can look for."""

_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Fillers, the blank of Braille and variation selectors: to Unicode they are letters, symbols and marks."""

# Names such as trust.local are no use on the internet, but they are in a hospital's own network.
email_validator.SPECIAL_USE_DOMAIN_NAMES = []


def _storable(value: object) -> object:
    """Every character that a database can hold, with one kind of line end; nothing where nothing is seen."""
    if not isinstance(value, str):
        return value
    text = value.replace("\x00", "").encode("utf-8", "replace").decode()
    return "" if is_blank(text) else text.replace("\r\n", "\n").strip()


def is_blank(text: str) -> bool:
    """Whether nobody would see anything of a text, such as one of zero-width spaces alone."""
    return all(unicodedata.category(sign) in _UNSEEN or _INVISIBLE.match(sign) for sign in text)


def _email(value: str) -> str:
    """An email address as it was typed, or nothing; whether the domain exists is not asked."""
    try:
        if value:
            email_validator.validate_email(value, check_deliverability=False)
    except email_validator.EmailNotValidError:
        raise PydanticCustomError("email_format", "This is not in the right format.") from None
    return value


def _phone(value: str) -> str:
    """A phone number as E.164 with its extension, or nothing."""
    if value and phone_numbers.parse(value) is None:
        raise ValueError("Enter a phone number, like 01632 960 001 or 07700 900 982.")
    return phone_numbers.normalised(value)


STORED = BeforeValidator(_storable)

FREE_TEXT = "free text"
"""Marks the types of what people type in their own words: every field of these passes the safety screen."""

LongText = Annotated[str, Field(max_length=MAX_TEXT_LENGTH), STORED, FREE_TEXT]
Line = Annotated[str, Field(max_length=200), STORED, FREE_TEXT]
Code = Annotated[str, Field(max_length=200), STORED]
Name = Annotated[str, Field(min_length=1, max_length=40), STORED]
RequiredText = Annotated[str, Field(min_length=1, max_length=MAX_TEXT_LENGTH), STORED, FREE_TEXT]
Email = Annotated[
    str,
    # Not "format" alone: it would be untrue of the empty string.
    Field(max_length=254, json_schema_extra={"anyOf": [{"format": "email"}, {"const": ""}]}),
    STORED,
    AfterValidator(_email),
]
Phone = Annotated[str, Field(max_length=50), STORED, AfterValidator(_phone)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Version = Annotated[int, Field(ge=0, le=MAX_ID)] | None
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]

COMING = "coming"
"""Marks the types of days to come: "2 dec" typed without a year is the next one."""

ComingDay = Annotated[Day, COMING]


YesNo = Annotated[bool, Strict()]
"""True or false. Forms alone may say it in words (`Form.read`): the API’s document promises a boolean."""


class Input(BaseModel):
    """The parent of all inputs: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", validate_default=True, hide_input_in_errors=True)

    @classmethod
    def free_text_fields(cls) -> Iterator[str]:
        """The names of the fields that take words, in inputs within this one too."""
        for name, field in cls.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, Input):
                yield from field.annotation.free_text_fields()
            elif FREE_TEXT in field.metadata:
                yield name

    @property
    def free_texts(self) -> tuple[str, ...]:
        """What was written in such fields, for the safety screen."""
        texts: list[str] = []
        for name, value in self:
            if isinstance(value, Input):
                texts += value.free_texts
            elif value and FREE_TEXT in type(self).model_fields[name].metadata:
                texts.append(value)
        return tuple(texts)
