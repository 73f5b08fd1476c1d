"""Mail in, as jobs: what reads it is loaded by installations that have a mailbox, or mail that waits."""

import sys

from sqlmodel import select
from sqlmodel.sql.expression import SelectOfScalar

from navigator import database
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in.tables import Mail, MailState


def listen() -> int:
    """Look into each mailbox; how many there are."""
    if _is_none(select(Mailbox.service_id)):
        return 0
    from navigator.mail_in import listen

    return listen.listen()


def land() -> int:
    """Land the mails that wait; how many were tried."""
    if _is_none(select(Mail.id).where(Mail.state == MailState.WAITING)):
        return 0
    from navigator.mail_in import land

    return land.land_waiting()


def stop() -> None:
    """End what listens, if anything does."""
    if listening := sys.modules.get("navigator.mail_in.listen"):
        listening.stop()


def _is_none(query: SelectOfScalar[int]) -> bool:
    with database.reading() as session:
        return session.exec(query.limit(1)).first() is None
