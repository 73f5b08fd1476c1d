"""The history of the database's shape: one for SQLite and PostgreSQL."""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection


def upgrade(url: str | None = None) -> None:
    """Bring a database (by default the one in the settings) to the newest shape."""
    command.upgrade(config(url, compares=False), "head")


def is_at_head(connection: Connection) -> bool:
    """Whether a database has the newest shape."""
    return set(MigrationContext.configure(connection).get_current_heads()) == _newest()


def is_known(revision: str) -> bool:
    """Whether this desk knows a shape of the database: it is not that of a newer one."""
    return revision in {step.revision for step in ScriptDirectory.from_config(config()).walk_revisions()}


@cache
def _newest() -> set[str]:
    return set(ScriptDirectory.from_config(config()).get_heads())


def config(url: str | None = None, *, compares: bool = True) -> Config:
    """What Alembic needs to know, wherever it is installed; `compares` loads the tables in the code."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.attributes.update(url=url, compares=compares)
    return settings
