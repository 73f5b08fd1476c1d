"""Correction memory: what navigators sorted, held by this process as examples beside the written ones."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from navigator.triage.embeddings import DIMENSIONS

MIN_OWN_EXAMPLES = 10
"""From so many reports on an installation's own category is suggested."""

OWN_SERVICE_WEIGHT = 5.0
"""How much a report of the same service counts beside a written one, or one of another service."""


class Votes(NamedTuple):
    """How alike each example is to a text, the index of its label, and how much it counts."""

    similarities: npt.NDArray[np.floating[Any]]
    labels: npt.NDArray[np.integer[Any]]
    weights: npt.NDArray[np.floating[Any]]


NO_VOTES = Votes(np.zeros(0, np.float32), np.zeros(0, np.int64), np.zeros(0, np.float64))


@dataclass(frozen=True, eq=False)
class CorrectionMemory:
    """The embedding of each report that a navigator sorted, one a row, its category, its service's code."""

    vectors: npt.NDArray[np.floating[Any]]
    categories: tuple[str, ...]
    services: tuple[str, ...]

    def own_categories(self, learned: Collection[str]) -> tuple[str, ...]:
        """The categories that no written text has and enough reports were sorted into."""
        names, _, counts = self._categories
        enough = (name for name, count in zip(names, counts, strict=True) if count >= MIN_OWN_EXAMPLES)
        return tuple(name for name in enough if name not in learned)

    def votes(self, vector: npt.NDArray[np.floating[Any]], index: Mapping[str, int], service: str) -> Votes:
        """What each report says of a text of a service, by the index of its label, if it has one."""
        if not self.categories:
            return NO_VOTES
        names, category, _ = self._categories
        labels = np.array([index.get(name, -1) for name in names])[category]
        weights = np.where(self._services == service, OWN_SERVICE_WEIGHT, 1.0)
        counts = labels >= 0
        return Votes((self.vectors @ vector)[counts], labels[counts], weights[counts])

    @cached_property
    def _categories(self) -> tuple[list[str], npt.NDArray[np.integer[Any]], list[int]]:
        names, index, counts = np.unique(self.categories, return_inverse=True, return_counts=True)
        return names.tolist(), index, counts.tolist()

    @cached_property
    def _services(self) -> npt.NDArray[np.str_]:
        return np.array(self.services, dtype=np.str_)


NO_CORRECTIONS = CorrectionMemory(np.zeros((0, DIMENSIONS), np.float32), (), ())
