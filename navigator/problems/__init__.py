"""Problem management (ITIL): known problems, outages, linked tickets, updates and impact."""
