"""Privacy notice table: what a service says of itself to those whose records it keeps, and who answers."""

from datetime import date

from sqlmodel import Field

from navigator.database import Table


class PrivacyNotice(Table, table=True):
    """Who decides about the records of a service, on what basis, how long they are kept, whom to ask.

    A service takes no reports before somebody has filled in all of it and answers for it.
    """

    __tablename__ = "privacynotice"

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    controller: str = ""
    lawful_basis: str = ""
    periods: str = ""
    contact: str = ""
    owner: str = ""
    review_on: date | None = None

    @property
    def is_complete(self) -> bool:
        """Whether each part says something, and somebody answers for it."""
        words = (self.controller, self.lawful_basis, self.periods, self.contact, self.owner)
        return all(words) and self.review_on is not None
