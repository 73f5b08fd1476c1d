"""Backup and restore: the database and the secret in one file, whole at one moment, on both engines."""
