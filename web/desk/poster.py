"""A poster for the waiting room: what the desk is for, and how to get there, on one sheet of paper."""

from typing import Annotated, Any
from urllib.parse import urlsplit

import segno
from fastapi import APIRouter
from markupsafe import Markup
from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.lookups import card_of, services
from navigator.errors import NotFound
from navigator.people.actor import Actor
from navigator.people.user import Role
from navigator.settings import settings
from web.kit.deps import Reading, audience
from web.kit.templating import Render, url

router = APIRouter(prefix="/poster")

MAY_POST = (Role.NAVIGATOR, Role.PWP, Role.MANAGER, Role.ADMIN)
Colleague = Annotated[Actor, audience(*MAY_POST)]


@router.get("/{service_code}")
def poster(page: Render, session: Reading, actor: Colleague, service_code: str) -> Response:
    """The poster of a service that somebody works for."""
    return page("desk/poster.html", **_facts(session, actor, service_code))


def _facts(session: Session, actor: Actor, code: str) -> dict[str, Any]:
    theirs = (one for one in services(session) if one.id in actor.services(*MAY_POST) and one.code == code)
    if (service := next(theirs, None)) is None:
        raise NotFound("We cannot find that service.")
    href = settings().base_url.rstrip("/") + url("/report", service=code)
    return {
        "service": service,
        "crisis": card_of(session, service),
        "lacks": missing(session, service),
        "href": href,
        "square": qr_code(href),
        "is_only_here": urlsplit(href).hostname in ("127.0.0.1", "localhost", "::1"),
    }


def qr_code(words: str) -> Markup:
    """A QR code as an SVG picture, black on white with its quiet edge whatever the colours around it."""
    made = segno.make(words, error="m", micro=False)
    return Markup(made.svg_inline(omitsize=True, light="#fff", dark="#000"))  # noqa: S704 - ours alone
