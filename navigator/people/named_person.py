"""Whom a key acts for: a member of staff whom another system names by their address."""

from collections.abc import Sequence
from dataclasses import replace

from sqlmodel import Session, col, func, select

from navigator.errors import Invalid
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role, User


def named_person(
    session: Session, actor: Actor, service_id: int, email: str, roles: Sequence[Role], words: str
) -> Actor:
    """The key as it acts for somebody with one of these roles in a service; `words` ask for their address."""
    query = (
        select(User)
        .join(Membership, col(Membership.user_id) == col(User.id))
        .where(
            func.lower(User.email) == email.lower(),
            col(User.is_active),
            Membership.service_id == service_id,
            col(Membership.role).in_(roles),
        )
    )
    if (user := session.exec(query.limit(1)).first()) is None:
        raise Invalid("", {"by": words})
    return replace(actor, user_id=user.id, name=f"{user.name} ({actor.name})")
