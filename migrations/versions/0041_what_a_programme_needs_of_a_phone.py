"""What a programme needs of a phone, and what a reporter's phone was found to be."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the needs of programmes, and the checks that reporters sent."""
    op.create_table(
        "deviceneeds",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("browsers", sa.JSON(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("needs_javascript", sa.Boolean(), nullable=False),
        sa.Column("needs_cookies", sa.Boolean(), nullable=False),
        sa.Column("needs_storage", sa.Boolean(), nullable=False),
        sa.Column("clock_minutes", sa.Integer(), nullable=True),
        sa.Column("screen_width", sa.Integer(), nullable=True),
        sa.Column("connection_kbits", sa.Integer(), nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_deviceneeds_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_deviceneeds")),
    )
    op.create_table(
        "devicecheck",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("origin_number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_devicecheck_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devicecheck")),
    )
    op.create_index("ix_devicecheck_ticket_number", "devicecheck", ["ticket_number"])
    op.create_index("ix_devicecheck_origin_number", "devicecheck", ["origin_number"])
    op.create_index("ix_devicecheck_created_at", "devicecheck", ["created_at"])
