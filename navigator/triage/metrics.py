"""Figures with their 95 % intervals, by drawing as many texts again and again from those measured."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

DRAWS = 1_000
BINS = 10

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MetricValue:
    """One figure over `texts` texts, and where it lies in 95 of 100 draws."""

    name: str
    value: float
    low: float
    high: float
    texts: int

    def __str__(self) -> str:
        return f"{self.name:<44} {self.value:6.3f}  ({self.low:.3f} to {self.high:.3f}, n = {self.texts})"


def accuracy(name: str, hits: Sequence[float]) -> MetricValue | None:
    """How large a share came true, of each text wholly or in part; None when there is nothing to measure."""
    return bootstrap(name, lambda rows: float(rows[:, 0].mean()), np.array(hits, dtype=float)[:, None])


def macro_f1(name: str, said: Sequence[str], true: Sequence[str]) -> MetricValue | None:
    """The mean, over the labels that occur, of the harmonic mean of precision and recall."""
    number = {label: at for at, label in enumerate(sorted({*said, *true}))}
    return bootstrap(
        name, _f1, np.array([[number[s], number[t]] for s, t in zip(said, true, strict=True)], dtype=float)
    )


def calibration_error(name: str, confidences: Sequence[float], hits: Sequence[bool]) -> MetricValue | None:
    """How far confidence and what came true lie apart, on average over ten bins of confidence."""
    return bootstrap(name, _gap, np.column_stack([confidences, np.array(hits, dtype=float)]))


def bootstrap(name: str, measure: Callable[[Values], float], rows: Values) -> MetricValue | None:
    """A measure of the rows with its interval; None when there are no rows."""
    if not len(rows):
        return None
    chance = np.random.default_rng(0)
    draws = [measure(rows[chance.integers(0, len(rows), len(rows))]) for _ in range(DRAWS)]
    low, high = np.quantile(draws, [0.025, 0.975])
    return MetricValue(name, measure(rows), float(low), float(high), len(rows))


def _f1(rows: Values) -> float:
    said, true = rows[:, 0], rows[:, 1]
    scores = [_f1_of(said == label, true == label) for label in np.unique(true)]
    return float(np.mean(scores))


def _f1_of(said: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_]) -> float:
    return 2 * float((said & true).sum()) / float(said.sum() + true.sum())


def _gap(rows: Values) -> float:
    bins = np.minimum((rows[:, 0] * BINS).astype(int), BINS - 1)
    each = [rows[bins == one] for one in np.unique(bins)]
    return float(sum(abs(part[:, 0].mean() - part[:, 1].mean()) * len(part) for part in each) / len(rows))
