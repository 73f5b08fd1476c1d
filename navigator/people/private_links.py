"""Private links (magic links), by which a reporter without an account follows one ticket."""

from datetime import timedelta

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from navigator import clock
from navigator.people import tokens
from navigator.people.reporter import ReporterLink

LINK_LIFETIME = timedelta(days=60)


def mint(session: Session, ticket_number: int) -> str:
    """Create a private link to a ticket and return its token, each time that a link is shown or sent."""
    token = tokens.mint()
    expires_at = clock.now() + LINK_LIFETIME
    session.add(
        ReporterLink(ticket_number=ticket_number, token_hash=tokens.hashed(token), expires_at=expires_at)
    )
    return token


def ticket_by_token(session: Session, token: str) -> int | None:
    """The ticket number of a private link's token; None alike for wrong, expired and revoked."""
    link = link_by_token(session, token)
    return link.ticket_number if link else None


def link_by_token(session: Session, token: str) -> ReporterLink | None:
    """The live link with this token; its id is what a cookie may hold."""
    return session.exec(_live_links().where(ReporterLink.token_hash == tokens.hashed(token))).one_or_none()


def ticket_by_link_id(session: Session, link_id: int) -> int | None:
    """The ticket number of a link that was opened earlier; None if it has expired or was revoked since."""
    link = session.exec(_live_links().where(ReporterLink.id == link_id)).one_or_none()
    return link.ticket_number if link else None


def _live_links() -> SelectOfScalar[ReporterLink]:
    return select(ReporterLink).where(
        ReporterLink.expires_at > clock.now(), col(ReporterLink.revoked_at).is_(None)
    )


def revoke_all(session: Session, ticket_number: int) -> None:
    """Revoke all private links to a ticket."""
    live = (col(ReporterLink.ticket_number) == ticket_number, col(ReporterLink.revoked_at).is_(None))
    session.exec(update(ReporterLink).where(*live).values(revoked_at=clock.now()))
