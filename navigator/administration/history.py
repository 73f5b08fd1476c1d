"""Change history of the settings (audit log), newest first, and undoing a change."""

from collections.abc import Sequence

from pydantic import ValidationError
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, true

from navigator.administration.apply_change import (
    administers_all,
    apply_change,
    etag,
    kind_of,
    require_admin,
)
from navigator.administration.diff import Difference, differences
from navigator.administration.lookups import THIS_DESK
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kind import SettingKind
from navigator.administration.setting_kinds import SETTING_KINDS
from navigator.administration.setting_words import Named, words_of_fields, words_of_key
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.user import Role

PAGE_SIZE = 50


def list_changes(session: Session, actor: Actor, before: int | None = None) -> Sequence[AuditEntry]:
    """One page of the changes that an administrator may know of, newest first."""
    query = (
        select(AuditEntry)
        .where(*_visible_to(session, actor))
        .order_by(col(AuditEntry.id).desc())
        .limit(PAGE_SIZE)
    )
    return session.exec(query.where(col(AuditEntry.id) < before) if before else query).all()


def _visible_to(session: Session, actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Changes of the actor's own services and of what all share; of those deleted for who administers all."""
    is_change = col(AuditEntry.act) == Act.CHANGED
    service_id = col(AuditEntry.service_id)
    is_own = or_(service_id.is_(None), service_id.in_(actor.services(Role.ADMIN)))
    is_of_deleted = service_id.not_in(select(Service.id))
    if administers_all(session, actor):
        is_own = or_(is_own, is_of_deleted)
    return is_change, true() if actor.is_system else is_own


def get_change(session: Session, actor: Actor, change_id: int) -> AuditEntry:
    """One change that an administrator may know of."""
    query = select(AuditEntry).where(AuditEntry.id == change_id, *_visible_to(session, actor))
    change = session.exec(query).one_or_none()
    if change is None:
        raise NotFound("We cannot find that change.")
    return change


def in_words(names: Named, change: AuditEntry) -> str:
    """What was changed, in words: what a setting is for, and not the codes by which it is found."""
    kind = SETTING_KINDS.get(change.subject)
    if kind is None or not change.key:
        return ": ".join(part for part in (change.title, change.key) if part)
    values = change.after or change.before or {}
    title = next((str(values[name]) for name in ("name", "title") if values.get(name)), "")
    if kind.key_length == 1 and change.key == THIS_DESK[0]:
        return change.title
    return f"{change.title}: {words_of_key(names, kind, tuple(change.key.split('/')), title)}"


def before_and_after(session: Session, change: AuditEntry) -> tuple[Difference, ...]:
    """The diff of a change, field by field; empty for one that only says that something was done."""
    if change.subject not in SETTING_KINDS:
        return ()
    kind = kind_of(change.subject)
    before, after = _setting(kind, change.before), _setting(kind, change.after)
    return tuple(differences(before, after, words_of_fields(session)))


def _setting(kind: SettingKind, values: dict[str, object] | None) -> SettingSchema | None:
    return None if values is None else kind.schema.stored(values)


def can_undo(change: AuditEntry) -> bool:
    """Whether a change can be undone: a new setting cannot, unless its kind can be deleted."""
    kind = SETTING_KINDS.get(change.subject)
    return kind is not None and (change.before is not None or kind.deletable)


def may_undo(session: Session, actor: Actor, change: AuditEntry) -> bool:
    """Whether the actor may change what a change was made to."""
    try:
        require_admin(session, actor, kind_of(change.subject), tuple(change.key.split("/")))
    except (Forbidden, NotFound):
        return False
    return True


def undo(session: Session, actor: Actor, change_id: int) -> AuditEntry | None:
    """Undo a change: set what it was before, unless it was changed again since."""
    change = get_change(session, actor, change_id)
    if not can_undo(change):
        raise Conflict("This cannot be taken back.")
    kind = kind_of(change.subject)
    before, expected_etag = _usable(kind, change.before), etag(_setting(kind, change.after))
    return apply_change(session, actor, kind, tuple(change.key.split("/")), before, expected_etag, change.id)


def _usable(kind: SettingKind, values: dict[str, object] | None) -> SettingSchema | None:
    try:
        return None if values is None else kind.schema.model_validate(values)
    except ValidationError:
        raise Conflict("This cannot be taken back: it names what there is no more.") from None
