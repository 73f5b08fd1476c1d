"""Backups are made each night and rehearsed each month: every run is kept, and how it went."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing was run yet."""
    op.create_table(
        "backuprun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("slot_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("file", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.String(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('backup', 'rehearsal')", name=op.f("ck_backuprun_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backuprun")),
        sa.UniqueConstraint("kind", "slot_at", "attempt", name=op.f("uq_backuprun_kind_slot_at_attempt")),
    )


def downgrade() -> None:
    """Forget the runs; the files stay."""
    op.drop_table("backuprun")
