"""Private links say how they were given, to which address and when they were opened; reviews for whom they are."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add them: a link of before proves no address, and a review is of where its message was said."""
    with op.batch_alter_table("reporterlink") as link:
        link.add_column(sa.Column("channel", sa.String(), server_default="page", nullable=False))
        link.add_column(sa.Column("sent_to_hash", sa.String(), server_default=sa.text("''"), nullable=False))
        link.add_column(sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True))
        link.create_check_constraint(
            op.f("ck_reporterlink_channel"), "channel IN ('page', 'api', 'email', 'text')"
        )
    op.add_column("handover", sa.Column("origin_number", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_handover_origin_number", "handover", ["origin_number"])
    said_on = "SELECT origin_number FROM message WHERE message.id = handover.message_id"
    op.execute(f"UPDATE handover SET origin_number = COALESCE(({said_on}), ticket_number)")  # noqa: S608
