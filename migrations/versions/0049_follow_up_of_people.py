"""Follow-up: time without the programme, who reports again and again, who never got in, briefs before sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("dismissed_at IS NULL")


def upgrade() -> None:
    """No service sends briefs before it sets an hour; counts that are kept are counted anew, with the time."""
    op.add_column("service", sa.Column("repeat_reports", sa.Integer(), server_default="3", nullable=False))
    op.add_column("service", sa.Column("repeat_days", sa.Integer(), server_default="28", nullable=False))
    for name in ("brief_time", "follow_up_owner"):
        op.add_column("service", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False))
    for name in ("first_log_in_on", "last_active_on"):
        op.add_column("supportcard", sa.Column(name, sa.Date(), nullable=True))
    for name in ("engagement_told_at", "put_away_at"):
        op.add_column("supportcard", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "supportcard",
        sa.Column("put_away_reason", sa.String(), server_default=sa.text("''"), nullable=False),
    )
    op.create_table(
        "repeatedreport",
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("is_by_code", sa.Boolean(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "reason IN ('looked_at', 'separate', 'known_problem', 'other_person')",
            name=op.f("ck_repeatedreport_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_repeatedreport_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_repeatedreport_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_by"], ["user.id"], name=op.f("fk_repeatedreport_dismissed_by_user")
        ),
        sa.PrimaryKeyConstraint("ticket_number", name=op.f("pk_repeatedreport")),
    )
    op.create_index(
        "ix_repeatedreport_open",
        "repeatedreport",
        ["service_id", "found_at"],
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
    for name in ("without_count", "without_minutes"):
        op.add_column("daycount", sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.execute(sa.text("UPDATE countedday SET holds_until_at = '1970-01-01 00:00:00.000000'"))
