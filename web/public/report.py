"""Telling a problem without an account: one question a page, checked, sent once, and confirmed."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from navigator.tickets.actions.clinical_review import reach_by
from navigator.tickets.actions.reporter import reporter_by_link
from navigator.tickets.detail import dossier
from web.kit.deps import Address, Reading, Writing, public
from web.kit.forms import ReadForm
from web.kit.templating import see_other
from web.public import report_steps
from web.public.report_forms import ReachBy
from web.public.report_session import GONE, Changing, SentToken, Told

router = APIRouter(prefix="/report", dependencies=[public])

StepName = Annotated[str, Path(pattern=f"^({'|'.join(report_steps.BY_NAME)})$")]


@router.get("")
def begin(telling: Told, form: ReadForm) -> Response:
    """The first question; a service's printed link fills it in."""
    return telling.ask("place", form)


@router.get("/check")
def check(telling: Told) -> Response:
    """All answers, to look over before they are sent."""
    if telling.onward != "/report/check":
        return see_other(telling.onward)
    return telling.show(
        "check", told=report_steps.told(telling.kept), back_to=report_steps.before(telling.kept, "check")
    )


@router.post("/check")
def send(telling: Changing, address: Address) -> Response:
    """Send it, once however often the button is pressed."""
    return telling.send(address)


@router.get("/sent")
def sent(telling: Told, session: Reading, token: SentToken) -> Response:
    """What happens next and when, the reference, and the private link."""
    reporter = reporter_by_link(session, token)
    if reporter is None:
        return see_other("/report", GONE)
    case = dossier(session, reporter, reporter.own_ticket)
    return telling.show("sent", of=case.service, case=case, token=token)


@router.post("/reach-me")
def reach_me(session: Writing, form: ReadForm, token: SentToken) -> Response:
    """A way to be reached, for the clinician who reads what was sent."""
    reporter = reporter_by_link(session, token)
    given = form.read(ReachBy)
    if reporter is None or given is None:
        return see_other("/report/sent")
    reach_by(session, reporter, given.reach_by)
    return see_other("/report/sent", "Thank you. The person who reads your message will see this.")


@router.get("/help")
def help_now(telling: Told) -> Response:
    """What to do now, for somebody whose words a person must read: before it is sent."""
    return telling.show("help", onward=telling.onward)


@router.get("/solved")
def solved(telling: Told) -> Response:
    """The usual fix helped: there is nothing to send."""
    return telling.show("solved")


@router.post("/clear")
def clear(telling: Changing) -> Response:
    """Forget all that was typed."""
    return telling.forget()


@router.get("/{name}")
def ask(telling: Told, form: ReadForm, name: StepName) -> Response:
    """The question of one step."""
    return telling.ask(name, form)


@router.post("/{name}")
def answer(telling: Changing, form: ReadForm, name: StepName) -> Response:
    """Keep the answer to one step and go on to the next."""
    return telling.answer(name, form)
