"""The first administrator of an empty desk: whoever can read the code that the server prints."""

import base64
import hmac
from dataclasses import replace
from datetime import timedelta

from pydantic import Field
from sqlmodel import Session, select

from navigator import database
from navigator.administration.apply_change import NEW_KEY, apply
from navigator.administration.service_schemas import NameSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.errors import Invalid, NotFound, TooMany
from navigator.people import login, passwords, rate_limit
from navigator.people.accounts import AccountDetails
from navigator.people.passwords import NewPassword
from navigator.people.rate_limit import Limit
from navigator.people.user import User
from navigator.settings import settings

PER_ADDRESS = Limit(10, timedelta(hours=1))


class FirstRun(NewPassword, AccountDetails):
    """The first administrator and the first service."""

    code: str = Field(title="the code", max_length=100)
    service: str = Field(title="the name of your service", min_length=1, max_length=200)


def setup_code() -> str:
    """What the first administrator must type: the server prints it while there is nobody."""
    made = hmac.digest(settings().signing_key().encode(), b"the first administrator", "sha256")
    plain = base64.b32encode(made).decode()[:12].lower()
    return "-".join(plain[at : at + 4] for at in (0, 4, 8))


def is_empty(session: Session) -> bool:
    """Whether nobody has an account yet."""
    return session.exec(select(User.id).limit(1)).first() is None


def create_first_admin(typed: FirstRun, address: str) -> None:
    """Make the first administrator and their service; no password is hashed in a transaction."""
    with database.writing() as session:
        if not is_empty(session):
            raise NotFound("This desk is set up already.")
        allowed = rate_limit.hit(session, "begin", address, PER_ADDRESS)
    if not allowed:
        raise TooMany("You have tried too many times. Wait an hour, then try again.")
    if not hmac.compare_digest(_plain(typed.code), _plain(setup_code())):
        words = "This is not the code. It stands where the server was started."
        raise Invalid("There is a problem", {"code": words})
    kept = passwords.make_hash(typed.password)
    with database.writing() as session:
        _settle(session, typed, kept)


def _plain(typed: str) -> bytes:
    return "".join(sign for sign in typed.lower() if sign.isalnum()).encode()


def _settle(session: Session, typed: FirstRun, kept: str) -> None:
    if not is_empty(session):
        raise NotFound("This desk is set up already.")
    user = User(name=typed.name, email=typed.email, password_hash=kept)
    session.add(user)
    session.flush()
    actor = login.actor_of(session, user.id)
    if actor:
        able = replace(actor, is_system=True)
        apply(session, able, SETTING_KINDS["service"], (NEW_KEY,), NameSetting(name=typed.service))
