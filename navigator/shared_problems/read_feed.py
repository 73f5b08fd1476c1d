"""A feed of another desk as it is read: its signature first, then item by item, as text and no more."""

import json
import unicodedata
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
)

from navigator.fields import STORED
from navigator.problems.problem import ProblemStatus
from navigator.shared_problems.feed import MAX_ITEMS
from navigator.shared_problems.published import LONGEST
from navigator.shared_problems.signatures import is_signed

AHEAD = timedelta(hours=1)
"""So far another desk's clock may be ahead of ours."""


class BadFeed(Exception):
    """A feed that is not believed; the message says why, in words for an administrator."""


def _plain(text: str) -> str:
    """Text without signs that nobody sees, or that turn others round: what stands there is what one reads."""
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf"))


def _utc(moment: datetime) -> datetime:
    """A moment as it is kept; ValueError where there is no such one in our calendar."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such moment") from None


Moment = Annotated[AwareDatetime, AfterValidator(_utc)]
ShortText = Annotated[str, Field(max_length=200), STORED, AfterValidator(_plain)]
LongText = Annotated[str, Field(max_length=LONGEST), STORED, AfterValidator(_plain)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, strict=False)


class ItemFacts(_Model):
    """What a desk says of a problem, beyond what any reader of feeds knows."""

    programme: ShortText = ""
    supplier: ShortText = ""
    category: ShortText = ""
    kind: ShortText = ""
    known: LongText = ""
    workaround: LongText = ""
    versions: ShortText = ""
    status: ProblemStatus
    reports: Annotated[int, Field(ge=5, le=1_000_000)] | None = None


class Item(_Model):
    """One problem of another desk."""

    id: Annotated[str, Field(max_length=100), STORED, AfterValidator(_plain), Field(min_length=1)]
    title: Annotated[ShortText, Field(min_length=1)]
    date_published: Moment
    facts: ItemFacts = Field(alias="_navigator_desk")


class _Facts(_Model):
    made_at: Moment
    key: Annotated[str, Field(max_length=100)] = ""


class ReadFeed(_Model):
    """A feed that was signed by the key that was typed for it."""

    items: Annotated[list[Item], Field(max_length=MAX_ITEMS)]
    facts: _Facts = Field(alias="_navigator_desk")

    @field_validator("items")
    @classmethod
    def _each_once(cls, items: list[Item]) -> list[Item]:
        if len({item.id for item in items}) < len(items):
            raise ValueError("one problem twice")
        return items


def read(text: str, public_key: str, now: datetime, not_before: datetime | None) -> ReadFeed:
    """The feed that a text holds, or `BadFeed`; one that was made before the last is not read again."""
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise BadFeed("What is there is no feed of known problems.") from None
    if not isinstance(content, dict) or not is_signed(content, public_key):
        raise BadFeed("It is not signed by the key that was typed for it.")
    try:
        found = ReadFeed.model_validate(content)
    except ValidationError:
        raise BadFeed("It is signed, but it is no feed of known problems.") from None
    if found.facts.made_at > now + AHEAD:
        raise BadFeed("It says that it was made in the future: a clock is wrong.")
    if not_before and found.facts.made_at < not_before:
        raise BadFeed("It is older than what was read before.")
    return found
