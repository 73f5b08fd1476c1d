"""Who may come in: users, memberships, log-ins, reporter links and API keys."""
