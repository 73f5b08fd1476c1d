"""What the desk learned by itself, and what shows how good its suggestions are."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add versions and their use; on tickets: when a navigator sorted it, and whether the suggestion is hidden."""
    op.create_table(
        "modelversion",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("examples", sa.Integer(), nullable=False),
        sa.Column("tickets", sa.JSON(), nullable=False),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.Column("right_before", sa.Float(), nullable=False),
        sa.Column("right_after", sa.Float(), nullable=False),
        sa.Column("gain_low", sa.Float(), nullable=False),
        sa.Column("gain_high", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_modelversion")),
    )
    op.create_table(
        "modelcontent",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["number"], ["modelversion.number"], name=op.f("fk_modelcontent_number_modelversion")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_modelcontent")),
    )
    op.create_table(
        "modeluse",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_by_hand", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_modeluse")),
    )
    op.add_column("ticket", sa.Column("sorted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "ticket",
        sa.Column("suggestion_is_hidden", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.execute(
        "UPDATE ticket SET sorted_at = (SELECT max(at) FROM event"
        " WHERE event.ticket_number = ticket.number AND event.action = 'triage')"
        " WHERE number IN (SELECT ticket_number FROM event WHERE action = 'triage')"
    )
