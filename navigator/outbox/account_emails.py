"""Account e-mails: invitations and password resets."""

from datetime import timedelta

from pydantic import BaseModel, Field
from sqlmodel import Session, select

from navigator.catalogue.reference_data import wait_for_changes
from navigator.catalogue.service import Service
from navigator.errors import TooMany
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people import accounts, rate_limit
from navigator.people.accounts import Invitation
from navigator.people.actor import Actor
from navigator.people.one_time_token import TokenPurpose
from navigator.people.password_setting import require_passwords, takes_passwords
from navigator.people.rate_limit import Limit
from navigator.people.user import User

PER_ADDRESS = Limit(30, timedelta(hours=1))
PER_ACCOUNT = Limit(3, timedelta(hours=1))


_INVITED = {
    (False, True): "Invited. How they log in is on its way to them by email",
    (True, True): "They are known here already. What they do here is now as you ticked it, and how they log "
    "in is on its way to them by email",
    (
        True,
        False,
    ): "They have an account already. What they do here is now as you ticked it. No email goes to "
    "them: they log in as before",
}
"""What is said of an invitation: by whether they were known, and whether they are written to."""


class ForgottenPasswordInput(BaseModel):
    """The form for a forgotten password."""

    email: str = Field(title="your email address", max_length=1000)


def invite(session: Session, actor: Actor, invitation: Invitation) -> User:
    """Invite a user to a service, and e-mail them a link: for a password if they have none, or to log in."""
    if invitation.composed:
        wait_for_changes(session)  # the role may be deleted at this moment
    user = accounts.invite(session, actor, invitation)
    service = session.get_one(Service, invitation.service_id)
    facts = {"by": "" if actor.is_system else actor.name, "to": service.name}
    if not takes_passwords(session):
        enqueue(session, "invite_by_provider", Recipient.USER, user.id, context=facts)
    elif user.password_hash is None:
        enqueue(session, TokenPurpose.INVITE, Recipient.USER, user.id, context=facts)
    return user


def invite_in_words(session: Session, actor: Actor, invitation: Invitation) -> str:
    """Invite somebody, and say what came of it: whoever has an account keeps it, and changes roles."""
    is_known = session.exec(select(User.id).where(User.email == invitation.email)).first() is not None
    user = invite(session, actor, invitation)
    return _INVITED[is_known, user.password_hash is None or not takes_passwords(session)]


def send_password_reset(session: Session, form: ForgottenPasswordInput, client_ip: str) -> None:
    """E-mail a password reset link if the address is a user's; the caller cannot tell whether it is."""
    require_passwords(session)
    email = form.email.strip().lower()
    if not rate_limit.hit(session, "forgotten address", client_ip, PER_ADDRESS):
        raise TooMany("You have asked too many times. Wait an hour, then try again.")
    user_id = session.exec(select(User.id).where(User.email == email, User.is_active)).first()
    if rate_limit.hit(session, "forgotten account", email, PER_ACCOUNT) and user_id:
        enqueue(session, TokenPurpose.RESET, Recipient.USER, user_id)
