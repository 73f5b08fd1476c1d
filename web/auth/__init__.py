"""Logging in, the first run, and a member of staff’s own account."""
