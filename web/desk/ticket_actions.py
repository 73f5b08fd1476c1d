"""Ticket actions as pages show them: title, group, function, flash message and choices of each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlmodel import Session

from navigator.catalogue.enums import FIXERS
from navigator.people.access_needs import NEEDS
from navigator.people.actor import Actor
from navigator.people.directory import users_with_role
from navigator.people.user import Role
from navigator.problems import affected
from navigator.problems.linking import link, linkable_problems
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import booked_calls, calls, contact, next_session, reporter, sending, staff
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.actions.inclusion import kinds_offered, offer, set_needs
from navigator.tickets.actions.mentions import mentionable_names
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.redact import found_secrets, redact, redactable
from navigator.tickets.actions.snooze import snooze, snooze_options, wake
from navigator.tickets.actions.split import split, splittable
from navigator.tickets.actions.undo_merge import undo_merge, undoable_merges
from navigator.tickets.actions.undo_send import time_to_undo
from navigator.tickets.detail import TicketDetail, links_of
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose, PartOfDay
from navigator.tickets.inputs import SeenInput
from navigator.tickets.redaction import RedactionReason
from navigator.tickets.send_choices import ENDINGS
from web.kit.template_filters import humanise

TRIAGE, TALK, END, SAFETY = "Sort", "Answer and note", "Put right or pass on", "Safety"
ON_CARD = ""
"""No group: its button stands on a card of the page."""
GROUPS = (TALK, TRIAGE, END, SAFETY)
"""The groups of the action menu, in their order on a ticket's page."""

ONLY_STAFF = "Only staff see it."
TOLD_OF_CALL = "They are told in writing, or it stands under Calls to make to tell them."
LEAVE_SAFELY = "Leave one only if they said that this is safe."

Run = Callable[[Session, Actor, int, Any], object]
Choices = Sequence[Any] | Mapping[str, Sequence[Any]]


def _no_choices(_: Session, __: TicketDetail) -> Choices:
    return ()


@dataclass(frozen=True)
class TicketAction:
    """One action as a page shows it; its input and its address stand in its row of `ACTION_RULES`."""

    action: Action
    group: str
    title: str
    run: Run
    message: str
    choices: Callable[[Session, TicketDetail], Choices] = _no_choices

    @property
    def is_pressed(self) -> bool:
        """Whether it has no fields: a button on the ticket's own page."""
        return ACTION_RULES[self.action].input is SeenInput

    def do(self, session: Session, actor: Actor, number: int, action_input: Any, mark: str) -> object:
        """Run it; words to a reporter wait some seconds, in which they can be taken back."""
        if not ACTION_RULES[self.action].goes_out:
            return self.run(session, actor, number, action_input)
        with time_to_undo(session, actor, self.action, number, action_input, mark):
            return self.run(session, actor, number, action_input)


def _versioned(action: Callable[[Session, Actor, int, int | None], object]) -> Run:
    return lambda session, actor, number, seen: action(session, actor, number, seen.version)


def _no_input(action: Callable[[Session, Actor, int], object]) -> Run:
    return lambda session, actor, number, _: action(session, actor, number)


def _users(role: Role) -> Callable[[Session, TicketDetail], Choices]:
    def choices(session: Session, detail: TicketDetail) -> Choices:
        people = users_with_role(session, detail.service.id, role)
        return [(user.id, user.name + (" (away)" if user.is_away else "")) for user in people]

    return choices


def _problems(session: Session, detail: TicketDetail) -> Choices:
    problems = linkable_problems(session, detail.ticket)
    return [(problem.id, f"{problem.title} ({humanise(problem.status)})") for problem in problems]


CALL_OUTCOMES = {
    CallOutcome.SPOKE: "We spoke",
    CallOutcome.NOT_FREE: "They could not talk then",
    CallOutcome.NO_ANSWER: "No answer",
    CallOutcome.LEFT_MESSAGE: "I left a message",
    CallOutcome.WRONG_NUMBER: "Wrong number",
}
CALL_PURPOSES = {
    CallPurpose.ACCESS: "Access: getting in",
    CallPurpose.TECHNOLOGY: "Technology: putting a problem right",
    CallPurpose.ENGAGEMENT: "Engagement: using the programme",
    CallPurpose.FEEDBACK: "Feedback: what they think of it",
}
_CALL_CHOICES: Mapping[str, Sequence[Any]] = {
    "came": [
        (outcome, label, LEAVE_SAFELY if outcome is CallOutcome.LEFT_MESSAGE else "")
        for outcome, label in CALL_OUTCOMES.items()
    ],
    "responsibility": [*CALL_PURPOSES.items()],
    "started_by": [(CallDirection.US, "We did"), (CallDirection.THEM, "They did")],
    "next_part": [(part, part.capitalize()) for part in PartOfDay],
}

REDACTION_REASONS = {
    RedactionReason.PASSWORD: "It is a password or a code",
    RedactionReason.NHS_NUMBER: "It is an NHS number",
    RedactionReason.ABOUT_SOMEBODY: "It is private and about somebody else",
    RedactionReason.MISTAKE: "It was written here by mistake",
}


def _redaction_choices(session: Session, detail: TicketDetail) -> Choices:
    messages = redactable(session, detail.ticket.number)
    reasons = [*REDACTION_REASONS.items()]
    return {"messages": messages, "found": found_secrets(messages), "reasons": reasons}


A = Action

