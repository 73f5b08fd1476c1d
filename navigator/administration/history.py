"""What was changed in the settings, newest first, and taking a change back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, true

from navigator.administration.apply_change import apply, etag, kind_of
from navigator.administration.diff import Difference, differences
from navigator.administration.schema import SettingSchema
from navigator.administration.setting_kinds import SETTING_KINDS, SettingKind
from navigator.errors import Conflict, NotFound
from navigator.people.actor import Actor
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Role

PAGE = 50


def changes(session: Session, actor: Actor, before: int | None = None) -> Sequence[AuditEntry]:
    """One page of the changes that an administrator may know of, newest first."""
    query = select(AuditEntry).where(_known_to(actor)).order_by(col(AuditEntry.id).desc()).limit(PAGE)
    return session.exec(query.where(col(AuditEntry.id) < before) if before else query).all()


def _known_to(actor: Actor) -> ColumnElement[bool]:
    """Changes of one's own services, and of what all services share."""
    if actor.is_system:
        return true()
    return or_(
        col(AuditEntry.service_id).is_(None), col(AuditEntry.service_id).in_(actor.services(Role.ADMIN))
    )


def find(session: Session, actor: Actor, change_id: int) -> AuditEntry:
    """One change."""
    change = session.exec(
        select(AuditEntry).where(AuditEntry.id == change_id, _known_to(actor))
    ).one_or_none()
    if change is None:
        raise NotFound("We cannot find that change.")
    return change


def before_and_after(change: AuditEntry) -> tuple[Difference, ...]:
    """What a change changed, field by field; nothing for one that only says that something was done."""
    if change.subject not in SETTING_KINDS:
        return ()
    subject = kind_of(change.subject)
    return tuple(differences(_part(subject, change.before), _part(subject, change.after)))


def _part(subject: SettingKind, kept: dict[str, object] | None) -> SettingSchema | None:
    return None if kept is None else subject.part.model_validate(kept)


def can_undo(change: AuditEntry) -> bool:
    """Whether a change can be taken back: that something new was made cannot, where it may not go again."""
    subject = SETTING_KINDS.get(change.subject)
    return subject is not None and (change.before is not None or subject.deletable)


def undo(session: Session, actor: Actor, change_id: int) -> AuditEntry | None:
    """Set it as it was before a change, unless it was changed again since."""
    change = find(session, actor, change_id)
    if not can_undo(change):
        raise Conflict("This cannot be taken back.")
    subject = kind_of(change.subject)
    before, seen = _part(subject, change.before), etag(_part(subject, change.after))
    return apply(session, actor, subject, tuple(change.key.split("/")), before, seen, change.id)
