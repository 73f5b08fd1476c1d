"""Reference data has a version: a token that the database draws anew whenever a table of it changes.

Processes keep what they read by it. On SQLite the triggers are of these tables: whoever replaces one of them
later must make its triggers again.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

ALL: tuple[str, ...] = ()
COLUMNS = {
    "service": ALL,
    "programme": ALL,
    "serviceprogramme": ALL,
    "programmeoverride": ALL,
    "contact": ALL,
    "crisiswording": ALL,
    "user": ("is_active", "password_hash"),
    "membership": ("user_id", "service_id", "role"),
}
"""The tables, and of those that change with each assignment or log-in the columns that count."""

DRAW = {
    "sqlite": "UPDATE referenceversion SET token = lower(hex(randomblob(16)));",
    "postgresql": "UPDATE referenceversion SET token = gen_random_uuid()::text;",
}
FUNCTION = (
    "CREATE FUNCTION draw_reference_version() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN {DRAW['postgresql']} RETURN NULL; END $$"
)


def upgrade() -> None:
    """Add the token, and what draws it."""
    op.create_table(
        "referenceversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referenceversion")),
    )
    engine = op.get_bind().dialect.name
    op.execute("INSERT INTO referenceversion (id, token) VALUES (1, '')")
    op.execute(DRAW[engine])
    for statement in _sqlite() if engine == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> Iterator[str]:
    for table, columns in COLUMNS.items():
        for deed in ("INSERT", "DELETE", _update(columns)):
            name = f"{table}_{deed.split()[0].lower()}_version"
            yield f'CREATE TRIGGER {name} AFTER {deed} ON "{table}" BEGIN {DRAW["sqlite"]} END'


def _postgresql() -> Iterator[str]:
    """Drawn before a row is changed: whoever waits for the token holds no row that somebody else waits for."""
    yield FUNCTION
    for table, columns in COLUMNS.items():
        deeds = f"INSERT OR DELETE OR TRUNCATE OR {_update(columns)}"
        yield (
            f'CREATE TRIGGER {table}_version BEFORE {deeds} ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION draw_reference_version()"
        )


def _update(columns: tuple[str, ...]) -> str:
    return f"UPDATE OF {', '.join(columns)}" if columns else "UPDATE"