TICKET_ACTIONS: Mapping[str, TicketAction] = MappingProxyType(
    {
        ACTION_RULES[row.action].address: row
        for row in (
            TicketAction(A.CLAIM, TRIAGE, "Take it", _versioned(staff.claim), "It is yours."),
            TicketAction(A.REPLY, TALK, "Reply", sending.reply, "Sent."),
            TicketAction(A.ANSWER, TALK, "Write to the navigator", reporter.answer, "Your message was sent."),
            TicketAction(
                A.NOTE,
                TALK,
                "Note for staff",
                staff.note,
                f"Your note was saved. {ONLY_STAFF}",
                lambda session, detail: mentionable_names(session, detail.ticket),
            ),
            TicketAction(
                A.CALL,
                TALK,
                "Log a call",
                calls.call,
                f"The call was logged. {ONLY_STAFF}",
                lambda *_: _CALL_CHOICES,
            ),
            TicketAction(
                A.MOVE_CALL,
                ON_CARD,
                "Move the booked call",
                booked_calls.move_call,
                f"The call was moved. {TOLD_OF_CALL}",
                lambda session, detail: booked_calls.times_by_day(session, detail.ticket),
            ),
            TicketAction(
                A.CANCEL_CALL,
                ON_CARD,
                "Cancel the booked call",
                _versioned(booked_calls.cancel_call),
                f"The call was cancelled. {TOLD_OF_CALL}",
            ),
            TicketAction(A.WAIT, TALK, "Ask and wait", sending.wait, "Sent. The ticket waits for an answer."),
            TicketAction(
                A.TRIAGE,
                TRIAGE,
                "Sort",
                staff.triage,
                "Sorted.",
                lambda *_: [*FIXERS.items()],
            ),
            TicketAction(A.ASSIGN, TRIAGE, "Assign", staff.assign, "Assigned.", _users(Role.NAVIGATOR)),
            TicketAction(
                A.ATTACH,
                TRIAGE,
                "Confirm the practitioner",
                staff.attach,
                "Confirmed.",
                _users(Role.PWP),
            ),
            TicketAction(A.RESCHEDULE, TRIAGE, "Change the session", next_session.reschedule, "Changed."),
            TicketAction(
                A.CONTACT,
                TALK,
                "Change how to reach them",
                affected.reach_otherwise,
                "Changed. What waited for the old address is not sent.",
            ),
            TicketAction(
                A.NEEDS,
                TALK,
                "What they need",
                set_needs,
                "Changed.",
                lambda *_: [(code, need.label, need.advice) for code, need in NEEDS.items()],
            ),
            TicketAction(
                A.OFFER,
                TALK,
                "Offer a device, data or help to learn",
                offer,
                "Recorded.",
                lambda session, detail: [*kinds_offered(session, detail.service.id).items()],
            ),
            TicketAction(
                A.END_LINKS,
                SAFETY,
                "Private links",
                contact.end_links,
                "All private links have ended. The next message brings a new one.",
                lambda session, detail: links_of(session, detail.ticket.number),
            ),
            TicketAction(
                A.SNOOZE,
                TRIAGE,
                "Snooze",
                snooze,
                "Snoozed. It comes back by itself.",
                lambda session, detail: snooze_options(session, detail.ticket),
            ),
            TicketAction(A.LINK, TRIAGE, "Link to a known problem", link, "The link was saved.", _problems),
            TicketAction(
                A.SPLIT,
                TRIAGE,
                "Split in two",
                split,
                "The second problem has its own ticket.",
                lambda session, detail: splittable(session, detail.ticket.number),
            ),
            TicketAction(A.MERGE, TRIAGE, "Merge", merge, "Merged. For a day this can be undone below."),
            TicketAction(
                A.UNMERGE,
                ON_CARD,
                "Undo the merge",
                undo_merge,
                "Undone. Both tickets stand as they stood before.",
                lambda _, detail: undoable_merges(detail),
            ),
            TicketAction(
                A.RESOLVE,
                END,
                "Resolve",
                sending.resolve,
                "Resolved. We ask if it works.",
                lambda *_: [*ENDINGS.items()],
            ),
            TicketAction(
                A.PARK, END, "Leave to the supplier", sending.park, "Sent. It waits for the supplier."
            ),
            TicketAction(
                A.CONFIRM, END, "It works now", _no_input(reporter.confirm), "Thank you. It is closed."
            ),
            TicketAction(A.REOPEN, END, "Take it up again", _no_input(reporter.reopen), "It is open again."),
            TicketAction(A.CLOSE, END, "Close", _versioned(staff.close), "Closed."),
            TicketAction(A.WITHDRAW, END, "Withdraw it", _no_input(reporter.withdraw), "It is withdrawn."),
            TicketAction(A.WAKE, ON_CARD, "Wake it now", _versioned(wake), "It is back among what is to do."),
            TicketAction(
                A.VERIFY,
                ON_CARD,
                "Check the person",
                _versioned(staff.verify),
                "The identity check was recorded.",
            ),
            TicketAction(
                A.REDACT,
                SAFETY,
                "Remove words for good",
                redact,
                "Removed for good. That you did this is recorded, and not the words.",
                _redaction_choices,
            ),
            TicketAction(
                A.REQUEST_REVIEW,
                SAFETY,
                "Ask a clinician to read it",
                request_review_by_staff,
                "A clinician is told to read this.",
            ),
        )
    }
)
"""All of them by their addresses, in the order in which they are offered."""
