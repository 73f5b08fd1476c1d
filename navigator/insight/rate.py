"""A part of a whole, with its confidence interval."""

from dataclasses import dataclass
from math import sqrt

Z = 1.96
"""Half the width, in standard errors, of a 95% confidence interval."""


@dataclass(frozen=True)
class Rate:
    """A part of a whole, with its 95% confidence interval (Wilson)."""

    count: int
    total: int

    @property
    def share(self) -> float:
        """The count as a share of the total, from 0 to 1."""
        return self.count / self.total if self.total else 0.0

    @property
    def bounds(self) -> tuple[float, float]:
        """The confidence interval of the share."""
        if not self.total:
            return 0.0, 1.0
        spread = Z * sqrt(self.share * (1 - self.share) / self.total + Z * Z / (4 * self.total * self.total))
        middle, width = self.share + Z * Z / (2 * self.total), 1 + Z * Z / self.total
        return max(0.0, (middle - spread) / width), min(1.0, (middle + spread) / width)
