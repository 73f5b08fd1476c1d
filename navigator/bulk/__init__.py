"""Bulk actions: one action for many tickets, selected, confirmed, and done one by one by a job."""
