"""Our answer to a stranger’s mail: the form’s link, and where to turn in a crisis, as its service set it."""

from sqlmodel import Session

from navigator.catalogue.accepting_reports import takes_reports
from navigator.catalogue.lookups import english_crisis_card_of
from navigator.catalogue.service import Service
from navigator.mail_in.tables import Mail
from navigator.outbox.enclosures import Enclosure, encloses
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import OutboxMessage, Recipient


def answer_stranger(session: Session, mail: Mail) -> None:
    """Queue the one answer to a mail that became no report: the form’s link, and where to turn."""
    enqueue(session, "mail_answered", Recipient.MAIL, mail.id, dedupe_key=f"mail answered {mail.id}")


@encloses("mail_answered")
def enclose(session: Session, message: OutboxMessage) -> Enclosure | None:
    """The service’s crisis card as it is now, and whether its form is open; None for a mail that is gone."""
    mail = session.get(Mail, message.recipient_id)
    if mail is None:
        return None
    service = session.get_one(Service, mail.service_id)
    crisis = english_crisis_card_of(session, service).lines
    return Enclosure(facts={"crisis": crisis, "takes_reports": takes_reports(session, service)})
