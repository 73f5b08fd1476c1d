"""OpenID Connect: logging in by a provider, and which roles its claims give."""
