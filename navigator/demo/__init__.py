"""A demonstration: 90 days of three services, lived through the use cases on a set clock."""
