"""Mail to staff: what comes at once whatever they choose, and what they may have once a day or not at all."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from pydantic import Field, field_validator
from sqlmodel import Session, col, select, update

from navigator import clock
from navigator.catalogue.lookups import calendar_of, services
from navigator.fields import Input
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people import directory
from navigator.people.actor import Actor
from navigator.people.user import Membership, User

EARLIEST_HOUR, LATEST_HOUR = 6, 20
_FURTHEST = 30
"""Days within which any service is open again."""


class MailTiming(StrEnum):
    """When somebody has mails of a kind."""

    NOW = "now"
    DAILY = "daily"
    NEVER = "never"


class MailKind(NamedTuple):
    """Mails that are chosen together: their templates, and when they may come; else they come at once."""

    label: str
    templates: frozenset[str]
    timings: tuple[MailTiming, ...] = ()


_ANY = (MailTiming.NOW, MailTiming.DAILY, MailTiming.NEVER)
_NOW_OR_DAILY = (MailTiming.NOW, MailTiming.DAILY)

CHOSEN: Mapping[str, MailKind] = MappingProxyType(
    {
        "given": MailKind(
            "A ticket is given to you, or comes back", frozenset({"assigned", "back_again"}), _ANY
        ),
        "wrote": MailKind("A reporter writes on a ticket that you have", frozenset({"reporter_wrote"}), _ANY),
        "mentioned": MailKind("A colleague names you in a note", frozenset({"mentioned"}), _ANY),
        "resolved": MailKind("A colleague resolves what you had", frozenset({"resolved_by_colleague"}), _ANY),
        # That they are mailed of it is chosen on each ticket.
        "watched": MailKind(
            "News of a ticket that you watch by email",
            frozenset({"watched_wrote", "watched_answered", "watched_resolved"}),
            _NOW_OR_DAILY,
        ),
    }
)
"""The kinds of which somebody may choose when they come."""

AT_ONCE: tuple[MailKind, ...] = (
    MailKind(
        "Somebody may not be safe: clinical reviews and what is answered there",
        frozenset({"clinical_review", "clinical_review_unread", "clinical_review_answer", "mail_of_concern"}),
    ),
    MailKind(
        "Your log-in: invitations, passwords, second steps",
        frozenset({"invite", "invite_by_provider", "reset", "reset_waits", "log_in_changed"}),
    ),
    MailKind(
        "A session is near, or a ticket is late or nobody’s",
        frozenset({"guard_plan_without", "overdue", "unassigned", "for_practitioner"}),
    ),
    MailKind(
        "Calls: booked with you, or because a message did not arrive",
        frozenset({"call_for_you", "undelivered"}),
    ),
    MailKind(
        "A programme, or something that is joined to the desk, does not work",
        frozenset({"log_in_fails", "programme_down", "webhook_given_up", "webhook_paused"}),
    ),
    MailKind(
        "Training: answers, places, dates",
        frozenset(
            {
                *("training_after", "training_answered", "training_cancelled", "training_later"),
                *("training_moved", "training_moved_up", "training_planned", "training_taken_off"),
            }
        ),
    ),
    MailKind(
        "What has an hour of its own: this digest, sessions to come, the managers’ report",
        frozenset({"daily_digest", "session_brief", "managers_report"}),
    ),
)
"""What comes when it happens, whatever somebody chose: a person may be harmed, or it is asked for."""

_KIND_OF = {template: code for code, kind in CHOSEN.items() for template in kind.templates}


class MailChoicesInput(Input):
    """Which mails somebody has when, and the hour of their daily one."""

    choices: dict[str, MailTiming] = Field(default_factory=dict)
    digest_hour: int = Field(ge=EARLIEST_HOUR, le=LATEST_HOUR, title="the hour")

    @field_validator("choices")
    @classmethod
    def _may_be_chosen(cls, choices: dict[str, MailTiming]) -> dict[str, MailTiming]:
        if any(code not in CHOSEN or timing not in CHOSEN[code].timings for code, timing in choices.items()):
            raise ValueError("Choose from the list")
        return choices


def timing_of(user: User, template: str) -> MailTiming:
    """When somebody wants a mail: at once, unless it is of a kind of which they chose otherwise."""
    code = _KIND_OF.get(template)
    return MailTiming(user.mail_choices.get(code, MailTiming.NOW)) if code else MailTiming.NOW


def choose_mails(session: Session, actor: Actor, chosen: MailChoicesInput) -> None:
    """Choose when one’s own mails come; what waits for the daily one waits for its new hour."""
    user = directory.own_account(session, actor).user
    user.mail_choices = {code: timing.value for code, timing in chosen.choices.items()}
    user.digest_hour = chosen.digest_hour
    waiting = update(OutboxMessage).where(
        col(OutboxMessage.is_for_digest),
        col(OutboxMessage.recipient) == Recipient.USER,
        col(OutboxMessage.recipient_id) == user.id,
    )
    session.execute(waiting.values(send_at=next_digest_at(session, user)))


def next_digest_at(session: Session, user: User) -> datetime:
    """When somebody has their next daily mail: at their hour, on a day on which they may be at work."""
    of_user = set(session.exec(select(Membership.service_id).where(Membership.user_id == user.id)))
    calendars = [calendar_of(service) for service in services(session) if service.id in of_user]
    now = clock.now()
    today = clock.local(now).date()
    for days in range(_FURTHEST):
        day = today + timedelta(days=days)
        at = clock.london_time(day, time(user.digest_hour))
        if at > now and any(calendar.is_working_day(day) for calendar in calendars):
            return at
    return clock.london_time(today + timedelta(days=1), time(user.digest_hour))
