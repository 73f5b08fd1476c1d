"""Calls, answers and reports of problems are read from their indexes, without a look at their rows."""

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

IS_LINKED = sa.text("problem_id IS NOT NULL")
ALSO: Mapping[str, Sequence[str]] = {
    "ix_phonecall_at": ("ticket_number", "responsibility", "minutes", "started_by", "came"),
    "ix_usabilityanswer_service": ("question", "programme_id", "version", "score"),
    "ix_ticket_of_problem": (
        "service_id", "status", "category", "programme_id", "reporter_kind",
        "handed_over_at", "pwp_id", "pwp_is_confirmed", "reporter_user_id",
    ),
}  # fmt: skip


def upgrade() -> None:
    """Make the indexes hold all that the managers’ page asks of months."""
    _make(ALSO)


def downgrade() -> None:
    """Make them find rows alone."""
    _make(dict.fromkeys(ALSO, ()))


def _make(also: Mapping[str, Sequence[str]]) -> None:
    for name in also:
        op.drop_index(name)
    op.create_index("ix_phonecall_at", "phonecall", ["at", *also["ix_phonecall_at"]])
    answers = "ix_usabilityanswer_service"
    op.create_index(answers, "usabilityanswer", ["service_id", "answered_on", *also[answers]])
    op.create_index(
        "ix_ticket_of_problem",
        "ticket",
        ["problem_id", "reported_at", *also["ix_ticket_of_problem"]],
        sqlite_where=IS_LINKED,
        postgresql_where=IS_LINKED,
    )
