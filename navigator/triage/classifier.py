"""Text classifier: label probabilities from tf-idf n-grams, the embedding and the nearest examples."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import compress
from typing import Any

import numpy as np
import numpy.typing as npt

from navigator.triage import embeddings, ngrams
from navigator.triage.corpus import RISK
from navigator.triage.correction_memory import NO_CORRECTIONS, NO_VOTES, CorrectionMemory, Votes
from navigator.triage.text_normalisation import sentences, telling_words

MAX_SENTENCES = 12
MAX_WORDS_SHOWN = 5
MIN_SHARE_SHOWN = 0.25
"""How much a word must add to be shown as a reason, against the one that adds most."""
NEIGHBOURS = 20
EMBEDDING_POWER = 0.6
"""How much the embedding counts beside the words, which count 1: the encoder was trained on these texts."""
NEAREST_SHARE, CORRECTIONS_SHARE = 0.15, 0.6
"""How much the nearest examples say; and how much more where all are of the service's navigators: then they
outweigh words and embedding."""
WORDS_INVERSE_TEMPERATURE = 2.0
"""How much the words' probabilities are sharpened where they stand alone: sentences are too unsure."""

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class WordModel:
    """A linear model over tf-idf n-grams; `codes` are those that it knows, in rising order."""

    codes: ngrams.Codes
    idf: FloatArray
    weights: FloatArray
    intercept: FloatArray

    def logits(self, text: str) -> FloatArray:
        """One logit a label for a text."""
        return sum((self._linear_scores(counts) for counts in ngrams.count_ngrams(text)), self.intercept)

    def known(self, words: Collection[str]) -> set[str]:
        """Which of these words, as they are written, are in the vocabulary."""
        codes = np.fromiter(map(ngrams.word_code, words), np.uint64, len(words))
        return set(compress(words, self._find(codes)[1]))

    def contributions(self, words: Iterable[str], label: int) -> dict[str, float]:
        """How much each word by itself adds to one label's logit, above the mean of all labels."""
        codes_by_word = {word: ngrams.ngrams_of(word) for word in words}
        if not codes_by_word:
            return {}
        codes = [*codes_by_word.values()]
        indices, is_known = self._find(np.concatenate(codes))
        weights = self.weights[indices].astype(np.float32)
        values = (weights[:, label] - weights.mean(axis=1)) * self.idf[indices] * is_known
        starts = np.cumsum([0, *map(len, codes[:-1])])
        return dict(zip(codes_by_word, np.add.reduceat(values, starts).tolist(), strict=True))

    def tfidf(self, text: str) -> dict[int, float]:
        """The tf-idf vector of the words and pairs in the vocabulary, by their index; its length is 1."""
        indices, values = self._tfidf(ngrams.count_ngrams(text)[0])
        return dict(zip(indices.tolist(), values.tolist(), strict=True))

    def _find(self, codes: ngrams.Codes) -> tuple[IntArray, npt.NDArray[np.bool_]]:
        """Where each n-gram stands, and whether it is one that is known."""
        indices = np.minimum(np.searchsorted(self.codes, codes), len(self.codes) - 1)
        return indices, self.codes[indices] == codes

    def _tfidf(self, counts: ngrams.Counts) -> tuple[IntArray, FloatArray]:
        indices, is_known = self._find(counts.codes)
        indices = indices[is_known]
        values = (1 + np.log(counts.times[is_known].astype(np.float32))) * self.idf[indices]
        return indices, values / (float(np.linalg.norm(values)) or 1.0)

    def _linear_scores(self, counts: ngrams.Counts) -> FloatArray:
        indices, values = self._tfidf(counts)
        return np.asarray(values @ self.weights[indices].astype(np.float32), dtype=np.float32)


@dataclass(frozen=True, eq=False)
class EmbeddingModel:
    """A linear model over embeddings: the head that a night's lesson learns anew."""

    labels: tuple[str, ...]
    weights: FloatArray
    intercept: FloatArray

    def probabilities(self, vector: FloatArray) -> FloatArray:
        """Softmax of an embedding's logits."""
        return _softmax(vector @ self.weights + self.intercept)


@dataclass(frozen=True, eq=False)
class NearestExamples:
    """The embeddings of labelled texts, one a row, and the index of each one's label."""

    vectors: FloatArray | embeddings.CompactVectors
    labels: IntArray

    def decoded(self) -> FloatArray:
        """The embeddings, one a row, in whichever way they are kept."""
        return self.vectors.decoded() if isinstance(self.vectors, embeddings.CompactVectors) else self.vectors

    def shares(
        self, vector: FloatArray, label_count: int, corrections: Votes = NO_VOTES
    ) -> tuple[FloatArray, float]:
        """The share of each label among the nearest of these and the corrections, by cosine similarity.

        And how much of it comes from corrections."""
        similarities = np.concatenate([self.vectors @ vector, corrections.similarities])
        labels = np.concatenate([self.labels, corrections.labels])
        weights = np.concatenate([np.ones(len(self.labels)), corrections.weights])
        count = min(NEIGHBOURS, len(labels))
        nearest = np.argpartition(-similarities, count - 1)[:count]
        shares = np.bincount(labels[nearest], weights[nearest], label_count)
        of_corrections = weights[nearest[nearest >= len(self.labels)]].sum() / shares.sum()
        return np.asarray(shares / shares.sum(), dtype=np.float32), float(of_corrections)


