"""The actions on a ticket: each answers with where the ticket stands now.

Permissions and the state machine are the desk's own (`tickets/action_rules`); here stands only which API keys
may ask at all. A `version` in a body is the one that was seen (optimistic locking): if somebody changed the
ticket since, nothing is done, and the 409 says what changed.
"""

from typing import Annotated

from fastapi import Body

from api.deps import Caller, Number, Router, Writing, audience, looked_at, signed
from api.errors import error_responses
from api.schemas import (
    ClinicalReviewOut,
    ReopenedState,
    ReporterState,
    SentLinkInput,
    SentMessageInput,
    SentResolutionInput,
    SentSplitInput,
    SentTriageInput,
    SignedInput,
    TicketState,
    WrittenState,
)
from api.ticket_state import reporter_state, state, state_for, written_state
from navigator.people.user import Role
from navigator.problems import affected
from navigator.problems.linking import link
from navigator.tickets.actions import calls, contact, inclusion, next_session, reporter
from navigator.tickets.actions import staff as desk
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.actions.merge import merge as merge_tickets
from navigator.tickets.actions.snooze import snooze as snooze_ticket
from navigator.tickets.actions.snooze import wake as wake_ticket
from navigator.tickets.actions.split import split as split_ticket
from navigator.tickets.actions.undo_merge import undo_merge
from navigator.tickets.contact_inputs import ChangeContactInput, EndLinksInput
from navigator.tickets.inclusion_inputs import NeedsInput, OfferInput
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    CallInput,
    MergeInput,
    RescheduleInput,
    ReviewRequestInput,
    SayInput,
    SeenInput,
    SnoozeInput,
    UnmergeInput,
)

router = Router(prefix="/tickets/{number}", tags=["tickets"], responses=error_responses(401, 403, 404, 409))

navigators = audience(Role.NAVIGATOR)
organisers = audience(Role.NAVIGATOR, Role.MANAGER)
staff = audience(Role.NAVIGATOR, Role.CLINICIAN, Role.MANAGER)
either_side = audience(Role.NAVIGATOR, reporter=True)
reporters = audience(reporter=True)

MaybeSeen = Annotated[SeenInput, Body(default_factory=SeenInput)]


@router.post("/triage", dependencies=[navigators])
def triage(session: Writing, actor: Caller, number: Number, triage_input: SentTriageInput) -> TicketState:
    """Sort it again: category, impact and, if somebody found otherwise, who can put it right."""
    return state(desk.triage(session, looked_at(actor, triage_input), number, triage_input))


@router.post("/claim", dependencies=[navigators])
def claim(session: Writing, actor: Caller, number: Number, seen: MaybeSeen) -> TicketState:
    """Always refused: a key is nobody who could have a ticket. Use `assignment`."""
    return state(desk.claim(session, actor, number, seen.version))


@router.post("/assignment", dependencies=[organisers])
def assign(session: Writing, actor: Caller, number: Number, assignment: AssignInput) -> TicketState:
    """Give it to a navigator of its service, or with null back to the service's queue."""
    return state(desk.assign(session, actor, number, assignment))


@router.post("/replies", dependencies=[navigators])
def reply(session: Writing, actor: Caller, number: Number, message: SentMessageInput) -> TicketState:
    """Answer the reporter."""
    return state(desk.reply(session, looked_at(actor, message), number, message))


@router.post("/notes", dependencies=[staff])
def note(session: Writing, actor: Caller, number: Number, message: SayInput) -> WrittenState:
    """Write something that the reporter never sees; colleagues who are named with an @ are told."""
    return written_state(session, desk.note(session, actor, number, message), message.body)


@router.post("/calls", dependencies=[navigators])
def call(session: Writing, actor: Caller, number: Number, call_input: CallInput) -> WrittenState:
    """Log a phone call, what came of it and when to try next; the reporter never sees it."""
    return written_state(session, calls.call(session, actor, number, call_input), call_input.body)


@router.post("/verification", dependencies=[navigators])
def verify(session: Writing, actor: Caller, number: Number, signed_input: SignedInput) -> TicketState:
    """Record that somebody checked the person through contact details already on record."""
    return state(desk.verify(session, signed(actor, signed_input.by), number, signed_input.version))


@router.post("/needs", dependencies=[navigators])
def set_needs(session: Writing, actor: Caller, number: Number, needs: NeedsInput) -> TicketState:
    """What they need: all of it, as it is now. Nobody then phones who is not to be phoned."""
    return state(inclusion.set_needs(session, actor, number, needs))


@router.post("/offers", dependencies=[navigators])
def offer(session: Writing, actor: Caller, number: Number, offer: OfferInput) -> TicketState:
    """Something was given to them, of what the service has; or it was used, or came back."""
    return state(inclusion.offer(session, actor, number, offer))


@router.post("/practitioner", dependencies=[organisers])
def attach(session: Writing, actor: Caller, number: Number, attach_input: AttachInput) -> TicketState:
    """Confirm who the practitioner is; from now on they see the ticket."""
    return state(desk.attach(session, actor, number, attach_input))


@router.post("/session", dependencies=[either_side])
def reschedule(
    session: Writing, actor: Caller, number: Number, reschedule_input: RescheduleInput
) -> ReporterState:
    """Move the next session; the time to put it right by moves with it."""
    return reporter_state(session, actor, next_session.reschedule(session, actor, number, reschedule_input))


