"""What a reporter is told of their ticket: each sentence follows from what the desk has done and will do."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, bindparam, literal, or_
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.contact import Contact
from navigator.catalogue.lookups import contact_of
from navigator.database import ask
from navigator.dates_in_words import day, when
from navigator.languages import N_, by_sentences
from navigator.languages import gettext as _
from navigator.people.reporter import Reporter, ReporterKind
from navigator.tickets.action_rules import Action
from navigator.tickets.detail import TicketDetail
from navigator.tickets.ticket import LIVE, Author, Event, Resolution, Status, Ticket
from navigator.tickets.triage import concerns_practitioner, needs_clinical_review

_WORK = (
    Action.TRIAGE, Action.CLAIM, Action.REPLY, Action.CALL, Action.VERIFY, Action.WAIT, Action.PARK,
    Action.RESOLVE,
)  # fmt: skip
"""Actions by which somebody begins to work on a ticket, or goes on."""
_RETURNS = (Action.ANSWER, Action.REOPEN, Action.STILL_BROKEN, Action.MERGE, Action.UNMERGE)
"""Actions by which a ticket comes back to be worked on, where they move it to another status."""
_OURS = (Fixability.NAVIGATOR, Fixability.SERVICE)

_STANDS = {
    Status.WAITING_FOR_REPORTER: N_("We have asked you something. Please answer below."),
    Status.WAITING_FOR_SUPPLIER: N_(
        "The company that makes the programme has to put this right. "
        "We have told you what you can do until then."
    ),
    Status.MERGED: N_("We deal with this report together with another one."),
}
_CAME_BACK = {
    Action.ANSWER: N_("We have your answer. It is on our list again."),
    Action.REOPEN: N_("It is open again, and on our list."),
    Action.STILL_BROKEN: N_("It is open again, and on our list."),
    Action.MERGE: N_("We deal with this together with another report. It is on our list."),
    Action.UNMERGE: N_("We deal with this by itself again. It is on our list."),
}
_RESOLVED = {
    Resolution.EXPLAINED: N_("We have answered you. Please tell us if it is clear now."),
    Resolution.WORKAROUND: N_("We have found another way for you. Please tell us if it works."),
    Resolution.PASSED_ON: N_("We have passed this on. You can read to whom below."),
    Resolution.NOT_FIXABLE: N_("We cannot put this right. You can read why below."),
}
_CLOSED = {
    Resolution.WITHDRAWN: N_("You asked us to stop. This is closed."),
    Resolution.NO_ANSWER: N_("We have not heard from you. So this is closed."),
}
_IS_RIGHT = N_("We think that it is put right. Please tell us if it works.")
_IS_CLOSED = N_("This is closed.")
_WITHOUT = N_("Your session can go on without the online part.")


@dataclass(frozen=True)
class Facts:
    """What is so: `came_by` is how the ticket came to us last, `is_begun` that somebody works on it since.

    `has_news` is that we wrote to its reporter; `contact` is to whom it was passed on;
    `shows_session` that its reader may know of the session; `is_out_of_reach` that nobody may write or call.
    """

    ticket: Ticket
    now: datetime
    came_by: Action = Action.REPORT
    is_begun: bool = False
    has_news: bool = False
    contact: Contact | None = None
    shows_session: bool = True
    is_out_of_reach: bool = False


@dataclass(frozen=True)
class Promises:
    """What a reporter reads: where it stands, what happens next by paragraphs, and when they are answered.

    `next_step` is what we do next, which is in those paragraphs too.
    """

    stands: str
    happens: tuple[str, ...]
    answer_by: str
    next_step: str = ""


def promises_to(session: Session, detail: TicketDetail) -> Promises:
    """What the reporter of a ticket is told."""
    action = ask(session, _LAST_ACTION, number=detail.ticket.number).scalar()
    return promises_after(detail, action)


def promises_after(detail: TicketDetail, last_action: str | None) -> Promises:
    """What the reporter of a ticket is told, whose `LAST_ACTION` is known."""
    # On a new ticket nobody has begun, and what waits says so itself.
    deed = Action(last_action) if last_action and detail.ticket.status == Status.OPEN else None
    return promises(
        Facts(
            ticket=detail.ticket,
            now=clock.now(),
            came_by=deed if deed in _RETURNS else Action.REPORT,
            is_begun=deed in _WORK,
            has_news=any(message.author != Author.REPORTER for message in detail.messages),
            contact=detail.contact,
            shows_session=detail.shows_session,
            is_out_of_reach=detail.reporter is not None and detail.reporter.is_out_of_reach,
        )
    )


def promises_on_report(session: Session, ticket: Ticket, reporter: Reporter) -> Promises:
    """What its reporter is told of a ticket that is just opened: nobody has done or said anything yet."""
    contact = contact_of(session, ticket.service_id, ticket.diverted_to) if ticket.diverted_to else None
    return promises(
        Facts(
            ticket=ticket,
            now=clock.now(),
            contact=contact,
            shows_session=not ticket.session_is_by_code,
            # Of a card’s code nobody learns whether there is such a card.
            is_out_of_reach=reporter.came_by_card or reporter.is_out_of_reach,
        )
    )


def _is_of(actions: Sequence[Action]) -> ColumnElement[bool]:
    # Each a parameter of its own: a list is written anew each time that a statement runs.
    return col(Event.action).in_([literal(action) for action in actions])


_IS_RETURN = and_(_is_of(_RETURNS), col(Event.from_status) != col(Event.to_status))
LAST_ACTION = (
    select(Event.action)
    .where(col(Event.ticket_number) == col(Ticket.number), or_(_is_of(_WORK), _IS_RETURN))
    .order_by(col(Event.id).desc())
    .limit(1)
    .correlate(Ticket)
    .scalar_subquery()
)
"""What was done to a ticket last, of what begins the work or brings it back."""
_LAST_ACTION = select(LAST_ACTION).select_from(Ticket).where(col(Ticket.number) == bindparam("number"))


def promises(facts: Facts) -> Promises:
    """The sentences that these facts make true."""
    ticket = facts.ticket
    if ticket.status not in LIVE:
        return Promises(_stands(facts), (), "")
    next_step = _next_step(facts)
    paragraphs = (
        dict.fromkeys((by_sentences(ticket.fixability_reason), next_step)),
        _passed_on(facts),
        _practitioner(facts),
        (_by_when(facts),),
    )
    happens = (" ".join(filter(None, sentences)) for sentences in paragraphs)
    return Promises(_stands(facts), tuple(filter(None, happens)), _answer_by(facts), next_step)


def _stands(facts: Facts) -> str:
    """Where a ticket stands."""
    status, resolution = Status(facts.ticket.status), facts.ticket.resolution
    if status is Status.RESOLVED:
        return _(_RESOLVED.get(Resolution(resolution or Resolution.FIXED), _IS_RIGHT))
    if status is Status.CLOSED:
        return _(_CLOSED.get(Resolution(resolution), _IS_CLOSED) if resolution else _IS_CLOSED)
    return _(_STANDS[status]) if status in _STANDS else _stands_with_us(facts)


def _stands_with_us(facts: Facts) -> str:
    if facts.contact:
        return _("We have passed this on.")
    if facts.is_begun:
        return _("We are working on it.")
    if facts.came_by is not Action.REPORT:
        return _(_CAME_BACK[facts.came_by])
    if facts.has_news:
        return _("There is news about this. You can read it below.")
    return _("We have your report. Nobody has begun to work on it yet.")


def _next_step(facts: Facts) -> str:
    """What we do next; whom nobody may write to or call is talked through nothing and sent nothing."""
    if facts.is_out_of_reach and facts.ticket.fixability in _OURS:
        return _("We answer you on the page of your private link. You can write to us there too.")
    return by_sentences(facts.ticket.next_step)


def _passed_on(facts: Facts) -> tuple[str, ...]:
    """To whom a divert has gone, and how to reach them at once; who passes it on, where it went to nobody."""
    contact = facts.contact
    if contact is None:
        is_clinical = needs_clinical_review(facts.ticket.category)  # its reason says who reads it
        is_left = facts.ticket.fixability == Fixability.DIVERT and not is_clinical
        return (_("A digital navigator reads this first, and passes it on."),) if is_left else ()
    call = _("You can call them: {phone}.").format(phone=contact.phone) if contact.phone else ""
    hours = _("They are there: {hours}.").format(hours=contact.hours.rstrip(".")) if contact.hours else ""
    sent = _("We have sent this to: {name}.").format(name=contact.role_name.rstrip("."))
    return (sent, f"{call} {hours}".strip())


def _practitioner(facts: Facts) -> tuple[str, ...]:
    """Whether the practitioner knows of what is theirs to answer, and the clinical lead of a limit."""
    ticket = facts.ticket
    if not concerns_practitioner(ticket) or ticket.reporter_kind == ReporterKind.PWP:
        return ()
    lead = _("We have written to the clinical lead of your service.") if ticket.lead_told_at else ""
    return (_practitioner_told(ticket), lead)


def _practitioner_told(ticket: Ticket) -> str:
    if ticket.practitioner_told_at:
        return _("We have written to your practitioner about it.")
    if ticket.practitioner_is_confirmed:
        return _("We could not write to your practitioner. Please tell them about it.")
    if ticket.practitioner_name_given:
        return _("First we check who your practitioner is. Then we write to them about it.")
    return _("Please tell your practitioner about it. If you write us their name, we tell them too.")


def _by_when(facts: Facts) -> str:
    """By when it may be put right: only what somebody in the service can put right is promised."""
    ticket = facts.ticket
    session_on = ticket.session_on if facts.shows_session else None
    is_ours = ticket.fixability in _OURS and ticket.status != Status.WAITING_FOR_SUPPLIER
    if facts.contact or ticket.fixability in (Fixability.DIVERT, Fixability.NONE):
        return ""
    today = clock.local(facts.now).date()
    if session_on and session_on >= today:
        on_that_day = _("today") if session_on == today else _("on {day}").format(day=day(session_on))
        if ticket.fixability == Fixability.PROTOCOL:
            return _("You can talk about it in your session {when}.").format(when=on_that_day)
        if ticket.session_deadline_at:
            return _(_before_session(facts, is_ours)).format(when=on_that_day, without=_(_WITHOUT))
    is_answered = ticket.first_replied_at and ticket.status == Status.OPEN
    if is_ours and is_answered and ticket.target_at and ticket.target_at > facts.now:
        return _("We try to put it right by {when}.").format(when=when(ticket.target_at))
    return ""


def _before_session(facts: Facts, is_ours: bool) -> str:
    ticket = facts.ticket
    if ticket.session_deadline_at and ticket.session_deadline_at <= facts.now:
        return N_("Your session is {when}. It may not be ready by then. {without}")
    if is_ours:
        return N_("We try to put it right before your session {when}.")
    if ticket.fixability is None:
        return N_("If we can put it right, we try to do it before your session {when}.")
    return N_("It may not be ready for your session {when}. {without}")


def _answer_by(facts: Facts) -> str:
    """By when somebody is to write first."""
    ticket = facts.ticket
    is_waited_for = ticket.status in (Status.NEW, Status.OPEN) and not ticket.first_replied_at
    if facts.contact or not is_waited_for or ticket.first_reply_by_at is None:
        return ""
    if ticket.first_reply_by_at > facts.now:
        return _("We try to answer you by {when}.").format(when=when(ticket.first_reply_by_at))
    return _("Our answer is late. We are sorry.")
