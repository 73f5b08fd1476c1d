"""A service can be deleted: the audit log names it by its id and its code, and no key holds it.

On SQLite both tables are copied, and their triggers are made again as they were; an id is given once only, so
that no later service finds the entries of another one among its own.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

KEY = "fk_change_service_id_service"
TRIGGERS = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name ORDER BY name")


def upgrade() -> None:
    """Let go of the service in the audit log."""
    triggers = _triggers("change")
    with op.batch_alter_table("change") as change:
        change.drop_constraint(KEY, type_="foreignkey")
    _make(triggers)
    _copy_services(sqlite_autoincrement=True)


def downgrade() -> None:
    """Hold the services again, unless one is gone."""
    gone = "SELECT DISTINCT service_id FROM change WHERE service_id NOT IN (SELECT id FROM service)"
    if op.get_bind().execute(sa.text(gone)).first():
        raise RuntimeError("Entries of the audit log name a service that was deleted: there is no way back.")
    _copy_services(sqlite_autoincrement=False)
    triggers = _triggers("change")
    with op.batch_alter_table("change") as change:
        change.create_foreign_key(KEY, "service", ["service_id"], ["id"])
    _make(triggers)


def _triggers(table: str) -> Sequence[str]:
    """The triggers of a table that is about to be copied, which go with it; none on PostgreSQL."""
    if op.get_bind().dialect.name != "sqlite":
        return ()
    return op.get_bind().execute(TRIGGERS, {"name": table}).scalars().all()


def _make(triggers: Sequence[str]) -> None:
    for trigger in triggers:
        op.get_bind().exec_driver_sql(trigger)


def _copy_services(*, sqlite_autoincrement: bool) -> None:
    if op.get_bind().dialect.name == "sqlite":
        triggers = _triggers("service")
        options = {"sqlite_autoincrement": sqlite_autoincrement}
        with op.batch_alter_table("service", recreate="always", table_kwargs=options):
            pass
        _make(triggers)
