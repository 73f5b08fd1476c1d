"""Pagination: the query parameters with which a caller asks for the next page."""

from typing import Annotated

from fastapi import Query

from navigator.fields import MAX_ID

After = Annotated[
    str | None, Query(max_length=60, pattern=r"^[0-9.]+$", description="`next` of the page before")
]
Before = Annotated[int | None, Query(ge=1, le=MAX_ID, description="`next` of the page before")]
