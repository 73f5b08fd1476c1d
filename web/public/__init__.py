"""Pages for patients and other reporters, who have no account."""
