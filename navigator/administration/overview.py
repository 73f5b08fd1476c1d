"""What is set, to be looked at: a service with all that belongs to it, programmes with their exceptions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session, col, select

from navigator import clock
from navigator.administration.lookups import Key, find_programme, find_service, service_of
from navigator.administration.setting_kinds import SettingKind
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.articles import Article
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.custom_wording import CategoryOverride
from navigator.catalogue.lookups import programmes_of, services
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride, ServiceProgramme
from navigator.catalogue.routing_rule import RoutingRule, rules_of
from navigator.catalogue.service import Service
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.user import Role, User

LASTS = timedelta(days=183)
"""How long an exception or an article counts as verified: a programme changes."""


@dataclass(frozen=True)
class ServiceOverview:
    """A service and all that is set for it; contacts by kind, and the names of those whom rules name."""

    service: Service
    contacts: Mapping[str, Contact]
    crisis: CrisisWording | None
    programmes: Sequence[Programme]
    replies: Sequence[CannedReply]
    rules: Sequence[RoutingRule]
    names: Mapping[int, str]


@dataclass(frozen=True)
class ProgrammeOverview:
    """A programme, who offers it, and what differs in it from the catalogue."""

    programme: Programme
    offered_by: Sequence[str]
    overrides: Sequence[ProgrammeCategoryOverride]


def called(session: Session, subject: SettingKind, key: Key) -> str:
    """What the service, programme or category is called that something is set for; nothing for a new one."""
    labels = {leaf.id: leaf.staff_label for leaf in catalogue().leaves}
    if subject.name == "article":
        return ""
    found = find_service(session, key) if subject.of_service else find_programme(session, key)
    return " · ".join(part for part in (found.name if found else "", labels.get(key[-1], "")) if part)


def whom(session: Session, key: Key) -> tuple[Sequence[User], Sequence[Contact]]:
    """Whom a rule of a service can name: its navigators, and its contacts."""
    service_id = service_of(session, key).id
    contacts = select(Contact).where(Contact.service_id == service_id).order_by(col(Contact.role_name))
    return users_with_role(session, service_id, Role.NAVIGATOR), session.exec(contacts).all()


def own_services(session: Session, actor: Actor) -> list[Service]:
    """The services that somebody administers, by name."""
    return [one for one in services(session) if one.id in actor.services(Role.ADMIN)]


def service_overview(session: Session, actor: Actor, code: str) -> ServiceOverview:
    """One service, for its administrator."""
    service = service_of(session, (code,))
    if service.id not in actor.services(Role.ADMIN):
        raise NotFound("We cannot find that.")
    contacts = session.exec(select(Contact).where(Contact.service_id == service.id))
    rules = rules_of(session, service.id)
    named = {id for rule in rules for id in rule.people}
    replies = select(CannedReply).where(CannedReply.service_id == service.id).order_by(col(CannedReply.title))
    return ServiceOverview(
        service=service,
        contacts={one.kind: one for one in contacts},
        crisis=session.get(CrisisWording, service.id),
        programmes=programmes_of(session, service.id),
        replies=session.exec(replies).all(),
        rules=rules,
        names=dict(session.exec(select(User.id, User.name).where(col(User.id).in_(named))).all()),
    )


def programme_overviews(session: Session) -> list[ProgrammeOverview]:
    """Every programme by name, with who offers it and its exceptions."""
    offers = select(ServiceProgramme.programme_id, Service.name).join(
        Service, col(Service.id) == col(ServiceProgramme.service_id)
    )
    offered = list(session.exec(offers.order_by(col(Service.name))))
    overrides = session.exec(
        select(ProgrammeCategoryOverride).order_by(col(ProgrammeCategoryOverride.category))
    ).all()
    return [
        ProgrammeOverview(
            programme=one,
            offered_by=[name for id, name in offered if id == one.id],
            overrides=[override for override in overrides if override.programme_id == one.id],
        )
        for one in session.exec(select(Programme).order_by(col(Programme.name)))
    ]


def articles(session: Session) -> Sequence[Article]:
    """Every article, by what it is about."""
    return session.exec(select(Article).order_by(col(Article.category), col(Article.title))).all()


def is_stale(verified_on: date | None) -> bool:
    """Whether an exception or an article was never tried, or not for six months."""
    return verified_on is None or verified_on + LASTS < clock.today()


def in_own_words(session: Session) -> frozenset[str]:
    """The ids of the categories that are not as they ship."""
    return frozenset(session.exec(select(CategoryOverride.category)))
