"""“Check my phone” for somebody who follows their report by its private link."""

from typing import Annotated

from fastapi import Depends
from sqlmodel import Session
from starlette.responses import Response

from navigator.people.actor import Actor
from navigator.tickets.actions.device_checks import send_check
from navigator.tickets.followed import followed_ticket
from web.kit import page_language
from web.kit.deps import PathNumber, Reading, Router, Writing
from web.kit.forms import ReadForm
from web.kit.reporter_deps import ReporterActor
from web.kit.templating import PageRenderer, Render, redirect
from web.public.check_pages import CheckPages, needs_or_404

router = Router(prefix="/follow/{number}/check")


async def _check_in(page: Render, session: Reading, actor: ReporterActor, number: PathNumber) -> CheckPages:
    return _check_of(page, session, actor, number)


def _check_of(page: PageRenderer, session: Session, actor: Actor, number: int) -> CheckPages:
    detail = followed_ticket(session, actor)
    page_language.speak_for(page.request, detail.service.code)
    programme, needs = needs_or_404(session, detail.programme)
    path = f"/follow/{number}"
    return CheckPages(page, session, programme, needs, f"{path}/check", path, detail.service)


Check = Annotated[CheckPages, Depends(_check_in)]


@router.get("")
def start(check: Check) -> Response:
    """What is looked at, and the button that starts it."""
    return check.start()


@router.post("")
def show_result(check: Check, form: ReadForm) -> Response:
    """What was found, and what to do; nothing is kept."""
    return check.result(form)


@router.post("/sending")
def send(
    page: Render, session: Writing, actor: ReporterActor, form: ReadForm, number: PathNumber
) -> Response:
    """Send what was found, as its reporter wishes."""
    findings = _check_of(page, session, actor, number).findings(form)
    send_check(session, actor, actor.own_ticket, findings)
    return redirect(f"/follow/{number}", "Thank you. We have what was found on your phone.")
