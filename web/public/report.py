"""Telling a problem without an account: one question a page, checked, sent once, and confirmed."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from navigator.tickets.actions.clinical_review import set_contact_note
from navigator.tickets.actions.reporter import reporter_by_link
from navigator.tickets.detail import ticket_detail
from web.kit.deps import Address, Reading, Writing, public
from web.kit.forms import ReadForm
from web.kit.templating import redirect
from web.public import report_steps
from web.public.report_forms import ReachByAnswer
from web.public.report_session import GONE, ReadReport, SentToken, WriteReport

router = APIRouter(prefix="/report", dependencies=[public])

StepName = Annotated[str, Path(pattern=f"^({'|'.join(report_steps.BY_NAME)})$")]


@router.get("")
def begin(telling: ReadReport, form: ReadForm) -> Response:
    """The first question; a service's printed link fills it in."""
    return telling.ask("place", form)


@router.get("/check")
def check(telling: ReadReport) -> Response:
    """All answers, to look over before they are sent."""
    if telling.onward != "/report/check":
        return redirect(telling.onward)
    report, back_to = report_steps.to_report(telling.kept), report_steps.previous_step(telling.kept, "check")
    return telling.show("check", told=report, back_to=back_to)


@router.post("/check")
def send(telling: WriteReport, address: Address) -> Response:
    """Send it, once however often the button is pressed."""
    return telling.send(address)


@router.get("/sent")
def sent(telling: ReadReport, session: Reading, token: SentToken) -> Response:
    """What happens next and when, the reference, and the private link."""
    reporter = reporter_by_link(session, token)
    if reporter is None:
        return redirect("/report", GONE)
    case = ticket_detail(session, reporter, reporter.own_ticket)
    return telling.show("sent", of=case.service, case=case, token=token)


@router.post("/reach-me")
def reach_me(session: Writing, form: ReadForm, token: SentToken) -> Response:
    """A way to be reached, for the clinician who reads what was sent."""
    reporter = reporter_by_link(session, token)
    given = form.read(ReachByAnswer)
    if reporter is None or given is None:
        return redirect("/report/sent")
    set_contact_note(session, reporter, given.reach_by)
    return redirect("/report/sent", "Thank you. The person who reads your message will see this.")


@router.get("/help")
def help_now(telling: ReadReport) -> Response:
    """What to do now, for somebody whose words a person must read: before it is sent."""
    return telling.show("help", onward=telling.onward)


@router.get("/solved")
def solved(telling: ReadReport) -> Response:
    """The usual fix helped: there is nothing to send."""
    return telling.show("solved")


@router.post("/clear")
def clear(telling: WriteReport) -> Response:
    """Forget all that was typed."""
    return telling.forget()


@router.get("/{name}")
def ask(telling: ReadReport, form: ReadForm, name: StepName) -> Response:
    """The question of one step."""
    return telling.ask(name, form)


@router.post("/{name}")
def answer(telling: WriteReport, form: ReadForm, name: StepName) -> Response:
    """Keep the answer to one step and go on to the next."""
    return telling.answer(name, form)
