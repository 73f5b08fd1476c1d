"""Measurements, not tests: ratios within one run, for the machine that they were taken on."""
