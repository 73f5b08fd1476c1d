"""What suppliers owe and promise: their terms, what passed between us, and what a pack for them says."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

STEPS = "'sent', 'chased', 'acknowledged', 'answered', 'promised', 'missed', 'released', 'failed'"
NO_WORDS = sa.text("''")


def upgrade() -> None:
    """A day that was promised before is kept as a promise, on the day of its problem's last change."""
    for name in ("versions", "steps", "expected", "actual"):
        op.add_column("problem", sa.Column(name, sa.String(), server_default=NO_WORDS, nullable=False))
    op.add_column("problem", sa.Column("severity", sa.Integer(), nullable=True))
    for name in ("acknowledged_on", "answered_on", "missed_on"):
        op.add_column("problem", sa.Column(name, sa.Date(), nullable=True))
    op.create_table(
        "supplierterms",
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("answer_to", sa.String(), server_default=NO_WORDS, nullable=False),
        *(sa.Column(f"{what}_days", sa.JSON(), nullable=False) for what in ("acknowledge", "answer", "mend")),
        sa.Column("counts_working_days", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("chases", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_supplierterms_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("programme_id", name=op.f("pk_supplierterms")),
    )
    op.create_table(
        "supplierentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("to_address", "subject", "body")),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN ({STEPS})", name=op.f("ck_supplierentry_kind")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_supplierentry_problem_id_problem")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_supplierentry_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supplierentry")),
    )
    op.create_index(op.f("ix_supplierentry_problem_id"), "supplierentry", ["problem_id"])
    op.create_table(
        "clearedwords",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_clearedwords_message_id_message")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_clearedwords_user_id_user")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_clearedwords")),
    )
    op.execute(
        "INSERT INTO supplierentry (problem_id, kind, happened_on, due_on, to_address, subject, body, created_at)"
        " SELECT id, 'promised', date(updated_at), supplier_due_on, '', '', '', updated_at"
        " FROM problem WHERE supplier_due_on IS NOT NULL"
    )
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("ck_letter_recipient"), type_="check")
        letter.create_check_constraint(
            op.f("ck_letter_recipient"), "recipient IN ('reporter', 'user', 'contact', 'card', 'supplier')"
        )
