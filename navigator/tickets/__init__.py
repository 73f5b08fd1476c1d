"""Tickets: their shape, their rules, and the verbs of the desk."""
