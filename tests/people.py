"""Who the tests are about: North with a member of staff for each role, and South with strangers."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from pydantic import SecretStr
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.crisis_card import default_crisis_card
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.people import login, passwords, private_links, tokens
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession

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
    "sid": ("Dr South", "south", Role.CLINICIAN),
}


@dataclass(frozen=True)
class People:
    """Service ids, and staff as they act: plain values, which outlive the transaction that made them."""

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
    sid: Actor


def settle(session: Session) -> People:
    """Make both services and everybody in them; both take reports and offer the programme `fern`."""
    programme = Programme(code="fern", name="Fern", supplier="Fern Health")
    session.add(programme)
    session.flush()
    north, south = (_service(session, code, programme) for code in ("north", "south"))
    where = {"north": north, "south": south}
    staff = {first: _join(session, first, where[code], role) for first, (_, code, role) in STAFF.items()}
    return People(north=north, south=south, **staff)


def _service(session: Session, code: str, programme: Programme) -> int:
    service = Service(code=code, name=f"{code.title()} Talking Therapies")
    session.add(service)
    session.flush()
    session.add(ServiceProgramme(service_id=service.id, programme_id=programme.id))
    for kind in (ContactKind.DUTY_CLINICIAN, ContactKind.DEPUTY, ContactKind.MANAGER):
        words = kind.replace("_", " ").capitalize()
        email = f"{kind}@{code}.example"
        session.add(Contact(service_id=service.id, kind=kind, role_name=words, email=email))
    session.add(
        CrisisWording(
            service_id=service.id,
            lines=default_crisis_card().lines,
            owner="Dr Cole",
            review_on=date(2027, 1, 1),
        )
    )
    session.add(
        PrivacyNotice(
            service_id=service.id,
            controller=f"{code.title()} NHS Trust (example)",
            lawful_basis="An example of a basis",
            periods="An example of a period",
            contact="Ask your service",
            owner="Dr Cole",
            review_on=date(2027, 1, 1),
        )
    )
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


def administer_all(session: Session, people: People) -> None:
    """Ada administers South too, and so what all services share."""
    session.add(Membership(user_id=people.ada.user_id or 0, service_id=people.south, role=Role.ADMIN))
    session.flush()


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
    session.add(UserSession(token_hash=tokens.hashed(token), user_id=actor.user_id, expires_at=expires_at))
    session.flush()
    return token


def number_by_token(session: Session, token: str) -> int | None:
    """The ticket of a private link that lives."""
    link = private_links.link_by_token(session, token)
    return link.ticket_number if link else None
