"""Reporters book calls: when they can be booked, which are, and the quarters of an hour that each takes."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

IS_LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """No service offers calls before it sets hours for them."""
    op.add_column("service", sa.Column("call_hours", sa.JSON(), nullable=True))
    for name, default in (
        ("call_minutes", "30"),
        ("call_notice_minutes", "120"),
        ("call_days_ahead", "5"),
        ("call_reminder_days", "1"),
    ):
        op.add_column("service", sa.Column(name, sa.Integer(), server_default=default, nullable=False))
    op.create_table(
        "bookedcall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("origin_number", sa.Integer(), nullable=False),
        sa.Column("navigator_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("voicemail_is_safe", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_bookedcall_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["origin_number"], ["ticket.number"], name=op.f("fk_bookedcall_origin_number_ticket")
        ),
        sa.ForeignKeyConstraint(["navigator_id"], ["user.id"], name=op.f("fk_bookedcall_navigator_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookedcall")),
    )
    op.create_index(op.f("ix_bookedcall_ticket_number"), "bookedcall", ["ticket_number"])
    op.create_index(op.f("ix_bookedcall_origin_number"), "bookedcall", ["origin_number"])
    for name, column, is_unique in (
        ("ix_bookedcall_live", "ticket_number", True),
        ("ix_bookedcall_starts_at", "starts_at", False),
    ):
        op.create_index(
            name, "bookedcall", [column], unique=is_unique, sqlite_where=IS_LIVE, postgresql_where=IS_LIVE
        )
    op.create_table(
        "bookedquarter",
        sa.Column("navigator_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("call_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["navigator_id"], ["user.id"], name=op.f("fk_bookedquarter_navigator_id_user")
        ),
        sa.ForeignKeyConstraint(
            ["call_id"], ["bookedcall.id"], name=op.f("fk_bookedquarter_call_id_bookedcall")
        ),
        sa.PrimaryKeyConstraint("navigator_id", "starts_at", name=op.f("pk_bookedquarter")),
    )
    op.create_index(op.f("ix_bookedquarter_call_id"), "bookedquarter", ["call_id"])
