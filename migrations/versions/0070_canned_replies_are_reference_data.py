"""Canned replies belong to reference data: a change of them draws a new token."""

from collections.abc import Iterator

from alembic import op

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None

DRAW = "UPDATE referenceversion SET token = lower(hex(randomblob(16)));"
TABLE = "cannedreply"


def upgrade() -> None:
    """Make the triggers; no token is drawn, for who knew the one before kept nothing of this table."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in _on_sqlite() if is_sqlite else _on_postgresql():
        op.execute(statement)


def downgrade() -> None:
    """Take the triggers away."""
    if op.get_bind().dialect.name == "sqlite":
        for deed in ("insert", "delete", "update"):
            op.execute(f"DROP TRIGGER {TABLE}_{deed}_version")
    else:
        op.execute(f"DROP TRIGGER {TABLE}_version ON {TABLE}")


def _on_sqlite() -> Iterator[str]:
    for deed in ("INSERT", "DELETE", "UPDATE"):
        yield f"CREATE TRIGGER {TABLE}_{deed.lower()}_version AFTER {deed} ON {TABLE} BEGIN {DRAW} END"


def _on_postgresql() -> Iterator[str]:
    """Drawn before a row is changed: whoever waits for the token holds no row that somebody else waits for."""
    yield (
        f"CREATE TRIGGER {TABLE}_version BEFORE INSERT OR DELETE OR TRUNCATE OR UPDATE ON {TABLE} "
        "FOR EACH STATEMENT EXECUTE FUNCTION draw_reference_version()"
    )
