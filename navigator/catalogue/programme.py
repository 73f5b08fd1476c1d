"""Programme tables: online programmes, which services offer them, and their overrides of categories."""

from datetime import date

from sqlalchemy import UniqueConstraint, text
from sqlmodel import Field

from navigator.database import Table


class Programme(Table, table=True):
    """An online programme that patients of one or more services follow; `version` is the one in use."""

    id: int = Field(default=None, primary_key=True)
    code: str = Field(unique=True)
    name: str
    supplier: str = ""
    version: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class ServiceProgramme(Table, table=True):
    """That a service offers a programme."""

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", primary_key=True)


class ProgrammeCategoryOverride(Table, table=True):
    """Who can fix one leaf in one programme, when it differs from the catalogue."""

    __tablename__ = "programmeoverride"

    __table_args__ = (UniqueConstraint("programme_id", "category"),)

    id: int = Field(default=None, primary_key=True)
    programme_id: int = Field(foreign_key="programme.id", index=True)
    category: str
    fixability: str
    reason: str
    next_step: str = ""
    usual_fix: str = ""
    workaround: str = ""
    verified_on: date | None = None
    verified_by: str = ""
