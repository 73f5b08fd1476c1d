"""People log in by providers, whose claims give roles; passwords can be off; services compose roles."""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

OLD_ROLES = ("pwp", "navigator", "clinician", "manager", "admin", "intake")
NEW_ROLES = (*OLD_ROLES, "composed")


def upgrade() -> None:
    """Nobody logs in by a provider before one is set, and passwords stay on."""
    op.create_table(
        "loginprovider",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in (
                "code",
                "name",
                "issuer",
                "client_id",
                "sealed_secret",
                "scopes",
                "name_claim",
                "email_claim",
                "verified_claim",
            )
        ),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("is_active", "makes_accounts", "lets_invited_in", "allows_private")
        ),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loginprovider")),
        sa.UniqueConstraint("code", name=op.f("uq_loginprovider_code")),
    )
    op.create_table(
        "loginrule",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("code", "title", "provider", "claim", "value")
        ),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_loginrule_service_id_service")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_loginrule")),
        sa.UniqueConstraint("service_id", "code", name=op.f("uq_loginrule_service_id_code")),
    )
    op.create_index(op.f("ix_loginrule_service_id"), "loginrule", ["service_id"])
    op.create_table(
        "provideraccount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_log_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["loginprovider.id"], name=op.f("fk_provideraccount_provider_id_loginprovider")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_provideraccount_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provideraccount")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provideraccount_issuer_subject")),
    )
    op.create_index(op.f("ix_provideraccount_provider_id"), "provideraccount", ["provider_id"])
    op.create_index(op.f("ix_provideraccount_user_id"), "provideraccount", ["user_id"])
    op.create_table(
        "passwordsetting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passwordsetting")),
    )
    op.create_table(
        "composedrole",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_composedrole_service_id_service")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_composedrole")),
        sa.UniqueConstraint("service_id", "code", name=op.f("uq_composedrole_service_id_code")),
    )
    op.create_index(op.f("ix_composedrole_service_id"), "composedrole", ["service_id"])
    with _replaced("login") as batch:
        batch.add_column(sa.Column("provider_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("log_out_url", sa.String(), server_default=sa.text("''"), nullable=False))
        batch.create_foreign_key(
            op.f("fk_login_provider_id_loginprovider"), "loginprovider", ["provider_id"], ["id"]
        )
    with _replaced("membership") as batch:
        batch.add_column(sa.Column("provider_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("composed_role_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_membership_provider_id_loginprovider"), "loginprovider", ["provider_id"], ["id"]
        )
        batch.create_foreign_key(
            op.f("fk_membership_composed_role_id_composedrole"), "composedrole", ["composed_role_id"], ["id"]
        )
        batch.create_index(op.f("ix_membership_provider_id"), ["provider_id"])
        batch.create_index(op.f("ix_membership_composed_role_id"), ["composed_role_id"])
        _roles(batch, "membership", NEW_ROLES)
    with _replaced("apikey") as batch:
        _roles(batch, "apikey", NEW_ROLES)
    for statement in _draw_when_log_ins_change():
        op.execute(statement)


@contextmanager
def _replaced(table: str) -> Iterator[BatchOperations]:
    """A table that SQLite makes anew: its triggers are made again."""
    triggers: list[str] = []
    if op.get_bind().dialect.name == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :name")
        triggers = list(op.get_bind().execute(query, {"name": table}).scalars())
    with op.batch_alter_table(table) as batch:
        yield batch
    for trigger in triggers:
        op.execute(trigger)


def _roles(batch: BatchOperations, table: str, roles: tuple[str, ...]) -> None:
    batch.drop_constraint(op.f(f"ck_{table}_role"), type_="check")
    listed = ", ".join(f"'{role}'" for role in roles)
    batch.create_check_constraint(op.f(f"ck_{table}_role"), f"role IN ({listed})")


def _draw_when_log_ins_change() -> Iterator[str]:
    """Draw the version of what all requests share when somebody can log in now, or not any more."""
    for table, deeds in (
        ("provideraccount", ("INSERT", "DELETE")),
        ("passwordsetting", ("INSERT", "UPDATE")),
    ):
        if op.get_bind().dialect.name == "sqlite":
            for deed in deeds:
                name = f"{table}_{deed.lower()}_version"
                draw = "UPDATE referenceversion SET token = lower(hex(randomblob(16)));"
                yield f'CREATE TRIGGER {name} AFTER {deed} ON "{table}" BEGIN {draw} END'
        else:
            yield (
                f'CREATE TRIGGER {table}_version BEFORE {" OR ".join(deeds)} ON "{table}" '
                "FOR EACH STATEMENT EXECUTE FUNCTION draw_reference_version()"
            )


def downgrade() -> None:
    """Log in by passwords again; roles that claims gave stay, composed ones go."""
    op.execute("DELETE FROM membership WHERE role = 'composed'")
    op.execute("DELETE FROM apikey WHERE role = 'composed'")
    with _replaced("apikey") as batch:
        _roles(batch, "apikey", OLD_ROLES)
    with _replaced("membership") as batch:
        _roles(batch, "membership", OLD_ROLES)
        batch.drop_index(op.f("ix_membership_composed_role_id"))
        batch.drop_index(op.f("ix_membership_provider_id"))
        batch.drop_constraint(op.f("fk_membership_composed_role_id_composedrole"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_membership_provider_id_loginprovider"), type_="foreignkey")
        batch.drop_column("composed_role_id")
        batch.drop_column("provider_id")
    with _replaced("login") as batch:
        batch.drop_constraint(op.f("fk_login_provider_id_loginprovider"), type_="foreignkey")
        batch.drop_column("log_out_url")
        batch.drop_column("provider_id")
    for table in ("composedrole", "passwordsetting", "provideraccount", "loginrule", "loginprovider"):
        op.drop_table(table)
