"""Who was told of a ticket and when; a service's phone number; a clinical lead; who has a known problem too."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CONTACTS = (
    "'duty_clinician', 'deputy', 'manager', 'safeguarding', 'pwp', 'booking', 'clinical_safety', 'complaints', "
    "'data_protection', 'application_manager', 'clinical_lead'"
)


def upgrade() -> None:
    """Add them: of the tickets there are, nobody was told by the desk itself."""
    with op.batch_alter_table("contact") as contact:
        contact.drop_constraint(op.f("ck_contact_kind"), type_="check")
        contact.create_check_constraint(op.f("ck_contact_kind"), f"kind IN ({CONTACTS})")
    op.add_column("ticket", sa.Column("practitioner_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("ticket", sa.Column("lead_told_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("service", sa.Column("phone", sa.String(), server_default=sa.text("''"), nullable=False))
    op.create_table(
        "affectedperson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("problem_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("contact_hash", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("reporter_id", sa.Integer(), nullable=True),
        sa.Column("ticket_number", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_affectedperson")),
        sa.ForeignKeyConstraint(
            ["problem_id"], ["problem.id"], name=op.f("fk_affectedperson_problem_id_problem")
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_affectedperson_service_id_service")
        ),
        sa.ForeignKeyConstraint(
            ["reporter_id"], ["reporter.id"], name=op.f("fk_affectedperson_reporter_id_reporter")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_number"], ["ticket.number"], name=op.f("fk_affectedperson_ticket_number_ticket")
        ),
        sa.UniqueConstraint("problem_id", "token_hash", name=op.f("uq_affectedperson_problem_id_token_hash")),
    )
    op.create_index("ix_affectedperson_reporter_id", "affectedperson", ["reporter_id"])
