"""Other systems are told by webhooks, and tickets of other desks are imported once."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

IS_WAITING = sa.text("sent_at IS NULL AND failed_at IS NULL")


def _times(*names: str) -> list[sa.Column[datetime]]:
    return [sa.Column(name, sa.DateTime(timezone=True), nullable=True) for name in names]


def upgrade() -> None:
    """Nobody is told anything before an administrator names an address; nothing was imported."""
    op.create_table(
        "webhookendpoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
        *_times("failing_since_at", "paused_at"),
        sa.Column("paused_because", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_webhookendpoint_service_id_service")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_webhookendpoint_owner_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhookendpoint")),
        sa.UniqueConstraint("service_id", "code", name=op.f("uq_webhookendpoint_service_id_code")),
    )
    op.create_index(op.f("ix_webhookendpoint_service_id"), "webhookendpoint", ["service_id"])
    op.create_table(
        "webhooksecret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *_times("ended_at"),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhookendpoint.id"], name=op.f("fk_webhooksecret_endpoint_id_webhookendpoint")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooksecret")),
    )
    op.create_index(op.f("ix_webhooksecret_endpoint_id"), "webhooksecret", ["endpoint_id"])
    op.create_table(
        "webhookdelivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("send_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *_times("claimed_until_at", "tried_at", "sent_at", "failed_at"),
        sa.Column("response_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"],
            ["webhookendpoint.id"],
            name=op.f("fk_webhookdelivery_endpoint_id_webhookendpoint"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhookdelivery")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhookdelivery_message_id")),
    )
    op.create_index(op.f("ix_webhookdelivery_endpoint_id"), "webhookdelivery", ["endpoint_id"])
    op.create_index(op.f("ix_webhookdelivery_queued_at"), "webhookdelivery", ["queued_at"])
    op.create_index(
        "ix_webhookdelivery_waiting",
        "webhookdelivery",
        ["endpoint_id", "send_at"],
        sqlite_where=IS_WAITING,
        postgresql_where=IS_WAITING,
    )
    op.create_table(
        "importedticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_importedticket_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_importedticket_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_importedticket")),
        sa.UniqueConstraint(
            "service_id", "source", "source_id", name=op.f("uq_importedticket_service_id_source_source_id")
        ),
    )
    op.create_index(op.f("ix_importedticket_ticket_number"), "importedticket", ["ticket_number"])


def downgrade() -> None:
    """Forget who is told what, and what came from elsewhere; the tickets stay."""
    for table in ("importedticket", "webhookdelivery", "webhooksecret", "webhookendpoint"):
        op.drop_table(table)
