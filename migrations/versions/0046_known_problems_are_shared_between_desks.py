"""Known problems are shared between desks: keys, what was published, other desks, and what stands there."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A desk shares nothing, and reads no other, before somebody says so."""
    op.create_table(
        "sharing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharing")),
    )
    op.create_table(
        "feedkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sealed_private_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedkey")),
    )
    op.create_table(
        "publishedproblem",
        sa.Column("problem_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("item_id", "title", "known", "workaround", "versions")
        ),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_publishedproblem_problem_id_problem")
        ),
        sa.ForeignKeyConstraint(
            ["published_by"], ["user.id"], name=op.f("fk_publishedproblem_published_by_user")
        ),
        sa.PrimaryKeyConstraint("problem_id", name=op.f("pk_publishedproblem")),
    )
    op.create_table(
        "peerdesk",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("code", "name", "url", "public_key")),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("allows_private", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("tried_at", "read_at", "made_at")
        ),
        sa.Column("newest_key", sa.String(), nullable=False),
        sa.Column("error", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_peerdesk")),
        sa.UniqueConstraint("code", name=op.f("uq_peerdesk_code")),
    )
    op.create_table(
        "sharedproblem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("peer_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in (
                "item_id",
                "title",
                "programme",
                "supplier",
                "category",
                "kind",
                "known",
                "workaround",
            )
        ),
        sa.Column("versions", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("adopted_by", sa.Integer(), nullable=True),
        sa.Column("adopted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["peer_id"], ["peerdesk.id"], name=op.f("fk_sharedproblem_peer_id_peerdesk")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_sharedproblem_problem_id_problem")
        ),
        sa.ForeignKeyConstraint(["adopted_by"], ["user.id"], name=op.f("fk_sharedproblem_adopted_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sharedproblem")),
        sa.UniqueConstraint("peer_id", "item_id", name=op.f("uq_sharedproblem_peer_id_item_id")),
    )
    op.create_index(op.f("ix_sharedproblem_peer_id"), "sharedproblem", ["peer_id"])
    op.create_index(op.f("ix_sharedproblem_problem_id"), "sharedproblem", ["problem_id"])
