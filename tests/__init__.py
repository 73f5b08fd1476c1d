"""The suite: on SQLite, on PostgreSQL, and in a real browser; `python -m tests` runs it whole."""
