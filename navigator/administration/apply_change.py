"""The one way to change a setting: previewed, allowed, written down with how it was, and so reversible."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlmodel import Session

from navigator.administration import lookups
from navigator.administration.diff import Difference, differences
from navigator.administration.lookups import Key
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kinds import SETTING_KINDS, SettingKind
from navigator.catalogue.accepting_reports import missing
from navigator.database import trial
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.people.actor import Actor
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Membership, Role

NEW_KEY = "new"
"""The last word of a key that asks for something new: its code is made from what it is called."""


@dataclass(frozen=True)
class Preview:
    """What a change would do: each difference, and what a service would then lack."""

    differences: tuple[Difference, ...]
    lacks: tuple[str, ...] = ()


def kind_of(name: str) -> SettingKind:
    """A subject by its name."""
    if name not in SETTING_KINDS:
        raise NotFound("We cannot find that.")
    return SETTING_KINDS[name]


def parse_key(name: str, path: str) -> tuple[SettingKind, Key]:
    """The subject and the key of an address like "contact", "north/deputy"."""
    subject, key = kind_of(name), tuple(path.split("/"))
    if len(key) != subject.key_length or not all(key):
        raise NotFound("We cannot find that.")
    return subject, key


def current(session: Session, actor: Actor, subject: SettingKind, key: Key) -> SettingSchema | None:
    """What is set now, for an administrator who may change it."""
    require(session, actor, subject, key)
    part = None if key[-1] == NEW_KEY else subject.read(session, key)
    if part is None and subject.is_collection and key[-1] != NEW_KEY:
        raise NotFound("We cannot find that.")
    return part


def require(session: Session, actor: Actor, subject: SettingKind, key: Key) -> None:
    """Only an administrator of the service; of what services share, an administrator of any."""
    if actor.is_system:
        return
    if not actor.has(Role.ADMIN):
        raise Forbidden("Only an administrator can change settings.")
    service = lookups.find_service(session, key) if subject.of_service else None
    if service is None and subject.name == "service" and not actor.user_id:
        raise Forbidden("Only a person can begin a service: they become its administrator.")
    if service and service.id not in actor.services(Role.ADMIN):
        raise NotFound("We cannot find that.")


def etag(part: SettingSchema | None) -> str:
    """A mark of what was set when a form was shown, to see whether somebody else changed it since."""
    return sha256((part.model_dump_json() if part else "").encode()).hexdigest()[:16]


def preview(
    session: Session, actor: Actor, subject: SettingKind, key: Key, part: SettingSchema | None
) -> Preview:
    """Try a change and undo it: what it would change, and what the service would lack then."""
    before = current(session, actor, subject, key)
    with trial(session):
        lacked = _lacks(session, subject, key)
        key = _write(session, actor, subject, key, part)
        lacks = tuple(lack for lack in _lacks(session, subject, key) if lack not in lacked)
    return Preview(tuple(differences(before, part)), lacks)


def apply(
    session: Session,
    actor: Actor,
    subject: SettingKind,
    key: Key,
    part: SettingSchema | None,
    seen: str = "",
    undoes: int | None = None,
) -> AuditEntry | None:
    """Set it (None takes it away) and write down who did; None when nothing changes."""
    require(session, actor, subject, key)
    before = None if key[-1] == NEW_KEY else subject.read(session, key)
    if seen and seen != etag(before):
        raise Conflict("Somebody else changed this in the meantime. Look at it as it is now.")
    if before is None and part is None:
        raise Conflict("There is nothing to take away.")
    if before == part:
        return None
    key = _write(session, actor, subject, key, part)
    change = AuditEntry(
        actor_id=actor.user_id,
        actor_name=actor.name,
        service_id=lookups.service_of(session, key).id if subject.of_service else None,
        subject=subject.name,
        key="/".join(key),
        title=subject.title,
        before=_kept(before),
        after=_kept(part),
        undoes=undoes,
    )
    session.add(change)
    session.flush()
    return change


def _lacks(session: Session, subject: SettingKind, key: Key) -> list[str]:
    service = lookups.find_service(session, key) if subject.of_service else None
    return missing(session, service) if service else []


def _kept(part: SettingSchema | None) -> dict[str, Any] | None:
    return part.model_dump(mode="json") if part else None


def _write(session: Session, actor: Actor, subject: SettingKind, key: Key, part: SettingSchema | None) -> Key:
    if part is None and not subject.deletable:
        raise Conflict("This cannot be taken away.")
    if key[-1] == NEW_KEY and part is not None:
        key = (*key[:-1], _free(session, subject, key, subject.code_for(part)))
    is_new = subject.of_service and lookups.find_service(session, key) is None
    subject.write(session, key, part)
    if is_new and actor.user_id:
        here = lookups.service_of(session, key).id
        session.add(Membership(user_id=actor.user_id, service_id=here, role=Role.ADMIN))
        session.flush()
    return key


def _free(session: Session, subject: SettingKind, key: Key, code: str) -> str:
    """A code that nothing else has: the wanted one, or one with a number behind it."""
    wanted = (code or "own", *(f"{code or 'own'}-{count}" for count in range(2, 100)))
    return next(one for one in wanted if one != NEW_KEY and subject.read(session, (*key[:-1], one)) is None)
