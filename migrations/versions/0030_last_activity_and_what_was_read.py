"""The queue says who did something last, who needs an answer, and what each person has not read yet.

Of what was there, messages and events tell it; what somebody did to a ticket that is not over they have read.
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LIVE = "status IN ('new', 'open', 'waiting_for_reporter', 'waiting_for_supplier')"
LAST = """
    SELECT {column} FROM (
        SELECT at, 1 AS turn, CASE WHEN author = 'reporter' THEN 'they_wrote' ELSE 'we_wrote' END AS deed
        FROM message WHERE ticket_number = ticket.number
        UNION ALL
        SELECT at, 0 AS turn, CASE WHEN action IN ('report', 'answer', 'confirm', 'withdraw')
            OR actor_name = 'Reporter' THEN 'they_acted' ELSE 'we_acted' END AS deed
        FROM event WHERE ticket_number = ticket.number AND actor_name <> 'Navigator Desk'
    ) AS deeds ORDER BY at DESC, turn DESC LIMIT 1
"""
ACTIVITY = f"""
    UPDATE ticket SET
        last_activity_at = COALESCE(({LAST.format(column="at")}), reported_at),
        last_activity = COALESCE(({LAST.format(column="deed")}), 'they_acted')
"""  # noqa: S608 - nobody typed any of it
ASKED = f"""
    UPDATE ticket SET needs_answer_since_at = (
        SELECT min(at) FROM message
        WHERE ticket_number = ticket.number AND author = 'reporter' AND audience = 'public'
        AND id > COALESCE((
            SELECT max(id) FROM message WHERE ticket_number = ticket.number AND author <> 'reporter'
            AND action IN ('reply', 'wait', 'park', 'resolve', 'update')
        ), 0)
        AND at > COALESCE((
            SELECT max(at) FROM phonecall WHERE ticket_number = ticket.number AND came = 'spoke'
        ), '1970-01-01 00:00:00')
    ) WHERE {LIVE}
"""  # noqa: S608 - nobody typed any of it
SAID_NOTHING = f"""
    UPDATE ticket SET needs_answer_since_at = reported_at
    WHERE {LIVE} AND NOT EXISTS (SELECT 1 FROM message WHERE ticket_number = ticket.number AND audience = 'public')
    AND NOT EXISTS (SELECT 1 FROM phonecall WHERE ticket_number = ticket.number AND came = 'spoke')
"""  # noqa: S608 - nobody typed any of it
REOPENED = f"""
    UPDATE ticket SET needs_answer_since_at = (
        SELECT min(at) FROM event
        WHERE ticket_number = ticket.number AND action = 'reopen' AND actor_name = 'Reporter'
        AND at > COALESCE((
            SELECT max(at) FROM message WHERE ticket_number = ticket.number AND author <> 'reporter'
            AND action IN ('reply', 'wait', 'park', 'resolve', 'update')
        ), '1970-01-01 00:00:00')
        AND at > COALESCE((
            SELECT max(at) FROM phonecall WHERE ticket_number = ticket.number AND came = 'spoke'
        ), '1970-01-01 00:00:00')
    ) WHERE {LIVE} AND needs_answer_since_at IS NULL
"""  # noqa: S608 - nobody typed any of it
UNSENT = """
    UPDATE ticket SET needs_answer_since_at = NULL
    WHERE reporter_id IN (SELECT id FROM reporter WHERE is_unsent)
"""
READ = f"""
    INSERT INTO ticketread (ticket_number, user_id, read_at)
    SELECT ticket_number, actor_id, max(at) FROM event JOIN ticket ON ticket.number = event.ticket_number
    WHERE actor_id IS NOT NULL AND {LIVE} GROUP BY ticket_number, actor_id
"""  # noqa: S608 - nobody typed any of it
INDEXES = (
    ("ix_ticket_activity", ["last_activity_at", "number"], LIVE),
    ("ix_ticket_age", ["reported_at", "number"], LIVE),
    ("ix_ticket_ended", ["last_activity_at", "number"], "status IN ('resolved', 'closed')"),
    ("ix_ticket_needs_answer", ["service_id", "assignee_id"], "needs_answer_since_at IS NOT NULL"),
)


def upgrade() -> None:
    """Add the columns and fill them from what was said and done."""
    op.add_column(
        "ticket",
        sa.Column(
            "last_activity_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("'1970-01-01 00:00:00'"),
            nullable=False,
        ),
    )
    allowed = "last_activity IN ('they_wrote', 'they_acted', 'we_wrote', 'we_acted')"
    op.add_column(
        "ticket",
        sa.Column(
            "last_activity",
            sa.String(),
            sa.CheckConstraint(allowed, name=op.f("ck_ticket_last_activity")),
            server_default=sa.text("'they_acted'"),
            nullable=False,
        ),
    )
    op.add_column("ticket", sa.Column("needs_answer_since_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "ticketread",
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_ticketread_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_ticketread_user_id_user")),
        sa.PrimaryKeyConstraint("ticket_number", "user_id", name=op.f("pk_ticketread")),
    )
    op.create_index("ix_ticketread_read_at", "ticketread", ["read_at"])
    for statement in (ACTIVITY, ASKED, SAID_NOTHING, REOPENED, UNSENT, READ):
        op.execute(statement)
    for name, columns, condition in INDEXES:
        where = sa.text(condition)
        op.create_index(name, "ticket", columns, sqlite_where=where, postgresql_where=where)
