"""Tests of mail in."""
