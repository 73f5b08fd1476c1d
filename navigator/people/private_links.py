"""Private links, by which a reporter without an account follows one ticket."""

from datetime import timedelta

from sqlmodel import Session, col, select, update
from sqlmodel.sql.expression import SelectOfScalar

from navigator import clock
from navigator.people import tokens
from navigator.people.reporter import ReporterLink

LASTS = timedelta(days=60)


def mint(session: Session, ticket_number: int) -> str:
    """The token of a new private link to a ticket, made each time that one is shown or sent."""
    token = tokens.mint()
    expires_at = clock.now() + LASTS
    session.add(
        ReporterLink(ticket_number=ticket_number, token_hash=tokens.hashed(token), expires_at=expires_at)
    )
    return token


def ticket_for(session: Session, token: str) -> int | None:
    """The number of the ticket that a token opens; None alike for wrong, expired and revoked."""
    link = find(session, token)
    return link.ticket_number if link else None


def find(session: Session, token: str) -> ReporterLink | None:
    """The living link with this token; its id is what a cookie may hold."""
    return session.exec(_living().where(ReporterLink.token_hash == tokens.hashed(token))).one_or_none()


def ticket_of(session: Session, link_id: int) -> int | None:
    """The number of the ticket that an earlier opened link still opens; None if it was ended since."""
    link = session.exec(_living().where(ReporterLink.id == link_id)).one_or_none()
    return link.ticket_number if link else None


def _living() -> SelectOfScalar[ReporterLink]:
    return select(ReporterLink).where(
        ReporterLink.expires_at > clock.now(), col(ReporterLink.revoked_at).is_(None)
    )


def revoke_all(session: Session, ticket_number: int) -> None:
    """End every private link to a ticket."""
    living = (col(ReporterLink.ticket_number) == ticket_number, col(ReporterLink.revoked_at).is_(None))
    session.exec(update(ReporterLink).where(*living).values(revoked_at=clock.now()))
