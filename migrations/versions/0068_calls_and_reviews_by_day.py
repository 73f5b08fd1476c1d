"""Calls, session warnings and clinical reviews are kept by day, as reports are; waits are found by figure."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

CALLS = ("calls", "noted", "minutes", "begun", "spoke")

BY_DAY = [
    "reported_on", "figure", "service_id", "programme_id", "reporter_kind", "fixability", "value", "count",
]  # fmt: skip
BY_FIGURE = [
    "figure", "service_id", "reported_on", "value", "programme_id", "reporter_kind", "fixability", "count",
]  # fmt: skip


def upgrade() -> None:
    """What is kept by day is counted anew once, by the job, with what is new."""
    _create("daycall", "called_on", sa.Column("purpose", sa.String(), nullable=False), *map(_number, CALLS))
    _create(
        "dayevent",
        "happened_on",
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("before_on", sa.Date(), nullable=True),
        _number("count"),
    )
    op.create_index(
        "ix_daycall_called_on",
        "daycall",
        ["called_on", "service_id", "reported_on", "purpose", "programme_id", "reporter_kind", *CALLS],
    )
    op.create_index(
        "ix_dayevent_happened_on",
        "dayevent",
        [
            "happened_on", "service_id", "reported_on", "event", "before_on", "programme_id",
            "reporter_kind", "count",
        ],
    )  # fmt: skip
    op.drop_index("ix_daycount_reported_on", "daycount")
    also = ["programme_id", "category", "reporter_kind", "all_count"]
    op.create_index("ix_daycount_reported_on", "daycount", ["reported_on", "service_id", *also])
    op.drop_index("ix_dayfigure_reported_on", "dayfigure")
    op.create_index("ix_dayfigure_reported_on", "dayfigure", ["reported_on"])
    op.create_index("ix_dayfigure_figure", "dayfigure", BY_FIGURE)
    op.execute("UPDATE countedday SET holds_until_at = '1970-01-01 00:00:00'")


def downgrade() -> None:
    """Count them anew at each look, and find waits by their day first."""
    op.drop_index("ix_daycount_reported_on", "daycount")
    op.create_index("ix_daycount_reported_on", "daycount", ["reported_on", "service_id"])
    op.drop_index("ix_dayfigure_figure", "dayfigure")
    op.drop_index("ix_dayfigure_reported_on", "dayfigure")
    op.create_index("ix_dayfigure_reported_on", "dayfigure", BY_DAY)
    op.drop_table("daycall")
    op.drop_table("dayevent")


def _create(table: str, day: str, *columns: sa.Column[Any]) -> None:
    keys = [
        sa.ForeignKeyConstraint([f"{one}_id"], [f"{one}.id"], name=op.f(f"fk_{table}_{one}_id_{one}"))
        for one in ("service", "programme")
    ]
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column(day, sa.Date(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("reporter_kind", sa.String(), nullable=False),
        *columns,
        *keys,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_reported_on", table, ["reported_on"])


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)
