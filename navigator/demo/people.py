"""The cast: three services as a configuration file brings them in, and twelve people who work there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session, col, select, update

from navigator.administration import import_export
from navigator.administration.configuration import parse
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.demo.story import Person, Story
from navigator.people.accounts import Invitation, invite
from navigator.people.actor import SYSTEM, Actor
from navigator.people.login import actor_of
from navigator.people.user import Role, User

PLACES = Path(__file__).with_name("places.yaml")


@dataclass(frozen=True)
class DemoPeople:
    """Everybody by name, and the services by code with their working time."""

    people: Mapping[str, Actor]
    services: Mapping[str, int]
    calendars: Mapping[str, WorkingCalendar]

    def of(self, service: str, role: Role) -> list[Actor]:
        """Those who have a role in a service."""
        held = self.services[service]
        return [actor for actor in self.people.values() if role in actor.roles.get(held, ())]

    def known(self, user_id: int | None) -> Actor | None:
        """The person with that id."""
        return next((actor for actor in self.people.values() if actor.user_id == user_id), None)


def create_people(session: Session, told: Story, hashes: Mapping[str, str], today: date) -> DemoPeople:
    """Bring in the services and invite everybody, each with a password."""
    import_export.load(session, parse(_dated(PLACES.read_text(encoding="utf-8"), today)))
    session.exec(update(Service).values(is_demonstration=True))
    services = {one.code: one for one in session.exec(select(Service).order_by(col(Service.id)))}
    ids = {code: one.id for code, one in services.items()}
    for person in told.people:
        _join(session, person, ids, hashes[person.name])
    session.flush()
    return DemoPeople(
        people={person.name: _actor(session, person) for person in told.people},
        services=ids,
        calendars={code: calendar_of(one) for code, one in services.items()},
    )


def _dated(text: str, today: date) -> str:
    """The file, with days that fit to the day on which it is read."""
    ago = {"CHECKED_ON": -30, "CHECKED_LONG_AGO": -240, "REVIEW_ON": 180}
    for name, days in ago.items():
        text = text.replace(name, (today + timedelta(days=days)).isoformat())
    return text


def _join(session: Session, person: Person, services: Mapping[str, int], password_hash: str) -> None:
    for code, roles in person.roles.items():
        what = Invitation(
            service_id=services[code], roles=frozenset(roles), name=person.name, email=person.email
        )
        invite(session, SYSTEM, what).password_hash = password_hash


def _actor(session: Session, person: Person) -> Actor:
    actor = actor_of(session, session.exec(select(User.id).where(User.email == person.email)).one())
    assert actor is not None  # noqa: S101 - invited just now
    return actor
