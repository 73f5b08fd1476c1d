"""The poster for a waiting room: what the desk is for, and its address as a QR code."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.lookups import crisis_card_of, services
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.settings import settings
from web.kit.deps import Reading, Router, audience
from web.kit.qr_code import qr_code
from web.kit.templating import Render, url

router = Router(prefix="/poster")

MAY_POST = (Role.NAVIGATOR, Role.PWP, Role.MANAGER, Role.ADMIN)
Colleague = Annotated[Actor, audience(*MAY_POST)]


@router.get("/{service_code}")
def poster(page: Render, session: Reading, actor: Colleague, service_code: str) -> Response:
    """The poster of a service that somebody works for."""
    return page("desk/poster.html", **_context(session, actor, service_code))


def _context(session: Session, actor: Actor, code: str) -> dict[str, Any]:
    own = (each for each in services(session) if each.id in actor.services(*MAY_POST))
    if (service := next((each for each in own if each.code == code), None)) is None:
        raise NotFound("We cannot find that service.")
    href = settings().base_url.rstrip("/") + url("/report", service=code)
    return {
        "service": service,
        "crisis": crisis_card_of(session, service),
        "lacks": missing(session, service),
        "href": href,
        "qr_code": qr_code(href),
        "is_localhost": is_localhost(href),
    }


def is_localhost(href: str) -> bool:
    """Whether an address works on this computer only: what is printed with it leads nowhere."""
    return urlsplit(href).hostname in ("127.0.0.1", "localhost", "::1")
