"""Pages of a list: so many at a time, and the cursor of those that follow."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Query

from navigator.fields import MAX_ID

PAGE = 100

After = Annotated[
    str | None, Query(max_length=60, pattern=r"^[0-9.]+$", description="`next` of the page before")
]
Before = Annotated[int | None, Query(ge=1, le=MAX_ID, description="`next` of the page before")]

Item = TypeVar("Item")


def place(*parts: int | datetime | None) -> str:
    """Where something stands in its list: numbers and times, compared one after another; None comes first."""
    return ".".join(f"{_number(part):012}" for part in parts)


def _number(part: int | datetime | None) -> int:
    return int(part.timestamp()) if isinstance(part, datetime) else part or 0


def page_of(
    items: Iterable[Item], where: Callable[[Item], str], after: str | None
) -> tuple[list[Item], str | None]:
    """The items that come after a place, and the place after which the next page begins, if there is one."""
    left = sorted((item for item in items if after is None or where(item) > after), key=where)
    return left[:PAGE], where(left[PAGE - 1]) if len(left) > PAGE else None
