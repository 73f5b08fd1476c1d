"""Private links (magic links), by which a reporter without an account follows one ticket."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import and_, bindparam
from sqlmodel import Session, col, select, update

from navigator import clock, database
from navigator.people import tokens
from navigator.people.reporter import LinkChannel, ReporterLink
from navigator.settings import settings

LINK_LIFETIME = timedelta(days=60)


@dataclass(frozen=True)
class MintedLink:
    """A private link that was created just now, with its token, which nobody can read from it again."""

    id: int
    ticket_number: int
    sent_to_hash: str
    token: str = field(repr=False)


def mint(
    session: Session, ticket_number: int, channel: LinkChannel = LinkChannel.PAGE, sent_to: str = ""
) -> str:
    """Create a private link to a ticket and return its token, each time that a link is shown or sent."""
    return mint_link(session, ticket_number, channel, address_hash(sent_to)).token


def mint_link(session: Session, ticket_number: int, channel: LinkChannel, sent_to_hash: str) -> MintedLink:
    """Create a private link that is sent to the address of this hash."""
    token, now = tokens.mint(), clock.now()
    link = ReporterLink(
        ticket_number=ticket_number,
        token_hash=tokens.hashed(token),
        channel=channel,
        sent_to_hash=sent_to_hash,
        created_at=now,
        expires_at=now + LINK_LIFETIME,
    )
    database.add(session, link)
    return MintedLink(link.id, ticket_number, sent_to_hash, token)


def address_hash(to: str) -> str:
    """The keyed hash of an address that links are sent to, which no list of guesses finds; "" of none."""
    key = settings().signing_key().encode()
    return hmac.new(key, to.casefold().encode(), "sha256").hexdigest() if to else ""


def link_by_token(session: Session, token: str) -> ReporterLink | None:
    """The live link with this token; its id is what a cookie may hold."""
    return session.exec(
        _BY_TOKEN, params={"token_hash": tokens.hashed(token), "now": clock.now()}
    ).one_or_none()


def link_by_id(session: Session, link_id: int) -> ReporterLink | None:
    """A link that was opened earlier; None if it has expired or was revoked since."""
    return session.exec(_BY_ID, params={"id": link_id, "now": clock.now()}).one_or_none()


IS_LIVE = and_(col(ReporterLink.expires_at) > bindparam("now"), col(ReporterLink.revoked_at).is_(None))
"""The condition under which a link works at the parameter `now`."""
_LIVE = select(ReporterLink).where(IS_LIVE)
_BY_TOKEN = _LIVE.where(col(ReporterLink.token_hash) == bindparam("token_hash"))
IS_TO_TICKET = and_(IS_LIVE, col(ReporterLink.ticket_number) == bindparam("number"))
"""The condition under which it works and is to the ticket of the parameter `number`."""
_BY_ID = _LIVE.where(col(ReporterLink.id) == bindparam("id"))
_TO_TICKETS = _LIVE.where(col(ReporterLink.ticket_number).in_(bindparam("numbers", expanding=True))).order_by(
    col(ReporterLink.id)
)


_KNOWN = "links of one ticket"


def know_links(session: Session, ticket_number: int, links: Sequence[ReporterLink]) -> None:
    """Have a session that only reads know the links to a ticket that work: its page lists them."""
    session.info[_KNOWN] = ticket_number, links


def mark_opened(link: ReporterLink) -> None:
    """Remember when a link was first opened."""
    link.opened_at = link.opened_at or clock.now()


def live_links(session: Session, ticket_numbers: Collection[int]) -> Sequence[ReporterLink]:
    """The links to these tickets that work, oldest first."""
    return session.exec(_TO_TICKETS, params={"numbers": sorted(ticket_numbers), "now": clock.now()}).all()


def known_links(session: Session, ticket_number: int) -> Sequence[ReporterLink]:
    """The same of one ticket: as they were read when its reporter was let in, if they were."""
    number, links = session.info.get(_KNOWN, (None, ()))
    return links if number == ticket_number else live_links(session, {ticket_number})


def revoke_sent_elsewhere(session: Session, ticket_numbers: Collection[int], sent_to_hash: str) -> None:
    """Revoke the links to these tickets that were sent to another address than this one."""
    for link in live_links(session, ticket_numbers):
        if link.sent_to_hash not in ("", sent_to_hash):
            link.revoked_at = clock.now()


def revoke_all(session: Session, ticket_number: int) -> None:
    """Revoke all private links to a ticket."""
    live = (col(ReporterLink.ticket_number) == ticket_number, col(ReporterLink.revoked_at).is_(None))
    session.exec(update(ReporterLink).where(*live).values(revoked_at=clock.now()))