NO_EXAMPLES = NearestExamples(np.zeros((0, embeddings.DIMENSIONS), np.float32), np.zeros(0, np.int16))


@dataclass(frozen=True, eq=False)
class Classifier:
    """Label probabilities of a text, `by_sentence` also of its parts; by words alone without the encoder."""

    labels: tuple[str, ...]
    word_model: WordModel
    embedding_model: EmbeddingModel
    by_sentence: bool
    examples: NearestExamples = NO_EXAMPLES

    def probabilities(
        self, text: str, corrections: CorrectionMemory = NO_CORRECTIONS, service: str = ""
    ) -> dict[str, float]:
        """The probability of each label for a text of a service; they add up to 1."""
        by_words = self.word_probabilities(text)
        if not embeddings.is_available():
            inverse_temperature = WORDS_INVERSE_TEMPERATURE if self.by_sentence else 1.0
            return _by_label(self.labels, apply_temperature(by_words, inverse_temperature))
        return self.probabilities_at(by_words, embeddings.embed(text), corrections, service)

    def probabilities_at(
        self, by_words: FloatArray, vector: FloatArray, corrections: CorrectionMemory, service: str
    ) -> dict[str, float]:
        """The same from what the words say and the embedding; no correction leads away from a danger."""
        alone = _by_label(self.labels_with(NO_CORRECTIONS), self.combine(by_words, vector))
        if not corrections.categories or max(alone, key=lambda label: alone[label]) in RISK:
            return alone
        combined = self.combine(by_words, vector, corrections, service)
        return _by_label(self.labels_with(corrections), combined)

    def labels_with(self, corrections: CorrectionMemory) -> tuple[str, ...]:
        """The labels of the written texts, then an installation's own, learned or remembered."""
        learned = tuple(dict.fromkeys((*self.labels, *self.embedding_model.labels)))
        return learned + corrections.own_categories(learned)

    def combine(
        self,
        by_words: FloatArray,
        vector: FloatArray,
        corrections: CorrectionMemory = NO_CORRECTIONS,
        service: str = "",
    ) -> FloatArray:
        """What words and embedding agree on, with what the nearest examples say, by `labels_with`.

        Agreed is the geometric mean: what either is unsure of, the other decides. The nearest examples have
        the more say, the more of them navigators sorted."""
        by_vector = self.embedding_model.probabilities(vector)
        if not len(self.examples.labels):
            return _normalised(np.sqrt(by_words * by_vector))
        index = {label: number for number, label in enumerate(self.labels_with(corrections))}
        votes = corrections.votes(vector, index, service)
        by_example, of_corrections = self.examples.shares(vector, len(index), votes)
        by_vector = _with_own(by_example, by_vector, [index[label] for label in self.embedding_model.labels])
        by_words = _with_own(by_vector, by_words, [index[label] for label in self.labels])
        say = NEAREST_SHARE + CORRECTIONS_SHARE * of_corrections
        agreed = _normalised(by_words * by_vector**EMBEDDING_POWER)
        return np.asarray(say * by_example + (1 - say) * agreed, dtype=np.float32)

    def word_probabilities(self, text: str) -> FloatArray:
        """Softmax of the words' logits, unscaled: the whole text's with the mean of its sentences'."""
        whole = _softmax(self.word_model.logits(text))
        parts = sentences(text)[:MAX_SENTENCES] if self.by_sentence else []
        if len(parts) < 2:
            return whole
        by_part = np.stack([_softmax(self.word_model.logits(part)) for part in parts])
        return np.asarray((whole + by_part.mean(axis=0)) / 2, dtype=np.float32)

    def why(self, text: str, label: str) -> tuple[str, ...]:
        """The telling words of a text that speak for a label, those that add most first."""
        if label not in self.labels:  # an installation's own: no word was learned for it
            return ()
        label_index = self.labels.index(label)
        words = telling_words(text)[: ngrams.MAX_WORDS]
        contributions = self.word_model.contributions(words, label_index)
        strongest = sorted(contributions, key=lambda word: -contributions[word])[:MAX_WORDS_SHOWN]
        floor = max((contributions[word] for word in strongest), default=0.0) * MIN_SHARE_SHOWN
        return tuple(word for word in strongest if contributions[word] > max(floor, 0.0))


def _with_own(by_example: FloatArray, probabilities: FloatArray, indices: list[int]) -> FloatArray:
    """Probabilities that were learned for some labels: of the others the nearest examples have the say."""
    learned = np.zeros_like(by_example, dtype=bool)
    learned[indices] = True
    told = np.where(learned, 0, by_example)
    told[indices] = probabilities * (1 - told.sum())
    return told


def _by_label(labels: tuple[str, ...], probabilities: FloatArray) -> dict[str, float]:
    return dict(zip(labels, apply_temperature(probabilities).tolist(), strict=True))


def apply_temperature(probabilities: FloatArray, inverse_temperature: float = 1.0) -> FloatArray:
    """Temperature scaling: an inverse temperature above 1 sharpens; none is 0, the last axis adds up to 1."""
    powers = np.power(np.maximum(probabilities, 1e-9), inverse_temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def _normalised(products: FloatArray) -> FloatArray:
    products = np.maximum(products, np.finfo(np.float32).tiny)
    return np.asarray(products / products.sum(), dtype=np.float32)


def _softmax(logits: FloatArray) -> FloatArray:
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), dtype=np.float32)
