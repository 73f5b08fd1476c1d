"""What a reporter can do after sending: another problem, the link sent to themselves, no contact any more."""

from starlette.responses import Response

from navigator.problems import affected
from navigator.tickets.actions.not_safe import stop_all_contact
from navigator.tickets.actions.reporter import reporter_by_link, send_own_link
from navigator.tickets.detail import ticket_detail
from web.kit.deps import PathNumber, Router, Writing, public
from web.kit.reporter_deps import ReporterActor
from web.kit.templating import Render, redirect
from web.public.report_deps import SentToken, WriteReport
from web.public.track import to_new_link

router = Router()

LINK_SENT = "A message with your link is on its way."
STOPPED = "We have stopped. Nothing more is sent to you."


@router.post("/send-link", dependencies=[public])
def send_link(wizard: WriteReport, session: Writing, token: SentToken) -> Response:
    """Send the link of the confirmation to whoever just reported, where they want to be reached."""
    if (reporter := reporter_by_link(session, token)) is None or not wizard.is_confirmed:
        return wizard.show_closed()
    send_own_link(session, reporter)
    return redirect("/report/sent", LINK_SENT)


@router.post("/follow/{number}/link")
def send_link_again(session: Writing, actor: ReporterActor, number: PathNumber) -> Response:
    """Send their link to a reporter who has it open, where they want to be reached."""
    send_own_link(session, actor)
    return redirect(f"/follow/{number}", LINK_SENT)


@router.post("/follow/{number}/no-contact")
def stop_contact(page: Render, session: Writing, actor: ReporterActor) -> Response:
    """It is no longer safe to contact them: at once, and by one press."""
    affected.stop_letters(session, stop_all_contact(session, actor))
    return to_new_link(page, session, actor, STOPPED)


@router.post("/follow/{number}/other-problem")
def tell_another(session: Writing, actor: ReporterActor, wizard: WriteReport) -> Response:
    """Begin the report of another problem: where, and how to reach them, is known."""
    if wizard.draft:  # it is asked whether to go on with what was begun here
        return redirect("/report")
    return wizard.begin_other(ticket_detail(session, actor, actor.own_ticket))
