"""Import and export of the configuration as a file: what a file names is added or changed, never deleted.

People, keys and tickets are not in it.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import yaml
from sqlmodel import Session, col, select

from navigator.administration.apply_change import apply_change, require_admin
from navigator.administration.configuration_file import Configuration, ProgrammeEntry, ServiceEntry
from navigator.administration.lookups import Key, find_service
from navigator.administration.named_kind import names_looked_at_together
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import CrisisSetting, OffersSetting
from navigator.administration.setting_kind import SettingKind
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.articles import Article
from navigator.catalogue.contact import Contact
from navigator.catalogue.custom_wording import CategoryOverride
from navigator.catalogue.lookups import programmes_of
from navigator.catalogue.programme import Programme, ProgrammeCategoryOverride
from navigator.catalogue.retention_period import RetentionPeriod
from navigator.catalogue.service import Service
from navigator.people import audit_spool
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.user import Role

_SERVICE_KINDS = ("service", "hours", "targets", "practice", "calls", "minutes", "followup", "offers")

SettingRows = Iterator[tuple[str, Key, SettingSchema]]


def export_configuration(session: Session, actor: Actor = SYSTEM) -> str:
    """The configuration as YAML, in the order of codes; of the services that the actor administers."""
    audit_spool.note(actor, Act.EXPORTED, "Settings as one file")
    is_own = () if actor.is_system else (col(Service.id).in_(actor.services(Role.ADMIN)),)
    configuration = {
        "categories": [_export_category(session, id) for id in _codes(session, CategoryOverride.category)],
        "programmes": [_export_programme(session, code) for code in _codes(session, Programme.code)],
        "articles": [_export_article(session, code) for code in _codes(session, Article.code)],
        "services": [_export_service(session, code) for code in _codes(session, Service.code, *is_own)],
    }
    return yaml.safe_dump(configuration, sort_keys=False, allow_unicode=True)


def _codes(session: Session, column: Any, *where: Any) -> list[str]:
    return list(session.exec(select(column).where(*where).order_by(column)))


def _dump_setting(session: Session, name: str, *key: str) -> dict[str, Any]:
    setting = SETTING_KINDS[name].read(session, key)
    return setting.model_dump(mode="json") if setting else {}


def _export_category(session: Session, id: str) -> dict[str, Any]:
    return {"id": id, **_dump_setting(session, "category", id)}


def _export_programme(session: Session, code: str) -> dict[str, Any]:
    id = select(Programme.id).where(Programme.code == code)
    of_programme = col(ProgrammeCategoryOverride.programme_id).in_(id)
    leaves = _codes(session, ProgrammeCategoryOverride.category, of_programme)
    overrides = [{"category": leaf, **_dump_setting(session, "override", code, leaf)} for leaf in leaves]
    of_its_own = {
        "device_needs": _dump_setting(session, "device", code) or None,
        "supplier_terms": _dump_setting(session, "supplier", code) or None,
    }
    return {"code": code, **_dump_setting(session, "programme", code), **of_its_own, "overrides": overrides}


def _export_article(session: Session, code: str) -> dict[str, Any]:
    return {"code": code, **_dump_setting(session, "article", code)}


def _export_service(session: Session, code: str) -> dict[str, Any]:
    id = select(Service.id).where(Service.code == code).scalar_subquery()
    kinds = _codes(session, Contact.kind, Contact.service_id == id)
    replies = _codes(session, CannedReply.code, CannedReply.service_id == id)
    entry: dict[str, Any] = {"code": code}
    for name in _SERVICE_KINDS:
        entry |= _dump_setting(session, name, code)
    entry["contacts"] = [{"kind": kind, **_dump_setting(session, "contact", code, kind)} for kind in kinds]
    entry["crisis"] = _dump_setting(session, "crisis", code)
    periods = _codes(session, RetentionPeriod.record_class, RetentionPeriod.service_id == id)
    entry["retention"] = [
        {"record_class": each, **_dump_setting(session, "retention", code, each)} for each in periods
    ]
    for name in ("privacy", "inclusion", "usability"):
        entry[name] = _dump_setting(session, name, code) or None
    entry["replies"] = [{"code": reply, **_dump_setting(session, "reply", code, reply)} for reply in replies]
    return entry


def import_configuration(session: Session, configuration: Configuration, actor: Actor = SYSTEM) -> list[str]:
    """Add and change what the file names; returns what was changed, in words.

    What services share may stand in it as it is; to change that takes an administrator of all services."""
    for service in configuration.services:
        require_admin(session, actor, SETTING_KINDS["service"], (service.code,))
    with names_looked_at_together(session):
        changes = [
            _import_setting(session, actor, SETTING_KINDS[name], key, setting)
            for name, key, setting in _settings_of(session, configuration)
        ]
    return [_change_text(change) for change in changes if change]


def _import_setting(
    session: Session, actor: Actor, kind: SettingKind, key: Key, named: SettingSchema
) -> AuditEntry | None:
    before = kind.read(session, key)
    said = {field: value for field, value in named if field in named.model_fields_set}
    setting = kind.schema.stored(dict(before) | said) if before else named
    if not kind.of_service and before != setting:
        require_admin(session, actor, kind, key)
    system_actor = replace(actor, is_system=True)  # of a service that the file makes, too
    return apply_change(session, system_actor, kind, key, setting)


def _settings_of(session: Session, configuration: Configuration) -> SettingRows:
    """Every setting of a file with its kind and key, each before what needs it."""
    for category in configuration.categories:
        yield "category", (category.id,), _extract_setting("category", category)
    for programme in configuration.programmes:
        yield from _programme_settings(programme)
    for article in configuration.articles:
        yield "article", (article.code,), _extract_setting("article", article)
    for service in configuration.services:
        yield from _service_settings(session, service)


def _programme_settings(entry: ProgrammeEntry) -> SettingRows:
    yield "programme", (entry.code,), _extract_setting("programme", entry)
    if entry.device_needs:
        yield "device", (entry.code,), entry.device_needs
    if entry.supplier_terms:
        yield "supplier", (entry.code,), entry.supplier_terms
    for override in entry.overrides:
        yield "override", (entry.code, override.category), _extract_setting("override", override)


def _service_settings(session: Session, entry: ServiceEntry) -> SettingRows:
    service = find_service(session, (entry.code,))
    offered = {programme.code for programme in programmes_of(session, service.id)} if service else set()
    for name in _SERVICE_KINDS[:-1]:
        yield name, (entry.code,), _extract_setting(name, entry)
    yield "offers", (entry.code,), OffersSetting(programmes=sorted(offered | set(entry.programmes)))
    for contact in entry.contacts:
        yield "contact", (entry.code, contact.kind), _extract_setting("contact", contact)
    if "crisis" in entry.model_fields_set or service is None:
        yield "crisis", (entry.code,), CrisisSetting.stored(dict(entry.crisis))  # whole, as it was read
    for name in ("privacy", "inclusion", "usability"):
        if setting := getattr(entry, name):
            yield name, (entry.code,), setting
    for period in entry.retention:
        yield "retention", (entry.code, period.record_class), _extract_setting("retention", period)
    for reply in entry.replies:
        yield "reply", (entry.code, reply.code), _extract_setting("reply", reply)


def _extract_setting(name: str, entry: SettingSchema) -> SettingSchema:
    """The setting of a kind out of an entry that holds more: the fields that the file names."""
    schema = SETTING_KINDS[name].schema
    named = schema.model_fields.keys() & entry.model_fields_set
    return schema(**{field: getattr(entry, field) for field in named})


def _change_text(change: AuditEntry) -> str:
    before, after = change.before, change.after or {}
    changed = [name for name in after if before is None or before.get(name) != after[name]]
    return f"{change.subject} {change.key}: {'new' if before is None else 'changed ' + ', '.join(changed)}"
