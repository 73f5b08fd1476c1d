"""Every list of tickets: the queue, its views and filters, saved views, search and the change feed."""
