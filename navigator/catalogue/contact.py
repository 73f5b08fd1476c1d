"""Contact table: a service's named roles with an address and hours, for what no navigator can put right."""

from enum import StrEnum

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from navigator.database import Table, one_of


class ContactKind(StrEnum):
    """Who a service names for what is not a navigator's to put right."""

    DUTY_CLINICIAN = "duty_clinician"
    DEPUTY = "deputy"
    MANAGER = "manager"
    SAFEGUARDING = "safeguarding"
    PWP = "pwp"
    BOOKING = "booking"
    CLINICAL_SAFETY = "clinical_safety"
    COMPLAINTS = "complaints"
    DATA_PROTECTION = "data_protection"
    APPLICATION_MANAGER = "application_manager"
    CLINICAL_LEAD = "clinical_lead"


class Contact(Table, table=True):
    """A named role of a service with an address and hours: not a user of the desk."""

    __table_args__ = (UniqueConstraint("service_id", "kind"), one_of("kind", ContactKind))

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    kind: str
    role_name: str
    email: str = ""
    phone: str = ""
    hours: str = ""
