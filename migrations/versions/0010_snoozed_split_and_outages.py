"""Tickets can be left aside until a working morning, and split; a problem can be an outage."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SNOOZED = sa.text("snoozed_until_at IS NOT NULL")
NEW_ACTIONS = ("snooze", "wake", "split")
OLD_ACTIONS = (
    "report", "triage", "claim", "assign", "reply", "answer", "note", "call", "verify", "attach", "reschedule",
    "wait", "park", "resolve", "confirm", "reopen", "close", "merge", "link", "update", "withdraw", "hand_over",
    "acknowledge", "conclude", "guard", "overdue", "warn",
)  # fmt: skip


def upgrade() -> None:
    """Add until when, found by an index, and which problems are outages; let events name what is new."""
    op.add_column("ticket", sa.Column("snoozed_until_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_ticket_snoozed",
        "ticket",
        ["snoozed_until_at"],
        sqlite_where=SNOOZED,
        postgresql_where=SNOOZED,
    )
    op.add_column("problem", sa.Column("is_outage", sa.Boolean(), server_default=sa.false(), nullable=False))
    if op.get_bind().dialect.name != "sqlite":  # there the copy below leaves the old one behind
        op.drop_constraint("ck_event_action", "event", type_="check")
    named = ", ".join(f"'{action}'" for action in (*OLD_ACTIONS, *NEW_ACTIONS))
    with op.batch_alter_table("event") as event:
        event.create_check_constraint(op.f("ck_event_action"), f"action IN ({named})")
