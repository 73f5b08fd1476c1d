"""People of the demonstration: three services imported from a configuration file, and their users."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlmodel import Session, col, select, update

from navigator.administration import import_export
from navigator.administration.apply_change import apply_change
from navigator.administration.configuration_file import parse_configuration
from navigator.administration.language_schema import LanguageSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.catalogue.business_hours import WorkingCalendar
from navigator.catalogue.lookups import calendar_of
from navigator.catalogue.service import Service
from navigator.demo.story import Person, Story
from navigator.languages import TRANSLATIONS
from navigator.people.accounts import Invitation, invite
from navigator.people.actor import SYSTEM, Actor
from navigator.people.login import actor_of
from navigator.people.user import Role, User

SERVICES_FILE = Path(__file__).with_name("places.yaml")


@dataclass(frozen=True)
class DemoPeople:
    """All users by name, those who are quiet, and the services by code with their business hours."""

    actors: Mapping[str, Actor]
    service_ids: Mapping[str, int]
    calendars: Mapping[str, WorkingCalendar]
    quiet: frozenset[str]

    def with_role(self, service: str, role: Role) -> list[Actor]:
        """The users who have a role in a service, but for those who are quiet."""
        service_id = self.service_ids[service]
        heard = (actor for name, actor in self.actors.items() if name not in self.quiet)
        return [actor for actor in heard if role in actor.roles.get(service_id, ())]

    def by_id(self, user_id: int | None) -> Actor | None:
        """The user with that id."""
        return next((actor for actor in self.actors.values() if actor.user_id == user_id), None)


def create_people(session: Session, story: Story, hashes: Mapping[str, str], today: date) -> DemoPeople:
    """Import the services and invite all users, each with a password."""
    text = _fill_dates(SERVICES_FILE.read_text(encoding="utf-8"), today)
    import_export.import_configuration(session, parse_configuration(text))
    session.exec(update(Service).values(is_demonstration=True))
    _sign_languages(session, today)
    services = {service.code: service for service in session.exec(select(Service).order_by(col(Service.id)))}
    ids = {code: service.id for code, service in services.items()}
    for person in story.people:
        _invite(session, person, ids, hashes[person.name])
    session.flush()
    return DemoPeople(
        actors={person.name: _actor(session, person) for person in story.people},
        service_ids=ids,
        calendars={code: calendar_of(service) for code, service in services.items()},
        quiet=frozenset(person.name for person in story.people if person.is_quiet),
    )


def _sign_languages(session: Session, today: date) -> None:
    """Have every service sign every language: invented people read the pages of a demonstration."""
    kind, review_on = SETTING_KINDS["language"], today + timedelta(days=180)
    for code in session.exec(select(Service.code)).all():
        for language in TRANSLATIONS:
            signed = LanguageSetting(
                words=language.mark, owner="Helen Cole (demonstration)", review_on=review_on
            )
            apply_change(session, SYSTEM, kind, (code, language.code), signed)


def _fill_dates(text: str, today: date) -> str:
    """The file with its date placeholders filled in, relative to the day on which it is read."""
    days_by_name = {"CHECKED_ON": -30, "CHECKED_LONG_AGO": -240, "REVIEW_ON": 180}
    for name, days in days_by_name.items():
        text = text.replace(name, (today + timedelta(days=days)).isoformat())
    return text


def _invite(session: Session, person: Person, services: Mapping[str, int], password_hash: str) -> None:
    for code, roles in person.roles.items():
        invitation = Invitation(
            service_id=services[code], roles=frozenset(roles), name=person.name, email=person.email
        )
        invite(session, SYSTEM, invitation).password_hash = password_hash


def _actor(session: Session, person: Person) -> Actor:
    actor = actor_of(session, session.exec(select(User.id).where(User.email == person.email)).one())
    assert actor is not None  # noqa: S101 - invited just now
    return actor
