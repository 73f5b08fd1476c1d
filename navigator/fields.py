"""What a box may hold: kinds of words, lines, numbers and days, checked alike wherever people type."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

MAX_TEXT_LENGTH = 5000
MAX_ID = 2**31 - 1
"""The largest number that both databases can look for."""

_EMAIL = r"^[^@\s<>(),;:\"\[\]\\]+@[^@\s<>(),;:\"\[\]\\.]+(\.[^@\s<>(),;:\"\[\]\\.]+)+$"


def _storable(value: object) -> object:
    """Every character that a database can hold, with one kind of line end."""
    if not isinstance(value, str):
        return value
    kept = value.replace("\x00", "").encode("utf-8", "replace").decode()
    return kept.replace("\r\n", "\n").strip()


def _phone(value: str) -> str:
    digits = sum(character.isdigit() for character in value)
    if value and (digits < 10 or digits > 15 or set(value) - set("0123456789+-() ")):
        raise ValueError("Enter a phone number, like 01632 960 001 or 07700 900 982.")
    return value


_kept = BeforeValidator(_storable)
LongText = Annotated[str, Field(max_length=MAX_TEXT_LENGTH), _kept]
Line = Annotated[str, Field(max_length=200), _kept]
Name = Annotated[str, Field(min_length=1, max_length=40), _kept]
RequiredText = Annotated[str, Field(min_length=1, max_length=MAX_TEXT_LENGTH), _kept]
Email = Annotated[str, Field(max_length=254, pattern=f"{_EMAIL}|^$"), _kept]
Phone = Annotated[str, Field(max_length=30), _kept, AfterValidator(_phone)]
Id = Annotated[int, Field(ge=1, le=MAX_ID)]
Version = Annotated[int, Field(ge=0, le=MAX_ID)] | None
Day = Annotated[date, Field(ge=date(2000, 1, 1), lt=date(2100, 1, 1))]


class Input(BaseModel):
    """The parent of all inputs: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", validate_default=True, hide_input_in_errors=True)
