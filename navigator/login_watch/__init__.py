"""The log-in watch: a test account logs into each programme every few minutes, and says which step failed."""
