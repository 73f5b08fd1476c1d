"""The list of calls to make: whom, by which number if they may be called, why, and what is best done next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel import Session, and_, col, func, select

from navigator import clock
from navigator.catalogue.lookups import calendar_of, service_of
from navigator.dates_in_words import day, time, when
from navigator.people.actor import Actor
from navigator.people.reporter import ContactMethod, Reporter, ReporterKind
from navigator.tickets.actions.calls import NOT_PHONED, CallTime, next_tries
from navigator.tickets.booked_call import BookedCall, latest_calls
from navigator.tickets.enums import CallOutcome
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Audience, Message, Ticket
from navigator.tickets.visibility import may_see_reporter, visible_to

MANY_TRIES = 3
MAX_CALLS = 100


@dataclass(frozen=True)
class CallToMake:
    """A ticket for which somebody is to be phoned; `reporter` is None for those who may not see who it is."""

    ticket: Ticket
    reporter: Reporter | None
    calls: Sequence[PhoneCall]
    last_message_at: datetime | None
    tries: Sequence[CallTime]
    last_booked: BookedCall | None

    @property
    def is_unsafe(self) -> bool:
        """Whether the reporter must not be called: it is not safe, or they need not to be."""
        return self.reporter is not None and (not self.reporter.is_written_to or self.reporter.is_not_phoned)

    @property
    def phone(self) -> str:
        """The number to call: the reporter's; empty where there is none, or nobody may call it."""
        is_reporters = self._wants_call or self._is_to_be_tried_again or self.is_not_reached_by_mail
        source = self.number_from
        return "" if source is None or self.is_unsafe or not is_reporters else source.phone

    @property
    def number_from(self) -> BookedCall | Reporter | None:
        """Where the number to call is from, and what was said of a voicemail on it."""
        booked = self.last_booked
        is_meant = booked is not None and (booked.is_live or self._is_to_hear_of_booking)
        return booked if self.reporter and booked and is_meant and booked.phone else self.reporter

    @property
    def booked(self) -> BookedCall | None:
        """The call that its reporter booked, if it is to be held still."""
        return self.last_booked if self.last_booked and self.last_booked.is_live else None

    @property
    def _is_to_hear_of_booking(self) -> bool:
        """Whether a booked call was moved or cancelled by staff, and its reporter cannot be written to."""
        call, call_at = self.last_booked, self.ticket.next_call_at
        if call is None or call_at is None or call_at < call.changed_at:
            return False
        return call.is_cancelled or (call.is_live and call_at < call.starts_at)

    @property
    def who(self) -> str:
        """Whom to call, as far as the desk knows them."""
        if self.is_for_practitioner and not (self._is_to_be_tried_again or self.is_not_reached_by_mail):
            return self._practitioner
        kind = "A practitioner" if self.ticket.reporter_kind == ReporterKind.PWP else "A patient"
        code = self.reporter.support_code if self.reporter else ""
        return f"{kind}, {code}" if code else kind

    @property
    def why(self) -> Sequence[str]:
        """Each reason for the call."""
        reasons = []
        if self._is_to_hear_of_booking:
            is_off = self.last_booked is not None and self.last_booked.is_cancelled
            reasons.append(f"Tell them by phone: the call that they booked is {'off' if is_off else 'moved'}")
        elif self.booked:
            reasons.append(f"They booked a call for {when(self.booked.starts_at)}")
        elif self._is_to_be_tried_again and self.missed:
            reasons.append(f"Not reached: try {self.missed + 1}")
        elif self._is_to_be_tried_again:
            reasons.append("Another call was agreed")
        elif self._wants_call:
            reasons.append(f"Wants a call: try {self.missed + 1}" if self.missed else "Wants a call")
        if self.is_not_reached_by_mail:
            reasons.append("What we send them does not arrive")
        if self.is_for_practitioner:
            session_on = day(self.ticket.session_on) if self.ticket.session_on else "the next session"
            reasons.append(
                f"{self._practitioner} must hear by phone: plan {session_on} without the online part"
            )
        return reasons

    @property
    def next_step(self) -> str:
        """What is best done next."""
        if self.is_for_practitioner and not self.phone:
            return "Look up their number in your service, and tell them."
        if self.is_unsafe:
            return _WHY_NOT[self.reporter is not None and self.reporter.is_not_phoned]
        if not self.phone:
            return "There is no number. Ask their practitioner for one, or write to them."
        if self.booked and not self._is_to_hear_of_booking:
            return self._of_booked(self.booked)
        if self.missed >= MANY_TRIES:
            return f"Not reached {self.missed} times. Ask their practitioner how to reach them."
        return _AFTER[self.last_call.outcome](self.last_call) if self.last_call else "Call them now."

    def _of_booked(self, call: BookedCall) -> str:
        if call.ends_at <= clock.now():
            return "Its time is over: log what came of it."
        return f"They keep {call.minutes} minutes free."

    @property
    def last_call(self) -> PhoneCall | None:
        """The last call of all."""
        return self.calls[-1] if self.calls else None

    @property
    def missed(self) -> int:
        """How many calls reached nobody since somebody was reached."""
        outcomes = [call.outcome for call in reversed(self.calls)]
        return outcomes.index(CallOutcome.SPOKE) if CallOutcome.SPOKE in outcomes else len(outcomes)

    @property
    def is_for_practitioner(self) -> bool:
        """Whether a practitioner, to whom nobody can write, must hear that a session goes without it."""
        ticket = self.ticket
        if ticket.practitioner_is_confirmed or not ticket.session_on or ticket.session_on < clock.today():
            return False
        told_at = ticket.session_warning_sent_at
        return told_at is not None and (self._reached_at or ticket.reported_at) < told_at

    @property
    def is_not_reached_by_mail(self) -> bool:
        """Whether what is sent to the reporter comes back, and nobody has spoken with them since."""
        since = self.reporter.not_arriving_since_at if self.reporter else None
        return since is not None and (self._reached_at is None or self._reached_at < since)

    @property
    def _practitioner(self) -> str:
        return self.ticket.practitioner_name_given or "Their practitioner"

    @property
    def _is_to_be_tried_again(self) -> bool:
        return self.ticket.next_call_at is not None

    @property
    def _wants_call(self) -> bool:
        if self.reporter is None or self.is_unsafe or self.reporter.contact_method != ContactMethod.PHONE:
            return False
        said_at = self.last_message_at
        return self._reached_at is None or (said_at is not None and self._reached_at < said_at)

    @property
    def _reached_at(self) -> datetime | None:
        return max(
            (call.created_at for call in self.calls if call.outcome == CallOutcome.SPOKE), default=None
        )


