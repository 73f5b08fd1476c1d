"""Texts both ways: what became of them, those that come in, what they cost; and calendars of staff."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

DOORS = "door IN ('web', 'api', 'staff', 'phone', 'email')"
ALL_DOORS = "door IN ('web', 'api', 'staff', 'phone', 'email', 'text')"
CHANNELS = "channel IN ('email', 'text')"
EMPTY = sa.text("''")


def upgrade() -> None:
    """Of no text is known yet what became of it; what came in so far was mail."""
    _widen_doors()
    op.add_column("reporter", sa.Column("texts_stopped_at", sa.DateTime(timezone=True), nullable=True))
    for name in ("provider_id", "sent_to_hash"):
        op.add_column("letter", sa.Column(name, sa.String(), server_default=EMPTY, nullable=False))
    op.add_column("letter", sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letter", sa.Column("came_back", sa.Integer(), server_default="0", nullable=False))
    is_sent = sa.text("sent_to_hash <> ''")
    op.create_index(
        "ix_letter_sent_to", "letter", ["sent_to_hash"], sqlite_where=is_sent, postgresql_where=is_sent
    )
    op.add_column("inboundmail", sa.Column("channel", sa.String(), server_default="email", nullable=False))
    op.create_index(op.f("ix_inboundmail_fingerprint"), "inboundmail", ["fingerprint"])
    op.add_column("service", sa.Column("text_pence", sa.Float(), nullable=True))
    op.add_column("service", sa.Column("text_cost_owner", sa.String(), server_default=EMPTY, nullable=False))
    op.add_column("service", sa.Column("text_cost_review_on", sa.Date(), nullable=True))
    _tables()


def _widen_doors() -> None:
    """Let a report come by text; on SQLite where the words of the CHECK stand, as 0060 did."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_ticket_door"), "ticket", type_="check")
        op.create_check_constraint(op.f("ck_ticket_door"), "ticket", ALL_DOORS)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    change = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'ticket'"
    connection.exec_driver_sql(change, (DOORS, ALL_DOORS))
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def _tables() -> None:
    op.create_table(
        "textssent",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("month_on", sa.Date(), nullable=False),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_textssent_service_id_service")),
        sa.PrimaryKeyConstraint("service_id", "month_on", name=op.f("pk_textssent")),
    )
    op.create_table(
        "calendarfeed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("shows_own_words", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_calendarfeed_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendarfeed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_calendarfeed_token_hash")),
    )
    op.create_index(op.f("ix_calendarfeed_user_id"), "calendarfeed", ["user_id"])
