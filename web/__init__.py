"""Pages over the domain: for patients without an account and for staff."""

import gc

# What is imported stays: to look through it for garbage every 700 objects takes a sixth of the start.
gc.set_threshold(10_000, 20, 100)
