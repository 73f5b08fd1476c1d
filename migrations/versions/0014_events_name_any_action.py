"""Events may name any action: the one gate that writes them knows the actions, and a new one needs no migration."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Take away the list of actions that an event could name."""
    with op.batch_alter_table("event") as event:
        event.drop_constraint(op.f("ck_event_action"), type_="check")
