"""Text classification of reports: suggest a category, and screen for safety."""
