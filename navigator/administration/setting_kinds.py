"""Registry of the kinds of setting: each with its schema, how to find and create its row, and its title."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session, col, delete, select

from navigator.administration import lookups
from navigator.administration.access_schema import AccessSetting
from navigator.administration.custom_categories import delete_wording, save_wording, wording_of
from navigator.administration.device_schemas import DeviceNeedsSetting
from navigator.administration.field_formats import slug
from navigator.administration.follow_up_schema import FollowUpSetting
from navigator.administration.hazard_kind import HAZARD_KIND
from navigator.administration.inclusion_schemas import InclusionOffersSetting, UsabilityRoundsSetting
from navigator.administration.language_schema import LanguageSetting
from navigator.administration.log_in_kinds import LOG_IN_KINDS
from navigator.administration.lookups import Key
from navigator.administration.mail_schema import MailboxSetting
from navigator.administration.named_kind import NamedKind
from navigator.administration.programme_schemas import (
    ArticleSetting,
    CategorySetting,
    OverrideSetting,
    ProgrammeSetting,
    ReplySetting,
)
from navigator.administration.record_schemas import AuditPeriodSetting, PrivacySetting, RetentionSetting
from navigator.administration.role_setting import ROLE_KIND
from navigator.administration.routing_schemas import AssignmentSetting, RuleSetting
from navigator.administration.schema import SettingSchema
from navigator.administration.service_kind import ServiceKind
from navigator.administration.service_schemas import (
    CallsSetting,
    ContactSetting,
    CrisisSetting,
    HoursSetting,
    MinuteCostSetting,
    NameSetting,
    OffersSetting,
    TargetsSetting,
)
from navigator.administration.setting_kind import SettingKind, column_values
from navigator.administration.sharing_schemas import PeerSetting, SharingSetting
from navigator.administration.supplier_schema import SupplierSetting
from navigator.administration.watch_schemas import WatchSetting
from navigator.administration.webhook_kind import WebhookKind, find_webhook, new_webhook
from navigator.administration.webhook_schema import WebhookSetting
from navigator.catalogue.lookups import contact_of, english_crisis_card_of, programmes_of
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.routing_rule import RoutingRule
from navigator.errors import Invalid
from navigator.languages import LANGUAGES
from navigator.people.directory import users_with_role
from navigator.people.user import Role, User


class ProgrammesOfferedKind(SettingKind):
    """The programmes of a service: a row for each that it offers."""

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The programmes' codes, sorted."""
        offered = programmes_of(session, lookups.service_of(session, key).id)
        return OffersSetting(programmes=sorted(programme.code for programme in offered))

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Offer these and no others."""
        service_id = lookups.service_of(session, key).id
        codes = setting.programmes if isinstance(setting, OffersSetting) else []
        wanted = {lookups.programme_of(session, (code,)).id for code in codes}
        of_service = col(ServiceProgramme.service_id) == service_id
        current = set(session.exec(select(ServiceProgramme.programme_id).where(of_service)))
        is_dropped = col(ServiceProgramme.programme_id).in_(current - wanted)
        session.exec(delete(ServiceProgramme).where(of_service, is_dropped))
        for id in sorted(wanted - current):
            session.add(ServiceProgramme(service_id=service_id, programme_id=id))
        session.flush()


class CustomCategoryKind(SettingKind):
    """A category with custom wording: a row for what differs from the default catalogue."""

    def code_for(self, setting: SettingSchema) -> str:
        """An id that no shipped category will ever have."""
        return f"{getattr(setting, 'group', '')}.own_{slug(getattr(setting, 'staff_label', ''), '_')}"

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The category as it is in use."""
        return wording_of(session, key[0])

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Store what differs; with None, reset it to the default."""
        if isinstance(setting, CategorySetting):
            save_wording(session, key[0], setting)
        else:
            delete_wording(session, key[0])


class ArticleKind(SettingKind):
    """A knowledge base article, which may be for one programme: one that there is."""

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write the article, or delete it; refused for a programme that nobody knows."""
        programme = setting.programme if isinstance(setting, ArticleSetting) else ""
        if programme and not lookups.find_programme(session, (programme,)):
            raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})
        super().write(session, key, setting)


