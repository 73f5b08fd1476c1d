"""Offers of inclusion: what a service has for those who are left out, and what a reporter was given."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.clock import now
from navigator.database import Table, partial_index

USUAL: Mapping[str, str] = MappingProxyType(
    {
        "device": "A device to borrow",
        "sim": "A SIM with data",
        "skills": "A session to learn how",
        "paper": "The programme on paper",
    }
)
"""What services usually have, by code; whatever else one has goes by its own name."""


class InclusionSetting(Table, table=True):
    """What a service has to offer: usual things by code, and its own; `owner` looks again on `review_on`."""

    __tablename__ = "inclusionsetting"

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    usual: list[str] = Field(default_factory=list, sa_type=JSON)
    own: list[str] = Field(default_factory=list, sa_type=JSON)
    owner: str
    review_on: date

    @property
    def kinds(self) -> dict[str, str]:
        """What can be offered, by code or own name, in words."""
        return {code: USUAL[code] for code in USUAL if code in self.usual} | {name: name for name in self.own}


class InclusionOffer(Table, table=True):
    """What the reporter of a ticket was given; `due_on` is the day by which what is lent comes back."""

    __tablename__ = "inclusionoffer"

    __table_args__ = (
        partial_index("ix_inclusionoffer_lent", "due_on", where="due_on IS NOT NULL AND returned_at IS NULL"),
    )

    id: int = Field(default=None, primary_key=True)
    ticket_number: int = Field(foreign_key="ticket.number", index=True)
    kind: str
    due_on: date | None = None
    given_at: datetime = Field(default_factory=now, index=True)
    used_at: datetime | None = None
    returned_at: datetime | None = None

    @property
    def name(self) -> str:
        """What it is, in words."""
        return USUAL.get(self.kind, self.kind)

    @property
    def is_out(self) -> bool:
        """Whether it is lent and has not come back."""
        return self.due_on is not None and self.returned_at is None
