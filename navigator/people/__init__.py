"""Authentication and accounts: users, memberships, sessions, reporters' private links and API keys."""
