"""API keys of other systems: created with an expiry, shown once, revoked at any time, and audited."""

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlmodel import Session, col, select

from navigator import clock
from navigator.administration.schema import Name, SettingSchema
from navigator.errors import Forbidden, NotFound
from navigator.people import api_keys
from navigator.people.actor import Actor
from navigator.people.api_keys import ApiKey
from navigator.people.audit_log import record_change
from navigator.people.user import Role

LONGEST_DAYS = 731


KeyRole = Literal[Role.INTAKE, Role.NAVIGATOR, Role.MANAGER, Role.PWP]
"""What a key may be on pages and by the API: no key lives on by making another, and no clinician is one."""


AnyKeyRole = Literal[KeyRole, Role.CLINICIAN, Role.ADMIN]


class KeyInput(SettingSchema):
    """A key to make: which system uses it, what it may do, and until when."""

    service_id: Annotated[int, Field(ge=1, title="a service")]
    name: Name = Field(title="which system uses it")
    role: KeyRole = Field(title="what it may do")
    expires_on: date = Field(title="the last day")

    @field_validator("expires_on")
    @classmethod
    def _check_expiry(cls, value: date) -> date:
        if not 0 < (value - clock.today()).days <= LONGEST_DAYS:
            raise ValueError("The last day must be after today, and within two years")
        return value


class AnyKeyInput(KeyInput):
    """A key of any role, which only the command line makes: by whoever runs the server."""

    role: AnyKeyRole = Field(title="what it may do")  # type: ignore[assignment]


def list_keys(session: Session, actor: Actor) -> Sequence[ApiKey]:
    """The API keys of the services that the actor administers: those in use first."""
    query = select(ApiKey).where(col(ApiKey.service_id).in_(actor.services(Role.ADMIN)))
    return session.exec(query.order_by(col(ApiKey.revoked_at).is_not(None), col(ApiKey.id).desc())).all()


def create(session: Session, actor: Actor, key_input: KeyInput) -> str:
    """Create an API key; it is shown this once."""
    if not actor.is_system and key_input.service_id not in actor.services(Role.ADMIN):
        raise Forbidden("Only an administrator of that service can do this.")
    ends_at = clock.london_time(key_input.expires_on, time.max)
    key = api_keys.create(session, key_input.service_id, key_input.role, key_input.name, ends_at)
    record_change(session, actor, key_input.service_id, "key", f"Key made: {key_input.name}")
    return key


def revoke(session: Session, actor: Actor, key_id: int) -> None:
    """Revoke an API key at once."""
    key = session.get(ApiKey, key_id)
    if key is None or key.service_id not in actor.services(Role.ADMIN):
        raise NotFound("There is no such key.")
    api_keys.revoke(session, key_id)
    record_change(session, actor, key.service_id, "key", f"Key ended: {key.name}")