class RoutingRuleKind(SettingKind):
    """A routing rule for new tickets, which names its people by email address."""

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The rule with the addresses of its people, those who have left included."""
        row = lookups.find_rule(session, key)
        if row is None:
            return None
        emails = session.exec(select(User.email).where(col(User.id).in_(row.people)).order_by(User.email))
        fields = {name: getattr(row, name) for name in RuleSetting.model_fields if name != "people"}
        return RuleSetting.stored(fields | {"people": list(emails)})

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write the rule, or delete it; refused where it names what the service does not have."""
        row = lookups.find_rule(session, key)
        if not isinstance(setting, RuleSetting):
            session.delete(row)
            session.flush()
            return
        row = row or lookups.new_rule(session, key)
        people = self._navigator_ids(session, row, setting)
        for name, value in column_values(setting).items():
            setattr(row, name, value)
        row.people = people
        session.add(row)
        session.flush()

    def _navigator_ids(self, session: Session, row: RoutingRule, setting: RuleSetting) -> list[int]:
        """The ids of its people: navigators of the service, or named by the rule already."""
        offered = {programme.code for programme in programmes_of(session, row.service_id)}
        if setting.programme and setting.programme not in offered:
            raise Invalid("There is a problem", {"programme": "Choose a programme that the service offers."})
        if setting.contact and contact_of(session, row.service_id, setting.contact) is None:
            raise Invalid("There is a problem", {"contact": "Choose a contact that the service has."})
        named = session.exec(select(User).where(col(User.id).in_(row.people)))
        navigators = users_with_role(session, row.service_id, Role.NAVIGATOR)
        user_ids = {user.email: user.id for user in (*named, *navigators)}
        if set(setting.people) - user_ids.keys():
            raise Invalid("There is a problem", {"people": "Choose navigators of this service."})
        return sorted(user_ids[email] for email in setting.people)


class LanguageKind(SettingKind):
    """The sign-off of a language: of its words, and of crisis lines beside the English, as they are now."""

    def write(self, session: Session, key: Key, setting: SettingSchema | None) -> None:
        """Write the sign-off, or take it back; refused for words that have changed since they were read."""
        if isinstance(setting, LanguageSetting) and setting.words != LANGUAGES[key[1]].mark:
            raise Invalid("", {"words": "The words have changed. Read them as they are now."})
        if isinstance(setting, LanguageSetting) and setting.lines:
            english = english_crisis_card_of(session, lookups.service_of(session, key))
            if setting.english_lines != english.mark:
                words = "The English crisis wording has changed. Read the lines beside it as it is now."
                raise Invalid("", {"english_lines": words})
        super().write(session, key, setting)


_OWN_NAME = (lookups.find_service, lookups.new_service)
_SERVICE = (lookups.service_of, lookups.service_of)
_PROGRAMME = (lookups.find_programme, lookups.new_programme)
_CONTACT = (lookups.find_contact, lookups.new_contact)
_REPLY = (lookups.find_reply, lookups.new_reply)
_RULE = (lookups.find_rule, lookups.new_rule)
_ARTICLE = (lookups.find_article, lookups.new_article)
_DEVICE_NEEDS = (lookups.find_device_needs, lookups.new_device_needs)
_SUPPLIER = (lookups.find_supplier_terms, lookups.new_supplier_terms)
_LANGUAGE = (lookups.find_language, lookups.new_language)
_WATCH = (lookups.find_watch, lookups.new_watch)
_SHARING = (lookups.find_sharing, lookups.new_sharing)
_ACCESS = (lookups.find_access, lookups.new_access)
_AUDIT_PERIOD = (lookups.find_audit_period, lookups.new_audit_period)
_PEER = (lookups.find_peer, lookups.new_peer)
_INCLUSION = (lookups.find_inclusion, lookups.new_inclusion)
_USABILITY = (lookups.find_usability, lookups.new_usability)
_PRIVACY = (lookups.find_privacy, lookups.new_privacy)
_RETENTION = (lookups.find_retention, lookups.new_retention)
_MAILBOX = (lookups.find_mailbox, lookups.new_mailbox)
_OVERRIDE = (lookups.find_override, lookups.new_override)

