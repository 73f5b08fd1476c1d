"""Changes of how somebody logs in (second factors), each audited and told to them by e-mail."""

from collections.abc import Sequence

from sqlmodel import Session

from navigator import clock
from navigator.errors import NotFound
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people import (
    directory,
    factor_reset,
    passkeys,
    recovery_codes,
    second_factor,
    totp,
)
from navigator.people.actor import Actor
from navigator.people.audit_log import record_factor
from navigator.people.factor_reset import ResetInput
from navigator.people.passkeys import NewPasskey
from navigator.people.user import User

TEMPLATE = "log_in_changed"


def set_up_app(session: Session, user_id: int, proposal: str, code: str) -> Sequence[str]:
    """Set up an authenticator app; recovery codes to show once, if there were none left."""
    totp.set_up(session, user_id, proposal, code)
    _note(session, user_id, "app_added", "Authenticator app set up")
    return _first_codes(session, user_id)


def add_passkey(session: Session, user_id: int, token_hash: str, new: NewPasskey) -> Sequence[str]:
    """Add a passkey; recovery codes to show once, if there were none left."""
    passkeys.add(session, user_id, token_hash, new)
    _note(session, user_id, "passkey_added", "Passkey added")
    return _first_codes(session, user_id)


def remove_app(session: Session, user_id: int) -> None:
    """Take the authenticator app away; without any second factor the recovery codes go too."""
    if not totp.remove(session, user_id):
        raise NotFound("There is no app any more.")
    _note(session, user_id, "app_removed", "Authenticator app removed")
    _drop_lone_codes(session, user_id)


def remove_passkey(session: Session, user_id: int, passkey_id: int) -> None:
    """Take one passkey away; without any second factor the recovery codes go too."""
    if not passkeys.remove(session, user_id, passkey_id):
        raise NotFound("There is no such passkey.")
    _note(session, user_id, "passkey_removed", "Passkey removed")
    _drop_lone_codes(session, user_id)


def make_codes(session: Session, user_id: int) -> Sequence[str]:
    """New recovery codes, to show once; those before them count no more."""
    _note(session, user_id, "codes_made", "Recovery codes made")
    return recovery_codes.make(session, user_id)


def warn_of_tries(session: Session, user_id: int, problem: str) -> None:
    """Tell somebody, once a day, that whoever has their password fails at their second step."""
    if problem in (second_factor.TOO_MANY, second_factor.TOO_MANY_A_DAY):
        once = f"tries {user_id} {clock.today()}"
        enqueue(session, TEMPLATE, Recipient.USER, user_id, context={"what": "tries"}, dedupe_key=once)


def ask_reset(session: Session, actor: Actor, user_id: int, asked: ResetInput) -> None:
    """Ask for a reset of somebody's second factors; they are told, and so are those who may confirm it."""
    factor_reset.ask(session, actor, user_id, asked)
    _tell(session, user_id, "reset_asked")
    for administrator_id in factor_reset.who_may_confirm(session, actor, user_id):
        enqueue(session, "reset_waits", Recipient.USER, administrator_id, context={"person": user_id})


def confirm_reset(session: Session, actor: Actor, user_id: int, reset_id: int) -> None:
    """Confirm a reset that another administrator asked for, and tell the person."""
    factor_reset.confirm(session, actor, user_id, reset_id)
    _tell(session, user_id, "reset_done")


def reset_by_command_line(session: Session, email: str) -> None:
    """Reset somebody's second factors from the command line, and tell them."""
    _tell(session, factor_reset.by_command_line(session, email), "reset_done")


def _first_codes(session: Session, user_id: int) -> Sequence[str]:
    has_some = recovery_codes.count_left(session, user_id) > 0
    return () if has_some else recovery_codes.make(session, user_id)


def _drop_lone_codes(session: Session, user_id: int) -> None:
    if not second_factor.factors_of(session, user_id).is_set_up:
        recovery_codes.remove(session, user_id)


def _note(session: Session, user_id: int, what: str, title: str) -> None:
    user = session.get_one(User, user_id)
    actor = Actor(name=user.name, user_id=user_id)
    for service_id in directory.services_of(session, user_id):
        record_factor(session, actor, f"{title}: {user.name}", service_id=service_id, subject="person")
    _tell(session, user_id, what)


def _tell(session: Session, user_id: int, what: str) -> None:
    enqueue(session, TEMPLATE, Recipient.USER, user_id, context={"what": what})
