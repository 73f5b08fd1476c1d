"""Outages: reports alike are put together in one click, wherever that is offered."""

from fastapi import APIRouter
from starlette.responses import Response

from navigator.problems.inputs import OutageInput
from navigator.problems.outages import gather
from web.deps import Writing
from web.forms import ReadForm
from web.pages import see_other
from web.problems import Navigator

router = APIRouter(prefix="/problems/outages")


@router.post("")
def put_together(session: Writing, actor: Navigator, form: ReadForm) -> Response:
    """Make one outage of reports alike, or link them to the one there is."""
    if (what := form.read(OutageInput)) is None:
        return see_other("/desk")
    return see_other(f"/problems/{gather(session, actor, what).id}", "The reports are linked to one outage.")
