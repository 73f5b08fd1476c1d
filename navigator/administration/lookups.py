"""Look-ups of the rows behind settings: the row of a key, and a new row for a key that has none yet."""

from datetime import date
from typing import TypeVar

from sqlmodel import Session, select

from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.articles import Article
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.language_signoff import LanguageSignOff
from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride
from navigator.catalogue.retention_period import RECORD_CLASSES, RetentionPeriod
from navigator.catalogue.routing_rule import RoutingRule
from navigator.catalogue.service import Service
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.errors import NotFound
from navigator.languages import TRANSLATIONS
from navigator.login_watch.tables import LoginWatch
from navigator.people.access_rules import AccessRules
from navigator.people.audit_tables import AuditPeriod
from navigator.shared_problems.tables import PeerDesk, Sharing
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.usability.tables import UsabilitySetting

Key = tuple[str, ...]
"""The key of one setting among its kind, such as ("north", "deputy") or ("fern", "notify.too_many")."""

THIS_DESK: Key = ("desk",)
"""The key of what there is once for the whole installation."""

T = TypeVar("T")


def service_of(session: Session, key: Key) -> Service:
    """The service that a key begins with."""
    return _require(find_service(session, key))


def programme_of(session: Session, key: Key) -> Programme:
    """The programme that a key begins with."""
    return _require(find_programme(session, key))


def _require(row: T | None) -> T:
    if row is None:
        raise NotFound("We cannot find that.")
    return row


def find_service(session: Session, key: Key) -> Service | None:
    """The service of a code."""
    return session.exec(select(Service).where(Service.code == key[0])).one_or_none()


def find_programme(session: Session, key: Key) -> Programme | None:
    """The programme of a code."""
    return session.exec(select(Programme).where(Programme.code == key[0])).one_or_none()


def find_contact(session: Session, key: Key) -> Contact | None:
    """A service's contact of one kind."""
    if key[1] not in set(ContactKind):
        raise NotFound("We cannot find that.")
    query = select(Contact).where(Contact.service_id == service_of(session, key).id, Contact.kind == key[1])
    return session.exec(query).one_or_none()


def find_crisis(session: Session, key: Key) -> CrisisWording | None:
    """A service's crisis wording."""
    return session.get(CrisisWording, service_of(session, key).id)


def find_language(session: Session, key: Key) -> LanguageSignOff | None:
    """A service's sign-off of a language."""
    if key[1] not in {language.code for language in TRANSLATIONS}:
        raise NotFound("We cannot find that.")
    return session.get(LanguageSignOff, (service_of(session, key).id, key[1]))


def find_override(session: Session, key: Key) -> ProgrammeCategoryOverride | None:
    """A programme's override of one category."""
    if key[1] not in {leaf.id for leaf in catalogue().leaves}:
        raise NotFound("We cannot find that.")
    of_programme = ProgrammeCategoryOverride.programme_id == programme_of(session, key).id
    return session.exec(
        select(ProgrammeCategoryOverride).where(of_programme, ProgrammeCategoryOverride.category == key[1])
    ).one_or_none()


def find_device_needs(session: Session, key: Key) -> DeviceNeeds | None:
    """What a programme needs of a phone."""
    return session.get(DeviceNeeds, programme_of(session, key).id)


def find_supplier_terms(session: Session, key: Key) -> SupplierTerms | None:
    """What is set for the supplier of a programme."""
    return session.get(SupplierTerms, programme_of(session, key).id)


def find_inclusion(session: Session, key: Key) -> InclusionSetting | None:
    """What a service offers to those who are left out."""
    return session.get(InclusionSetting, service_of(session, key).id)


def find_mailbox(session: Session, key: Key) -> Mailbox | None:
    """The mailbox of a service."""
    return session.get(Mailbox, service_of(session, key).id)


def new_mailbox(session: Session, key: Key) -> Mailbox:
    """A mailbox that is not read yet."""
    return Mailbox(service_id=service_of(session, key).id, address="")


def find_usability(session: Session, key: Key) -> UsabilitySetting | None:
    """When a service asks what people think."""
    return session.get(UsabilitySetting, service_of(session, key).id)


def find_reply(session: Session, key: Key) -> CannedReply | None:
    """A service's reply of one code."""
    of_service = CannedReply.service_id == service_of(session, key).id
    return session.exec(select(CannedReply).where(of_service, CannedReply.code == key[1])).one_or_none()


def find_rule(session: Session, key: Key) -> RoutingRule | None:
    """A service's routing rule of one code."""
    of_service = RoutingRule.service_id == service_of(session, key).id
    return session.exec(select(RoutingRule).where(of_service, RoutingRule.code == key[1])).one_or_none()


def find_article(session: Session, key: Key) -> Article | None:
    """The article of a code."""
    return session.exec(select(Article).where(Article.code == key[0])).one_or_none()


def find_sharing(session: Session, key: Key) -> Sharing | None:
    """What this desk shares: there is one such setting."""
    if key != THIS_DESK:
        raise NotFound("We cannot find that.")
    return session.get(Sharing, 1)


