"""Pages for administrators: settings, people and API keys."""
