"""A test account logs into each programme: recipes, sealed secrets, and the outages that were drafted."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("ended_at IS NULL")
STATUSES = "'untried', 'works', 'fails', 'our_network', 'no_secrets'"


def upgrade() -> None:
    """Nothing is watched before somebody writes a recipe."""
    op.create_table(
        "loginwatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("recipe", sa.String(), nullable=False),
        sa.Column("hosts", sa.JSON(), nullable=False),
        sa.Column("every_minutes", sa.Integer(), nullable=False),
        sa.Column("control_url", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("tried_at", "worked_at", "failing_since_at")
        ),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failed_step", sa.String(), nullable=False),
        sa.CheckConstraint(f"status IN ({STATUSES})", name=op.f("ck_loginwatch_status")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_loginwatch_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_loginwatch_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loginwatch")),
        sa.UniqueConstraint("service_id", "programme_id", name=op.f("uq_loginwatch_service_id_programme_id")),
    )
    op.create_index(op.f("ix_loginwatch_service_id"), "loginwatch", ["service_id"])
    op.create_table(
        "watchsecret",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["loginwatch.id"], name=op.f("fk_watchsecret_watch_id_loginwatch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watchsecret")),
        sa.UniqueConstraint("watch_id", "name", name=op.f("uq_watchsecret_watch_id_name")),
    )
    op.create_table(
        "loginalarm",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("watch_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("failing_since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("problem_id", sa.Integer(), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["watch_id"], ["loginwatch.id"], name=op.f("fk_loginalarm_watch_id_loginwatch")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_loginalarm_decided_by_user")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_loginalarm_problem_id_problem")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loginalarm")),
    )
    op.create_index(op.f("ix_loginalarm_watch_id"), "loginalarm", ["watch_id"])
    op.create_index(
        "ix_loginalarm_open",
        "loginalarm",
        ["watch_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )
