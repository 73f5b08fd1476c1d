"""What can be set: each subject's shape, where it lies, whose it is, and what it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, delete, select

from navigator.administration import lookups
from navigator.administration.custom_categories import delete_wording, save_wording, slug, wording_of
from navigator.administration.lookups import Key
from navigator.administration.programme_schemas import (
    ArticleSetting,
    CategorySetting,
    OverrideSetting,
    ProgrammeSetting,
    ReplySetting,
)
from navigator.administration.routing_schemas import AssignmentSetting, RuleSetting
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import (
    ContactSetting,
    CrisisSetting,
    HoursSetting,
    NameSetting,
    OffersSetting,
    TargetsSetting,
)
from navigator.catalogue.lookups import contact_of, programmes_of
from navigator.catalogue.programme import ServiceProgramme
from navigator.catalogue.routing_rule import RoutingRule
from navigator.database import Table
from navigator.errors import Invalid
from navigator.people.directory import users_with_role
from navigator.people.user import Role, User


@dataclass(frozen=True)
class SettingKind:
    """One kind of setting, a row each; it may go if `deletable`; its keys have `key_length` words.

    Of what `is_collection` there are as many as were made; of anything else one in its place.
    """

    name: str
    title: str
    part: type[SettingSchema]
    find: Callable[[Session, Key], Table | None]
    make: Callable[[Session, Key], Table]
    of_service: bool = True
    deletable: bool = False
    key_length: int = 1
    is_collection: bool = False

    def code_for(self, part: SettingSchema) -> str:
        """The code of a new one: made of what it is called, which its first field says."""
        return slug(str(getattr(part, next(iter(self.part.model_fields)))))

    def begun(self) -> SettingSchema | None:
        """What to begin with where nothing is set; None where there is no such thing."""
        is_asked = any(field.is_required() for field in self.part.model_fields.values())
        return None if is_asked else self.part()

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """What is set now, None for nothing."""
        row = self.find(session, key)
        return self.part.model_validate(row) if row else None

    def write(self, session: Session, key: Key, part: SettingSchema | None) -> None:
        """Set it, or take it away with None."""
        row = self.find(session, key)
        if part is None:
            session.delete(row)
        else:
            row = row or self.make(session, key)
            for name, value in _stored(part).items():
                setattr(row, name, value)
            session.add(row)
        session.flush()


def _stored(part: SettingSchema) -> dict[str, Any]:
    """The values of a part as columns hold them: what is in a list or a mapping as JSON."""
    plain, kept = part.model_dump(mode="json"), part.model_dump()
    return {name: plain[name] if isinstance(kept[name], list | dict) else kept[name] for name in kept}


class ProgrammesOfferedKind(SettingKind):
    """The programmes of a service: a row for each that it offers."""

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The codes, in their order."""
        offered = programmes_of(session, lookups.service_of(session, key).id)
        return OffersSetting(programmes=sorted(one.code for one in offered))

    def write(self, session: Session, key: Key, part: SettingSchema | None) -> None:
        """Offer these and no others."""
        service_id = lookups.service_of(session, key).id
        codes = part.programmes if isinstance(part, OffersSetting) else []
        wanted = {lookups.programme_of(session, (code,)).id for code in codes}
        here = col(ServiceProgramme.service_id) == service_id
        held = set(session.exec(select(ServiceProgramme.programme_id).where(here)))
        session.exec(
            delete(ServiceProgramme).where(here, col(ServiceProgramme.programme_id).in_(held - wanted))
        )
        for id in sorted(wanted - held):
            session.add(ServiceProgramme(service_id=service_id, programme_id=id))
        session.flush()


