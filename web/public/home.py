"""The public home page, privacy and accessibility."""

from dataclasses import dataclass

from starlette.responses import Response

from navigator.people.tokens import mint
from navigator.problems.public_list import notices_on_privacy_page, problems_on_home_page
from web.kit.deps import Router, leaves_confirmation, needs_no_database, public
from web.kit.templating import Render

router = Router(dependencies=[public])


@dataclass(frozen=True)
class Notice:
    """What only a service can say of itself; where it is silent, the page says that the service will tell."""

    contact: str = ""
    other_formats: str = ""


@router.get("/", dependencies=[needs_no_database, leaves_confirmation])
def home(page: Render) -> Response:
    """The home page for patients, which needs no database; it asks who has an outage too."""
    known = problems_on_home_page()
    outages = tuple(problem for problem in known if problem.is_outage or problem.ends_at)
    others = tuple(problem for problem in known if problem not in outages)
    more = {"outages": outages, "device": mint()} if outages else {"outages": ()}
    return page("public/home.html", public=not outages, problems=others, **more)


@router.get("/privacy", dependencies=[needs_no_database])
def privacy(page: Render) -> Response:
    """What is kept, who sees it, and the limits of confidentiality."""
    return page("public/privacy.html", public=True, notices=tuple(notices_on_privacy_page()))


@router.get("/accessibility", dependencies=[needs_no_database])
def accessibility(page: Render) -> Response:
    """How accessible the desk is, and what to do when it is not."""
    return page("public/accessibility.html", public=True, notice=Notice())
