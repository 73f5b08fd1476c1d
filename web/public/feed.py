"""The feed of known problems for other desks: at a public address, only while it is switched on."""

from starlette.responses import JSONResponse, Response

from navigator.shared_problems.feed import PATH, feed
from web.kit.deps import Reading, Router, public

router = Router(dependencies=[public])


@router.get(PATH)
def known_problems_feed(session: Reading) -> Response:
    """What this desk published, signed."""
    return JSONResponse(feed(session), media_type="application/feed+json")
