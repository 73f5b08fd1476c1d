"""A practitioner whom a reporter named is found by that name; and who wants no single keys says so."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

IS_GIVEN = sa.text("pwp_said <> ''")


def upgrade() -> None:
    """Add the index, and the setting: everybody begins with the keys on."""
    op.create_index(
        "ix_ticket_practitioner_given",
        "ticket",
        [sa.text("lower(pwp_said)")],
        sqlite_where=IS_GIVEN,
        postgresql_where=IS_GIVEN,
    )
    keys: sa.Column[bool] = sa.Column(
        "uses_single_keys", sa.Boolean(), server_default=sa.true(), nullable=False
    )
    op.add_column("user", keys)
