"""Taking the configuration out as a file and in again: what a file names is added or changed, never taken.

People, keys and tickets are not in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from sqlmodel import Session, col, select

from navigator.administration.apply_change import apply, require
from navigator.administration.configuration import Configuration, KeptProgramme, KeptService
from navigator.administration.lookups import Key, find_service
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import OffersSetting
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.articles import Article
from navigator.catalogue.contact import Contact
from navigator.catalogue.custom_wording import CategoryOverride
from navigator.catalogue.lookups import programmes_of
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride
from navigator.catalogue.service import Service
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Role

_OF_A_SERVICE = ("service", "hours", "targets", "practice", "offers")

Wanted = Iterator[tuple[str, Key, SettingSchema]]


def export(session: Session, actor: Actor = SYSTEM) -> str:
    """The configuration as it stands, in the order of codes; of the services that the actor administers."""
    own = () if actor.is_system else (col(Service.id).in_(actor.services(Role.ADMIN)),)
    whole = {
        "categories": [_category(session, id) for id in _codes(session, CategoryOverride.category)],
        "programmes": [_programme(session, code) for code in _codes(session, Programme.code)],
        "articles": [_article(session, code) for code in _codes(session, Article.code)],
        "services": [_service(session, code) for code in _codes(session, Service.code, *own)],
    }
    return yaml.safe_dump(whole, sort_keys=False, allow_unicode=True)


def _codes(session: Session, column: Any, *where: Any) -> list[str]:
    return list(session.exec(select(column).where(*where).order_by(column)))


def _told(session: Session, name: str, *key: str) -> dict[str, Any]:
    part = SETTING_KINDS[name].read(session, key)
    return part.model_dump(mode="json") if part else {}


def _category(session: Session, id: str) -> dict[str, Any]:
    return {"id": id, **_told(session, "category", id)}


def _programme(session: Session, code: str) -> dict[str, Any]:
    here = col(ProgrammeCategoryOverride.programme_id).in_(select(Programme.id).where(Programme.code == code))
    overridden = _codes(session, ProgrammeCategoryOverride.category, here)
    overrides = [{"category": one, **_told(session, "override", code, one)} for one in overridden]
    return {"code": code, **_told(session, "programme", code), "overrides": overrides}


def _article(session: Session, code: str) -> dict[str, Any]:
    return {"code": code, **_told(session, "article", code)}


def _service(session: Session, code: str) -> dict[str, Any]:
    id = select(Service.id).where(Service.code == code).scalar_subquery()
    kinds = _codes(session, Contact.kind, Contact.service_id == id)
    replies = _codes(session, CannedReply.code, CannedReply.service_id == id)
    whole: dict[str, Any] = {"code": code}
    for name in _OF_A_SERVICE:
        whole |= _told(session, name, code)
    whole["contacts"] = [{"kind": kind, **_told(session, "contact", code, kind)} for kind in kinds]
    whole["crisis"] = _told(session, "crisis", code)
    return whole | {"replies": [{"code": one, **_told(session, "reply", code, one)} for one in replies]}


def load(session: Session, whole: Configuration, actor: Actor = SYSTEM) -> list[str]:
    """Add and change what the file names; what was changed, in words."""
    for service in whole.services:
        require(session, actor, SETTING_KINDS["service"], (service.code,))
    able = replace(actor, is_system=True)  # of a service that the file makes, too
    done = (
        apply(session, able, SETTING_KINDS[name], key, part) for name, key, part in _wanted(session, whole)
    )
    return [_in_words(change) for change in done if change]


def _wanted(session: Session, whole: Configuration) -> Wanted:
    """Every part of a file and its place, each before what needs it."""
    for category in whole.categories:
        yield "category", (category.id,), _taken("category", category)
    for programme in whole.programmes:
        yield from _of_programme(programme)
    for article in whole.articles:
        yield "article", (article.code,), _taken("article", article)
    for service in whole.services:
        yield from _of_service(session, service)


def _of_programme(whole: KeptProgramme) -> Wanted:
    yield "programme", (whole.code,), _taken("programme", whole)
    for one in whole.overrides:
        yield "override", (whole.code, one.category), _taken("override", one)


def _of_service(session: Session, whole: KeptService) -> Wanted:
    held = find_service(session, (whole.code,))
    offered = {one.code for one in programmes_of(session, held.id)} if held else set()
    for name in _OF_A_SERVICE[:-1]:
        yield name, (whole.code,), _taken(name, whole)
    yield "offers", (whole.code,), OffersSetting(programmes=sorted(offered | set(whole.programmes)))
    for contact in whole.contacts:
        yield "contact", (whole.code, contact.kind), _taken("contact", contact)
    yield "crisis", (whole.code,), whole.crisis
    for reply in whole.replies:
        yield "reply", (whole.code, reply.code), _taken("reply", reply)


def _taken(name: str, whole: SettingSchema) -> SettingSchema:
    """The part of a subject out of a whole that holds more."""
    part = SETTING_KINDS[name].part
    return part(**{field: getattr(whole, field) for field in part.model_fields})


def _in_words(change: AuditEntry) -> str:
    before, after = change.before, change.after or {}
    changed = [name for name in after if before is None or before.get(name) != after[name]]
    return f"{change.subject} {change.key}: {'new' if before is None else 'changed ' + ', '.join(changed)}"
