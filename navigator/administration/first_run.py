"""First run (bootstrap): the first administrator is whoever can read the printed setup code."""

import base64
import hmac
from dataclasses import replace
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints
from sqlmodel import Session, select

from navigator import clock, database
from navigator.administration.access_schema import AccessSetting
from navigator.administration.apply_change import NEW_KEY, apply_change
from navigator.administration.lookups import THIS_DESK
from navigator.administration.service_schemas import NameSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.errors import Invalid, NotFound, TooMany
from navigator.fields import STORED
from navigator.people import login, passwords, rate_limit
from navigator.people.access_rules import GRACE, LOCK_MINUTES
from navigator.people.accounts import AccountDetails
from navigator.people.passwords import NewPassword
from navigator.people.rate_limit import Limit
from navigator.people.user import Role, User
from navigator.settings import settings

PER_IP = Limit(10, timedelta(hours=1))


class FirstService(BaseModel):
    """The first questions of the first run, whose errors are named first."""

    code: str = Field(title="the code", max_length=100)
    service: Annotated[str, STORED] = Field(title="the name of your service", min_length=1, max_length=200)


class FirstRun(NewPassword, AccountDetails, FirstService):
    """The form of the first run: the first service and the first administrator, in the order of the page."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=100), STORED] = Field(
        title="your full name"
    )


def setup_code() -> str:
    """The setup code that the first administrator must type: the server prints it while there is nobody."""
    digest = hmac.digest(settings().signing_key().encode(), b"the first administrator", "sha256")
    code = base64.b32encode(digest).decode()[:12].lower()
    return "-".join(code[start : start + 4] for start in (0, 4, 8))


def is_first_run(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.exec(select(User.id).limit(1)).first() is None


def create_first_admin(first_run: FirstRun, client_ip: str) -> None:
    """Create the first administrator and their service; no password is hashed in a transaction."""
    with database.writing() as session:
        if not is_first_run(session):
            raise NotFound("This desk is set up already.")
        is_allowed = rate_limit.hit(session, "begin", client_ip, PER_IP)
    if not is_allowed:
        raise TooMany("You have tried too many times. Wait an hour, then try again.")
    if not hmac.compare_digest(_normalised(first_run.code), _normalised(setup_code())):
        message = "This is not the code. It stands where the server was started."
        raise Invalid("There is a problem", {"code": message})
    passwords.require_strong(first_run.password, (first_run.name, first_run.email, first_run.service))
    password_hash = passwords.make_hash(first_run.password)
    with database.writing() as session:
        _create_admin(session, first_run, password_hash)


def _normalised(code: str) -> bytes:
    return "".join(character for character in code.lower() if character.isalnum()).encode()


def _create_admin(session: Session, first_run: FirstRun, password_hash: str) -> None:
    if not is_first_run(session):
        raise NotFound("This desk is set up already.")
    user = User(name=first_run.name, email=first_run.email, password_hash=password_hash)
    session.add(user)
    session.flush()
    actor = login.actor_of(session, user.id)
    if actor:
        system_actor, setting = replace(actor, is_system=True), NameSetting(name=first_run.service)
        try:
            apply_change(session, system_actor, SETTING_KINDS["service"], (NEW_KEY,), setting)
        except Invalid as refused:  # its name has another box here
            raise Invalid(refused.message, {"service": " ".join(refused.fields.values())}) from None
        apply_change(session, system_actor, SETTING_KINDS["access"], THIS_DESK, _first_access(first_run.name))


def _first_access(owner: str) -> AccessSetting:
    """A new desk asks its administrators for a second factor after a while, and locks idle pages."""
    return AccessSetting(
        factor_roles=[Role.ADMIN],
        factor_from_on=clock.today() + GRACE,
        lock_minutes=LOCK_MINUTES,
        owner=owner,
    )
