"""Import of tickets from another desk: its export is read, mapped, and each ticket made once."""
