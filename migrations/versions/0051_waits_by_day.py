"""How long people wait and in which hour they report, kept by day; cost of minutes; the report by mail."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What is kept by day is counted anew once, by the job, with the figures that are new."""
    op.create_table(
        "dayfigure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("figure", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("reporter_kind", sa.String(), nullable=False),
        sa.Column("fixability", sa.String(), nullable=True),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_dayfigure_service_id_service")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_dayfigure_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dayfigure")),
    )
    op.create_index("ix_dayfigure_reported_on", "dayfigure", ["reported_on", "figure", "service_id"])
    op.add_column("service", sa.Column("minute_pence", sa.Integer(), nullable=True))
    op.add_column("service", sa.Column("minute_cost_owner", sa.String(), server_default="", nullable=False))
    op.add_column("service", sa.Column("minute_cost_review_on", sa.Date(), nullable=True))
    op.create_table(
        "reportmail",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("every", sa.String(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_for_on", sa.Date(), nullable=True),
        sa.CheckConstraint("every IN ('week', 'month')", name=op.f("ck_reportmail_every")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reportmail_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_reportmail")),
    )
    op.execute("UPDATE countedday SET holds_until_at = '1970-01-01 00:00:00'")
