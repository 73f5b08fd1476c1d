"""Mail in: fetched or piped, kept as it came, and led to its ticket, to a report, or to Unsorted mail."""
