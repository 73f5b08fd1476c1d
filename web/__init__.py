"""Pages over the domain: for patients without an account and for staff."""

import gc

# What is imported stays: to look through it for garbage takes a sixth of the start. `web.app` sets it anew.
gc.set_threshold(1_000_000, 20, 100)
