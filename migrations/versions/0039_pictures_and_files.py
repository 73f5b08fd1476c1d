"""Pictures and PDFs that people send: what is stored of each, and what is to be deleted of it.

The database itself notes the content of a row that goes, however it goes: with its message, its draft, or alone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

NOTE = "INSERT INTO unneededfile (name) VALUES (old.name) ON CONFLICT DO NOTHING;"
ON_SQLITE = (f"CREATE TRIGGER attachment_gone AFTER DELETE ON attachment BEGIN {NOTE} END",)
ON_POSTGRESQL = (
    f"CREATE FUNCTION note_unneeded_file() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {NOTE} RETURN NULL; END $$",
    "CREATE TRIGGER attachment_gone AFTER DELETE ON attachment FOR EACH ROW EXECUTE FUNCTION note_unneeded_file()",
)


def upgrade() -> None:
    """Add the tables, and to each message whether it has any; no row changes."""
    op.add_column(
        "message",
        sa.Column("has_attachments", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_table(
        "unneededfile",
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_unneededfile")),
    )
    op.create_table(
        "attachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("small_size", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("is_virus_checked", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("draft_hash", sa.String(), nullable=True),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.CheckConstraint("kind IN ('picture', 'pdf')", name=op.f("ck_attachment_kind")),
        sa.ForeignKeyConstraint(
            ["draft_hash"],
            ["draft.token_hash"],
            name=op.f("fk_attachment_draft_hash_draft"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_attachment_message_id_message"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_attachment_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attachment_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
        sqlite_autoincrement=True,
    )
    for column in ("name", "message_id", "draft_hash"):
        op.create_index(op.f(f"ix_attachment_{column}"), "attachment", [column])
    op.create_index(
        "ix_attachment_staged",
        "attachment",
        ["ticket_number", "user_id"],
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)
