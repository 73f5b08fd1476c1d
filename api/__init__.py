"""The JSON API for other systems: `/api/v1`."""
