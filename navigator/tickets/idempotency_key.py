"""Idempotency keys: an answer already given to a caller’s key."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table


class IdempotencyKey(Table, table=True):
    """An answer already given to a caller's key, so that a repeat gets the same."""

    __tablename__ = "idempotency"

    caller_hash: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    body_hash: str
    created_at: datetime = Field(default_factory=now, index=True, sa_column_kwargs={"name": "at"})
    status: int | None = None
    response: dict[str, Any] = Field(default_factory=dict, sa_type=JSON, sa_column_kwargs={"name": "answer"})
