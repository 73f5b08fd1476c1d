"""Capped counts: how many of something wait, counted to a hundred on every page that says so."""

from typing import Any

from sqlalchemy import Select, func, literal_column, select

MANY = 100
"""What is counted at most: a page shows “99+” of as many."""


def count_to_many(some: Select[Any]) -> Any:
    """How many rows a question of one column finds, `MANY` of more, to be asked with something else."""
    many: Any = literal_column(str(MANY))  # PostgreSQL plans for no more than these, as it knows the number
    return select(func.count()).select_from(some.limit(many).subquery()).scalar_subquery()
