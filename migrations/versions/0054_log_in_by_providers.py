"""People log in by providers of OpenID Connect, whose claims give roles; passwords can be switched off."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0052"
branch_labels = None
depends_on = None


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
    with op.batch_alter_table("login") as batch:
        batch.add_column(sa.Column("provider_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("log_out_url", sa.String(), server_default=sa.text("''"), nullable=False))
        batch.create_foreign_key(
            op.f("fk_login_provider_id_loginprovider"), "loginprovider", ["provider_id"], ["id"]
        )
    with op.batch_alter_table("membership") as batch:
        batch.add_column(sa.Column("provider_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_membership_provider_id_loginprovider"), "loginprovider", ["provider_id"], ["id"]
        )
        batch.create_index(op.f("ix_membership_provider_id"), ["provider_id"])


def downgrade() -> None:
    """Log in by passwords again; roles that claims gave stay, as if a person had given them."""
    with op.batch_alter_table("membership") as batch:
        batch.drop_index(op.f("ix_membership_provider_id"))
        batch.drop_constraint(op.f("fk_membership_provider_id_loginprovider"), type_="foreignkey")
        batch.drop_column("provider_id")
    with op.batch_alter_table("login") as batch:
        batch.drop_constraint(op.f("fk_login_provider_id_loginprovider"), type_="foreignkey")
        batch.drop_column("log_out_url")
        batch.drop_column("provider_id")
    for table in ("passwordsetting", "provideraccount", "loginrule", "loginprovider"):
        op.drop_table(table)
