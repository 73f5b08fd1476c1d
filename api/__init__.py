"""JSON over the domain, for other systems: `/api/v1`."""
