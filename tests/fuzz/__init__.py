"""Fuzzing: made-up bytes for every parser of what strangers send, guided by what they reach: `make fuzz`."""
