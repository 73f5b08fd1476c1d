"""The five taps by which confidence is told: each is the middle of a fifth of the scale from 0 to 10."""

CONFIDENCE_CHOICES = ((1, "Not at all"), (3, "A little"), (5, "Fairly"), (7, "Quite"), (9, "Very"))
"""Values and words; five are quicker told than eleven, and stay comparable with what a trainer enters."""
