"""Leavers: the tickets of whoever leaves a service or a role are reassigned; leavers watch none there."""

from sqlmodel import Session

from navigator.catalogue.reference_data import wait_for_changes
from navigator.people import accounts
from navigator.people.accounts import DepartureInput, MembershipInput
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.tickets.actions.reassign import reassign_all
from navigator.tickets.notices import forget_leaver


def set_membership(session: Session, actor: Actor, user_id: int, membership: MembershipInput) -> None:
    """Change a membership; the tickets of whoever is no navigator there any more are reassigned."""
    if membership.composed:
        wait_for_changes(session)  # the role may be deleted at this moment
    accounts.set_membership(session, actor, user_id, membership)
    if Role.NAVIGATOR not in membership.roles:
        reassign_all(session, user_id, [membership.service_id])


def deactivate(session: Session, actor: Actor, user_id: int, departure: DepartureInput | None = None) -> None:
    """Deactivate a user: they are logged out for good, and their tickets are reassigned."""
    services_left = accounts.deactivate(session, actor, user_id, departure)
    reassign_all(session, user_id, services_left)
    forget_leaver(session, user_id, services_left)
