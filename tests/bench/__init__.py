"""Measurements, not tests: ratios within one run, for the machine that they were taken on."""

import navigator.models  # noqa: F401 - every table, to which foreign keys point: each program here fills them
