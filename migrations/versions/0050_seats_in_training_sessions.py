"""Seats in training sessions: booked, waited for and given up; and confidence before, after and weeks later."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

LONG_AGO = sa.text("'1970-01-01 00:00:00'")
CONFIDENCE = ("before", "later")


def upgrade() -> None:
    """Whoever has a place keeps it, with the confidence that their request told."""
    op.add_column("trainingsession", sa.Column("sequence", sa.Integer(), server_default="0", nullable=False))
    op.add_column(
        "trainingsession",
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=LONG_AGO, nullable=False),
    )
    with op.batch_alter_table("attendance") as seat:
        seat.add_column(sa.Column("state", sa.String(), server_default=sa.text("'booked'"), nullable=False))
        seat.add_column(
            sa.Column("booked_at", sa.DateTime(timezone=True), server_default=LONG_AGO, nullable=False)
        )
        seat.add_column(sa.Column("later_asked", sa.Integer(), server_default="0", nullable=False))
        for name in CONFIDENCE:
            seat.add_column(sa.Column(f"confidence_{name}", sa.Integer(), nullable=True))
    with op.batch_alter_table("attendance") as seat:
        seat.create_check_constraint(op.f("ck_attendance_state"), "state IN ('booked', 'waiting', 'left')")
        for name in CONFIDENCE:
            column = f"confidence_{name}"
            seat.create_check_constraint(op.f(f"ck_attendance_{column}"), f"{column} BETWEEN 0 AND 10")
        seat.create_index(op.f("ix_attendance_user_id"), ["user_id"])
    op.execute(
        "UPDATE attendance SET confidence_before = (SELECT max(confidence) FROM trainingrequest"
        " WHERE trainingrequest.session_id = attendance.session_id"
        " AND trainingrequest.asked_by = attendance.user_id)"
    )
