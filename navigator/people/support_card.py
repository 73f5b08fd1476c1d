"""Support cards: what a service knows of a patient, by a code that holds no identity."""

from datetime import date, datetime

from sqlalchemy import JSON, ColumnElement, and_, false, or_, text
from sqlmodel import Field, Session, col, select

from navigator.clock import now
from navigator.database import Table, one_of
from navigator.people import card_codes
from navigator.people.access_needs import needs_of
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod
from navigator.people.user import Role


class SupportCard(Table, table=True):
    """A support card. One that has ended is deleted: a wrong code and an ended one are the same by nature.

    `label` is by what words the practitioner knows the patient, as `Reporter.known_as`.
    """

    __table_args__ = (
        one_of("route", ContactMethod),
        {"sqlite_autoincrement": True},  # a page that is still open leads to no card of somebody else
    )

    id: int = Field(default=None, primary_key=True)
    service_id: int = Field(foreign_key="service.id", index=True)
    programme_id: int = Field(foreign_key="programme.id")
    pwp_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    code: str = Field(unique=True)
    label: str
    session_on: date | None = None
    session_is_weekly: bool = False
    contact_method: str | None = Field(default=None, sa_column_kwargs={"name": "route"})
    email: str = ""
    phone: str = ""
    is_safe_to_contact: bool | None = None
    needs: str = ""
    access_needs: list[str] = Field(
        default_factory=list, sa_type=JSON, sa_column_kwargs={"server_default": text("'[]'")}
    )
    language: str = ""
    quiet_from_hour: int | None = None
    quiet_until_hour: int | None = None
    created_at: datetime = Field(default_factory=now)
    reported_at: datetime | None = None
    """When a report came by it last."""
    used_at: datetime = Field(default_factory=now, index=True)
    """When that was, or it was changed or sent last: one that is not used ends."""
    first_log_in_on: date | None = None
    last_active_on: date | None = None
    engagement_told_at: datetime | None = None
    """When a list of the supplier named it last: without, nobody knows whether its patient got in."""
    put_away_at: datetime | None = None
    """When somebody said that its patient need not be helped in, and why."""
    put_away_reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})

    @property
    def wants_large_print(self) -> bool:
        """Whether it is printed large."""
        return any(need.wants_large_print for need in needs_of(self.access_needs))

    @property
    def is_written_to(self) -> bool:
        """Whether messages may go to its contact: there is one, and its maker marked it safe."""
        has_route = self.contact_method not in (None, ContactMethod.NONE)
        return has_route and self.is_safe_to_contact is True


def card_by_code(session: Session, typed: str, lock: bool = False) -> SupportCard | None:
    """The card of a code, however it was typed; None alike for wrong and ended ones."""
    code = card_codes.canonical(typed)
    query = select(SupportCard).where(SupportCard.code == code)
    return session.exec(query.with_for_update() if lock else query).one_or_none() if code else None


def cards_listed_to(actor: Actor) -> ColumnElement[bool]:
    """The condition under which a card exists for an actor: for its practitioner and the service’s desk."""
    return or_(_in_services(actor, Role.NAVIGATOR, Role.MANAGER), _is_own(actor))


def cards_managed_by(actor: Actor) -> ColumnElement[bool]:
    """The condition under which an actor may open, change, send and end a card, contact and all."""
    return or_(_in_services(actor, Role.NAVIGATOR, Role.INTAKE), _is_own(actor))


def _in_services(actor: Actor, *roles: Role) -> ColumnElement[bool]:
    services = sorted(actor.services(*roles))
    return col(SupportCard.service_id).in_(services) if services else false()


def _is_own(actor: Actor) -> ColumnElement[bool]:
    if actor.user_id is None:
        return false()
    return and_(_in_services(actor, Role.PWP), col(SupportCard.pwp_id) == actor.user_id)
