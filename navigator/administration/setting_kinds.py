"""What can be set: each subject's shape, where it lies, whose it is, and what it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, delete, select

from navigator.administration import lookups
from navigator.administration.custom_categories import give_up, keep, slug, words_of
from navigator.administration.lookups import Key
from navigator.administration.programme_schemas import (
    ArticlePart,
    CategoryPart,
    OverridePart,
    ProgrammePart,
    ReplyPart,
)
from navigator.administration.routing_schemas import PracticePart, RulePart
from navigator.administration.schema import Part
from navigator.administration.service_schemas import (
    ContactPart,
    CrisisPart,
    HoursPart,
    NamePart,
    OffersPart,
    TargetsPart,
)
from navigator.catalogue.lookups import contact_of, programmes_of
from navigator.catalogue.programme import ServiceProgramme
from navigator.catalogue.routing_rule import RoutingRule
from navigator.database import Table
from navigator.errors import Invalid
from navigator.people.directory import colleagues
from navigator.people.user import Role, User


@dataclass(frozen=True)
class Subject:
    """One kind of thing that can be set, a row each; it may go if `can_go`; its keys are so `long`.

    Of what `is_named` there are as many as were made; of anything else one in its place.
    """

    name: str
    title: str
    part: type[Part]
    find: Callable[[Session, Key], Table | None]
    make: Callable[[Session, Key], Table]
    of_service: bool = True
    can_go: bool = False
    long: int = 1
    is_named: bool = False

    def code_for(self, part: Part) -> str:
        """The code of a new one: made of what it is called, which its first field says."""
        return slug(str(getattr(part, next(iter(self.part.model_fields)))))

    def begun(self) -> Part | None:
        """What to begin with where nothing is set; None where there is no such thing."""
        is_asked = any(field.is_required() for field in self.part.model_fields.values())
        return None if is_asked else self.part()

    def read(self, session: Session, key: Key) -> Part | None:
        """What is set now, None for nothing."""
        row = self.find(session, key)
        return self.part.model_validate(row) if row else None

    def write(self, session: Session, key: Key, part: Part | None) -> None:
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


def _stored(part: Part) -> dict[str, Any]:
    """The values of a part as columns hold them: what is in a list or a mapping as JSON."""
    plain, kept = part.model_dump(mode="json"), part.model_dump()
    return {name: plain[name] if isinstance(kept[name], list | dict) else kept[name] for name in kept}


class Offered(Subject):
    """The programmes of a service: a row for each that it offers."""

    def read(self, session: Session, key: Key) -> Part | None:
        """The codes, in their order."""
        offered = programmes_of(session, lookups.service_of(session, key).id)
        return OffersPart(programmes=sorted(one.code for one in offered))

    def write(self, session: Session, key: Key, part: Part | None) -> None:
        """Offer these and no others."""
        service_id = lookups.service_of(session, key).id
        codes = part.programmes if isinstance(part, OffersPart) else []
        wanted = {lookups.programme_of(session, (code,)).id for code in codes}
        here = col(ServiceProgramme.service_id) == service_id
        held = set(session.exec(select(ServiceProgramme.programme_id).where(here)))
        session.exec(
            delete(ServiceProgramme).where(here, col(ServiceProgramme.programme_id).in_(held - wanted))
        )
        for id in sorted(wanted - held):
            session.add(ServiceProgramme(service_id=service_id, programme_id=id))
        session.flush()


class Worded(Subject):
    """A category in own words: a row for what differs from the shipped catalogue."""

    def code_for(self, part: Part) -> str:
        """An id that no shipped category will ever have."""
        return f"{getattr(part, 'group', '')}.own_{slug(getattr(part, 'staff_label', ''), '_')}"

    def read(self, session: Session, key: Key) -> Part | None:
        """The category as it is in use."""
        return words_of(session, key[0])

    def write(self, session: Session, key: Key, part: Part | None) -> None:
        """Keep what differs; with None, as it ships again."""
        if isinstance(part, CategoryPart):
            keep(session, key[0], part)
        else:
            give_up(session, key[0])


class Advised(Subject):
    """An article, which may be for one programme: one that there is."""

    def write(self, session: Session, key: Key, part: Part | None) -> None:
        """Set it or take it away; refused for a programme that nobody knows."""
        programme = part.programme if isinstance(part, ArticlePart) else ""
        if programme and not lookups.find_programme(session, (programme,)):
            raise Invalid("There is a problem", {"programme": "Choose a programme from the list."})
        super().write(session, key, part)


class Ruled(Subject):
    """A rule for who gets new tickets, which names its people by email address."""

    def read(self, session: Session, key: Key) -> Part | None:
        """The rule with the addresses of its people, those who have left included."""
        row = lookups.find_rule(session, key)
        if row is None:
            return None
        emails = session.exec(select(User.email).where(col(User.id).in_(row.people)).order_by(User.email))
        held = {name: getattr(row, name) for name in RulePart.model_fields if name != "people"}
        return RulePart(**held, people=list(emails))

    def write(self, session: Session, key: Key, part: Part | None) -> None:
        """Set it or take it away; refused where it names what the service does not have."""
        row = lookups.find_rule(session, key)
        if not isinstance(part, RulePart):
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

    def _known(self, session: Session, row: RoutingRule, part: RulePart) -> list[int]:
        """The ids of its people: navigators of the service, or named by the rule already."""
        offered = {one.code for one in programmes_of(session, row.service_id)}
        if part.programme and part.programme not in offered:
            raise Invalid("There is a problem", {"programme": "Choose a programme that the service offers."})
        if part.contact and contact_of(session, row.service_id, part.contact) is None:
            raise Invalid("There is a problem", {"contact": "Choose a contact that the service has."})
        able = {one.email: one.id for one in colleagues(session, row.service_id, Role.NAVIGATOR)}
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

_SHARED: Mapping[str, Any] = {"of_service": False, "can_go": True, "is_named": True}

SUBJECTS: Mapping[str, Subject] = {
    one.name: one
    for one in (
        Subject("service", "Name", NamePart, lookups.find_service, lookups.new_service, is_named=True),
        Subject("hours", "Opening hours and holidays", HoursPart, *_SERVICE),
        Subject("targets", "Targets and alerts", TargetsPart, *_SERVICE),
        Subject("practice", "How the desk works", PracticePart, *_SERVICE),
        Offered("offers", "Programmes offered", OffersPart, *_SERVICE),
        Subject("contact", "Contact", ContactPart, *_CONTACT, can_go=True, long=2),
        Subject("crisis", "Crisis wording", CrisisPart, lookups.find_crisis, lookups.new_crisis),
        Subject("reply", "Reply to hand", ReplyPart, *_REPLY, can_go=True, long=2, is_named=True),
        Ruled("rule", "Rule for new tickets", RulePart, *_RULE, can_go=True, long=2, is_named=True),
        Subject("programme", "Programme", ProgrammePart, *_PROGRAMME, of_service=False, is_named=True),
        Subject("override", "Exception", OverridePart, *_OVERRIDE, of_service=False, can_go=True, long=2),
        Advised("article", "Article", ArticlePart, *_ARTICLE, **_SHARED),
        Worded("category", "Category", CategoryPart, *_SERVICE, **_SHARED),
    )
}
"""By name, in the order in which they are shown."""
