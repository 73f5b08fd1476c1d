"""Languages of patients' pages: who of a service signed each; and in which one a reporter read them."""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

DRAW = "UPDATE referenceversion SET token = lower(hex(randomblob(16)));"


def upgrade() -> None:
    """Nothing is signed yet, and whoever reported so far read English."""
    op.add_column("reporter", sa.Column("page_language", sa.String(), server_default="en", nullable=False))
    op.create_table(
        "languagesignoff",
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("answers", sa.String(), nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("english_lines", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["service_id"], ["service.id"], name=op.f("fk_languagesignoff_service_id_service")
        ),
        sa.PrimaryKeyConstraint("service_id", "language", name=op.f("pk_languagesignoff")),
    )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else [POSTGRESQL]:
        op.execute(statement)


POSTGRESQL = (
    'CREATE TRIGGER languagesignoff_version BEFORE INSERT OR DELETE OR TRUNCATE OR UPDATE ON "languagesignoff" '
    "FOR EACH STATEMENT EXECUTE FUNCTION draw_reference_version()"
)


def _sqlite() -> list[str]:
    return [
        f'CREATE TRIGGER languagesignoff_{deed.lower()}_version AFTER {deed} ON "languagesignoff" BEGIN {DRAW} END'
        for deed in ("INSERT", "DELETE", "UPDATE")
    ]
