"""Calls are logged with what came of them; what waits for the supplier has no target that runs."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

NEVER = datetime(9999, 12, 31, tzinfo=UTC)


def upgrade() -> None:
    """Add the calls and when to call; stop the target of what is with the supplier, due by its guard alone."""
    op.create_table(
        "phonecall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came", sa.String(), nullable=False),
        sa.Column("responsibility", sa.String(), nullable=False),
        sa.Column("started_by", sa.String(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "came IN ('spoke', 'not_free', 'no_answer', 'left_message', 'wrong_number')",
            name=op.f("ck_phonecall_came"),
        ),
        sa.CheckConstraint(
            "responsibility IN ('access', 'engagement', 'technology', 'feedback')",
            name=op.f("ck_phonecall_responsibility"),
        ),
        sa.CheckConstraint("started_by IN ('us', 'them')", name=op.f("ck_phonecall_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phonecall")),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_phonecall_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_phonecall_user_id_user")),
    )
    op.create_index("ix_phonecall_ticket_number", "phonecall", ["ticket_number"])
    op.create_index("ix_phonecall_at", "phonecall", ["at"])
    op.add_column("ticket", sa.Column("call_from_at", sa.DateTime(timezone=True), nullable=True))
    moments = ("target_at", "due_at", "guard_at", "guard_told_at")
    ticket = sa.table(
        "ticket",
        sa.column("status", sa.String()),
        sa.column("target_minutes_left", sa.Integer()),
        *(sa.column(name, sa.DateTime(timezone=True)) for name in moments),
    )
    still_to_come = sa.case((ticket.c.guard_told_at.is_(None), ticket.c.guard_at))
    op.execute(
        ticket.update()
        .where(ticket.c.status == "waiting_for_supplier", ticket.c.target_at.is_not(None))
        .values(target_at=None, target_minutes_left=0, due_at=sa.func.coalesce(still_to_come, NEVER))
    )
