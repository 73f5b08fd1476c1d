"""What a navigator sorted is remembered by the direction of its text, and forgotten in the moment that the text goes.

The database itself sees to the second, however the text goes. On SQLite that is by triggers of `message`:
whoever replaces that table later must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

FORGET = "DELETE FROM reportvector WHERE ticket_number = old.origin_number;"
ON_SQLITE = (
    "CREATE TRIGGER report_changed AFTER UPDATE OF body ON message "
    f"WHEN old.action = 'report' AND old.body IS NOT new.body BEGIN {FORGET} END",
    f"CREATE TRIGGER report_gone AFTER DELETE ON message WHEN old.action = 'report' BEGIN {FORGET} END",
)
ON_POSTGRESQL = (
    f"CREATE FUNCTION forget_report() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {FORGET} RETURN NULL; END $$",
    "CREATE TRIGGER report_changed AFTER UPDATE OF body ON message FOR EACH ROW "
    "WHEN (old.action = 'report' AND old.body IS DISTINCT FROM new.body) EXECUTE FUNCTION forget_report()",
    "CREATE TRIGGER report_gone AFTER DELETE ON message FOR EACH ROW "
    "WHEN (old.action = 'report') EXECUTE FUNCTION forget_report()",
)


def upgrade() -> None:
    """Add the vectors of reports, and what deletes them with the text; the nightly lesson fills them."""
    op.create_table(
        "reportvector",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_number", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("is_sorted", sa.Boolean(), nullable=False),
        sa.Column("encoder", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_reportvector_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_reportvector_ticket_number_ticket")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reportvector")),
        sa.UniqueConstraint("ticket_number", name=op.f("uq_reportvector_ticket_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reportvector_sorted", "reportvector", ["is_sorted", "id"])
    for statement in ON_SQLITE if op.get_bind().dialect.name == "sqlite" else ON_POSTGRESQL:
        op.execute(statement)
