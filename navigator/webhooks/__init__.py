"""Webhooks: other systems are told, signed, that something happened to a ticket, and never what was said."""
