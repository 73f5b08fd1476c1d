"""Words of staff that are no concern, words that the safety screen cannot read, and words that were not sent."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what nobody said of what is there; forget "not safe" where it was never asked: of what was not sent."""
    for name in ("no_concern_reason", "no_concern_by"):
        op.add_column("handover", sa.Column(name, sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("handover", sa.Column("no_concern_at", sa.DateTime(timezone=True), nullable=True))
    language = sa.Column("unchecked_language", sa.String(), server_default=sa.text("''"), nullable=False)
    op.add_column("message", language)
    op.add_column("reporter", sa.Column("is_unsent", sa.Boolean(), server_default=sa.false(), nullable=False))
    reporter = sa.table(
        "reporter", sa.column("id"), sa.column("is_unsent", sa.Boolean()), sa.column("is_safe_to_contact")
    )
    for reporter_id in _reporters_of_what_was_not_sent():
        values = {"is_unsent": True, "is_safe_to_contact": None}
        op.execute(reporter.update().where(reporter.c.id == reporter_id).values(values))


def _reporters_of_what_was_not_sent() -> list[int]:
    ticket = sa.table("ticket", sa.column("number"), sa.column("reporter_id", sa.Integer()))
    review = sa.table("handover", sa.column("origin_number"), sa.column("why", sa.JSON()))
    query = sa.select(ticket.c.reporter_id, review.c.why).join(
        review, review.c.origin_number == ticket.c.number
    )
    return [id for id, why in op.get_bind().execute(query).all() if "typed, and then not sent" in why]
