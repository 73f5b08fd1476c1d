"""Attachments: pictures and PDFs that people send, checked by content, stored beside the database."""
