"""Overviews of settings: a service with all that belongs to it, programmes with their overrides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from navigator import clock
from navigator.administration.lookups import Key, find_programme, find_service, service_of
from navigator.administration.setting_kind import SettingKind
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.articles import VERIFIED_FOR, Article
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_card import CrisisCard
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.custom_wording import CategoryOverride
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.hazards import hazards
from navigator.catalogue.language_signoff import LanguageSignOff
from navigator.catalogue.lookups import english_crisis_card_of, programmes_of, rules_of, services
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride, ServiceProgramme
from navigator.catalogue.retention_period import RECORD_CLASSES, RetentionPeriod, periods_of
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.errors import NotFound
from navigator.languages import TRANSLATIONS, Language
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.user import Role, User
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.usability.tables import UsabilitySetting


@dataclass(frozen=True)
class ServiceOverview:
    """A service and all its settings; contacts by kind, and the names of those whom routing rules name."""

    service: Service
    contacts: Mapping[str, Contact]
    crisis: CrisisWording | None
    programmes: Sequence[Programme]
    replies: Sequence[CannedReply]
    rules: Sequence[RoutingRule]
    languages: Sequence[tuple[Language, LanguageSignOff | None]]
    english_crisis: CrisisCard
    names: Mapping[int, str]
    inclusion: InclusionSetting | None
    usability: UsabilitySetting | None
    privacy: PrivacyNotice | None
    periods: Mapping[str, RetentionPeriod]


@dataclass(frozen=True)
class ProgrammeOverview:
    """A programme, who offers it, what it needs of a phone, its supplier, and what differs in it."""

    programme: Programme
    offered_by: Sequence[str]
    overrides: Sequence[ProgrammeCategoryOverride]
    device_needs: DeviceNeeds | None
    supplier_terms: SupplierTerms | None


def setting_label(session: Session, kind: SettingKind, key: Key) -> str:
    """The name of the service, programme or category that a setting is for; empty for a new one."""
    labels = {leaf.id: leaf.staff_label for leaf in catalogue().leaves}
    labels |= {code: each.title for code, each in RECORD_CLASSES.items()}
    if kind.name in ("access", "article", "auditperiod", "sharing", "peer", "provider", "passwords"):
        return ""
    if kind.name == "hazard":
        return hazards()[key[0]].hazard
    row = find_service(session, key) if kind.of_service else find_programme(session, key)
    return " · ".join(part for part in (row.name if row else "", labels.get(key[-1], "")) if part)


def rule_targets(session: Session, key: Key) -> tuple[Sequence[User], Sequence[Contact]]:
    """Whom a routing rule of a service can name: its navigators, and its contacts."""
    service_id = service_of(session, key).id
    contacts = (
        select(Contact)
        .where(Contact.service_id == service_id)
        .order_by(col(Contact.role_name), col(Contact.id))
    )
    return users_with_role(session, service_id, Role.NAVIGATOR), session.exec(contacts).all()


def administrators(session: Session, key: Key) -> list[tuple[str, str]]:
    """The administrators of a service, by address and name."""
    admins = users_with_role(session, service_of(session, key).id, Role.ADMIN)
    return [(user.email, user.name) for user in admins]


def own_services(session: Session, actor: Actor) -> list[Service]:
    """The services that the actor administers, by name."""
    return [service for service in services(session) if service.id in actor.services(Role.ADMIN)]


def service_overview(session: Session, actor: Actor, code: str) -> ServiceOverview:
    """One service, for its administrator."""
    service = service_of(session, (code,))
    if service.id not in actor.services(Role.ADMIN):
        raise NotFound("We cannot find that.")
    contacts = session.exec(select(Contact).where(Contact.service_id == service.id))
    rules = rules_of(session, service.id)
    user_ids = {id for rule in rules for id in rule.people}
    replies = select(CannedReply).where(CannedReply.service_id == service.id)
    return ServiceOverview(
        service=service,
        contacts={contact.kind: contact for contact in contacts},
        crisis=session.get(CrisisWording, service.id),
        programmes=programmes_of(session, service.id),
        replies=session.exec(replies.order_by(col(CannedReply.title), col(CannedReply.id))).all(),
        rules=rules,
        languages=[(each, session.get(LanguageSignOff, (service.id, each.code))) for each in TRANSLATIONS],
        english_crisis=english_crisis_card_of(session, service),
        names=dict(session.exec(select(User.id, User.name).where(col(User.id).in_(user_ids))).all()),
        inclusion=session.get(InclusionSetting, service.id),
        usability=session.get(UsabilitySetting, service.id),
        privacy=session.get(PrivacyNotice, service.id),
        periods=periods_of(session, service.id),
    )


def programme_overviews(session: Session) -> list[ProgrammeOverview]:
    """Every programme by name, with who offers it and its overrides."""
    query = select(ServiceProgramme.programme_id, Service.name).join(
        Service, col(Service.id) == col(ServiceProgramme.service_id)
    )
    offered = list(session.exec(query.order_by(col(Service.name), col(Service.id))))
    overrides = session.exec(
        select(ProgrammeCategoryOverride).order_by(
            col(ProgrammeCategoryOverride.category), col(ProgrammeCategoryOverride.id)
        )
    ).all()
    needs = {each.programme_id: each for each in session.exec(select(DeviceNeeds))}
    terms = {each.programme_id: each for each in session.exec(select(SupplierTerms))}
    return [
        ProgrammeOverview(
            programme=programme,
            offered_by=[name for id, name in offered if id == programme.id],
            overrides=[override for override in overrides if override.programme_id == programme.id],
            device_needs=needs.get(programme.id),
            supplier_terms=terms.get(programme.id),
        )
        for programme in session.exec(select(Programme).order_by(col(Programme.name), col(Programme.id)))
    ]


def list_articles(session: Session) -> Sequence[Article]:
    """Every knowledge base article, by category and title."""
    query = select(Article).order_by(col(Article.category), col(Article.title), col(Article.id))
    return session.exec(query).all()


def is_stale(verified_on: date | None) -> bool:
    """Whether an override was never verified, or not for six months."""
    return verified_on is None or verified_on + VERIFIED_FOR < clock.today()


def customised_categories(session: Session) -> frozenset[str]:
    """The ids of the categories with custom wording, and of the custom ones."""
    return frozenset(session.exec(select(CategoryOverride.category)))
