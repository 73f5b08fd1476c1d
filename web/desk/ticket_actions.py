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
from navigator.problems.linking import fitting, link
from navigator.tickets.actions import calls, reporter, staff
from navigator.tickets.actions.clinical_review import hand_over_by_hand
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.snooze import offered, snooze, wake
from navigator.tickets.actions.split import split, splittable
from navigator.tickets.detail import Dossier
from navigator.tickets.enums import Came, PartOfDay, Resolution, Responsibility, Side
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    CallInput,
    HandOverInput,
    MergeInput,
    RescheduleInput,
    ResolveInput,
    SayInput,
    SeenInput,
    SnoozeInput,
    SplitInput,
    TriageInput,
)
from navigator.tickets.ticket import Action, Status
from web.kit.template_filters import words

SORT, TALK, END, SAFETY = "Sort", "Answer and note", "Put right or pass on", "Safety"
CARD = ""
"""No shelf: its button stands where its reason is told."""
SHELVES = (TALK, SORT, END, SAFETY)
"""What deeds are put together under, in the order in which they stand on a ticket's page."""

Do = Callable[[Session, Actor, int, Any], object]


@dataclass(frozen=True)
class Deed:
    """One thing that can be done to a ticket, and what is said when it is done."""

    action: Action
    shelf: str
    title: str
    asks: type[BaseModel]
    do: Do
    done: str

    @property
    def is_pressed(self) -> bool:
        """Whether it asks nothing: a button on the ticket's own page."""
        return self.asks is SeenInput


def _seen(verb: Callable[[Session, Actor, int, int | None], object]) -> Do:
    return lambda session, actor, number, seen: verb(session, actor, number, seen.version)


def _plain(verb: Callable[[Session, Actor, int], object]) -> Do:
    return lambda session, actor, number, _: verb(session, actor, number)


A = Action
ONLY_STAFF = "Only staff see it."

DEEDS: Mapping[str, Deed] = {
    "claim": Deed(A.CLAIM, SORT, "Take it", SeenInput, _seen(staff.claim), "It is yours."),
    "replies": Deed(A.REPLY, TALK, "Reply", SayInput, staff.reply, "Your reply was sent."),
    "answers": Deed(
        A.ANSWER, TALK, "Write to the navigator", SayInput, reporter.answer, "Your message was sent."
    ),
    "notes": Deed(A.NOTE, TALK, "Note for staff", SayInput, staff.note, f"Your note was saved. {ONLY_STAFF}"),
    "calls": Deed(A.CALL, TALK, "Log a call", CallInput, calls.call, f"The call was logged. {ONLY_STAFF}"),
    "waiting": Deed(
        A.WAIT, TALK, "Ask and wait", SayInput, staff.wait, "Sent. The ticket waits for an answer."
    ),
    "triage": Deed(A.TRIAGE, SORT, "Sort again", TriageInput, staff.triage, "Sorted."),
    "assignment": Deed(A.ASSIGN, SORT, "Assign", AssignInput, staff.assign, "Assigned."),
    "practitioner": Deed(A.ATTACH, SORT, "Confirm the practitioner", AttachInput, staff.attach, "Confirmed."),
    "session": Deed(A.RESCHEDULE, SORT, "Change the session", RescheduleInput, staff.reschedule, "Changed."),
    "snooze": Deed(
        A.SNOOZE, SORT, "Remind me later", SnoozeInput, snooze, "Snoozed. It comes back by itself."
    ),
    "problem": Deed(A.LINK, SORT, "Link to a known problem", LinkInput, link, "The link was saved."),
    "split": Deed(A.SPLIT, SORT, "Split in two", SplitInput, split, "The second problem has its own ticket."),
    "merge": Deed(A.MERGE, SORT, "Merge", MergeInput, merge, "Merged."),
    "resolution": Deed(
        A.RESOLVE, END, "Resolve", ResolveInput, staff.resolve, "Resolved. We ask if it works."
    ),
    "parking": Deed(
        A.PARK, END, "Leave to the supplier", SayInput, staff.park, "Sent. It waits for the supplier."
    ),
    "confirmation": Deed(
        A.CONFIRM, END, "It works now", SeenInput, _plain(reporter.confirm), "Thank you. It is closed."
    ),
    "reopening": Deed(
        A.REOPEN, END, "Take it up again", SeenInput, _plain(reporter.reopen), "It is open again."
    ),
    "closure": Deed(A.CLOSE, END, "Close", SeenInput, _seen(staff.close), "Closed."),
    "withdrawal": Deed(
        A.WITHDRAW, END, "Withdraw it", SeenInput, _plain(reporter.withdraw), "It is withdrawn."
    ),
    "waking": Deed(A.WAKE, CARD, "Wake it now", SeenInput, _seen(wake), "It is back among what is to do."),
    "verification": Deed(
        A.VERIFY, CARD, "Check the person", SeenInput, _seen(staff.verify), "The identity check was recorded."
    ),
    "hand-over": Deed(
        A.HAND_OVER,
        SAFETY,
        "Hand to a clinician",
        HandOverInput,
        hand_over_by_hand,
        "A clinician is told to read this.",
    ),
}


