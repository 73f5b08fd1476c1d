"""Metrics of the classifiers, each with a bootstrap 95% confidence interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

RESAMPLES = 1_000
BINS = 10

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class MetricValue:
    """One metric over `sample_size` texts, and its 95% confidence interval."""

    name: str
    value: float
    low: float
    high: float
    sample_size: int

    def __str__(self) -> str:
        interval = f"{self.low:.3f} to {self.high:.3f}"
        return f"{self.name:<44} {self.value:6.3f}  ({interval}, n = {self.sample_size})"


def accuracy(name: str, hits: Sequence[float]) -> MetricValue | None:
    """Accuracy: the mean of hits, each whole or in part; None when there is nothing to measure."""
    return bootstrap(name, lambda rows: float(rows[:, 0].mean()), np.array(hits, dtype=float)[:, None])


def macro_f1(name: str, predicted: Sequence[str], true: Sequence[str]) -> MetricValue | None:
    """Macro F1: the mean, over the labels that occur, of the harmonic mean of precision and recall."""
    index = {label: n for n, label in enumerate(sorted({*predicted, *true}))}
    return bootstrap(
        name,
        _mean_f1,
        np.array([[index[p], index[t]] for p, t in zip(predicted, true, strict=True)], dtype=float),
    )


def calibration_error(name: str, confidences: Sequence[float], hits: Sequence[bool]) -> MetricValue | None:
    """Expected calibration error: how far confidence and accuracy lie apart, on average over ten bins."""
    return bootstrap(
        name, _expected_calibration_error, np.column_stack([confidences, np.array(hits, dtype=float)])
    )


def bootstrap(name: str, measure: Callable[[Values], float], rows: Values) -> MetricValue | None:
    """Bootstrap: a measure of the rows with its confidence interval; None when there are no rows."""
    if not len(rows):
        return None
    rng = np.random.default_rng(0)
    resamples = [measure(rows[rng.integers(0, len(rows), len(rows))]) for _ in range(RESAMPLES)]
    low, high = np.quantile(resamples, [0.025, 0.975])
    return MetricValue(name, measure(rows), float(low), float(high), len(rows))


def _mean_f1(rows: Values) -> float:
    predicted, true = rows[:, 0], rows[:, 1]
    scores = [_f1(predicted == label, true == label) for label in np.unique(true)]
    return float(np.mean(scores))


def _f1(predicted: npt.NDArray[np.bool_], true: npt.NDArray[np.bool_]) -> float:
    return 2 * float((predicted & true).sum()) / float(predicted.sum() + true.sum())


def _expected_calibration_error(rows: Values) -> float:
    bins = np.minimum((rows[:, 0] * BINS).astype(int), BINS - 1)
    binned = [rows[bins == number] for number in np.unique(bins)]
    return float(sum(abs(part[:, 0].mean() - part[:, 1].mean()) * len(part) for part in binned) / len(rows))