def _try_another_time(call: PhoneCall) -> str:
    return f"No answer at {time(call.created_at)}. Try another time of day."


_WHY_NOT = {
    True: f"{NOT_PHONED} Write to them, or ask their practitioner.",
    False: "Do not call: it is not safe. Ask their practitioner, or wait until they call.",
}
"""What is done instead of a call, if they asked for none; and if it is not safe."""
_AFTER: Mapping[str, Any] = {
    CallOutcome.SPOKE: lambda _: "Call them as you agreed.",
    CallOutcome.NO_ANSWER: _try_another_time,
    CallOutcome.NOT_FREE: lambda _: "They could not talk then. Try another time of day.",
    CallOutcome.LEFT_MESSAGE: lambda _: "You left a message. Call again if they do not call back.",
    CallOutcome.WRONG_NUMBER: lambda _: "The number was wrong. Ask their practitioner for another.",
}


def calls_to_make(session: Session, actor: Actor) -> list[CallToMake]:
    """The calls that somebody is to make, soonest first."""
    numbers = [row.number for row in queue(session, actor, Filters(view="calls"), limit=MAX_CALLS).rows]
    if not numbers:
        return []
    calls, messages = _calls(session, numbers), _last_messages(session, numbers)
    booked = latest_calls(session, numbers)
    found = {ticket.number: (ticket, reporter) for ticket, reporter in _tickets(session, actor, numbers)}
    times = {
        service_id: next_tries(calendar_of(service_of(session, service_id)))
        for service_id in {ticket.service_id for ticket, _ in found.values()}
    }
    return [
        CallToMake(
            ticket,
            reporter,
            calls.get(number, []),
            messages.get(number),
            times[ticket.service_id],
            booked.get(number),
        )
        for number in numbers
        if number in found
        for ticket, reporter in [found[number]]
    ]


def _tickets(session: Session, actor: Actor, numbers: Sequence[int]) -> Sequence[Any]:
    is_seen = and_(col(Reporter.id) == col(Ticket.reporter_id), may_see_reporter(actor))
    query = select(Ticket, Reporter).outerjoin(Reporter, is_seen)
    return session.exec(query.where(visible_to(actor), col(Ticket.number).in_(numbers))).all()


def _calls(session: Session, numbers: Sequence[int]) -> dict[int, list[PhoneCall]]:
    query = select(PhoneCall).where(col(PhoneCall.ticket_number).in_(numbers))
    rows = session.exec(query.order_by(col(PhoneCall.ticket_number), col(PhoneCall.id)))
    return {number: [*own] for number, own in groupby(rows, key=lambda call: call.ticket_number)}


def _last_messages(session: Session, numbers: Sequence[int]) -> dict[int, datetime]:
    query = select(Message.ticket_number, func.max(Message.created_at)).where(
        col(Message.ticket_number).in_(numbers), Message.audience == Audience.PUBLIC
    )
    return dict(iter(session.exec(query.group_by(col(Message.ticket_number)))))
