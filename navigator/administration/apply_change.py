"""Change of a setting: authorised, previewed, under optimistic locking, audited, and so reversible."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlmodel import Session, select

from navigator.administration import lookups
from navigator.administration.diff import Difference, differences
from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.administration.setting_words import words_of_fields
from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.reference_data import wait_for_changes
from navigator.catalogue.service import Service
from navigator.database import trial
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.people.actor import Actor
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Membership, Role

NEW_KEY = "new"
"""The last part of a key that asks for a new setting: its code is made from its name."""


@dataclass(frozen=True)
class Preview:
    """The preview of a change: each difference, and what a service would then lack."""

    differences: tuple[Difference, ...]
    missing: tuple[str, ...] = ()


def kind_of(name: str) -> SettingKind:
    """The kind of setting of a name."""
    if name not in SETTING_KINDS:
        raise NotFound("We cannot find that.")
    return SETTING_KINDS[name]


def parse_key(name: str, path: str) -> tuple[SettingKind, Key]:
    """The kind and the key of a path like "contact", "north/deputy"."""
    kind, key = kind_of(name), tuple(path.split("/"))
    if len(key) != kind.key_length or not all(key):
        raise NotFound("We cannot find that.")
    return kind, key


def key_to_change(session: Session, actor: Actor, name: str, path: str) -> tuple[SettingKind, Key]:
    """The kind and the key of a path, for whoever may change it: asked before a form shows anything."""
    kind, key = parse_key(name, path)
    require_admin(session, actor, kind, key)
    return kind, key


def current_setting(session: Session, actor: Actor, kind: SettingKind, key: Key) -> SettingSchema | None:
    """The setting as it is now, for an administrator of the service; what is shared, for any."""
    _require_reader(session, actor, kind, key)
    setting = None if key[-1] == NEW_KEY else kind.read(session, key)
    if setting is None and kind.is_collection and key[-1] != NEW_KEY:
        raise NotFound("We cannot find that.")
    return setting


def require_admin(session: Session, actor: Actor, kind: SettingKind, key: Key) -> None:
    """Refuse all but an administrator of the service; for what services share, an administrator of all."""
    _require_reader(session, actor, kind, key)
    is_new_service = kind.name == "service" and lookups.find_service(session, key) is None
    if is_new_service and not (actor.user_id or actor.is_system):
        raise Forbidden("Only a person can begin a service: they become its administrator.")
    if (is_new_service or not kind.of_service) and not administers_all(session, actor):
        raise Forbidden("All services share this. Only an administrator of every service can change it.")


def _require_reader(session: Session, actor: Actor, kind: SettingKind, key: Key) -> None:
    if not (actor.is_system or actor.has(Role.ADMIN)):
        raise Forbidden("Only an administrator can change settings.")
    service = lookups.find_service(session, key) if kind.of_service else None
    if service and not (actor.is_system or service.id in actor.services(Role.ADMIN)):
        raise NotFound("We cannot find that.")


def administers_all(session: Session, actor: Actor) -> bool:
    """Whether the actor administers every service of the installation, and so what these share."""
    return actor.is_system or set(session.exec(select(Service.id))) <= actor.services(Role.ADMIN)


def etag(setting: SettingSchema | None) -> str:
    """The ETag of a setting, for optimistic locking: whether somebody else changed it since it was read."""
    return sha256((setting.model_dump_json() if setting else "").encode()).hexdigest()[:16]


def preview_change(
    session: Session, actor: Actor, kind: SettingKind, key: Key, setting: SettingSchema | None
) -> Preview:
    """Try a change and roll it back: what it would change, and what the service would lack then."""
    require_admin(session, actor, kind, key)
    before = current_setting(session, actor, kind, key)
    with trial(session):
        missing_before = _missing_parts(session, kind, key)
        key = _write(session, actor, kind, key, setting)
        missing_after = _missing_parts(session, kind, key)
    newly_missing = tuple(part for part in missing_after if part not in missing_before)
    return Preview(tuple(differences(before, setting, words_of_fields(session))), newly_missing)


def apply_change(
    session: Session,
    actor: Actor,
    kind: SettingKind,
    key: Key,
    setting: SettingSchema | None,
    expected_etag: str = "",
    undoes: int | None = None,
) -> AuditEntry | None:
    """Write a setting (None deletes it) and audit who did; None when nothing changes.

    One at a time: a name, a code or a version that is looked at is so until this is committed."""
    wait_for_changes(session)
    require_admin(session, actor, kind, key)
    before = None if key[-1] == NEW_KEY else kind.read(session, key)
    if expected_etag and expected_etag != etag(before):
        raise Conflict("This has changed since you opened it. Look at it as it is now.")
    if before is None and setting is None:
        raise Conflict("There is nothing to take away.")
    if before == setting:
        return None
    known_id = _service_id(session, kind, key)
    key = _write(session, actor, kind, key, setting)
    change = AuditEntry(
        actor_id=actor.user_id,
        actor_name=actor.name,
        service_id=known_id or _service_id(session, kind, key),
        subject=kind.name,
        key="/".join(key),
        title=kind.title,
        before=_as_json(before),
        after=_as_json(setting),
        undoes=undoes,
    )
    session.add(change)
    session.flush()
    return change


def _missing_parts(session: Session, kind: SettingKind, key: Key) -> list[str]:
    service = lookups.find_service(session, key) if kind.of_service else None
    return missing(session, service) if service else []


def _service_id(session: Session, kind: SettingKind, key: Key) -> int | None:
    service = lookups.find_service(session, key) if kind.of_service else None
    return service.id if service else None


def _as_json(setting: SettingSchema | None) -> dict[str, Any] | None:
    return setting.model_dump(mode="json") if setting else None


def _write(session: Session, actor: Actor, kind: SettingKind, key: Key, setting: SettingSchema | None) -> Key:
    if setting is None and not kind.deletable:
        raise Conflict("This cannot be taken away.")
    if setting is None and kind.name == "service" and not administers_all(session, actor):
        raise Forbidden("Only an administrator of every service can delete one.")
    if key[-1] == NEW_KEY and setting is not None:
        key = (*key[:-1], _free_code(session, kind, key, kind.code_for(setting)))
    is_new = kind.of_service and lookups.find_service(session, key) is None
    kind.write(session, key, setting)
    if is_new and actor.user_id:
        service_id = lookups.service_of(session, key).id
        session.add(Membership(user_id=actor.user_id, service_id=service_id, role=Role.ADMIN))
        session.flush()
    return key


def _free_code(session: Session, kind: SettingKind, key: Key, code: str) -> str:
    """A code that nothing else has: the wanted one, or one with a number behind it."""
    candidates = (code or "own", *(f"{code or 'own'}-{count}" for count in range(2, 100)))
    return next(c for c in candidates if c != NEW_KEY and kind.read(session, (*key[:-1], c)) is None)
