"""What becomes of tickets when somebody leaves a service or a role."""

from sqlmodel import Session

from navigator.people import accounts
from navigator.people.accounts import MembershipInput
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions.staff import reassign_all


def set_membership(session: Session, actor: Actor, user_id: int, what: MembershipInput) -> None:
    """Change what somebody is in a service; whoever is no navigator there any more hands on their tickets."""
    accounts.set_membership(session, actor, user_id, what)
    if Role.NAVIGATOR not in what.roles:
        reassign_all(session, user_id, [what.service_id])


def leave(session: Session, actor: Actor, user_id: int) -> None:
    """Send somebody away: they are logged out for good, and their tickets are handed on."""
    reassign_all(session, user_id, accounts.deactivate(session, actor, user_id))
