"""What can be done to a ticket: what each deed asks, who does it, and where it stands on the page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from navigator.catalogue.catalogue import Fixability
from navigator.people.actor import Actor
from navigator.people.directory import colleagues
from navigator.people.user import Role
from navigator.problems.inputs import LinkInput
from navigator.problems.linking import link, linkable_problems
from navigator.tickets.actions import calls, reporter, staff
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.snooze import snooze, snooze_options, wake
from navigator.tickets.actions.split import split, splittable
from navigator.tickets.detail import TicketDetail
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose, PartOfDay, Resolution
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    CallInput,
    MergeInput,
    RescheduleInput,
    ResolveInput,
    ReviewRequestInput,
    SayInput,
    SeenInput,
    SnoozeInput,
    SplitInput,
    TriageInput,
)
from navigator.tickets.ticket import Action, Status
from web.kit.template_filters import humanise

SORT, TALK, END, SAFETY = "Sort", "Answer and note", "Put right or pass on", "Safety"
ON_CARD = ""
"""No shelf: its button stands where its reason is told."""
GROUPS = (TALK, SORT, END, SAFETY)
"""What deeds are put together under, in the order in which they stand on a ticket's page."""

Do = Callable[[Session, Actor, int, Any], object]


@dataclass(frozen=True)
class TicketAction:
    """One thing that can be done to a ticket, and what is said when it is done."""

    action: Action
    group: str
    title: str
    form: type[BaseModel]
    run: Do
    message: str

    @property
    def is_pressed(self) -> bool:
        """Whether it asks nothing: a button on the ticket's own page."""
        return self.form is SeenInput


def _seen(verb: Callable[[Session, Actor, int, int | None], object]) -> Do:
    return lambda session, actor, number, seen: verb(session, actor, number, seen.version)


def _plain(verb: Callable[[Session, Actor, int], object]) -> Do:
    return lambda session, actor, number, _: verb(session, actor, number)


A = Action
ONLY_STAFF = "Only staff see it."

TICKET_ACTIONS: Mapping[str, TicketAction] = {
    "claim": TicketAction(A.CLAIM, SORT, "Take it", SeenInput, _seen(staff.claim), "It is yours."),
    "replies": TicketAction(A.REPLY, TALK, "Reply", SayInput, staff.reply, "Your reply was sent."),
    "answers": TicketAction(
        A.ANSWER, TALK, "Write to the navigator", SayInput, reporter.answer, "Your message was sent."
    ),
    "notes": TicketAction(
        A.NOTE, TALK, "Note for staff", SayInput, staff.note, f"Your note was saved. {ONLY_STAFF}"
    ),
    "calls": TicketAction(
        A.CALL, TALK, "Log a call", CallInput, calls.call, f"The call was logged. {ONLY_STAFF}"
    ),
    "waiting": TicketAction(
        A.WAIT, TALK, "Ask and wait", SayInput, staff.wait, "Sent. The ticket waits for an answer."
    ),
    "triage": TicketAction(A.TRIAGE, SORT, "Sort again", TriageInput, staff.triage, "Sorted."),
    "assignment": TicketAction(A.ASSIGN, SORT, "Assign", AssignInput, staff.assign, "Assigned."),
    "practitioner": TicketAction(
        A.ATTACH, SORT, "Confirm the practitioner", AttachInput, staff.attach, "Confirmed."
    ),
    "session": TicketAction(
        A.RESCHEDULE, SORT, "Change the session", RescheduleInput, staff.reschedule, "Changed."
    ),
    "snooze": TicketAction(
        A.SNOOZE, SORT, "Remind me later", SnoozeInput, snooze, "Snoozed. It comes back by itself."
    ),
    "problem": TicketAction(A.LINK, SORT, "Link to a known problem", LinkInput, link, "The link was saved."),
    "split": TicketAction(
        A.SPLIT, SORT, "Split in two", SplitInput, split, "The second problem has its own ticket."
    ),
    "merge": TicketAction(A.MERGE, SORT, "Merge", MergeInput, merge, "Merged."),
    "resolution": TicketAction(
        A.RESOLVE, END, "Resolve", ResolveInput, staff.resolve, "Resolved. We ask if it works."
    ),
    "parking": TicketAction(
        A.PARK, END, "Leave to the supplier", SayInput, staff.park, "Sent. It waits for the supplier."
    ),
    "confirmation": TicketAction(
        A.CONFIRM, END, "It works now", SeenInput, _plain(reporter.confirm), "Thank you. It is closed."
    ),
    "reopening": TicketAction(
        A.REOPEN, END, "Take it up again", SeenInput, _plain(reporter.reopen), "It is open again."
    ),
    "closure": TicketAction(A.CLOSE, END, "Close", SeenInput, _seen(staff.close), "Closed."),
    "withdrawal": TicketAction(
        A.WITHDRAW, END, "Withdraw it", SeenInput, _plain(reporter.withdraw), "It is withdrawn."
    ),
    "waking": TicketAction(
        A.WAKE, ON_CARD, "Wake it now", SeenInput, _seen(wake), "It is back among what is to do."
    ),
    "verification": TicketAction(
        A.VERIFY,
        ON_CARD,
        "Check the person",
        SeenInput,
        _seen(staff.verify),
        "The identity check was recorded.",
    ),
    "hand-over": TicketAction(
        A.HAND_OVER,
        SAFETY,
        "Hand to a clinician",
        ReviewRequestInput,
        request_review_by_staff,
        "A clinician is told to read this.",
    ),
}


