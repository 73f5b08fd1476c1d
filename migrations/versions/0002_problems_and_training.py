"""Problems and training, and the links of tickets to them."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ACTIONS = [
    "report",
    "triage",
    "claim",
    "assign",
    "reply",
    "answer",
    "note",
    "call",
    "verify",
    "attach",
    "reschedule",
    "wait",
    "park",
    "resolve",
    "confirm",
    "reopen",
    "close",
    "merge",
    "link",
    "update",
    "withdraw",
    "hand_over",
    "acknowledge",
    "conclude",
    "guard",
    "overdue",
    "warn",
]


def upgrade() -> None:
    """Add them, keeping every ticket and event."""
    op.create_table(
        "problem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("known", sa.String(), nullable=False),
        sa.Column("workaround", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("supplier_reference", sa.String(), nullable=False),
        sa.Column("reported_to_supplier_on", sa.Date(), nullable=True),
        sa.Column("supplier_due_on", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.Integer(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('open', 'known_error', 'with_supplier', 'fix_planned', 'released', 'closed')",
            name=op.f("ck_problem_status"),
        ),
        sa.ForeignKeyConstraint(["opened_by"], ["user.id"], name=op.f("fk_problem_opened_by_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_problem_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_problem_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problem")),
    )
    with op.batch_alter_table("problem", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problem_programme_id"), ["programme_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_problem_service_id"), ["service_id"], unique=False)

    op.create_table(
        "trainingsession",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("venue", sa.String(), nullable=False),
        sa.Column("led_by", sa.Integer(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["led_by"], ["user.id"], name=op.f("fk_trainingsession_led_by_user")),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_trainingsession_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainingsession")),
    )
    with op.batch_alter_table("trainingsession", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainingsession_service_id"), ["service_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("came", sa.Boolean(), nullable=True),
        sa.Column("confidence_after", sa.Integer(), nullable=True),
        sa.CheckConstraint("confidence_after BETWEEN 0 AND 10", name=op.f("ck_attendance_confidence_after")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["trainingsession.id"], name=op.f("fk_attendance_session_id_trainingsession")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_attendance_user_id_user")),
        sa.PrimaryKeyConstraint("session_id", "user_id", name=op.f("pk_attendance")),
    )
    op.create_table(
        "problemupdate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_problemupdate_author_id_user")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_problemupdate_problem_id_problem")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_problemupdate")),
    )
    with op.batch_alter_table("problemupdate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_problemupdate_problem_id"), ["problem_id"], unique=False)

    op.create_table(
        "trainingrequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("programme_id", sa.Integer(), nullable=True),
        sa.Column("asked_by", sa.Integer(), nullable=False),
        sa.Column("is_for_team", sa.Boolean(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("needed_on", sa.Date(), nullable=True),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("form IN ('answer', 'one_to_one', 'group')", name=op.f("ck_trainingrequest_form")),
        sa.CheckConstraint(
            "status IN ('asked', 'answered', 'planned', 'done', 'withdrawn')",
            name=op.f("ck_trainingrequest_status"),
        ),
        sa.CheckConstraint("confidence BETWEEN 0 AND 10", name=op.f("ck_trainingrequest_confidence")),
        sa.ForeignKeyConstraint(["asked_by"], ["user.id"], name=op.f("fk_trainingrequest_asked_by_user")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_trainingrequest_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_trainingrequest_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["trainingsession.id"], name=op.f("fk_trainingrequest_session_id_trainingsession")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_trainingrequest_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trainingrequest")),
        sa.UniqueConstraint("ticket_number", name=op.f("uq_trainingrequest_ticket_number")),
    )
    with op.batch_alter_table("trainingrequest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trainingrequest_asked_by"), ["asked_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_trainingrequest_service_id"), ["service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_trainingrequest_session_id"), ["session_id"], unique=False)

    # Written out: SQLite can do this without copying every ticket.
    op.execute(
        "ALTER TABLE ticket ADD COLUMN problem_id INTEGER "
        "CONSTRAINT fk_ticket_problem_id_problem REFERENCES problem (id)"
    )
    op.add_column("handover", sa.Column("read_by_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_ticket_problem_id", "ticket", ["problem_id"])
    op.create_index(
        "ix_ticket_handed_over",
        "ticket",
        ["service_id"],
        sqlite_where=sa.text("hand_over_is_open IS 1"),
        postgresql_where=sa.text("hand_over_is_open IS true"),
    )
    _let_events_name_what_is_new()


def _let_events_name_what_is_new() -> None:
    if op.get_bind().dialect.name != "sqlite":  # there the copy below leaves the old one behind
        op.drop_constraint("ck_event_action", "event", type_="check")
    named = ", ".join(f"'{action}'" for action in ACTIONS)
    with op.batch_alter_table("event") as event:
        event.create_check_constraint(op.f("ck_event_action"), f"action IN ({named})")
