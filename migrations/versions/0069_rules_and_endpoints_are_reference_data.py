"""Routing rules and who is told of events belong to reference data: a change of them draws a new token."""

from collections.abc import Iterator

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None

DRAW = "UPDATE referenceversion SET token = lower(hex(randomblob(16)));"
COLUMNS = {"routingrule": (), "webhookendpoint": ("service_id", "events", "is_active")}
"""The tables, and of the one that changes with each failure the columns that count."""


def upgrade() -> None:
    """Make the triggers; no token is drawn, for who knew the one before kept nothing of these tables."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _on_sqlite() if is_sqlite else _on_postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Take the triggers away."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in COLUMNS:
        if is_sqlite:
            for deed in ("insert", "delete", "update"):
                op.execute(f"DROP TRIGGER {table}_{deed}_version")
        else:
            op.execute(f"DROP TRIGGER {table}_version ON {table}")


def _on_sqlite() -> Iterator[str]:
    for table, columns in COLUMNS.items():
        for deed in ("INSERT", "DELETE", _update(columns)):
            name = f"{table}_{deed.split()[0].lower()}_version"
            yield f"CREATE TRIGGER {name} AFTER {deed} ON {table} BEGIN {DRAW} END"


def _on_postgresql() -> Iterator[str]:
    """Drawn before a row is changed: whoever waits for the token holds no row that somebody else waits for."""
    for table, columns in COLUMNS.items():
        deeds = f"INSERT OR DELETE OR TRUNCATE OR {_update(columns)}"
        yield (
            f"CREATE TRIGGER {table}_version BEFORE {deeds} ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION draw_reference_version()"
        )


def _update(columns: tuple[str, ...]) -> str:
    return f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
