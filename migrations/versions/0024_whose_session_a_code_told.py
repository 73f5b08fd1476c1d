"""A date of a session that came for a support code, which nobody proved to be the reporter's own."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark the tickets whose date another system told: it is for staff, and not for whoever typed the code."""
    op.add_column(
        "ticket", sa.Column("session_is_by_code", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    ticket = sa.table(
        "ticket", sa.column("number"), sa.column("reporter_id"), sa.column("session_is_by_code")
    )
    reporter = sa.table("reporter", sa.column("id"), sa.column("support_code"))
    event = sa.table(
        "event",
        sa.column("ticket_number"),
        sa.column("action"),
        sa.column("actor_id"),
        sa.column("actor_name"),
    )
    by_another_system = sa.select(event.c.ticket_number).where(
        event.c.action == "reschedule",
        event.c.actor_id.is_(None),
        event.c.actor_name.not_in(["Reporter", "Navigator Desk"]),
    )
    has_code = sa.select(reporter.c.id).where(reporter.c.support_code != "")
    is_told = (ticket.c.number.in_(by_another_system), ticket.c.reporter_id.in_(has_code))
    op.execute(ticket.update().where(*is_told).values(session_is_by_code=sa.true()))
