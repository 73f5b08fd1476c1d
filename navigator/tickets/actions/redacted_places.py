"""Where else words of a reporter may be kept: each column with its table, and how words are removed there."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import JSON, String, Table, column, table
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, or_, select

from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard, card_by_code
from navigator.search_words import index_words
from navigator.tickets.held_send import HeldSend
from navigator.tickets.kept_forms import KeptForm
from navigator.tickets.redaction import REMOVED
from navigator.tickets.reply_draft import ReplyDraft
from navigator.tickets.ticket import ClinicalReview, Message, Ticket

# These rooms are above: of their rows, redaction knows where words of a ticket are, and no more.
_ABOVE = (("trainingrequest", "words", "answer"), ("recordhold", "reason"))
# Problems are above too: of what a supplier was sent, redaction knows that words of a ticket may be in it.
_SENT = table("supplierentry", column("id"), column("problem_id"), column("body", String))
# And mail in: a mail as it came cannot lose some of its words, so it goes whole.
_MAIL_WORDS = ("subject", "from_name", "decision", "unopened")
_MAIL = table(
    "inboundmail",
    column("id"),
    column("ticket_number"),
    *(column(name, JSON if name == "unopened" else String) for name in _MAIL_WORDS),
)
_ORIGINAL = table("mailoriginal", column("mail_id"))
_WORDS: Mapping[Any, tuple[str, ...]] = {
    Ticket: ("workaround", "practitioner_name_given"),
    Reporter: ("needs", "language", "best_time", "found_by", "known_as"),
    ReplyDraft: ("body",),
    ClinicalReview: ("contact_note", "passed_to", "outcome", "for_navigators", "no_concern_reason"),
    OutboxMessage: ("context",),
    HeldSend: ("changed",),
    KeptForm: ("typed",),
    SupportCard: ("label", "needs", "language"),
}
"""The columns of words, or of JSON with words, by table; the reasons of a clinical review stay."""


@dataclass(frozen=True)
class Removal:
    """What finds the words that are removed, and each of them by itself."""

    pattern: re.Pattern[str]
    words: frozenset[str]

    def without(self, value: Any) -> Any:
        """A text, or JSON with texts, without the words."""
        if isinstance(value, str):
            return self.pattern.sub(REMOVED, value)
        if isinstance(value, dict):
            return {name: self.without(one) for name, one in value.items()}
        return [self.without(one) for one in value] if isinstance(value, list) else value


def words_of(text: str) -> frozenset[str]:
    """Each word of a text."""
    return frozenset(re.findall(r"\w+", text.casefold()))


def redact_message(session: Session, message: Message, removal: Removal) -> None:
    """Remove words from a message and from the index of words; its vector goes by a trigger."""
    body = removal.without(message.body)
    messages: Table = Message.__table__  # type: ignore[attr-defined]
    values = {"body": body, "search_words": index_words(body)}
    session.execute(messages.update().where(messages.c.id == message.id).values(**values))
    session.expire(message, ["body"])


def redact_places(session: Session, ticket: Ticket, removal: Removal) -> int:
    """Remove words from whatever else is kept of a ticket; from how many places."""
    reporter = session.get_one(Reporter, ticket.reporter_id)
    card = card_by_code(session, reporter.support_code)
    rows = [ticket, reporter, *_rows(session, ticket), *([card] if card else [])]
    places = sum(_redact_row(row, removal) for row in rows)
    suggested_by = [words for words in ticket.suggested_why if not removal.words & words_of(words)]
    if suggested_by != ticket.suggested_why:
        ticket.suggested_why = suggested_by
        places += 1
    if removal.pattern.search(reporter.support_code):
        reporter.support_code = ""  # by one that says "removed" strangers would be taken for one person
        places += 1
    places += _redact_mails(session, ticket.number, removal)
    return places + _redact_above(session, ticket.number, removal) + _redact_sent(session, ticket, removal)


def _redact_mails(session: Session, number: int, removal: Removal) -> int:
    """Delete the originals of mails on a ticket, where the words may stand, and remove them from subjects."""
    rows = session.execute(select_rows(_MAIL).where(_MAIL.c.ticket_number == number)).all()
    ids = [row.id for row in rows]
    found: Any = session.execute(_ORIGINAL.delete().where(_ORIGINAL.c.mail_id.in_(ids))) if ids else None
    for row in rows:
        values = {name: removal.without(getattr(row, name)) for name in _MAIL_WORDS}
        session.execute(_MAIL.update().where(_MAIL.c.id == row.id).values(**values))
    return found.rowcount if found else 0


def _redact_row(row: Any, removal: Removal) -> int:
    values = {name: getattr(row, name) for name in _WORDS[type(row)]}
    changed = {name: left for name, value in values.items() if (left := removal.without(value)) != value}
    for name, left in changed.items():
        setattr(row, name, left)
    return len(changed)


def _rows(session: Session, ticket: Ticket) -> Iterator[Any]:
    for model in (ReplyDraft, ClinicalReview, OutboxMessage, HeldSend):
        yield from session.exec(select(model).where(model.ticket_number == ticket.number))
    pages = [f"/tickets/{ticket.number}", f"/follow/{ticket.number}"]
    is_on_page = [
        or_(col(KeptForm.path) == page, col(KeptForm.path).startswith(f"{page}/")) for page in pages
    ]
    yield from session.exec(select(KeptForm).where(or_(*is_on_page)))


def _redact_above(session: Session, number: int, removal: Removal) -> int:
    found = 0
    for name, *words in _ABOVE:
        rows = table(name, column("id"), column("ticket_number"), *(column(each, String) for each in words))
        for row in session.execute(select_rows(rows).where(rows.c.ticket_number == number)).mappings().all():
            values = {each: removal.without(row[each]) for each in words}
            if values != {each: row[each] for each in words}:
                session.execute(rows.update().where(rows.c.id == row["id"]).values(**values))
                found += 1
    return found


def _redact_sent(session: Session, ticket: Ticket, removal: Removal) -> int:
    """Remove words from our copies of what the supplier of its known problem was sent."""
    rows = session.execute(select_rows(_SENT).where(_SENT.c.problem_id == ticket.problem_id)).all()
    found = 0
    for row in rows:
        if (left := removal.without(row.body)) != row.body:
            session.execute(_SENT.update().where(_SENT.c.id == row.id).values(body=left))
            found += 1
    return found
