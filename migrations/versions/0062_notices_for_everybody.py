"""Notices: what everybody reads of a problem state by state, work that is planned, and who asked for notices."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

RECIPIENTS = "recipient IN ('reporter', 'user', 'contact', 'card', 'supplier', 'mail', 'subscriber')"
STATES = "state IN ('planned', 'investigating', 'identified', 'monitoring', 'resolved')"


def upgrade() -> None:
    """No notice was written yet, and no problem is planned work."""
    for name in ("planned_from_at", "planned_until_at"):
        op.add_column("problem", sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("ck_letter_recipient"), type_="check")
        letter.create_check_constraint(op.f("ck_letter_recipient"), RECIPIENTS)
    _notices()
    _subscribers()


def _moment(name: str, *, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _notices() -> None:
    op.create_table(
        "problemnotice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        _moment("starts_at"),
        _moment("ends_at"),
        sa.Column("tickets", sa.JSON(), nullable=True),
        _moment("created_at", nullable=False),
        _moment("leaves_at", nullable=False),
        _moment("published_at"),
        sa.Column("queued_to", sa.Integer(), nullable=False),
        _moment("letters_ended_at"),
        sa.CheckConstraint(STATES, name=op.f("ck_problemnotice_state")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_problemnotice_problem_id_problem")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_problemnotice_author_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problemnotice")),
    )
    op.create_index(op.f("ix_problemnotice_problem_id"), "problemnotice", ["problem_id"])
    _partial("held", "leaves_at", "published_at IS NULL")
    _partial("queueing", "published_at", "letters_ended_at IS NULL")


def _partial(name: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        f"ix_problemnotice_{name}",
        "problemnotice",
        [column],
        sqlite_where=condition,
        postgresql_where=condition,
    )


def _subscribers() -> None:
    op.create_table(
        "noticesubscriber",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("contact_hash", sa.String(), nullable=False),
        sa.Column("sealed_contact", sa.String(), nullable=False),
        sa.Column("is_by_text", sa.Boolean(), nullable=False),
        sa.Column("page_language", sa.String(), nullable=False),
        _moment("created_at", nullable=False),
        _moment("confirmed_at"),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_noticesubscriber_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_noticesubscriber")),
        sa.UniqueConstraint(
            "programme_id", "contact_hash", name=op.f("uq_noticesubscriber_programme_id_contact_hash")
        ),
    )
    op.create_index(op.f("ix_noticesubscriber_contact_hash"), "noticesubscriber", ["contact_hash"])
