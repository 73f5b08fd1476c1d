"""Outbox: e-mail and SMS notifications, queued with the change that caused them and sent by a job."""
