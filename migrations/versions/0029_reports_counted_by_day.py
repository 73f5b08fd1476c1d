"""Reports are counted by day and the counts kept, until a ticket of the day changes; and what finds the rest of them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

METRICS = (
    "all", "ours", "supplier", "protocol", "divert", "nothing", "unsorted",
    "had_session", "in_time", "no_session", "ended", "reopened", "passed_on",
)  # fmt: skip
REOPENED = sa.text("from_status IN ('closed', 'resolved') AND to_status = 'open'")


def upgrade() -> None:
    """Add the counts, which a job fills; until then a day is counted whenever it is asked for."""
    op.create_table(
        "daycount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("category", sa.String(), nullable=True),
        *(sa.Column(f"{name}_count", sa.Integer(), nullable=False) for name in METRICS),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_daycount_service_id_service")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_daycount_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_daycount")),
    )
    op.create_index("ix_daycount_reported_on", "daycount", ["reported_on", "service_id"])
    op.create_table(
        "countedday",
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("holds_until_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("reported_on", name=op.f("pk_countedday")),
    )
    op.create_table(
        "changedday",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changedday")),
    )
    op.drop_index("ix_ticket_service_id", "ticket")
    op.create_index("ix_ticket_reported_to", "ticket", ["service_id", "reported_at"])
    op.drop_index("ix_event_opened_again", "event")
    op.create_index(
        "ix_event_opened_again",
        "event",
        ["at", "ticket_number"],
        sqlite_where=REOPENED,
        postgresql_where=REOPENED,
    )
    op.create_index("ix_handover_opened_at", "handover", ["opened_at"])
    op.drop_index("ix_solvedwithout_service_id", "solvedwithout")
    op.create_index("ix_solvedwithout_service", "solvedwithout", ["service_id", "at"])