_SHARED: Mapping[str, Any] = {"of_service": False, "deletable": True, "is_collection": True}

SETTING_KINDS: Mapping[str, SettingKind] = {
    kind.name: kind
    for kind in (
        ServiceKind("service", "Name", NameSetting, *_OWN_NAME, deletable=True, is_collection=True),
        SettingKind("hours", "Opening hours and holidays", HoursSetting, *_SERVICE),
        SettingKind("targets", "Targets and alerts", TargetsSetting, *_SERVICE),
        SettingKind("practice", "How the desk works", AssignmentSetting, *_SERVICE),
        SettingKind("calls", "Calls that people book", CallsSetting, *_SERVICE),
        SettingKind("minutes", "Costs", MinuteCostSetting, *_SERVICE),
        SettingKind("inclusion", "Offers of inclusion", InclusionOffersSetting, *_INCLUSION, deletable=True),
        SettingKind(
            "usability", "Questions to patients", UsabilityRoundsSetting, *_USABILITY, deletable=True
        ),
        SettingKind("followup", "Repeated reports, and briefs before sessions", FollowUpSetting, *_SERVICE),
        SettingKind("mailbox", "Mail to the service", MailboxSetting, *_MAILBOX, deletable=True),
        ProgrammesOfferedKind("offers", "Programmes offered", OffersSetting, *_SERVICE),
        SettingKind("contact", "Contact", ContactSetting, *_CONTACT, deletable=True, key_length=2),
        SettingKind("crisis", "Crisis wording", CrisisSetting, lookups.find_crisis, lookups.new_crisis),
        SettingKind("privacy", "Privacy notice", PrivacySetting, *_PRIVACY),
        SettingKind(
            "retention", "How long it is kept", RetentionSetting, *_RETENTION, deletable=True, key_length=2
        ),
        LanguageKind("language", "Language", LanguageSetting, *_LANGUAGE, deletable=True, key_length=2),
        SettingKind(
            "reply", "Reply to hand", ReplySetting, *_REPLY, deletable=True, key_length=2, is_collection=True
        ),
        SettingKind("watch", "Log-in watch", WatchSetting, *_WATCH, key_length=2),
        WebhookKind(
            "webhook",
            "Webhook",
            WebhookSetting,
            find_webhook,
            new_webhook,
            deletable=True,
            key_length=2,
            is_collection=True,
        ),
        RoutingRuleKind(
            "rule",
            "Rule for new tickets",
            RuleSetting,
            *_RULE,
            deletable=True,
            key_length=2,
            is_collection=True,
        ),
        NamedKind(
            "programme",
            "Programme",
            ProgrammeSetting,
            *_PROGRAMME,
            of_service=False,
            is_collection=True,
            table=Programme,
        ),
        SettingKind(
            "device",
            "What it needs of a phone",
            DeviceNeedsSetting,
            *_DEVICE_NEEDS,
            of_service=False,
            deletable=True,
        ),
        SettingKind(
            "supplier",
            "Its supplier: address and contract",
            SupplierSetting,
            *_SUPPLIER,
            of_service=False,
            deletable=True,
        ),
        SettingKind(
            "override",
            "Exception",
            OverrideSetting,
            *_OVERRIDE,
            of_service=False,
            deletable=True,
            key_length=2,
        ),
        SettingKind("access", "Second step and lock", AccessSetting, *_ACCESS, of_service=False),
        SettingKind(
            "auditperiod",
            "How long the audit log is kept",
            AuditPeriodSetting,
            *_AUDIT_PERIOD,
            of_service=False,
        ),
        SettingKind("sharing", "Sharing with other desks", SharingSetting, *_SHARING, of_service=False),
        SettingKind("peer", "Another desk", PeerSetting, *_PEER, of_service=False, is_collection=True),
        ArticleKind("article", "Article", ArticleSetting, *_ARTICLE, **_SHARED),
        CustomCategoryKind("category", "Category", CategorySetting, *_SERVICE, **_SHARED),
        HAZARD_KIND,
        ROLE_KIND,
        *LOG_IN_KINDS,
    )
}
"""By name, in the order in which they are shown."""
