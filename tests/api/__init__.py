"""Tests of the API, through the one application."""
