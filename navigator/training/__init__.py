"""Training of practitioners: requests, sessions and attendance."""
