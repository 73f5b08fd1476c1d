"""What was said is found by the same words on both engines: split before it is indexed, and not by the engine.

What was said until now is split after the last step (`env`), by the splitter of the day, as a query is. On
SQLite the index goes on following `message` by triggers: whoever replaces that table later must make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BEFORE_ON_SQLITE = (
    "DROP TRIGGER message_said",
    "DROP TRIGGER message_gone",
    "DROP TRIGGER message_changed",
    "DROP TABLE message_words",
)
AFTER_ON_SQLITE = (
    # "ascii" splits at nothing but the spaces that are put there.
    "CREATE VIRTUAL TABLE message_words USING fts5("
    "search_words, content='message', content_rowid='id', tokenize='ascii', prefix='2 3')",
    "INSERT INTO message_words(message_words) VALUES ('rebuild')",
    "CREATE TRIGGER message_said AFTER INSERT ON message BEGIN "
    "INSERT INTO message_words(rowid, search_words) VALUES (new.id, new.search_words); END",
    "CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN "
    "INSERT INTO message_words(message_words, rowid, search_words) VALUES ('delete', old.id, old.search_words); END",
    "CREATE TRIGGER message_changed AFTER UPDATE OF search_words ON message BEGIN "
    "INSERT INTO message_words(message_words, rowid, search_words) VALUES ('delete', old.id, old.search_words); "
    "INSERT INTO message_words(rowid, search_words) VALUES (new.id, new.search_words); END",
)
BEFORE_ON_POSTGRESQL = ("DROP INDEX ix_message_words", "ALTER TABLE message DROP COLUMN words")
AFTER_ON_POSTGRESQL = (
    "ALTER TABLE message ADD COLUMN words tsvector "
    "GENERATED ALWAYS AS (array_to_tsvector(string_to_array(search_words, ' '))) STORED",
    "CREATE INDEX ix_message_words ON message USING gin (words)",
)


def upgrade() -> None:
    """Make the index again, for words that are split by the desk."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in BEFORE_ON_SQLITE if is_sqlite else BEFORE_ON_POSTGRESQL:
        op.execute(statement)
    op.add_column("message", sa.Column("search_words", sa.Text(), nullable=True))
    is_missing = sa.text("search_words IS NULL")
    op.create_index(
        "ix_message_without_words", "message", ["id"], sqlite_where=is_missing, postgresql_where=is_missing
    )
    for statement in AFTER_ON_SQLITE if is_sqlite else AFTER_ON_POSTGRESQL:
        op.execute(statement)
