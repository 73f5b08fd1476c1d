"""Small numbers: what count of people may leave the service, so that nobody is known by it."""

MIN_COUNT = 5


def rounded(count: int) -> int | None:
    """A count as it may leave the service: to the nearest five, or None for one that is too small to show."""
    return None if count < MIN_COUNT else (count + MIN_COUNT // 2) // MIN_COUNT * MIN_COUNT
