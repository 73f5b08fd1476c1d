"""How a reporter is reached, and whether that is safe, may be unknown: nothing is stored that was not answered."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let both be empty; forget "safe" where it was never asked: of those who chose no way to be reached."""
    with op.batch_alter_table("reporter") as batch:
        batch.alter_column("route", existing_type=sa.String(), nullable=True)
        batch.alter_column("is_safe_to_contact", existing_type=sa.Boolean(), nullable=True)
    reporter = sa.table(
        "reporter", sa.column("route", sa.String()), sa.column("is_safe_to_contact", sa.Boolean())
    )
    never_asked = (reporter.c.route == "none", reporter.c.is_safe_to_contact.is_(True))
    op.execute(reporter.update().where(*never_asked).values(is_safe_to_contact=None))
