"""How a report comes in: drafts, limits, idempotency and the report from another system."""
