"""The public home page, known problems, privacy and accessibility."""

from dataclasses import dataclass

from starlette.responses import Response

from navigator.problems.public_list import known_problems, problems_on_home_page
from navigator.tickets.queue.filters import Code
from web.kit.deps import Reading, Router, leaves_confirmation, needs_no_database, public
from web.kit.templating import Render

router = Router(dependencies=[public])


@dataclass(frozen=True)
class Notice:
    """What only a service can say of itself; where it is silent, the page says that the service will tell."""

    service: str = ""
    contact: str = ""
    data_protection: str = ""
    legal_basis: str = ""
    how_long: str = ""
    other_formats: str = ""


@router.get("/", dependencies=[needs_no_database, leaves_confirmation])
def home(page: Render) -> Response:
    """The home page for patients, which needs no database."""
    return page("public/home.html", public=True, problems=tuple(problems_on_home_page()))


@router.get("/known", dependencies=[leaves_confirmation])
def list_known_problems(page: Render, session: Reading, programme: Code = "") -> Response:
    """The problems that are known, of one programme or of all."""
    return page("public/known_problems.html", public=True, problems=tuple(known_problems(session, programme)))


@router.get("/privacy", dependencies=[needs_no_database])
def privacy(page: Render) -> Response:
    """What is kept, who sees it, and the limits of confidentiality."""
    return page("public/privacy.html", public=True, notice=Notice())


@router.get("/accessibility", dependencies=[needs_no_database])
def accessibility(page: Render) -> Response:
    """How accessible the desk is, and what to do when it is not."""
    return page("public/accessibility.html", public=True, notice=Notice())
