"""Privacy notices, retention periods and runs, holds, requests of people and erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

DRAW = "UPDATE referenceversion SET token = lower(hex(randomblob(16)));"
ON_SQLITE = tuple(
    f'CREATE TRIGGER privacynotice_{deed.lower()}_version AFTER {deed} ON "privacynotice" BEGIN {DRAW} END'
    for deed in ("INSERT", "DELETE", "UPDATE")
)
ON_POSTGRESQL = (
    'CREATE TRIGGER privacynotice_version BEFORE INSERT OR DELETE OR TRUNCATE OR UPDATE ON "privacynotice" '
    "FOR EACH STATEMENT EXECUTE FUNCTION draw_reference_version()",
)


def upgrade() -> None:
    """Nobody has filled in a notice or decided a period yet, and nobody has asked for anything."""
    _settings()
    _retention()
    _requests()
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)


def _foreign_key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    target = other.split(".", maxsplit=1)[0]
    return sa.ForeignKeyConstraint([column], [other], name=op.f(f"fk_{table}_{column}_{target}"))


def _settings() -> None:
    op.create_table(
        "privacynotice",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("controller", sa.String(), nullable=False),
        sa.Column("lawful_basis", sa.String(), nullable=False),
        sa.Column("periods", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        _foreign_key("privacynotice", "service_id", "service.id"),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_privacynotice")),
    )
    op.create_table(
        "retentionperiod",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("record_class", sa.String(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        _foreign_key("retentionperiod", "service_id", "service.id"),
        sa.PrimaryKeyConstraint("service_id", "record_class", name=op.f("pk_retentionperiod")),
    )


def _retention() -> None:
    op.create_table(
        "recordhold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("is_of_person", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.Integer(), nullable=True),
        _foreign_key("recordhold", "ticket_number", "ticket.number"),
        _foreign_key("recordhold", "set_by", "user.id"),
        _foreign_key("recordhold", "lifted_by", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordhold")),
    )
    op.create_index(op.f("ix_recordhold_ticket_number"), "recordhold", ["ticket_number"])
    op.create_table(
        "retentionrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        _foreign_key("retentionrun", "service_id", "service.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_retentionrun")),
    )
    op.create_index(op.f("ix_retentionrun_service_id"), "retentionrun", ["service_id"])


def _requests() -> None:
    op.create_table(
        "recordrequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("withheld", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("status IN ('open', 'copied', 'erased')", name=op.f("ck_recordrequest_status")),
        _foreign_key("recordrequest", "user_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordrequest")),
    )
    op.create_index(op.f("ix_recordrequest_user_id"), "recordrequest", ["user_id"])
    op.create_index(op.f("ix_recordrequest_created_at"), "recordrequest", ["created_at"])
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        _foreign_key("erasure", "user_id", "user.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
    )
