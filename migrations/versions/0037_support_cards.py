"""Support cards: what a service knows of a patient by a code, and letters that bring it."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """There are none yet."""
    op.create_table(
        "supportcard",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("pwp_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("session_on", sa.Date(), nullable=True),
        sa.Column("session_is_weekly", sa.Boolean(), nullable=False),
        sa.Column("route", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("is_safe_to_contact", sa.Boolean(), nullable=True),
        sa.Column("needs", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("route IN ('email', 'text', 'phone', 'none')", name=op.f("ck_supportcard_route")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_supportcard_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_supportcard_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["pwp_id"], ["user.id"], name=op.f("fk_supportcard_pwp_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supportcard")),
        sa.UniqueConstraint("code", name=op.f("uq_supportcard_code")),
        sqlite_autoincrement=True,
    )
    for column in ("service_id", "pwp_id", "used_at"):
        op.create_index(op.f(f"ix_supportcard_{column}"), "supportcard", [column])
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("ck_letter_recipient"), type_="check")
        letter.create_check_constraint(
            op.f("ck_letter_recipient"), "recipient IN ('reporter', 'user', 'contact', 'card')"
        )
