"""Tests in a real browser, against the desk served as people use it."""
