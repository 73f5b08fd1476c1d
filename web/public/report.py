"""The report wizard (multi-step form), without an account: one matter a page, checked, sent once."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from navigator.tickets.actions.reporter import reporter_by_link, say_how_to_reach_me
from navigator.tickets.detail import ticket_detail
from web.kit.deps import Address, Reading, Router, Writing, public
from web.kit.forms import ReadForm
from web.kit.templating import redirect
from web.public import report_steps
from web.public.report_deps import ReadReport, SentToken, WriteReport
from web.public.report_forms import ReachByAnswer

router = Router(prefix="/report", dependencies=[public])

_STEPS = "|".join((*report_steps.BY_NAME, *report_steps.OLD_STEPS))
StepName = Annotated[str, Path(pattern=f"^({_STEPS})$")]


@router.get("")
def begin(wizard: ReadReport, form: ReadForm) -> Response:
    """The first question; a service's printed link fills it in."""
    return wizard.begin(form)


@router.post("/afresh")
def begin_afresh(wizard: WriteReport, form: ReadForm) -> Response:
    """Leave the report that was begun in this browser, perhaps by somebody else."""
    return wizard.begin_afresh(form)


@router.get("/check")
def check(wizard: ReadReport) -> Response:
    """All answers, to look over before they are sent."""
    if wizard.next_url != "/report/check":
        return redirect(wizard.next_url)
    report = report_steps.to_report(wizard.answers)
    return wizard.render("check", report=report, back_to=report_steps.previous_step(wizard.answers, "check"))


@router.post("/check")
def send(wizard: WriteReport, address: Address) -> Response:
    """Send the report, once however often the button is pressed."""
    return wizard.send(address)


@router.get("/sent")
def sent(wizard: ReadReport, session: Reading, token: SentToken) -> Response:
    """What happens next and when, the reference, and the private link."""
    if (reporter := reporter_by_link(session, token)) is None or not wizard.is_confirmed:
        return wizard.show_closed()
    return wizard.show_sent(ticket_detail(session, reporter, reporter.own_ticket), token)


@router.post("/other")
def tell_the_other(wizard: WriteReport, session: Writing, token: SentToken) -> Response:
    """Begin the report of another problem, for the same person and place as the one just sent."""
    if (reporter := reporter_by_link(session, token)) is None or not wizard.is_confirmed:
        return wizard.show_closed()
    return wizard.begin_other(ticket_detail(session, reporter, reporter.own_ticket))


@router.post("/reach-me")
def reach_me(wizard: WriteReport, session: Writing, form: ReadForm, token: SentToken) -> Response:
    """A way to be reached, for the clinician who reads what was sent."""
    if (reporter := reporter_by_link(session, token)) is None:
        return wizard.show_closed()
    if reach_by := form.read(ReachByAnswer):
        return redirect("/report/sent", say_how_to_reach_me(session, reporter, reach_by.reach_by))
    return wizard.show_sent(ticket_detail(session, reporter, reporter.own_ticket), token, form)


@router.get("/help")
def help_now(wizard: ReadReport) -> Response:
    """What to do now, for somebody whose words a person must read: before it is sent."""
    left = report_steps.questions_left(wizard.answers)
    return wizard.render("help", onward=wizard.next_url, questions_left=left)


@router.post("/send-now")
def send_now(wizard: WriteReport, address: Address) -> Response:
    """Send what is known so far: somebody whose words a person must read is asked nothing more first."""
    return wizard.send(address, is_unfinished=True)


@router.get("/solved")
def solved(wizard: ReadReport) -> Response:
    """The usual fix helped: there is nothing to send."""
    return wizard.render("solved")


@router.get("/clear")
def ask_before_clearing(wizard: ReadReport) -> Response:
    """Ask whether the draft is to be deleted."""
    return wizard.ask_before_clearing()


@router.post("/clear")
def clear(wizard: WriteReport) -> Response:
    """Delete the draft with all that was typed."""
    return wizard.clear()


@router.get("/{name}")
def ask(wizard: ReadReport, form: ReadForm, name: StepName) -> Response:
    """The question of one step."""
    return wizard.show_step(name, form)


@router.post("/{name}")
def answer(wizard: WriteReport, form: ReadForm, name: StepName) -> Response:
    """Save the answer to one step and go on to the next."""
    return wizard.save_step(name, form)
