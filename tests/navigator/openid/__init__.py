"""Tests of logging in by a provider."""
