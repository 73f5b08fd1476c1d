"""Providers of OpenID Connect for the tests: a real one in its own process, and one that lies."""
