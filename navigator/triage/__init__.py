"""Reading a report: suggest its category and screen it for safety."""