def find_access(session: Session, key: Key) -> AccessRules | None:
    """The rules of logging in: there is one such setting."""
    if key != THIS_DESK:
        raise NotFound("We cannot find that.")
    return session.get(AccessRules, 1)


def find_audit_period(session: Session, key: Key) -> AuditPeriod | None:
    """How long the audit log is kept: there is one such setting."""
    if key != THIS_DESK:
        raise NotFound("We cannot find that.")
    return session.get(AuditPeriod, 1)


def find_peer(session: Session, key: Key) -> PeerDesk | None:
    """Another desk of a code."""
    return session.exec(select(PeerDesk).where(PeerDesk.code == key[0])).one_or_none()


def new_service(_: Session, key: Key) -> Service:
    """A service without a name yet."""
    return Service(code=key[0], name="")


def new_programme(_: Session, key: Key) -> Programme:
    """A programme without a name yet."""
    return Programme(code=key[0], name="")


def new_contact(session: Session, key: Key) -> Contact:
    """A contact of one kind."""
    return Contact(service_id=service_of(session, key).id, kind=key[1], role_name="")


def new_crisis(session: Session, key: Key) -> CrisisWording:
    """Crisis wording without any words yet."""
    return CrisisWording(service_id=service_of(session, key).id)


def new_language(session: Session, key: Key) -> LanguageSignOff:
    """A language that nobody has signed."""
    return LanguageSignOff(service_id=service_of(session, key).id, language=key[1])


def new_override(session: Session, key: Key) -> ProgrammeCategoryOverride:
    """An override of one category."""
    programme_id = programme_of(session, key).id
    return ProgrammeCategoryOverride(programme_id=programme_id, category=key[1], fixability="", reason="")


def new_device_needs(session: Session, key: Key) -> DeviceNeeds:
    """Needs of a programme that name nothing yet."""
    return DeviceNeeds(programme_id=programme_of(session, key).id, owner="", review_on=date.max)


def new_supplier_terms(session: Session, key: Key) -> SupplierTerms:
    """Terms of a supplier that say nothing yet."""
    return SupplierTerms(programme_id=programme_of(session, key).id, owner="", review_on=date.max)


def new_inclusion(session: Session, key: Key) -> InclusionSetting:
    """A service that offers nothing yet."""
    return InclusionSetting(service_id=service_of(session, key).id, owner="", review_on=date.max)


def new_usability(session: Session, key: Key) -> UsabilitySetting:
    """A service that asks nothing yet."""
    return UsabilitySetting(service_id=service_of(session, key).id, owner="", review_on=date.max)


def new_reply(session: Session, key: Key) -> CannedReply:
    """A reply without words yet."""
    return CannedReply(service_id=service_of(session, key).id, code=key[1], title="")


def new_rule(session: Session, key: Key) -> RoutingRule:
    """A rule that says nothing yet."""
    return RoutingRule(service_id=service_of(session, key).id, code=key[1], title="")


def new_article(_: Session, key: Key) -> Article:
    """An article without words yet."""
    return Article(code=key[0], title="", category="")


def find_watch(session: Session, key: Key) -> LoginWatch | None:
    """A service's log-in watch of a programme."""
    of_service = LoginWatch.service_id == service_of(session, key).id
    of_programme = LoginWatch.programme_id == programme_of(session, key[1:]).id
    return session.exec(select(LoginWatch).where(of_service, of_programme)).one_or_none()


def new_watch(session: Session, key: Key) -> LoginWatch:
    """A log-in watch without a recipe yet."""
    programme_id = programme_of(session, key[1:]).id
    return LoginWatch(service_id=service_of(session, key).id, programme_id=programme_id)


def new_sharing(_: Session, __: Key) -> Sharing:
    """Nothing is shared yet."""
    return Sharing()


def new_access(_: Session, __: Key) -> AccessRules:
    """No second step is asked for, and nothing is locked, yet."""
    return AccessRules()


def new_audit_period(_: Session, __: Key) -> AuditPeriod:
    """It is kept, as nobody has decided yet."""
    return AuditPeriod()


def new_peer(_: Session, key: Key) -> PeerDesk:
    """Another desk without an address yet."""
    return PeerDesk(code=key[0])


def find_privacy(session: Session, key: Key) -> PrivacyNotice | None:
    """A service's privacy notice."""
    return session.get(PrivacyNotice, service_of(session, key).id)


def new_privacy(session: Session, key: Key) -> PrivacyNotice:
    """A privacy notice that says nothing yet."""
    return PrivacyNotice(service_id=service_of(session, key).id)


def find_retention(session: Session, key: Key) -> RetentionPeriod | None:
    """How long a service keeps a class of record: of those classes that it decides about."""
    if key[1] not in RECORD_CLASSES:
        raise NotFound("We cannot find that.")
    return session.get(RetentionPeriod, (service_of(session, key).id, key[1]))


def new_retention(session: Session, key: Key) -> RetentionPeriod:
    """A period that nobody has decided yet."""
    return RetentionPeriod(service_id=service_of(session, key).id, record_class=key[1])
