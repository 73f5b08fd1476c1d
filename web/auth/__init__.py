"""Authentication: logging in, passwords, the first run, and a member of staff’s own account."""