def grouped_actions(actor: Actor, case: TicketDetail) -> dict[str, dict[str, TicketAction]]:
    """What an actor can do to a ticket as it stands, shelf by shelf."""
    able = {name: deed for name, deed in TICKET_ACTIONS.items() if deed.action in case.allowed}
    if case.ticket.assignee_id and (case.ticket.assignee_id, case.ticket.status) != (
        actor.user_id,
        Status.NEW,
    ):
        able.pop("claim", None)
    return {
        shelf: {name: deed for name, deed in able.items() if deed.group == shelf}
        for shelf in GROUPS
        if any(deed.group == shelf for deed in able.values())
    }


SAFELY = "Leave one only if they said that this is safe."


def _people(role: Role) -> Callable[[Session, TicketDetail], list[tuple[Any, str]]]:
    def offer(session: Session, case: TicketDetail) -> list[tuple[Any, str]]:
        found = colleagues(session, case.service.id, role)
        return [(one.id, one.name + (" (away)" if one.is_away else "")) for one in found]

    return offer


def _problems(session: Session, case: TicketDetail) -> list[tuple[Any, str]]:
    return [
        (one.id, f"{one.title} ({humanise(one.status)})") for one in linkable_problems(session, case.ticket)
    ]


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


_OF_A_CALL: Mapping[str, Sequence[Any]] = {
    "came": [
        (one, said, SAFELY if one is CallOutcome.LEFT_MESSAGE else "") for one, said in CALL_OUTCOMES.items()
    ],
    "responsibility": [*CALL_PURPOSES.items()],
    "started_by": [(CallDirection.US, "We did"), (CallDirection.THEM, "They did")],
    "next_part": [(one, one.capitalize()) for one in PartOfDay],
}


CHOICES: Mapping[str, Callable[[Session, TicketDetail], Sequence[Any] | Mapping[str, Sequence[Any]]]] = {
    "calls": lambda *_: _OF_A_CALL,
    "assignment": _people(Role.NAVIGATOR),
    "practitioner": _people(Role.PWP),
    "problem": _problems,
    "snooze": lambda session, case: snooze_options(session, case.ticket),
    "split": lambda session, case: splittable(session, case.ticket.number),
    "resolution": lambda *_: [(one, humanise(one).capitalize()) for one in Resolution],
    "triage": lambda *_: [(one, one.capitalize()) for one in Fixability],
}
"""By the name of a deed; its page knows what they are."""
