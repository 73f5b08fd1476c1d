"""What a programme's contract says of its supplier: where to write, and in how many days they owe what."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import JSON, false, text
from sqlmodel import Field, Session, select

from navigator.database import Table

SEVERITIES = (1, 2, 3, 4)
"""How bad a problem is in the words of a contract, 1 the worst."""


class SupplierTerms(Table, table=True):
    """The supplier of one programme: the address for problems, and the days that its contract gives them.

    Each list has a number for each severity, or None where the contract names none; empty, it is no clock.
    `chases` is whether the desk writes by itself once when a day that they promised has passed.
    `owner` answers for all this, and looks at it again on `review_on`.
    """

    __tablename__ = "supplierterms"

    programme_id: int = Field(foreign_key="programme.id", primary_key=True)
    email: str = ""
    answer_to: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    acknowledge_days: list[int | None] = Field(default_factory=list, sa_type=JSON)
    answer_days: list[int | None] = Field(default_factory=list, sa_type=JSON)
    mend_days: list[int | None] = Field(default_factory=list, sa_type=JSON)
    counts_working_days: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    chases: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    owner: str
    review_on: date


def supplier_terms_of(session: Session, programme_id: int) -> SupplierTerms | None:
    """What is set for the supplier of a programme; None where nobody has set it."""
    return session.get(SupplierTerms, programme_id)


def all_supplier_terms(session: Session) -> Mapping[int, SupplierTerms]:
    """What is set for each supplier, by its programme, in one question."""
    return {row.programme_id: row for row in session.exec(select(SupplierTerms))}
