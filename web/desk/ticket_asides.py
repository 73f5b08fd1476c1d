"""What a ticket’s page fetches when somebody asks: its history, its priority, the words of canned replies."""

from starlette.responses import JSONResponse, Response

from navigator.errors import Forbidden
from navigator.tickets.action_rules import Action
from navigator.tickets.deadlines import Targets
from navigator.tickets.detail import TicketDetail, ticket_detail
from web.desk.replies_to_hand import for_ticket
from web.desk.reply_drafts import Number
from web.kit.deps import Reading, Router, Staff
from web.kit.templating import Render

router = Router(prefix="/tickets/{number}")


@router.get("/history")
def history(page: Render, session: Reading, actor: Staff, number: Number) -> Response:
    """Everything that was done to a ticket, newest first."""
    return page("desk/ticket/history.html", detail=ticket_detail(session, actor, number))


@router.get("/priority")
def priority(page: Render, session: Reading, actor: Staff, number: Number) -> Response:
    """What each of the five priorities promises in the ticket’s service."""
    detail = ticket_detail(session, actor, number)
    if not detail.reads_for_navigators:
        raise Forbidden("You cannot see what was promised for this ticket.")
    return page("desk/ticket/priority.html", detail=detail, promised_hours=_promised_hours(detail))


@router.get("/replies-to-hand")
def words_of_replies(session: Reading, actor: Staff, number: Number) -> Response:
    """The words of each canned reply for a ticket, by its code, which a page asks for when one is wanted."""
    detail = ticket_detail(session, actor, number)
    offered = for_ticket(session, actor, detail) if Action.REPLY in detail.allowed else ()
    return JSONResponse({reply.code: reply.words for reply in offered})


def _promised_hours(detail: TicketDetail) -> tuple[tuple[str, str], ...]:
    """In how many working hours a ticket is answered and put right, by priority 1 to 5."""
    targets = Targets.from_settings(detail.service.targets)
    return tuple(
        (f"{first_reply:g} h", f"{resolution:g} h")
        for first_reply, resolution in zip(targets.first_reply, targets.resolution, strict=True)
    )
