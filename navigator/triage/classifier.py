"""What was learned from examples: how likely each label is for a text, by its words and by its meaning."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from math import hypot, log
from typing import Any

import numpy as np
import numpy.typing as npt

from navigator.triage import embeddings, ngrams
from navigator.triage.text_normalisation import sentences

MOST_SENTENCES = 12
MOST_WORDS_SHOWN = 5

Numbers = npt.NDArray[np.floating[Any]]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class WordModel:
    """A linear model over weighted grams: words and pairs (marked by a "w"), and runs of letters."""

    places: Mapping[str, int]
    rarity: Numbers
    weights: Numbers
    start: Numbers

    def scores(self, read: list[str]) -> Numbers:
        """One score a label for the words of a text; they are logarithms of likelihood up to a constant."""
        return sum((self._weighed(part) for part in self._parts(read)), self.start)

    def knows(self, word: str) -> bool:
        """Whether a word as it is written was among the examples."""
        return f"w{word}" in self.places

    def contributions(self, words: Iterable[str], label: int) -> dict[str, float]:
        """How much each word by itself speaks for one label rather than for the others."""
        each = {word: [place for part in self._parts([word]) for place in part] for word in words}
        found = list(chain.from_iterable(each.values()))
        weights = self.weights[found]
        spoken = iter(((weights[:, label] - weights.mean(axis=1)) * self.rarity[found]).tolist())
        return {word: sum(islice(spoken, len(places))) for word, places in each.items()}

    def tfidf(self, read: list[str]) -> dict[int, float]:
        """The words and pairs that are known, by their places; their weights have length 1."""
        counts = self._found(f"w{gram}" for gram in ngrams.word_ngrams(read))
        values = {place: (1 + log(count)) * float(self.rarity[place]) for place, count in counts.items()}
        length = hypot(*values.values()) or 1.0
        return {place: value / length for place, value in values.items()}

    def _parts(self, read: list[str]) -> tuple[Counter[int], Counter[int]]:
        return self._found(f"w{gram}" for gram in ngrams.word_ngrams(read)), self._found(
            ngrams.character_ngrams(read)
        )

    def _found(self, read: Iterable[str]) -> Counter[int]:
        return Counter(self.places[gram] for gram in read if gram in self.places)

    def _weighed(self, counts: Counter[int]) -> Numbers:
        places = np.fromiter(counts, np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.rarity[places]
        length = float(np.linalg.norm(values)) or 1.0
        return np.asarray((values / length) @ self.weights[places], dtype=np.float32)


@dataclass(frozen=True)
class EmbeddingModel:
    """A linear model over the directions of sentences."""

    weights: Numbers
    start: Numbers


@dataclass(frozen=True)
class Classifier:
    """Likelihoods of labels, sharpened by `heat`, or by `heat_words` where meaning cannot be read."""

    labels: tuple[str, ...]
    by_words: WordModel
    by_meaning: EmbeddingModel
    heat: float
    heat_words: float
    by_sentence: bool

    def likelihoods(self, text: str) -> dict[str, float]:
        """How likely each label is for a text; they add up to 1."""
        said = self.word_scores(text)
        if not embeddings.is_available():
            return self._named(said, self.heat_words)
        return self._named((said + self.embedding_scores(embeddings.embed(text))) / 2, self.heat)

    def word_scores(self, text: str) -> Numbers:
        """The likelihoods by words, not sharpened: the whole text's with the mean of its sentences'."""
        whole = _shares(self.by_words.scores(ngrams.tokens_of(text)))
        parts = sentences(text)[:MOST_SENTENCES] if self.by_sentence else []
        if len(parts) < 2:
            return whole
        each = np.stack([_shares(self.by_words.scores(ngrams.tokens_of(part))) for part in parts])
        return np.asarray((whole + each.mean(axis=0)) / 2, dtype=np.float32)

    def embedding_scores(self, directions: Numbers) -> Numbers:
        """The likelihoods by meaning, likewise; the first direction is the whole text's."""
        shares = _shares(directions @ self.by_meaning.weights + self.by_meaning.start)
        return np.asarray(
            (shares[0] + shares[1:].mean(axis=0)) / 2 if self.by_sentence else shares[0], dtype=np.float32
        )

    def why(self, text: str, label: str) -> tuple[str, ...]:
        """The words of a text that spoke for a label, the loudest first."""
        at = self.labels.index(label)
        spoken = self.by_words.contributions(dict.fromkeys(ngrams.tokens_of(text)), at)
        loudest = sorted(spoken, key=lambda word: -spoken[word])[:MOST_WORDS_SHOWN]
        return tuple(word for word in loudest if spoken[word] > 0)

    def _named(self, likelihoods: Numbers, heat: float) -> dict[str, float]:
        return dict(zip(self.labels, apply_temperature(likelihoods, heat).tolist(), strict=True))


def apply_temperature(likelihoods: Numbers, heat: float) -> Numbers:
    """The likelihoods drawn apart by a `heat` above 1, adding up to 1 along the last axis."""
    raised = np.power(np.maximum(likelihoods, 1e-9), heat)
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)


def _shares(scores: Numbers) -> Numbers:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float32)
