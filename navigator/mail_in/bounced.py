"""Bounces of our letters: the letter has failed, and with it the address of its reporter."""

from sqlmodel import Session

from navigator.mail_in.bounces import bounce
from navigator.mail_in.read_mail import ReadMail
from navigator.mail_in.routing import own_letter
from navigator.mail_in.tables import Mail, MailState
from navigator.outbox.receipts import come_back


def note_bounce(session: Session, mail: Mail, read: ReadMail) -> bool:
    """Mark the letter that came back as failed; False where no letter of ours is named."""
    found = bounce(read.message, read.whole)
    letters = [letter for pair in found.letters if (letter := own_letter(session, *pair))]
    if not letters:
        return False
    mail.state, mail.ticket_number = MailState.BOUNCE, letters[0].ticket_number
    if found.is_permanent:
        for letter in letters:
            come_back(letter)
    return True
