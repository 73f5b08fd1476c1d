"""Demonstration data: 90 days of three services, simulated through the use cases on a set clock."""
