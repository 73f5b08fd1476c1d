"""How a report comes in: autosaved drafts, rate limits, idempotency keys and the API."""
