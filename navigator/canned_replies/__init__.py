"""Canned replies: ready answers that staff adapt for a ticket, and the placeholders that are filled in."""
