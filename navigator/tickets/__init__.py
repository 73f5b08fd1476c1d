"""Tickets: their tables, permissions and state machine, the actions on them, and every list of them."""
