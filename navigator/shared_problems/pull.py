"""Reading the feeds of other desks: claimed in one transaction, asked in none, written down in another."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import or_
from sqlmodel import Session, col, select

from navigator import clock, database
from navigator.outgoing import Browser, Limits, Unreachable
from navigator.problems.problem import ProblemUpdate
from navigator.shared_problems.read_feed import BadFeed, Item, ReadFeed, read
from navigator.shared_problems.tables import PeerDesk, SharedProblem

EVERY = timedelta(hours=1)
LIMITS = Limits(size=2_000_000, seconds=30)
_OK = 200


@dataclass(frozen=True)
class _Claim:
    id: int
    url: str
    public_key: str
    allows_private: bool
    made_at: datetime | None


def is_nobodys(url: str) -> bool:
    """Whether an address is one that is kept for examples (RFC 2606), as in the demonstration."""
    return (urlsplit(url).hostname or "").endswith(".example")


def pull_due() -> int:
    """Read the feeds that were not read within the hour, one after another; how many were tried."""
    tried = 0
    while (claim := _claim()) is not None:
        pull(claim)
        tried += 1
    return tried


def _claim() -> _Claim | None:
    with database.writing() as session:
        return _claim_next(session)


def _claim_next(session: Session) -> _Claim | None:
    """Claim the next feed that is due; the others stay free for another worker."""
    now = clock.now()
    is_due = or_(col(PeerDesk.tried_at).is_(None), col(PeerDesk.tried_at) <= now - EVERY)
    due = session.exec(select(PeerDesk.id, PeerDesk.url).where(col(PeerDesk.is_active), is_due))
    asked = [id for id, url in due if not is_nobodys(url)]
    query = select(PeerDesk).where(col(PeerDesk.id).in_(asked), col(PeerDesk.is_active), is_due)
    one = query.order_by(col(PeerDesk.id)).limit(1)
    peer = session.exec(one.with_for_update(skip_locked=True)).first()
    if peer is None:
        return None
    peer.tried_at = now
    return _Claim(peer.id, peer.url, peer.public_key, peer.allows_private, peer.made_at)


def pull(claim: _Claim) -> None:
    """Read one feed, and write down what it says, or why it could not be read."""
    try:
        found = _fetch(claim)
    except (Unreachable, BadFeed) as error:
        with database.writing() as session:
            session.get_one(PeerDesk, claim.id).error = str(error)
        return
    with database.writing() as session:
        peer = session.get_one(PeerDesk, claim.id, with_for_update=True)
        asked = (claim.url, claim.public_key, claim.made_at, True)
        if (peer.url, peer.public_key, peer.made_at, peer.is_active) == asked:  # else it was read anew since
            keep(session, peer, found)


def _fetch(claim: _Claim) -> ReadFeed:
    with Browser(LIMITS, claim.allows_private) as browser:
        answer = browser.ask(claim.url)
    if answer.status != _OK:
        raise BadFeed(f"It answers with {answer.status}, not with a feed.")
    return read(answer.text, claim.public_key, clock.now(), claim.made_at)


def keep(session: Session, peer: PeerDesk, found: ReadFeed) -> None:
    """Write down what a feed says; what it says no more is withdrawn."""
    now = clock.now()
    peer.read_at, peer.made_at, peer.error = now, found.facts.made_at, ""
    peer.newest_key = found.facts.key
    known = {
        row.item_id: row
        for row in session.exec(select(SharedProblem).where(SharedProblem.peer_id == peer.id))
    }
    for item in found.items:
        _keep_item(session, peer, known.pop(item.id, None), item, now)
    withdraw_rows(session, peer, list(known.values()))


def _keep_item(
    session: Session, peer: PeerDesk, row: SharedProblem | None, item: Item, now: datetime
) -> None:
    row = row or SharedProblem(
        peer_id=peer.id, item_id=item.id, title=item.title, published_at=item.date_published
    )
    for name, value in item.facts.model_dump().items():
        setattr(row, name, value)
    row.title, row.published_at, row.seen_at, row.withdrawn_at = item.title, item.date_published, now, None
    session.add(row)


def withdraw_rows(session: Session, peer: PeerDesk, rows: list[SharedProblem]) -> None:
    """Forget what is not there any more; of what was adopted, that it was stays, with a note for staff."""
    for row in rows:
        if row.problem_id is None:
            session.delete(row)
        elif row.withdrawn_at is None:
            row.withdrawn_at, row.reports = clock.now(), None
            row.known = row.workaround = row.versions = ""
            words = f"{peer.name} no longer shares it. Look whether it still holds here."
            session.add(ProblemUpdate(problem_id=row.problem_id, body=words))