@router.post("/contact", dependencies=[either_side])
def change_contact(
    session: Writing, actor: Caller, number: Number, contact_input: ChangeContactInput
) -> TicketState:
    """Change how the reporter is reached; what waits for the old address is not sent, and its links end."""
    return state_for(actor, affected.reach_otherwise(session, actor, number, contact_input))


@router.post("/links", dependencies=[either_side])
def end_links(session: Writing, actor: Caller, number: Number, seen: EndLinksInput) -> TicketState:
    """End all private links to it, also the one whose last part is the key of this call."""
    return state_for(actor, contact.end_links(session, actor, number, seen))


@router.post("/waiting", dependencies=[navigators])
def wait(session: Writing, actor: Caller, number: Number, message: SentMessageInput) -> TicketState:
    """Ask the reporter something, and wait for the answer."""
    return state(desk.wait(session, looked_at(actor, message), number, message))


@router.post("/parking", dependencies=[navigators])
def park(session: Writing, actor: Caller, number: Number, message: SentMessageInput) -> TicketState:
    """Leave it to the supplier; the reporter is told the truth and what helps meanwhile."""
    return state(desk.park(session, looked_at(actor, message), number, message))


@router.post("/snooze", dependencies=[navigators])
def snooze(session: Writing, actor: Caller, number: Number, snooze_input: SnoozeInput) -> WrittenState:
    """Leave it aside for hours or days of its service, until before it is due; it comes back by itself."""
    return written_state(session, snooze_ticket(session, actor, number, snooze_input), snooze_input.body)


@router.post("/waking", dependencies=[navigators])
def wake(session: Writing, actor: Caller, number: Number, seen: MaybeSeen) -> TicketState:
    """Bring back now what was snoozed."""
    return state(wake_ticket(session, actor, number, seen.version))


@router.post("/resolution", dependencies=[navigators])
def resolve(
    session: Writing, actor: Caller, number: Number, resolve_input: SentResolutionInput
) -> TicketState:
    """Say how it was put right; the reporter is asked whether it works."""
    return state(desk.resolve(session, looked_at(actor, resolve_input), number, resolve_input))


@router.post("/closure", dependencies=[navigators])
def close(session: Writing, actor: Caller, number: Number, seen: MaybeSeen) -> TicketState:
    """Close what was put right."""
    return state(desk.close(session, actor, number, seen.version))


@router.post("/merge", dependencies=[navigators])
def merge(session: Writing, actor: Caller, number: Number, merge_input: MergeInput) -> TicketState:
    """Let it go on in another ticket of the same reporter, which is the answer."""
    return state(merge_tickets(session, actor, number, merge_input))


@router.post("/unmerging", dependencies=[navigators])
def unmerge(session: Writing, actor: Caller, number: Number, unmerge_input: UnmergeInput) -> TicketState:
    """Undo within a day that another ticket was merged into it, while nothing was done that hinders this."""
    return state(undo_merge(session, actor, number, unmerge_input))


@router.post("/split", dependencies=[navigators])
def split(session: Writing, actor: Caller, number: Number, split_input: SentSplitInput) -> WrittenState:
    """Make a second ticket of the second problem that somebody told, which is the answer."""
    ticket = split_ticket(session, looked_at(actor, split_input), number, split_input)
    return written_state(session, ticket, split_input.body)


@router.post("/problem", dependencies=[navigators])
def link_to_problem(
    session: Writing, actor: Caller, number: Number, link_input: SentLinkInput
) -> TicketState:
    """Say which known problem lies behind it, or null for none; its reporter gets the workaround."""
    return state(link(session, looked_at(actor, link_input), number, link_input))


@router.post("/hand-over", dependencies=[staff])
def hand_over(
    session: Writing, actor: Caller, number: Number, request: ReviewRequestInput
) -> ClinicalReviewOut:
    """Say that a clinician must read it, and why. Only a clinician's outcome ends this."""
    return ClinicalReviewOut.model_validate(request_review_by_staff(session, actor, number, request))


@router.post("/answers", dependencies=[reporters])
def answer(session: Writing, actor: Caller, number: Number, message: SayInput) -> ReporterState:
    """The reporter writes."""
    return reporter_state(session, actor, reporter.answer(session, actor, number, message))


@router.post("/confirmation", dependencies=[reporters])
def confirm(session: Writing, actor: Caller, number: Number) -> ReporterState:
    """The reporter says: it works now."""
    return reporter_state(session, actor, reporter.confirm(session, actor, number))


@router.post("/reopening", dependencies=[either_side])
def reopen(
    session: Writing, actor: Caller, number: Number, message: SentMessageInput | None = None
) -> ReopenedState | ReporterState:
    """It is still broken, or somebody takes it up again."""
    ticket = reporter.reopen(session, looked_at(actor, message), number, message)
    shown = reporter_state(session, actor, ticket)
    if actor.ticket_number is not None:
        return shown
    written = written_state(session, ticket, message.body if message else "")
    return ReopenedState.model_validate(dict(shown) | {"opened_hand_over": written.opened_hand_over})


@router.post("/withdrawal", dependencies=[reporters])
def withdraw(session: Writing, actor: Caller, number: Number) -> ReporterState:
    """The reporter no longer wants it looked at. A clinical review goes on all the same."""
    return reporter_state(session, actor, reporter.withdraw(session, actor, number))
