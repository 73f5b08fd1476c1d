"""By what words a practitioner knows the patient for whom they report, and links that staff pass on to somebody."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nobody has said any of older reports."""
    words = sa.Column("known_as", sa.String(), server_default=sa.text("''"), nullable=False)
    op.add_column("reporter", words)
    with op.batch_alter_table("reporterlink") as link:
        link.drop_constraint(op.f("ck_reporterlink_channel"), type_="check")
        link.create_check_constraint(
            op.f("ck_reporterlink_channel"), "channel IN ('page', 'api', 'email', 'text', 'staff')"
        )
