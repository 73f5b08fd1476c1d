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

PROMISES = [
    ("access.reset_email_missing", "workaround",
     "We can book 10 minutes with you before your next session and do it together.",
     "You can ask us to do it together with you. Write to us when you can talk."),
    ("access.registration_refused", "workaround",
     "We can set it up with you on the phone, or you can do it in your session.",
     "You can ask us to set it up with you. Or you can do it in your session."),
    ("access.national_login", "next_step",
     "We show you where NHS login gives help, and tell your practitioner. Keep any code on the screen that starts with CID.",
     "We show you where NHS login gives help. Keep any code on the screen that starts with CID."),
    ("device.no_device_or_data", "next_step",
     "We tell your practitioner, and look at what your service can offer you.",
     "We look at what your service can offer you."),
    ("use.module_missing_or_locked", "next_step",
     "We ask your practitioner to look at it before your next session.",
     "We check that it is not a fault of the programme."),
    ("use.lost_answers", "next_step",
     "We check the simple causes with you, then ask the company. We tell your practitioner, so that you need not start again.",
     "We check the simple causes with you, then ask the company. You need not start again."),
    ("use.mood_rating_sync", "next_step",
     "We check your app and your account with you. We tell your practitioner that the chart may be incomplete.",
     "We check your app and your account with you. Until then the chart may be incomplete."),
    ("use.outage_or_error", "next_step",
     "We report it to the company and tell practitioners. We tell you when it works again.",
     "We report it to the company. We tell you when it works again."),
    ("use.messages_fault", "next_step",
     "We check both accounts. The same working day, we tell your practitioner that a message may not have reached them.",
     "We check both accounts. Until then a message may not have reached your practitioner."),
    ("use.correct_entry", "next_step",
     "We ask your practitioner to look at it before your next session.",
     "Your practitioner decides with you what to do with it."),
    ("needs.assistive_tech", "next_step",
     "We report it to the company. We ask your practitioner to agree another way with you.",
     "We report it to the company. You can agree another way with your practitioner."),
    ("needs.assistive_tech", "workaround",
     "You can have it in another format, or go through it together with your practitioner.",
     "You can ask for another format, or go through it together with your practitioner."),
    ("needs.text_heavy", "next_step",
     "We tell your practitioner before your next session.",
     "You can agree with your practitioner what to leave out."),
    ("needs.language", "next_step",
     "We tell your practitioner and find out what your service can offer.",
     "We find out what your service can offer."),
    ("needs.language", "workaround",
     "We can speak with you on the phone through an interpreter.",
     "You can ask your service for an interpreter."),
    ("staff.reply_missing", "next_step",
     "We tell your practitioner the same working day. If they are away, we tell whoever covers for them.",
     "We look whether your practitioner is at work."),
    ("staff.reply_missing", "workaround",
     "We find out when your practitioner is next at work. If you feel worse, use the help shown on this page.",
     "You can phone your service if it cannot wait. If you feel worse, use the help shown on this page."),
    ("protocol.required_module", "next_step",
     "We tell your practitioner, so that you can agree what to do with this part.",
     "You can agree with your practitioner what to do with this part."),
    ("protocol.condition_not_covered", "next_step",
     "We tell your practitioner before your next session.",
     "You can plan with your practitioner what else would help."),
    ("protocol.pace_or_time", "next_step",
     "We tell your practitioner, so that you can agree a pace that fits.",
     "You can agree with your practitioner a pace that fits."),
    ("training.request", "next_step",
     "Your wish joins the list for the next session on this topic. We tell you the date.",
     "A digital navigator puts your wish on the list for this topic. When a session is planned, you are told."),
    ("other.suggestion", "workaround",
     "We tell you what comes nearest today.",
     "You can go on with the programme as it is now."),
    ("other.feedback", "next_step",
     "A digital navigator reads it and thanks you.",
     "A digital navigator reads it."),
    ("divert.clinical", "next_step",
     "We pass it to them the same working day.",
     "You can also tell them yourself. It may be quicker than a message here."),
    ("divert.appointment", "next_step",
     "We show you how to reach the booking line.",
     "We cannot book, change or cancel a session here."),
    ("divert.harm_or_complaint", "next_step",
     "We pass it to them the same working day.",
     "They may need to ask you more about it."),
    ("divert.data_incident", "next_step",
     "We tell that person straight away.",
     "They may need to ask you more about it."),
    ("notify.too_many", "next_step",
     "We ask your practitioner to change them. We show you how to turn off weekly and message emails.",
     "You can ask your practitioner to change them. We show you how to turn off weekly and message emails."),
]  # fmt: skip
"""Of a category, in a column of a ticket: what was promised, and what is so."""


def upgrade() -> None:
    """Add them: of the tickets there are, nobody was told by the desk itself; their promises become what is so."""
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
    live = sa.text("status IN ('new', 'open', 'waiting_for_reporter', 'waiting_for_supplier')")
    ticket = sa.table(
        "ticket", *(sa.column(name, sa.String()) for name in ("category", "next_step", "workaround"))
    )
    for category, column, before, after in PROMISES:
        is_so = (ticket.c.category == category, ticket.c[column] == before, live)
        op.execute(ticket.update().where(*is_so).values({column: after}))
