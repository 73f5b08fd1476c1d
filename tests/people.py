"""Who the tests are about: two services, one member of staff for each role in North, and a stranger in South."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.place import (
    Contact,
    ContactKind,
    CrisisWording,
    Programme,
    Service,
    ServiceProgramme,
)
from navigator.people import login, passwords, tokens
from navigator.people.actor import Actor
from navigator.people.person import LogIn, Membership, Role, User

PASSWORD = "seven wet umbrellas"
"""The password of everybody here."""

STAFF = {
    "amina": ("Amina Yusuf", "north", Role.NAVIGATOR),
    "tom": ("Tom Baker", "north", Role.NAVIGATOR),
    "priya": ("Priya Shah", "north", Role.PWP),
    "cole": ("Dr Cole", "north", Role.CLINICIAN),
    "mo": ("Mo Ali", "north", Role.MANAGER),
    "ada": ("Ada Byrne", "north", Role.ADMIN),
    "sam": ("Sam Stranger", "south", Role.NAVIGATOR),
    "sue": ("Sue Southern", "south", Role.ADMIN),
}


@dataclass(frozen=True)
class People:
    """Service ids and staff as they act; plain values, so that they outlive the transaction that made them."""

    north: int
    south: int
    amina: Actor
    tom: Actor
    priya: Actor
    cole: Actor
    mo: Actor
    ada: Actor
    sam: Actor
    sue: Actor


@pytest.fixture
def people(session: Session) -> People:
    """Everybody, in the test's own database."""
    return settle(session)


def settle(session: Session) -> People:
    """Make both services and everybody in them; both take reports and offer the programme `fern`."""
    programme = Programme(code="fern", name="Fern", supplier="Fern Health")
    session.add(programme)
    session.flush()
    places = {code: _service(session, code, programme) for code in ("north", "south")}
    staff = {first: _join(session, first, places[where], role) for first, (_, where, role) in STAFF.items()}
    return People(**places, **staff)


def _service(session: Session, code: str, programme: Programme) -> int:
    service = Service(code=code, name=f"{code.title()} Talking Therapies")
    session.add(service)
    session.flush()
    session.add(ServiceProgramme(service_id=service.id, programme_id=programme.id))
    for kind in (ContactKind.DUTY_CLINICIAN, ContactKind.DEPUTY, ContactKind.MANAGER):
        words = kind.replace("_", " ").capitalize()
        session.add(
            Contact(service_id=service.id, kind=kind, role_name=words, email=f"{kind}@{code}.example")
        )
    reviewed = {"owner": "Dr Cole", "review_on": date(2027, 1, 1)}
    lines = [{"when": "If a life is at risk", "do": "Call 999 or go to A&E"}]
    session.add(CrisisWording(service_id=service.id, lines=lines, **reviewed))
    session.flush()
    return service.id


def _join(session: Session, first: str, service_id: int, role: Role) -> Actor:
    name, where, _ = STAFF[first]
    return join(session, name, f"{first}@{where}.example", service_id, role)


def join(session: Session, name: str, email: str, service_id: int, *roles: Role) -> Actor:
    """Somebody more, with these roles in a service and the password of everybody."""
    user = User(name=name, email=email, password_hash=password_hash())
    session.add(user)
    session.flush()
    for role in roles:
        session.add(Membership(user_id=user.id, service_id=service_id, role=role))
    session.flush()
    return actor_of(session, user.id)


@cache
def password_hash() -> str:
    """The hash of everybody's password, made once for all tests."""
    return passwords.make_hash(SecretStr(PASSWORD))


def actor_of(session: Session, user_id: int) -> Actor:
    """A user as they act now."""
    actor = login.actor_of(session, user_id)
    assert actor, "no such active user"
    return actor


def token_of(session: Session, actor: Actor) -> str:
    """The token of a log-in of somebody, without the time that a password takes."""
    assert actor.user_id
    token = tokens.mint()
    expires_at = clock.now() + timedelta(hours=1)
    session.add(LogIn(token_hash=tokens.hashed(token), user_id=actor.user_id, expires_at=expires_at))
    session.flush()
    return token
