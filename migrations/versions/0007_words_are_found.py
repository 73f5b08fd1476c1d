"""What was said is found by its words, on each engine in its own way.

On SQLite the index follows `message` by triggers: whoever replaces that table later must make them again.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ON_SQLITE = (
    "CREATE VIRTUAL TABLE message_words USING fts5("
    "body, content='message', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')",
    "INSERT INTO message_words(message_words) VALUES ('rebuild')",
    "CREATE TRIGGER message_said AFTER INSERT ON message BEGIN "
    "INSERT INTO message_words(rowid, body) VALUES (new.id, new.body); END",
    "CREATE TRIGGER message_gone AFTER DELETE ON message BEGIN "
    "INSERT INTO message_words(message_words, rowid, body) VALUES ('delete', old.id, old.body); END",
    "CREATE TRIGGER message_changed AFTER UPDATE OF body ON message BEGIN "
    "INSERT INTO message_words(message_words, rowid, body) VALUES ('delete', old.id, old.body); "
    "INSERT INTO message_words(rowid, body) VALUES (new.id, new.body); END",
)
ON_POSTGRESQL = (
    "ALTER TABLE message ADD COLUMN words tsvector GENERATED ALWAYS AS (to_tsvector('simple', body)) STORED",
    "CREATE INDEX ix_message_words ON message USING gin (words)",
)


def upgrade() -> None:
    """Make the index of words and fill it with what was said until now."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in ON_SQLITE if is_sqlite else ON_POSTGRESQL:
        op.execute(statement)
    op.create_index("ix_reporter_support_code", "reporter", ["support_code"])
