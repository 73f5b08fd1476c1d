"""Sections of the managers’ page, one question each: its table, and what of it needs a decision."""
