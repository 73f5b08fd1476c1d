"""Keys by which this desk signs its feed of known problems: made, replaced and ended, and audited."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from navigator.administration.apply_change import administers_all
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.shared_problems import signatures
from navigator.shared_problems.pull import is_nobodys
from navigator.shared_problems.tables import FeedKey, PeerDesk

_NEVER_READ = "Its address is an example (it ends in .example), so nobody is asked there."
_SHARED = "All services share this. Only an administrator of every service can change it."


def list_peers(session: Session) -> Sequence[PeerDesk]:
    """The other desks, by name, each with when it was read."""
    return session.exec(select(PeerDesk).order_by(col(PeerDesk.name), col(PeerDesk.id))).all()


def make(session: Session, actor: Actor) -> FeedKey:
    """Make a key; a former one goes on signing until it is ended, so that others can type the new one."""
    _require(session, actor)
    key = signatures.make_key(session)
    record_change(session, actor, None, "feed_key", "Key of the feed made")
    return key


def end(session: Session, actor: Actor, id: int) -> None:
    """End a former key: desks that have not typed the new one believe this desk no more."""
    _require(session, actor)
    signatures.end_key(session, id)
    record_change(session, actor, None, "feed_key", "Key of the feed ended")


def _require(session: Session, actor: Actor) -> None:
    if not administers_all(session, actor):
        raise Forbidden(_SHARED)


def read_again(session: Session, actor: Actor, id: int) -> None:
    """Have the feed of another desk read at once: the next job does it, as no page waits for a network."""
    _require(session, actor)
    peer = session.get(PeerDesk, id)
    if peer is None:
        raise NotFound("We cannot find that.")
    if is_nobodys(peer.url):
        raise Conflict(_NEVER_READ)
    peer.tried_at = None
