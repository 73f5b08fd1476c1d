"""Pages over the domain: for patients without an account and for staff."""
