"""What is reported far more often than usual is found, offered, and dismissed with a reason that is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

IS_LIVE = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Nothing has risen before somebody looked."""
    op.create_table(
        "rise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("dismissed_as", sa.String(), nullable=True),
        sa.Column("dismissed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "dismissed_as IN ('expected', 'one_source', 'not_alike', 'wrong_category')",
            name=op.f("ck_rise_dismissed_as"),
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_rise_service_id_service")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_rise_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["problem_id"], ["problem.id"], name=op.f("fk_rise_problem_id_problem")),
        sa.ForeignKeyConstraint(["dismissed_by"], ["user.id"], name=op.f("fk_rise_dismissed_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rise")),
    )
    op.create_index(op.f("ix_rise_service_id"), "rise", ["service_id"])
    op.create_index(op.f("ix_rise_problem_id"), "rise", ["problem_id"])
    op.create_index(
        "ix_rise_live",
        "rise",
        ["service_id", "programme_id", "category"],
        unique=True,
        sqlite_where=IS_LIVE,
        postgresql_where=IS_LIVE,
    )
