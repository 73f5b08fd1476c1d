"""The policy of tickets, a row per action: permissions, state machine, input, audience, undo and more."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from navigator.fields import Input
from navigator.people.rights import Area
from navigator.tickets.booking_inputs import BookCallInput, CallTimeInput
from navigator.tickets.contact_inputs import ChangeContactInput, EndLinksInput
from navigator.tickets.enums import LIVE, Action, Audience, Status, TicketRole
from navigator.tickets.inclusion_inputs import NeedsInput, OfferInput
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    CallInput,
    LinkInput,
    MergeInput,
    RedactInput,
    RescheduleInput,
    ReviewRequestInput,
    SayInput,
    SeenInput,
    SendInput,
    SendResolvedInput,
    SnoozeInput,
    SplitInput,
    TriageInput,
    UnmergeInput,
    WriteInput,
)

__all__ = ["ACTION_AT", "ACTION_RULES", "Action", "ActionRule"]

_ALL = frozenset(Status)
_NOT_MERGED = _ALL - {Status.MERGED}
_ENDED = frozenset({Status.RESOLVED, Status.CLOSED})
_WAITING = frozenset({Status.WAITING_FOR_REPORTER, Status.WAITING_FOR_SUPPLIER})
_NO_MOVE: Mapping[Status, Status] = MappingProxyType({})
_OPENS: Mapping[Status, Status] = MappingProxyType({Status.NEW: Status.OPEN})


def _from(statuses: frozenset[Status], to: Status) -> Mapping[Status, Status]:
    return MappingProxyType(dict.fromkeys(statuses, to))


def _to(status: Status) -> Mapping[Status, Status]:
    return _from(_ALL, status)


def _roles(*roles: TicketRole) -> frozenset[TicketRole]:
    return frozenset(roles)


_WRITERS = frozenset({TicketRole.NAVIGATOR, TicketRole.CLINICIAN, TicketRole.MANAGER})


@dataclass(frozen=True)
class ActionRule:
    """One row of the policy.

    `roles` and `statuses` are the permission: which roles towards the ticket, in which statuses.
    `transitions` are the state machine: what each status becomes (itself, if not named).
    `address` is the noun that pages and drafts know the action by; `input` is the model of its form.
    `audience` may read its message, and where there is one it is named: nobody else's words reach a reporter
    by an oversight. What `goes_out` is written to the reporter and checked before it is sent, and every other
    message passes the safety screen.
    `answers`: its words are the answer that the reporter of a ticket waits for.
    `people_only`: a key of another system is nobody who could have a ticket, or pass something on.
    `ends_snooze`: it brings back at once a ticket that was snoozed; that a ticket ends does, too.
    `area`: of a composed role it takes a right of its own, beside that to see the ticket.
    `remembers` is the attribute of the ticket that the audit event keeps as it was; `undone_by` is the action
    that takes this one back (how, `actions/undo` knows).
    """

    roles: frozenset[TicketRole]
    statuses: frozenset[Status]
    transitions: Mapping[Status, Status] = field(default_factory=lambda: _NO_MOVE)
    address: str = ""
    input: type[Input] = SeenInput
    audience: Audience | None = None
    goes_out: bool = False
    answers: bool = False
    people_only: bool = False
    ends_snooze: bool = False
    remembers: str = ""
    area: Area | None = None
    undone_by: Action | None = None

    def __post_init__(self) -> None:
        if self.audience is None and (self.takes_text or self.goes_out):
            raise ValueError("Say who reads the message of this action.")

    @property
    def is_staff_to_reporter(self) -> bool:
        """Whether staff write words for it that the reporter reads, be they told at once or find them."""
        return self.audience is Audience.PUBLIC and bool(self.roles & _WRITERS)

    @property
    def takes_text(self) -> bool:
        """Whether something is written for it, so that its draft is autosaved."""
        return "body" in self.input.model_fields


R, J, P, N, C, M, S = TicketRole  # reporter, joined reporter, pwp, navigator, clinician, manager, system

ACTION_RULES: Mapping[Action, ActionRule] = MappingProxyType(
    {
        Action.REPORT: ActionRule(_roles(), frozenset(), audience=Audience.PUBLIC),
        Action.TRIAGE: ActionRule(
            _roles(N), LIVE, _OPENS, address="triage", input=TriageInput, undone_by=Action.TRIAGE
        ),
        Action.CLAIM: ActionRule(
            _roles(N),
            LIVE,
            _OPENS,
            address="claim",
            people_only=True,
            ends_snooze=True,
            remembers="assignee_id",
            undone_by=Action.ASSIGN,
            area=Area.HOLDING,
        ),
        Action.ASSIGN: ActionRule(
            _roles(N, M, S),
            LIVE,
            address="assignment",
            input=AssignInput,
            ends_snooze=True,
            remembers="assignee_id",
            undone_by=Action.ASSIGN,
        ),
        Action.REPLY: ActionRule(
            _roles(N),
            _NOT_MERGED,
            _OPENS,
            address="replies",
            input=SendInput,
            audience=Audience.PUBLIC,
            goes_out=True,
            answers=True,
        ),
        Action.ANSWER: ActionRule(
            _roles(R, J, P),
            _ALL,
            _from(_ENDED | {Status.WAITING_FOR_REPORTER}, Status.OPEN),
            address="answers",
            input=SayInput,
            audience=Audience.PUBLIC,
            ends_snooze=True,
        ),
        Action.NOTE: ActionRule(
            _roles(P, N, C, M), _NOT_MERGED, address="notes", input=SayInput, audience=Audience.STAFF
        ),
        Action.CALL: ActionRule(
            _roles(N), _NOT_MERGED, _OPENS, address="calls", input=CallInput, audience=Audience.STAFF
        ),
        Action.BOOK_CALL: ActionRule(_roles(R), LIVE, address="booked-call", input=BookCallInput),
        Action.MOVE_CALL: ActionRule(_roles(R, N, S), LIVE, address="call-time", input=CallTimeInput),
        Action.CANCEL_CALL: ActionRule(_roles(R, J, N, S), _ALL, address="call-cancellation"),
        Action.VERIFY: ActionRule(_roles(N), _NOT_MERGED, _OPENS, address="verification"),
        Action.ATTACH: ActionRule(_roles(N, M), _NOT_MERGED, address="practitioner", input=AttachInput),
        Action.RESCHEDULE: ActionRule(_roles(R, P, N, S), LIVE, address="session", input=RescheduleInput),
        Action.CONTACT: ActionRule(_roles(R, J, N), _ALL, address="contact", input=ChangeContactInput),
        Action.END_LINKS: ActionRule(_roles(R, J, N), _ALL, address="links", input=EndLinksInput),
        Action.GIVE_LINK: ActionRule(_roles(P, N), _NOT_MERGED, people_only=True),
        Action.NEEDS: ActionRule(_roles(N), _NOT_MERGED, address="needs", input=NeedsInput),
        Action.OFFER: ActionRule(_roles(N), _NOT_MERGED, address="offers", input=OfferInput),
        Action.WAIT: ActionRule(
            _roles(N),
            LIVE - {Status.WAITING_FOR_REPORTER},
            _to(Status.WAITING_FOR_REPORTER),
            address="waiting",
            input=WriteInput,
            audience=Audience.PUBLIC,
            goes_out=True,
            answers=True,
        ),
        Action.PARK: ActionRule(
            _roles(N),
            LIVE - {Status.WAITING_FOR_SUPPLIER},
            _to(Status.WAITING_FOR_SUPPLIER),
            address="parking",
            input=WriteInput,
            audience=Audience.PUBLIC,
            goes_out=True,
            answers=True,
        ),
        Action.RESOLVE: ActionRule(
            _roles(N),
            LIVE,
            _to(Status.RESOLVED),
            address="resolution",
            input=SendResolvedInput,
            audience=Audience.PUBLIC,
            goes_out=True,
            answers=True,
        ),
        Action.CONFIRM: ActionRule(
            _roles(R, P), LIVE | {Status.RESOLVED}, _to(Status.CLOSED), address="confirmation"
        ),
        Action.REOPEN: ActionRule(
            _roles(R, J, P, N),
            _WAITING | _ENDED,
            _to(Status.OPEN),
            address="reopening",
            audience=Audience.PUBLIC,
            ends_snooze=True,
        ),
        Action.STILL_BROKEN: ActionRule(_roles(R, J), LIVE, _from(_WAITING, Status.OPEN), ends_snooze=True),
        Action.CLOSE: ActionRule(
            _roles(N, S), frozenset({Status.RESOLVED}), _to(Status.CLOSED), address="closure"
        ),
        Action.MERGE: ActionRule(
            _roles(N),
            LIVE,
            _to(Status.MERGED),
            address="merge",
            input=MergeInput,
            ends_snooze=True,
            area=Area.JOINING,
        ),
        Action.UNMERGE: ActionRule(
            _roles(N), _NOT_MERGED, address="unmerging", input=UnmergeInput, area=Area.JOINING
        ),
        Action.REDACT: ActionRule(
            _roles(N),
            _NOT_MERGED,
            address="redaction",
            input=RedactInput,
            people_only=True,
            area=Area.REMOVING,
        ),
        Action.CLEAR_WORDS: ActionRule(_roles(N), _NOT_MERGED, people_only=True),
        Action.EMPTY: ActionRule(_roles(M, S), frozenset({Status.CLOSED, Status.MERGED}), people_only=True),
        Action.SPLIT: ActionRule(
            _roles(N),
            LIVE,
            address="split",
            input=SplitInput,
            audience=Audience.PUBLIC,
            area=Area.JOINING,
        ),
        Action.LINK: ActionRule(
            _roles(N),
            _NOT_MERGED,
            address="problem",
            input=LinkInput,
            audience=Audience.PUBLIC,
            goes_out=True,
            remembers="problem_id",
            undone_by=Action.LINK,
        ),
        Action.UPDATE: ActionRule(
            _roles(N, S), _NOT_MERGED, audience=Audience.PUBLIC, goes_out=True, answers=True
        ),
        Action.WITHDRAW: ActionRule(_roles(R), LIVE, _to(Status.CLOSED), address="withdrawal"),
        Action.REQUEST_REVIEW: ActionRule(
            _roles(P, N, C, M, S), _ALL, address="clinical-review", input=ReviewRequestInput, ends_snooze=True
        ),
        Action.ACKNOWLEDGE: ActionRule(_roles(C), _ALL),
        Action.CONCLUDE: ActionRule(_roles(C), _ALL),
        Action.WRITE_TO_PERSON: ActionRule(
            _roles(C), _NOT_MERGED, input=SayInput, audience=Audience.PUBLIC, goes_out=True
        ),
        Action.NO_CONCERN: ActionRule(_roles(P, N, C, M), _ALL),
        Action.GUARD: ActionRule(_roles(S), LIVE, ends_snooze=True),
        Action.OVERDUE: ActionRule(_roles(S), LIVE, ends_snooze=True),
        Action.UNDELIVERED: ActionRule(_roles(S), _ALL),
        Action.WARN: ActionRule(_roles(S), frozenset({Status.RESOLVED})),
        Action.SNOOZE: ActionRule(
            _roles(N),
            LIVE,
            address="snooze",
            input=SnoozeInput,
            audience=Audience.STAFF,
            remembers="is_snoozed",
            undone_by=Action.WAKE,
        ),
        Action.WAKE: ActionRule(_roles(N, S), LIVE, address="waking"),
        Action.JOIN_MAIL: ActionRule(
            _roles(N, S),
            _NOT_MERGED,
            _from(_ENDED | {Status.WAITING_FOR_REPORTER}, Status.OPEN),
            audience=Audience.STAFF,
            people_only=True,
            ends_snooze=True,
        ),
        Action.MOVE_MAIL: ActionRule(_roles(N), _NOT_MERGED, people_only=True),
        Action.TAKE_BACK: ActionRule(_roles(N), _NOT_MERGED, people_only=True),
    }
)

ACTION_AT: Mapping[str, Action] = MappingProxyType(
    {rule.address: action for action, rule in ACTION_RULES.items() if rule.address}
)
"""The actions by their addresses."""
