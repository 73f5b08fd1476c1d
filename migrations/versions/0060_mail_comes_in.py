"""Mail comes in: a mailbox for each service, each mail as it came, and where it went."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

DOORS = "door IN ('web', 'api', 'staff', 'phone')"
ALL_DOORS = "door IN ('web', 'api', 'staff', 'phone', 'email')"
RECIPIENTS = "recipient IN ('reporter', 'user', 'contact', 'card', 'supplier', 'mail')"
EMPTY = sa.text("''")


def upgrade() -> None:
    """No service has a mailbox yet, and nobody’s mail was found not to arrive."""
    op.add_column("reporter", sa.Column("not_arriving_since_at", sa.DateTime(timezone=True), nullable=True))
    _widen_doors()
    with op.batch_alter_table("letter") as letter:
        letter.drop_constraint(op.f("ck_letter_recipient"), type_="check")
        letter.create_check_constraint(op.f("ck_letter_recipient"), RECIPIENTS)
    _mailboxes()
    _mails()


def _widen_doors() -> None:
    """Let a report come by mail.

    On SQLite the words of the CHECK are changed where they stand, as its documentation allows for what does
    not change how rows are kept: to copy the table would lose its numbering and what refers to it.
    """
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_ticket_door"), "ticket", type_="check")
        op.create_check_constraint(op.f("ck_ticket_door"), "ticket", ALL_DOORS)
        return
    version = connection.exec_driver_sql("PRAGMA schema_version").scalar_one()
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    change = "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = 'ticket'"
    connection.exec_driver_sql(change, (DOORS, ALL_DOORS))
    connection.exec_driver_sql(f"PRAGMA schema_version={version + 1}")
    connection.exec_driver_sql("PRAGMA writable_schema=OFF")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _mailboxes() -> None:
    op.create_table(
        "mailbox",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        _text("address"),
        sa.Column("takes_plus", sa.Boolean(), nullable=False),
        sa.Column("sends_from", sa.Boolean(), server_default=sa.false(), nullable=False),
        _text("host"),
        sa.Column("port", sa.Integer(), nullable=False),
        *map(_text, ("security", "user", "log_in", "token_url", "client_id", "scope", "folder")),
        *map(_text, ("done_folder", "strangers", "receiving_server", "owner")),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.CheckConstraint("security IN ('tls', 'starttls', 'none')", name=op.f("ck_mailbox_security")),
        sa.CheckConstraint("log_in IN ('password', 'oauth2')", name=op.f("ck_mailbox_log_in")),
        sa.CheckConstraint("strangers IN ('link', 'report')", name=op.f("ck_mailbox_strangers")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_mailbox_service_id_service")),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_mailbox")),
    )
    op.create_table(
        "mailboxstate",
        sa.Column("service_id", sa.Integer(), nullable=False),
        _text("sealed_secret"),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("last_uid", sa.BigInteger(), nullable=False),
        sa.Column("failed_uid", sa.BigInteger(), nullable=False),
        sa.Column("failed_times", sa.Integer(), nullable=False),
        _text("status"),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('untried', 'works', 'no_secret', 'refused', 'unreachable')",
            name=op.f("ck_mailboxstate_status"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_mailboxstate_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_mailboxstate")),
    )


def _mails() -> None:
    op.create_table(
        "inboundmail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        *map(_text, ("fingerprint", "message_ref")),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("uid_validity", sa.BigInteger(), nullable=True),
        sa.Column("uid", sa.BigInteger(), nullable=True),
        sa.Column("is_marked", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        *map(_text, ("state", "reason")),
        sa.Column("attempts", sa.Integer(), nullable=False),
        *map(_text, ("from_address", "from_name")),
        sa.Column("differs", sa.Boolean(), server_default=sa.false(), nullable=False),
        *map(_text, ("subject", "checks")),
        sa.Column("is_of_concern", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("unopened", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=True),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("landed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        _text("decision"),
        sa.CheckConstraint(
            "state IN ('waiting', 'joined', 'reported', 'unsorted', 'set_aside', 'automatic', 'bounce')",
            name=op.f("ck_inboundmail_state"),
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_inboundmail_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_inboundmail_ticket_number_ticket")
        ),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_inboundmail_message_id_message")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["user.id"], name=op.f("fk_inboundmail_decided_by_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inboundmail")),
        sa.UniqueConstraint("service_id", "fingerprint", name=op.f("uq_inboundmail_service_id_fingerprint")),
        sqlite_autoincrement=True,
    )
    for column in ("service_id", "received_at", "ticket_number", "message_id"):
        op.create_index(op.f(f"ix_inboundmail_{column}"), "inboundmail", [column])
    _partial("waiting", ["id"], "state = 'waiting'")
    _partial("unsorted", ["service_id", "received_at"], "state = 'unsorted'")
    is_unmarked = "is_marked IS NOT {} AND uid IS NOT NULL"
    _partial("unmarked", ["service_id", "uid"], is_unmarked.format("1"), is_unmarked.format("true"))
    op.create_table(
        "mailoriginal",
        sa.Column("mail_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["mail_id"], ["inboundmail.id"], name=op.f("fk_mailoriginal_mail_id_inboundmail")
        ),
        sa.PrimaryKeyConstraint("mail_id", name=op.f("pk_mailoriginal")),
    )


def _partial(name: str, columns: list[str], where: str, postgresql_where: str = "") -> None:
    op.create_index(
        f"ix_inboundmail_{name}",
        "inboundmail",
        columns,
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(postgresql_where or where),
    )
