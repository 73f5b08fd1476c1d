"""Rules for who gets a ticket, days away with cover, hours a week, and by when somebody must have a ticket."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

WAITS = sa.text("assign_by_at IS NOT NULL")


def upgrade() -> None:
    """Add them; whoever is away now is away from today on, until they say that they are back."""
    op.create_table(
        "routingrule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("people", sa.JSON(), nullable=False),
        sa.Column("contact", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_routingrule")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_routingrule_service_id_service")
        ),
        sa.UniqueConstraint("service_id", "code", name=op.f("uq_routingrule_service_id_code")),
    )
    with op.batch_alter_table("user") as user:
        user.add_column(sa.Column("away_from_on", sa.Date(), nullable=True))
        user.add_column(sa.Column("away_until_on", sa.Date(), nullable=True))
        user.add_column(sa.Column("cover_id", sa.Integer(), nullable=True))
        user.create_foreign_key(op.f("fk_user_cover_id_user"), "user", ["cover_id"], ["id"])
    op.execute('UPDATE "user" SET away_from_on = CURRENT_DATE WHERE is_away')
    with op.batch_alter_table("user") as user:
        user.drop_column("is_away")
    op.add_column("membership", sa.Column("hours", sa.Float(), nullable=True))
    op.add_column("service", sa.Column("full_time_hours", sa.Float(), server_default="37.5", nullable=False))
    op.add_column(
        "service", sa.Column("unassigned_minutes", sa.Integer(), server_default="60", nullable=False)
    )
    op.add_column("ticket", sa.Column("turn_to", sa.String(), nullable=True))
    op.add_column("ticket", sa.Column("assign_by_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ticket_assign_by", "ticket", ["assign_by_at"], sqlite_where=WAITS, postgresql_where=WAITS
    )
