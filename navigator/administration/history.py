"""What was changed in the settings, newest first, and taking a change back."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select, true

from navigator.administration.apply_change import digest, put, subject_of
from navigator.administration.diff import Difference, differences
from navigator.administration.schema import Part
from navigator.administration.setting_kinds import SUBJECTS, Subject
from navigator.errors import Conflict, NotFound
from navigator.people.actor import Actor
from navigator.people.audit_log import Change
from navigator.people.user import Role

PAGE = 50


def changes(session: Session, actor: Actor, before: int | None = None) -> Sequence[Change]:
    """One page of the changes that an administrator may know of, newest first."""
    query = select(Change).where(_known_to(actor)).order_by(col(Change.id).desc()).limit(PAGE)
    return session.exec(query.where(col(Change.id) < before) if before else query).all()


def _known_to(actor: Actor) -> ColumnElement[bool]:
    """Changes of one's own services, and of what all services share."""
    if actor.is_system:
        return true()
    return or_(col(Change.service_id).is_(None), col(Change.service_id).in_(actor.services(Role.ADMIN)))


def find(session: Session, actor: Actor, change_id: int) -> Change:
    """One change."""
    change = session.exec(select(Change).where(Change.id == change_id, _known_to(actor))).one_or_none()
    if change is None:
        raise NotFound("We cannot find that change.")
    return change


def was_and_is(change: Change) -> tuple[Difference, ...]:
    """What a change changed, field by field; nothing for one that only says that something was done."""
    if change.subject not in SUBJECTS:
        return ()
    subject = subject_of(change.subject)
    return tuple(differences(_part(subject, change.before), _part(subject, change.after)))


def _part(subject: Subject, kept: dict[str, object] | None) -> Part | None:
    return None if kept is None else subject.part.model_validate(kept)


def can_undo(change: Change) -> bool:
    """Whether a change can be taken back: that something new was made cannot, where it may not go again."""
    subject = SUBJECTS.get(change.subject)
    return subject is not None and (change.before is not None or subject.can_go)


def undo(session: Session, actor: Actor, change_id: int) -> Change | None:
    """Set it as it was before a change, unless it was changed again since."""
    change = find(session, actor, change_id)
    if not can_undo(change):
        raise Conflict("This cannot be taken back.")
    subject = subject_of(change.subject)
    before, seen = _part(subject, change.before), digest(_part(subject, change.after))
    return put(session, actor, subject, tuple(change.key.split("/")), before, seen, change.id)
