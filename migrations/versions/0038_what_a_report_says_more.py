"""What a report says besides: when to call, if voicemail is safe, what finds the account, what is not known."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of whoever reported before, nothing of it was asked."""
    for table, name in (
        ("ticket", "service_is_unsure"),
        ("ticket", "is_none_suggested"),
        ("service", "takes_unsure"),
    ):
        op.add_column(table, sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    for name in ("best_time", "found_by"):
        op.add_column("reporter", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("reporter", sa.Column("voicemail_is_safe", sa.Boolean(), nullable=True))
