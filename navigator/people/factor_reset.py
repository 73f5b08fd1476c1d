"""Reset of somebody's second factors: one administrator asks, another confirms; the audit log names both."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select, update

from navigator import clock, database
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.fields import Line
from navigator.people import directory, login, second_factor
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_log import record_factor
from navigator.people.factor_tables import FactorReset
from navigator.people.user import Membership, Role, User

LASTS = timedelta(days=3)
"""How long a reset waits to be confirmed."""


class ResetInput(BaseModel):
    """Why somebody's second factors are reset, for the audit log: how it is known that it is they who ask."""

    reason: Annotated[Line, Field(min_length=1)] = Field(title="how you know that it is they who ask")


def open_reset(session: Session, actor: Actor, user_id: int) -> FactorReset | None:
    """The reset of somebody that waits to be confirmed, for their administrators."""
    directory.find(session, actor, user_id)
    return session.exec(select(FactorReset).where(*_is_open(user_id))).one_or_none()


def waiting_for(session: Session, actor: Actor) -> frozenset[int]:
    """The ids of the people of an administrator's services whose reset waits to be confirmed."""
    of_services = select(Membership.user_id).where(directory.administered_by(actor))
    query = select(FactorReset.user_id).where(*_waits(), col(FactorReset.user_id).in_(of_services))
    return frozenset(session.exec(query))


def who_may_confirm(session: Session, actor: Actor, user_id: int) -> list[int]:
    """The ids of the administrators of a person who could confirm what the actor asked for."""
    services = directory.services_of(session, user_id)
    admins = (directory.users_with_role(session, service, Role.ADMIN) for service in services)
    return sorted({user.id for users in admins for user in users} - {user_id, actor.user_id or 0})


def own_reset(session: Session, user_id: int) -> FactorReset | None:
    """The reset of somebody's own second factors that waits to be confirmed: they can stop it."""
    return session.exec(select(FactorReset).where(*_is_open(user_id))).one_or_none()


def asked_by(session: Session, reset: FactorReset) -> str:
    """The name of whoever asked for a reset."""
    return session.get_one(User, reset.asked_by).name


def ask(session: Session, actor: Actor, user_id: int, asked: ResetInput) -> None:
    """Ask for a reset of somebody else's second factors, which another administrator must confirm."""
    colleague = directory.find(session, actor, user_id)
    _refuse_own(actor, user_id)
    if not second_factor.factors_of(session, user_id).is_set_up:
        raise Conflict("They have no second step that could be reset.")
    _end_late(session, user_id)
    values = {"user_id": user_id, "asked_by": actor.user_id, "reason": asked.reason, "asked_at": clock.now()}
    row = database.insert(session, FactorReset).values(**values).on_conflict_do_nothing()
    if session.execute(row.returning(FactorReset.id)).first() is None:
        raise Conflict("Somebody has asked for this already. It waits for another administrator.")
    _record(session, actor, colleague.user, f"asked for ({asked.reason})")


def confirm(session: Session, actor: Actor, user_id: int, reset_id: int) -> None:
    """Confirm a reset that another administrator asked for: all second factors of the person are gone."""
    colleague = directory.find(session, actor, user_id)
    _refuse_own(actor, user_id)
    waiting = open_reset(session, actor, user_id)
    if waiting is None or waiting.id != reset_id:
        raise NotFound("This reset does not wait any more.")
    if waiting.asked_by == actor.user_id:
        raise Forbidden("You asked for this yourself. Another administrator must confirm it.")
    is_it = (*_is_open(user_id), col(FactorReset.id) == reset_id, col(FactorReset.asked_by) != actor.user_id)
    values = {"confirmed_by": actor.user_id, "confirmed_at": clock.now()}
    if session.exec(update(FactorReset).where(*is_it).values(**values)).rowcount == 0:
        raise NotFound("This reset does not wait any more.")
    _reset(session, actor, colleague.user, "confirmed")


def withdraw(session: Session, actor: Actor, user_id: int, reset_id: int) -> None:
    """Refuse a reset that waits, or take it back: any administrator of the person may, and they too."""
    if actor.user_id != user_id:
        directory.find(session, actor, user_id)
    is_it = (*_is_open(user_id), col(FactorReset.id) == reset_id)
    if session.exec(update(FactorReset).where(*is_it).values(ended_at=clock.now())).rowcount:
        _record(session, actor, session.get_one(User, user_id), "not done")


def by_command_line(session: Session, email: str) -> int:
    """Break glass: whoever holds the server resets somebody's second factors alone; the id of the person."""
    user = session.exec(select(User).where(User.email == email.strip().lower())).one_or_none()
    if user is None:
        raise NotFound("Nobody has this email address.")
    _reset(session, SYSTEM, user, "by the command line")
    return user.id


def _reset(session: Session, actor: Actor, user: User, how: str) -> None:
    second_factor.forget_all(session, user.id)
    login.end_sessions(session, user.id, "Their second step was reset")
    _record(session, actor, user, how)


def _refuse_own(actor: Actor, user_id: int) -> None:
    if actor.user_id is None:
        raise Forbidden("Only a person can do this.")
    if actor.user_id == user_id:
        raise Forbidden("Nobody resets their own second step. Ask two other administrators.")


def _is_open(user_id: int) -> tuple[ColumnElement[bool], ...]:
    return (col(FactorReset.user_id) == user_id, *_waits())


def _waits() -> tuple[ColumnElement[bool], ...]:
    return (
        col(FactorReset.confirmed_at).is_(None),
        col(FactorReset.ended_at).is_(None),
        col(FactorReset.asked_at) > clock.now() - LASTS,
    )


def _end_late(session: Session, user_id: int) -> None:
    """End a reset that nobody confirmed in time: it is asked for anew."""
    late = (col(FactorReset.user_id) == user_id, col(FactorReset.asked_at) <= clock.now() - LASTS)
    is_open = (col(FactorReset.confirmed_at).is_(None), col(FactorReset.ended_at).is_(None))
    session.exec(update(FactorReset).where(*late, *is_open).values(ended_at=clock.now()))


def _record(session: Session, actor: Actor, user: User, what: str) -> None:
    title = f"Reset of the second step, {what}: {user.name}"
    for service_id in directory.services_of(session, user.id):
        record_factor(session, actor, title, service_id=service_id, subject="person")
