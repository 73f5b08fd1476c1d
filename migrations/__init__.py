"""The history of the database's shape: one for SQLite and PostgreSQL."""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_HERE = Path(__file__).parent


def upgrade(url: str | None = None) -> None:
    """Bring a database (by default the one in the settings) to the newest shape."""
    from alembic import command  # 10 MB, that a desk whose database is up to date does not pay

    command.upgrade(config(url, compares=False), "head")


def is_at_head(connection: Connection) -> bool:
    """Whether a database has the newest shape."""
    return revision_of(connection) == max(_revisions())


def revision_of(connection: Connection) -> str:
    """The number of the step that a database is at; empty where it is none of the desk."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.scalar(text("SELECT version_num FROM alembic_version")) or ""


def is_known(revision: str) -> bool:
    """Whether this desk knows a shape of the database: it is not that of a newer one."""
    return revision in _revisions()


def _revisions() -> set[str]:
    """The number of each step, by which its file begins."""
    return {file.name.split("_")[0] for file in files()}


def files() -> list[Path]:
    """The file of each step, in their order."""
    return sorted(_HERE.glob("versions/[0-9]*.py"))


def config(url: str | None = None, *, compares: bool = True) -> "Config":
    """What Alembic needs to know, wherever it is installed; `compares` loads the tables in the code."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    settings.attributes.update(url=url, compares=compares)
    return settings
