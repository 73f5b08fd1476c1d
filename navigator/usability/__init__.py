"""Usability: what patients say of a fix and of their programme, kept without their names."""
