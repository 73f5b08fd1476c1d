"""What waits is counted to a hundred, and more is shown as “99+”."""

from typing import Any

import pytest
from sqlalchemy import literal, select, union_all
from sqlmodel import Session

from navigator.capped_counts import MANY, count_to_many
from web.kit.templating import Link, environment


@pytest.mark.parametrize(("there_are", "counted"), [(1, 1), (MANY - 1, MANY - 1), (MANY + 20, MANY)])
def test_no_more_are_counted_than_are_shown(session: Session, there_are: int, counted: int) -> None:
    rows = union_all(*(select(literal(number).label("number")) for number in range(there_are))).subquery()
    assert session.execute(select(count_to_many(select(rows.c.number)))).scalar_one() == counted


@pytest.mark.parametrize(("count", "shown"), [(1, ">1<"), (MANY - 1, ">99<"), (MANY, ">99+<")])
def test_the_menu_shows_what_was_counted(count: int, shown: str) -> None:
    link = Link("Queue", "/desk", count, "to answer")
    navigation_link: Any = environment.globals["navigation_link"]
    assert shown in navigation_link(link, "")
