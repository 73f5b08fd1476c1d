"""Who did what somebody was told of, so that a namesake's is not taken back with it."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was told before keeps the name alone: nothing of it can be taken back any more."""
    with op.batch_alter_table("notice") as notice:
        notice.add_column(sa.Column("actor_id", sa.Integer(), nullable=True))
        notice.create_foreign_key(op.f("fk_notice_actor_id_user"), "user", ["actor_id"], ["id"])
