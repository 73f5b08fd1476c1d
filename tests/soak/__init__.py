"""Soak: a served desk, broken in every way that happens, for as long as one likes: `make soak`."""
