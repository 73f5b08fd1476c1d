"""A second factor to log in with, log-ins that are listed and locked, and the rules of both."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

IS_OPEN = sa.text("ended_at IS NULL AND confirmed_at IS NULL")


def upgrade() -> None:
    """Nobody has a second factor, and none is asked for, before somebody sets it; open log-ins stay open."""
    op.create_table(
        "accessrules",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("factor_roles", sa.JSON(), nullable=False),
        sa.Column("factor_from_on", sa.Date(), nullable=True),
        sa.Column("lock_minutes", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accessrules")),
    )
    op.create_table(
        "totp",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed_secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_totp_user_id_user")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_totp")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("credential_id", sa.String(), nullable=False),
        sa.Column("public_key", sa.String(), nullable=False),
        sa.Column("sign_count", sa.Integer(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_passkey_user_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index(op.f("ix_passkey_user_id"), "passkey", ["user_id"])
    for name, at in (("recovery_code", "used_at"), ("half_login", "expires_at")):
        key = "code_hash" if name == "recovery_code" else "token_hash"
        op.create_table(
            name,
            sa.Column(key, sa.String(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column(at, sa.DateTime(timezone=True), nullable=at == "used_at"),
            sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{name}_user_id_user")),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
        )
        op.create_index(op.f(f"ix_{name}_user_id"), name, ["user_id"])
    op.create_table(
        "passkey_challenge",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("is_new", sa.Boolean(), nullable=False),
        sa.Column("challenge", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", "is_new", name=op.f("pk_passkey_challenge")),
    )
    _resets()
    with op.batch_alter_table("login") as login:
        login.add_column(sa.Column("device", sa.String(), server_default=sa.text("''"), nullable=False))
        long_ago = sa.text("'1970-01-01 00:00:00'")
        login.add_column(
            sa.Column("used_at", sa.DateTime(timezone=True), server_default=long_ago, nullable=False)
        )
        for name in ("locked_at", "confirmed_at"):
            login.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE login SET used_at = created_at")


def _resets() -> None:
    op.create_table(
        "factor_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=name == "confirmed_by")
            for name in ("user_id", "asked_by", "confirmed_by")
        ),
        sa.Column("reason", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=name != "asked_at")
            for name in ("asked_at", "confirmed_at", "ended_at")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["user.id"], name=op.f(f"fk_factor_reset_{name}_user"))
            for name in ("user_id", "asked_by", "confirmed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_factor_reset")),
    )
    op.create_index(op.f("ix_factor_reset_user_id"), "factor_reset", ["user_id"])
    op.create_index(
        "ix_factor_reset_open",
        "factor_reset",
        ["user_id"],
        unique=True,
        sqlite_where=IS_OPEN,
        postgresql_where=IS_OPEN,
    )


def downgrade() -> None:
    """Whoever logged in by a second factor logs in by the password alone, as before."""
    with op.batch_alter_table("login") as login:
        for name in ("confirmed_at", "locked_at", "used_at", "device"):
            login.drop_column(name)
    for name in ("factor_reset", "passkey_challenge", "half_login", "recovery_code", "passkey", "totp"):
        op.drop_table(name)
    op.drop_table("accessrules")
