"""Preferences are kept: when staff have which mails, what the bell tells them, and when nobody texts or phones."""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

KINDS = (
    "kind IN ('mentioned', 'wrote', 'answered', 'resolved', 'resolved_for_you', "
    "'given', 'wrote_to_you', 'session_near')"
)


def upgrade() -> None:
    """Everybody has each mail at once, as before, and may be texted and phoned at any hour."""
    no_choices = sa.Column("mail_choices", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("user", no_choices)
    op.add_column("user", sa.Column("digest_hour", sa.Integer(), server_default=sa.text("8"), nullable=False))
    op.add_column(
        "letter", sa.Column("is_for_digest", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    for table in ("reporter", "supportcard"):
        for column in ("quiet_from_hour", "quiet_until_hour"):
            op.add_column(table, sa.Column(column, sa.Integer(), nullable=True))
    with op.batch_alter_table("notice") as notice:
        notice.drop_constraint(op.f("ck_notice_kind"), type_="check")
        notice.create_check_constraint(op.f("ck_notice_kind"), KINDS)
