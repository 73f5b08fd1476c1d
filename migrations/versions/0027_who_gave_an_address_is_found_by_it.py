"""Reporters are found by the address, phone number or code that they gave: indexes of those that gave one."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

INDEXED: dict[str, str | sa.TextClause] = {
    "email": sa.text("lower(email)"),
    "phone": "phone",
    "support_code": "support_code",
}


def upgrade() -> None:
    """Most codes are empty: an index with these in it says nothing, and PostgreSQL never asked it."""
    op.drop_index("ix_reporter_support_code", table_name="reporter")
    for column, indexed in INDEXED.items():
        is_given = sa.text(f"{column} <> ''")
        op.create_index(
            f"ix_reporter_{column}",
            "reporter",
            [indexed],
            postgresql_where=is_given,
            sqlite_where=is_given,
        )
