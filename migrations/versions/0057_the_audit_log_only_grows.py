"""The audit log names acts of every kind, is chained by hashes, and lets nothing be changed or deleted.

Rows of before are sealed like new ones, in their order, when the desk runs. On SQLite the triggers are of this
table: whoever replaces it later must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

REFUSED = "the audit log only grows"
KEPT = (
    "id, at, act, actor_id, key_id, actor_name, service_id, ticket_number, subject, key, title, address, "
    "count, before, after, undoes"
)
CUT_TO = "(SELECT coalesce(max(count), 0) FROM change WHERE act = 'cut')"
IS_THERE = "EXISTS (SELECT 1 FROM change WHERE id = NEW.id)"
_SQLITE = (
    f"CREATE TRIGGER change_kept BEFORE UPDATE OF {KEPT} ON change BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "CREATE TRIGGER change_sealed_once BEFORE UPDATE OF position, hash ON change "
    f"WHEN OLD.position IS NOT NULL BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    # REPLACE deletes, and fires no trigger of that.
    f"CREATE TRIGGER change_not_replaced BEFORE INSERT ON change WHEN {IS_THERE} "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
    "CREATE TRIGGER change_not_deleted BEFORE DELETE ON change "
    f"WHEN OLD.position IS NULL OR OLD.position > {CUT_TO} BEGIN SELECT RAISE(ABORT, '{REFUSED}'); END",
)
_POSTGRESQL = (
    f"""CREATE FUNCTION keep_audit_log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'UPDATE' THEN
            IF OLD.position IS NULL AND to_jsonb(NEW) - ARRAY['position', 'hash']
                = to_jsonb(OLD) - ARRAY['position', 'hash'] THEN RETURN NEW; END IF;
        ELSIF TG_OP = 'DELETE' THEN
            IF OLD.position <= {CUT_TO} THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION '{REFUSED}' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    "CREATE TRIGGER change_kept BEFORE UPDATE OR DELETE ON change "
    "FOR EACH ROW EXECUTE FUNCTION keep_audit_log()",
    "CREATE TRIGGER change_not_emptied BEFORE TRUNCATE ON change "
    "FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_log()",
)


def upgrade() -> None:
    """Add what is recorded more, the chain, and what guards it; and when each job last went well."""
    with op.batch_alter_table("change") as change:
        change.drop_constraint("fk_change_undoes_change", type_="foreignkey")
        change.add_column(sa.Column("act", sa.String(), server_default=sa.text("'changed'"), nullable=False))
        change.add_column(sa.Column("key_id", sa.Integer(), nullable=True))
        change.add_column(sa.Column("ticket_number", sa.Integer(), nullable=True))
        change.add_column(sa.Column("address", sa.String(), server_default=sa.text("''"), nullable=False))
        change.add_column(sa.Column("count", sa.Integer(), server_default=sa.text("1"), nullable=False))
        change.add_column(sa.Column("position", sa.Integer(), nullable=True))
        change.add_column(sa.Column("hash", sa.String(), nullable=True))
        change.create_unique_constraint(op.f("uq_change_position"), ["position"])
    op.create_index("ix_change_act_change_id", "change", ["act", "id"])
    op.create_index("ix_change_actor_id_change_id", "change", ["actor_id", "id"])
    op.create_index("ix_change_at", "change", ["at"])
    _partial_index("ix_change_of_ticket", ["ticket_number", "id"], "ticket_number IS NOT NULL")
    _partial_index("ix_change_unsealed", ["id"], "position IS NULL")
    for statement in _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL:
        op.execute(statement)
    op.create_table(
        "keyuse",
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("hour_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key_id", "hour_at", name=op.f("pk_keyuse")),
    )
    op.create_table(
        "spoolfile",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_spoolfile")),
    )
    ended = sa.Column("succeeded", sa.JSON(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("lease", ended)


def _partial_index(name: str, columns: list[str], where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "change", columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    """Take it away; what an older desk does not know of stays in the list of changes."""
    op.drop_column("lease", "succeeded")
    op.drop_table("spoolfile")
    op.drop_table("keyuse")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION keep_audit_log() CASCADE")
    for index in ("act_change_id", "actor_id_change_id", "at", "of_ticket", "unsealed"):
        op.drop_index(f"ix_change_{index}", "change")
    with op.batch_alter_table("change") as change:  # on SQLite its triggers go with it
        change.drop_constraint("uq_change_position", type_="unique")
        for column in ("act", "key_id", "ticket_number", "address", "count", "position", "hash"):
            change.drop_column(column)
        change.create_foreign_key("fk_change_undoes_change", "change", ["undoes"], ["id"])
