"""Access needs and offers of inclusion; answers about the programme; barriers among the kept counts."""

import sqlalchemy as sa
from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

COUNTS = ("patients", "device", "language", "access", "confidence", "contact")


def upgrade() -> None:
    """Nobody has said what they need; days are counted anew, with their barriers."""
    for table in ("reporter", "supportcard"):
        op.add_column(
            table, sa.Column("access_needs", sa.JSON(), server_default=sa.text("'[]'"), nullable=False)
        )
    op.add_column(
        "programme", sa.Column("version", sa.String(), server_default=sa.text("''"), nullable=False)
    )
    for name in COUNTS:
        op.add_column(
            "daycount", sa.Column(f"{name}_count", sa.Integer(), server_default="0", nullable=False)
        )
    op.execute("UPDATE countedday SET holds_until_at = '2000-01-01 00:00:00.000000'")
    _offers()
    _answers()


def _offers() -> None:
    op.create_table(
        "inclusionsetting",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("usual", sa.JSON(), nullable=False),
        sa.Column("own", sa.JSON(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_inclusionsetting_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_inclusionsetting")),
    )
    op.create_table(
        "inclusionoffer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_inclusionoffer_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inclusionoffer")),
    )
    op.create_index(op.f("ix_inclusionoffer_ticket_number"), "inclusionoffer", ["ticket_number"])
    op.create_index(op.f("ix_inclusionoffer_given_at"), "inclusionoffer", ["given_at"])
    is_lent = sa.text("due_on IS NOT NULL AND returned_at IS NULL")
    op.create_index(
        "ix_inclusionoffer_lent",
        "inclusionoffer",
        ["due_on"],
        sqlite_where=is_lent,
        postgresql_where=is_lent,
    )


def _answers() -> None:
    op.create_table(
        "usabilitysetting",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("asks_after_fix", sa.Boolean(), nullable=False),
        sa.Column("rounds", sa.JSON(), nullable=False),
        sa.Column("round_days", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_usabilitysetting_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_usabilitysetting")),
    )
    op.create_table(
        "usabilityanswer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.CheckConstraint("question IN ('fix', 'programme')", name=op.f("ck_usabilityanswer_question")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_usabilityanswer_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_usabilityanswer_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usabilityanswer")),
    )
    op.create_index("ix_usabilityanswer_service", "usabilityanswer", ["service_id", "answered_on"])
    op.create_table(
        "answeredquestion",
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("answered_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("who", "question", name=op.f("pk_answeredquestion")),
    )
    op.create_index(op.f("ix_answeredquestion_answered_on"), "answeredquestion", ["answered_on"])
