"""Pagination: keyset cursors, which say after which row of a list its next page begins."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from navigator.errors import Invalid

PAGE_SIZE = 100

SortKey = tuple[int, ...]
"""A row's position in its list: whole numbers, compared one after another."""

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_CURSOR = re.compile(r"\d{1,18}(?:\.\d{1,18})*", re.ASCII)

Item = TypeVar("Item")


def sort_key(*parts: int | datetime | None) -> SortKey:
    """The position of a row that is sorted by these numbers and moments; None comes first."""
    return tuple(map(_number, parts))


def _number(part: int | datetime | None) -> int:
    return (part - _EPOCH) // _MICROSECOND if isinstance(part, datetime) else int(part or 0)


def moment(number: int) -> datetime:
    """The moment that a number of a sort key stands for."""
    try:
        return _EPOCH + number * _MICROSECOND
    except OverflowError:
        raise no_such_page() from None


def encode(key: SortKey) -> str:
    """The cursor of a position."""
    return ".".join(map(str, key))


def decode(cursor: str) -> SortKey:
    """The position that a cursor stands for; what is no cursor is refused."""
    if not _CURSOR.fullmatch(cursor):
        raise no_such_page()
    return tuple(map(int, cursor.split(".")))


def no_such_page() -> Invalid:
    """The refusal of a cursor that was never handed out."""
    return Invalid("There is a problem", {"after": "This page of the list does not exist."})


def page_of(
    items: Iterable[Item], key: Callable[[Item], SortKey], after: str | None
) -> tuple[list[Item], str | None]:
    """One page of a short list, sorted by `key`, and the cursor of the next page, if there is one."""
    position = decode(after) if after else ()
    remaining = sorted((item for item in items if key(item) > position), key=key)
    more = len(remaining) > PAGE_SIZE
    return remaining[:PAGE_SIZE], encode(key(remaining[PAGE_SIZE - 1])) if more else None
