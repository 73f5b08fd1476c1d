"""“Check my phone”: what a programme needs is tested before or during a report, and sent if they agree."""

from typing import Annotated

from fastapi import Depends, Path
from starlette.responses import Response

from navigator.catalogue.device_needs import programmes_with_needs
from navigator.catalogue.lookups import programme_named, service_by_code
from navigator.tickets.reports import drafts
from navigator.tickets.reports.limits import check_draft_limits
from web.kit import cookies
from web.kit.deps import Reading, Router, Writing, needs_no_database, public
from web.kit.forms import ReadForm
from web.kit.templating import Render, redirect, url
from web.public.check_pages import SAMPLE, CheckPages, needs_or_404
from web.public.report_deps import ReadReport, WriteReport
from web.public.report_session import ReportSession, keep_token

router = Router(prefix="/check", dependencies=[public])

ProgrammeCode = Annotated[str, Path(pattern="^[a-z0-9-]{1,50}$")]


@router.get("")
def choose(page: Render, wizard: ReadReport, session: Reading, form: ReadForm) -> Response:
    """Which programme: as a link or the report that is being written says, or one of all."""
    code = form.value("programme") or wizard.answers.get("place", {}).get("programme", "")
    programmes = programmes_with_needs(session)
    if code in {programme.code for programme in programmes}:
        return redirect(f"/check/{code}")
    return page("public/check/choose.html", programmes=programmes)


async def _check_in(wizard: ReadReport, code: ProgrammeCode) -> CheckPages:
    return _check_of(wizard, code)


def _check_of(wizard: ReportSession, code: str) -> CheckPages:
    session, place = wizard.session, wizard.answers.get("place")
    programme, needs = needs_or_404(session, programme_named(session, code))
    back_to, sends = (wizard.next_url, "report") if wizard.draft else ("/", "new")
    service = service_by_code(session, place["service"]) if place else None
    return CheckPages(wizard.page, session, programme, needs, f"/check/{code}", back_to, service, sends)


Check = Annotated[CheckPages, Depends(_check_in)]


@router.get("/{code}")
def start(check: Check) -> Response:
    """What is looked at, and the button that starts it."""
    return check.start()


@router.post("/{code}")
def show_result(check: Check, form: ReadForm) -> Response:
    """What was found, and what to do; nothing is kept."""
    return check.result(form)


@router.get("/{code}/sample", dependencies=[needs_no_database])
def sample() -> Response:
    """What a browser loads to see how fast its connection is."""
    headers = {"content-encoding": "identity"}  # it would only be made larger
    return Response(SAMPLE, media_type="application/octet-stream", headers=headers)


@router.post("/{code}/sending")
def send(wizard: WriteReport, session: Writing, form: ReadForm, code: ProgrammeCode) -> Response:
    """Keep what was found with the report that is being written, as its writer wishes; or begin one."""
    findings, token = _check_of(wizard, code).findings(form), ""
    is_new = wizard.draft is None
    check_draft_limits(session, wizard.address, is_new=is_new)
    if wizard.draft is None:
        (wizard.draft, token), wizard.sent = drafts.start_draft(session), None
    drafts.keep_check(wizard.draft, code, findings)
    response = redirect(url(wizard.next_url, programme=code if is_new else ""), _WILL_BE_SENT)
    return keep_token(response, cookies.DRAFT, token) if token else response


_WILL_BE_SENT = "What we found goes with your report. You can look at it before you send it."


@router.post("/{code}/removal")
def remove(wizard: WriteReport, form: ReadForm) -> Response:  # noqa: ARG001
    """Keep what was found no longer."""
    if wizard.draft:
        drafts.drop_check(wizard.draft)
    return redirect(wizard.next_url, "What we found on your phone is not sent.")
