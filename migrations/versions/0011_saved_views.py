"""Views of the queue that people keep by name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add saved views."""
    op.create_table(
        "savedview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=True),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_savedview")),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_savedview_owner_id_user")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_savedview_service_id_service")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_savedview_owner_id_name")),
    )
    op.create_index("ix_savedview_service_id", "savedview", ["service_id"])
