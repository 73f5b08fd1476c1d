"""The history of the database's shape: one for SQLite and PostgreSQL."""

from functools import cache
from importlib import import_module
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData

import navigator
from navigator.database import Table


def upgrade(url: str | None = None) -> None:
    """Bring a database (by default the one in the settings) to the newest shape."""
    command.upgrade(config(url, compares=False), "head")


def is_at_head(connection: Connection) -> bool:
    """Whether a database has the newest shape."""
    return set(MigrationContext.configure(connection).get_current_heads()) == _newest()


@cache
def _newest() -> set[str]:
    return set(ScriptDirectory.from_config(config()).get_heads())


def config(url: str | None = None, *, compares: bool = True) -> Config:
    """What Alembic needs to know, wherever it is installed; `compares` loads the tables in the code."""
    found = Config()
    found.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    found.attributes.update(url=url, compares=compares)
    return found


def tables() -> MetaData:
    """Every table that the code declares, found by importing the modules that have one."""
    house = Path(navigator.__file__).parent
    for file in sorted(house.rglob("*.py")):
        if "table=True" in file.read_text():
            import_module(".".join(file.relative_to(house.parent).with_suffix("").parts))
    return Table.metadata
