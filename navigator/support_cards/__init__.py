"""Support cards: made, listed, imported, sent, opened and ended."""
