"""Sharing with other desks: whether this one shares, its keys, and the desks that it reads."""

from typing import Annotated, Any

from fastapi import Path
from starlette.responses import Response

from navigator.administration import feed_keys
from navigator.administration.apply_change import administers_all
from navigator.fields import Id
from navigator.settings import settings
from navigator.shared_problems.feed import PATH
from navigator.shared_problems.published import sharing_of
from navigator.shared_problems.pull import is_nobodys
from navigator.shared_problems.signatures import live_keys
from web.kit.deps import Admin, Reading, Router, Writing
from web.kit.templating import Render, redirect

router = Router(prefix="/settings/sharing")
HOME = "/settings/sharing"
RowId = Annotated[Id, Path()]


@router.get("")
def show(page: Render, session: Reading, actor: Admin) -> Response:
    """What is shared, by which key, and which desks are read."""
    address, may_change = settings().base_url.rstrip("/") + PATH, administers_all(session, actor)
    keys, peers, sharing = live_keys(session), feed_keys.list_peers(session), sharing_of(session)
    asked = [peer.id for peer in peers if peer.is_active and not is_nobodys(peer.url)]
    shown: dict[str, Any] = {"keys": keys, "peers": peers, "sharing": sharing, "feed_address": address}
    return page("admin/settings/shared.html", may_change=may_change, asked=asked, **shown)


@router.post("/keys")
def make_key(session: Writing, actor: Admin) -> Response:
    """Make a key."""
    feed_keys.make(session, actor)
    return redirect(HOME, "The key was made. Give its public part to the other desks.")


@router.post("/keys/{id}/end")
def end_key(session: Writing, actor: Admin, id: RowId) -> Response:
    """End a former key."""
    feed_keys.end(session, actor, id)
    return redirect(HOME, "The former key signs no more.")


@router.post("/peers/{id}/reading")
def read_again(session: Writing, actor: Admin, id: RowId) -> Response:
    """Read another desk at once."""
    feed_keys.read_again(session, actor, id)
    return redirect(HOME, "It is read within a minute.")
