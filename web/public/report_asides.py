"""Pages beside the questions: whom to call, and what is known already, before anything more is typed."""

from typing import Any

from starlette.responses import Response

from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.turn_to import phone_line, turn_to
from navigator.people.tokens import mint
from web.kit.deps import Reading, Router, public
from web.kit.templating import redirect
from web.public.known import of_service
from web.public.report_deps import ReadReport
from web.public.report_detours import came_from, divert_of, problems_shown
from web.public.report_session import ReportSession

router = Router(prefix="/report", dependencies=[public])


@router.get("/turn-to")
def whom_to_call(wizard: ReadReport, session: Reading) -> Response:
    """Whom to call at once with what is no navigator's to put right."""
    if "place" not in wizard.answers or (category := divert_of(wizard.answers)) is None:
        return redirect(wizard.next_url)
    service = service_by_code(session, wizard.answers["place"]["service"])
    to, line = turn_to(session, service.id, category), phone_line(session, service)
    return wizard.render("turn_to", divert=category, to=to, line=line, **_ways_on(wizard))


def _ways_on(wizard: ReportSession) -> dict[str, Any]:
    return {"onward": wizard.next_url, "back_to": came_from(wizard.answers)}


@router.get("/known")
def already_known(wizard: ReadReport, session: Reading) -> Response:
    """What is known of what they are about to tell, before they type more."""
    if problems := problems_shown(session, wizard.answers):
        code = wizard.answers["place"]["service"]
        problems = [of_service(problem, code) for problem in problems]
        return wizard.render("known", problems=problems, device=mint(), **_ways_on(wizard))
    return redirect(wizard.next_url)
