"""The feed of known problems for other desks: at a public address, only while it is switched on."""

from sqlmodel import Session
from starlette.responses import JSONResponse, Response

from navigator.errors import NotFound
from navigator.shared_problems.feed import PATH, feed
from web.kit.deps import Reading, Router, public

router = Router(dependencies=[public])


@router.get(PATH)
def known_problems_feed(session: Reading) -> Response:
    """What this desk published, signed."""
    return _as_feed(session)


def _as_feed(session: Session) -> Response:
    if (found := feed(session)) is None:
        raise NotFound("This desk shares no known problems.")
    return JSONResponse(found, media_type="application/feed+json")
