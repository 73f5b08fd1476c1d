"""The page of a service that takes no reports: whom to call, before anything more is typed."""

from collections.abc import Sequence

from sqlmodel import Session
from starlette.responses import Response

from navigator.catalogue.accepting_reports import ServiceOffer
from navigator.catalogue.lookups import crisis_card_of, services
from navigator.catalogue.service import Service
from navigator.catalogue.turn_to import phone_line
from web.kit import page_language
from web.kit.templating import PageRenderer


def closed_service(session: Session, offers: Sequence[ServiceOffer], code: str) -> Service | None:
    """The service of a code, if it is none of those that take reports."""
    is_open = code in {offer.service.code for offer in offers}
    return None if is_open else next((each for each in services(session) if each.code == code), None)


def closed_page(
    page: PageRenderer,
    session: Session,
    service: Service | None,
    offers: Sequence[ServiceOffer],
    is_unsent: bool,
    status: int = 200,
) -> Response:
    """That a service takes no reports, or with None that none does; `is_unsent` is that there is a draft."""
    if service:
        page_language.speak_for(page.request, service.code)
    asked = [service] if service else services(session)
    return page(
        "public/report/service_closed.html",
        status=status,
        service=service,
        crisis=crisis_card_of(session, service),
        lines=[line for each in asked if (line := phone_line(session, each))],
        has_others=bool(offers),
        is_unsent=is_unsent,
    )
