"""Canned replies: ready answers that staff adapt for a ticket, with placeholders that are filled in."""
