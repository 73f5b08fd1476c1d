"""The mailbox of a service for its administrators: how it goes, its secret, and looking into it now."""

from dataclasses import dataclass

from pydantic import Field, SecretStr
from sqlmodel import Session

from navigator.administration.log_in_watches import own_service
from navigator.catalogue.mailbox import Mailbox
from navigator.catalogue.service import Service
from navigator.errors import Invalid
from navigator.fields import Input
from navigator.mail_in.secrets import keep_secret, open_secret
from navigator.mail_in.tables import MailboxState
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change


class MailSecretInput(Input):
    """The secret of a mailbox, as it is typed once."""

    password: SecretStr = Field(default=SecretStr(""), title="the secret", max_length=1000)


@dataclass(frozen=True)
class ShownMailbox:
    """The mailbox of a service, whether it has a secret, and how it goes."""

    service: Service
    mailbox: Mailbox | None
    has_secret: bool
    state: MailboxState | None


def mailbox_of(session: Session, actor: Actor, code: str) -> ShownMailbox:
    """The mailbox of a service that the actor administers."""
    service = own_service(session, actor, code)
    mailbox = session.get(Mailbox, service.id)
    has_secret = mailbox is not None and open_secret(session, mailbox) is not None
    return ShownMailbox(service, mailbox, has_secret, session.get(MailboxState, service.id))


def change_secret(session: Session, actor: Actor, code: str, typed: MailSecretInput) -> None:
    """Keep the secret that was typed; the audit log says that, and not what."""
    shown, secret = mailbox_of(session, actor, code), typed.password.get_secret_value()
    if shown.mailbox is None or not secret:
        raise Invalid("Type the secret.")
    keep_secret(session, shown.mailbox, secret)
    record_change(session, actor, shown.service.id, "mailbox_secret", "Secret of the mailbox typed")
