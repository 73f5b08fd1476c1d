"""Access rules of the installation: which roles need a second factor from when, and the idle lock."""

from datetime import date, timedelta

from sqlalchemy import JSON
from sqlmodel import Field, Session, col, select

from navigator import clock
from navigator.database import Table
from navigator.people.composed_role import ComposedRole
from navigator.people.user import Membership

GRACE = timedelta(days=14)
"""How long the first administrator of a new desk may do without a second factor."""

LOCK_MINUTES = 15
"""After how many idle minutes pages of a new desk are locked."""


class AccessRules(Table, table=True):
    """The one row of rules; without it no second factor is asked for, and nothing is locked."""

    id: int = Field(default=1, primary_key=True)
    factor_roles: list[str] = Field(default_factory=list, sa_type=JSON)
    factor_from_on: date | None = None
    lock_minutes: int = 0
    owner: str = ""


def access_rules(session: Session) -> AccessRules:
    """The rules in force."""
    return session.get(AccessRules, 1) or AccessRules()


def factor_due_on(session: Session, user_id: int) -> date | None:
    """From which day somebody needs a second factor to log in, by any of their roles; None for never."""
    rules = access_rules(session)
    memberships = session.exec(
        select(Membership.role, ComposedRole.rights)
        .outerjoin(ComposedRole, col(ComposedRole.id) == col(Membership.composed_role_id))
        .where(Membership.user_id == user_id)
    ).all()
    composed = {right.partition(":")[2] for _, rights in memberships for right in rights or ()}
    roles = composed | {role for role, _ in memberships}
    return (rules.factor_from_on or date.min) if roles & set(rules.factor_roles) else None


def needs_factor(session: Session, user_id: int) -> bool:
    """Whether somebody cannot log in without a second factor, today."""
    due_on = factor_due_on(session, user_id)
    return due_on is not None and due_on <= clock.today()