def shelved(actor: Actor, case: Dossier) -> dict[str, dict[str, Deed]]:
    """What an actor can do to a ticket as it stands, shelf by shelf."""
    able = {name: deed for name, deed in DEEDS.items() if deed.action in case.allowed}
    if case.ticket.assignee_id and (case.ticket.assignee_id, case.ticket.status) != (
        actor.user_id,
        Status.NEW,
    ):
        able.pop("claim", None)
    return {
        shelf: {name: deed for name, deed in able.items() if deed.shelf == shelf}
        for shelf in SHELVES
        if any(deed.shelf == shelf for deed in able.values())
    }


SAFELY = "Leave one only if they said that this is safe."


def _people(role: Role) -> Callable[[Session, Dossier], list[tuple[Any, str]]]:
    def offer(session: Session, case: Dossier) -> list[tuple[Any, str]]:
        found = colleagues(session, case.service.id, role)
        return [(one.id, one.name + (" (away)" if one.is_away else "")) for one in found]

    return offer


def _problems(session: Session, case: Dossier) -> list[tuple[Any, str]]:
    return [(one.id, f"{one.title} ({words(one.status)})") for one in fitting(session, case.ticket)]


CAME = {
    Came.SPOKE: "We spoke",
    Came.NOT_FREE: "They could not talk then",
    Came.NO_ANSWER: "No answer",
    Came.LEFT_MESSAGE: "I left a message",
    Came.WRONG_NUMBER: "Wrong number",
}


FOR = {
    Responsibility.ACCESS: "Access: getting in",
    Responsibility.TECHNOLOGY: "Technology: putting a problem right",
    Responsibility.ENGAGEMENT: "Engagement: using the programme",
    Responsibility.FEEDBACK: "Feedback: what they think of it",
}


_OF_A_CALL: Mapping[str, Sequence[Any]] = {
    "came": [(one, said, SAFELY if one is Came.LEFT_MESSAGE else "") for one, said in CAME.items()],
    "responsibility": [*FOR.items()],
    "started_by": [(Side.US, "We did"), (Side.THEM, "They did")],
    "next_part": [(one, one.capitalize()) for one in PartOfDay],
}


CHOICES: Mapping[str, Callable[[Session, Dossier], Sequence[Any] | Mapping[str, Sequence[Any]]]] = {
    "calls": lambda *_: _OF_A_CALL,
    "assignment": _people(Role.NAVIGATOR),
    "practitioner": _people(Role.PWP),
    "problem": _problems,
    "snooze": lambda session, case: offered(session, case.ticket),
    "split": lambda session, case: splittable(session, case.ticket.number),
    "resolution": lambda *_: [(one, words(one).capitalize()) for one in Resolution],
    "triage": lambda *_: [(one, one.capitalize()) for one in Fixability],
}
"""By the name of a deed; its page knows what they are."""