class CustomCategoryKind(SettingKind):
    """A category in own words: a row for what differs from the shipped catalogue."""

    def code_for(self, part: SettingSchema) -> str:
        """An id that no shipped category will ever have."""
        return f"{getattr(part, 'group', '')}.own_{slug(getattr(part, 'staff_label', ''), '_')}"

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The category as it is in use."""
        return wording_of(session, key[0])

    def write(self, session: Session, key: Key, part: SettingSchema | None) -> None:
        """Keep what differs; with None, as it ships again."""
        if isinstance(part, CategorySetting):
            save_wording(session, key[0], part)
        else:
            delete_wording(session, key[0])


class ArticleKind(SettingKind):
    """An article, which may be for one programme: one that there is."""

    def write(self, session: Session, key: Key, part: SettingSchema | None) -> None:
        """Set it or take it away; refused for a programme that nobody knows."""
        programme = part.programme if isinstance(part, ArticleSetting) else ""
        if programme and not lookups.find_programme(session, (programme,)):
            raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})
        super().write(session, key, part)


class RoutingRuleKind(SettingKind):
    """A rule for who gets new tickets, which names its people by email address."""

    def read(self, session: Session, key: Key) -> SettingSchema | None:
        """The rule with the addresses of its people, those who have left included."""
        row = lookups.find_rule(session, key)
        if row is None:
            return None
        emails = session.exec(select(User.email).where(col(User.id).in_(row.people)).order_by(User.email))
        held = {name: getattr(row, name) for name in RuleSetting.model_fields if name != "people"}
        return RuleSetting(**held, people=list(emails))

    def write(self, session: Session, key: Key, part: SettingSchema | None) -> None:
        """Set it or take it away; refused where it names what the service does not have."""
        row = lookups.find_rule(session, key)
        if not isinstance(part, RuleSetting):
            session.delete(row)
            session.flush()
            return
        row = row or lookups.new_rule(session, key)
        people = self._known(session, row, part)
        for name, value in _stored(part).items():
            setattr(row, name, value)
        row.people = people
        session.add(row)
        session.flush()

    def _known(self, session: Session, row: RoutingRule, part: RuleSetting) -> list[int]:
        """The ids of its people: navigators of the service, or named by the rule already."""
        offered = {one.code for one in programmes_of(session, row.service_id)}
        if part.programme and part.programme not in offered:
            raise Invalid("There is a problem", {"programme": "Choose a programme that the service offers."})
        if part.contact and contact_of(session, row.service_id, part.contact) is None:
            raise Invalid("There is a problem", {"contact": "Choose a contact that the service has."})
        able = {one.email: one.id for one in users_with_role(session, row.service_id, Role.NAVIGATOR)}
        held = session.exec(select(User).where(col(User.id).in_(row.people)))
        known = {one.email: one.id for one in held} | able
        if set(part.people) - known.keys():
            raise Invalid("There is a problem", {"people": "Choose navigators of this service."})
        return sorted(known[email] for email in part.people)


_SERVICE = (lookups.service_of, lookups.service_of)
_PROGRAMME = (lookups.find_programme, lookups.new_programme)
_CONTACT = (lookups.find_contact, lookups.new_contact)
_REPLY = (lookups.find_reply, lookups.new_reply)
_RULE = (lookups.find_rule, lookups.new_rule)
_ARTICLE = (lookups.find_article, lookups.new_article)
_OVERRIDE = (lookups.find_override, lookups.new_override)

_SHARED: Mapping[str, Any] = {"of_service": False, "deletable": True, "is_collection": True}

SETTING_KINDS: Mapping[str, SettingKind] = {
    one.name: one
    for one in (
        SettingKind(
            "service", "Name", NameSetting, lookups.find_service, lookups.new_service, is_collection=True
        ),
        SettingKind("hours", "Opening hours and holidays", HoursSetting, *_SERVICE),
        SettingKind("targets", "Targets and alerts", TargetsSetting, *_SERVICE),
        SettingKind("practice", "How the desk works", AssignmentSetting, *_SERVICE),
        ProgrammesOfferedKind("offers", "Programmes offered", OffersSetting, *_SERVICE),
        SettingKind("contact", "Contact", ContactSetting, *_CONTACT, deletable=True, key_length=2),
        SettingKind("crisis", "Crisis wording", CrisisSetting, lookups.find_crisis, lookups.new_crisis),
        SettingKind(
            "reply", "Reply to hand", ReplySetting, *_REPLY, deletable=True, key_length=2, is_collection=True
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
        SettingKind(
            "programme", "Programme", ProgrammeSetting, *_PROGRAMME, of_service=False, is_collection=True
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
        ArticleKind("article", "Article", ArticleSetting, *_ARTICLE, **_SHARED),
        CustomCategoryKind("category", "Category", CategorySetting, *_SERVICE, **_SHARED),
    )
}
"""By name, in the order in which they are shown."""
