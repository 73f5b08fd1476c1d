"""The managers’ questions: what recurs, whose it is, and what it costs."""
