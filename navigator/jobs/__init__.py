"""Background jobs of the worker: idempotent, they find what is due in the data and may run at any time."""
