"""The outcome of a clinical review says what was done, to whom it was passed, and what navigators may know."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the three; earlier outcomes have their words alone."""
    nothing = sa.text("''")
    with op.batch_alter_table("handover") as batch:
        batch.add_column(sa.Column("result", sa.String(), nullable=True))
        batch.add_column(sa.Column("passed_to", sa.String(), server_default=nothing, nullable=False))
        batch.add_column(sa.Column("for_navigators", sa.String(), server_default=nothing, nullable=False))
        batch.create_check_constraint(
            op.f("ck_handover_result"), "result IN ('contacted', 'passed_on', 'no_concern')"
        )
