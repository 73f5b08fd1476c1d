"""Text classifier: label probabilities from tf-idf n-grams, the embedding and the nearest examples."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain, islice
from math import hypot, log
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
WORDS_INVERSE_TEMPERATURE = 1.9
"""How much the words' probabilities are sharpened before they are averaged with the others."""
CORRECTIONS_SAY = 2.0
"""Where all the nearest examples are of the service's navigators, they outweigh words and embedding."""

FloatArray = npt.NDArray[np.floating[Any]]
IntArray = npt.NDArray[np.integer[Any]]


@dataclass(frozen=True, eq=False)
class WordModel:
    """A linear model over tf-idf n-grams: words and pairs of words (marked by a "w"), and runs of letters."""

    vocabulary: Mapping[str, int]
    idf: FloatArray
    weights: FloatArray
    intercept: FloatArray

    def logits(self, tokens: list[str]) -> FloatArray:
        """One logit a label for the tokens of a text."""
        return sum((self._linear_scores(counts) for counts in self._ngram_counts(tokens)), self.intercept)

    def knows(self, word: str) -> bool:
        """Whether a word as it is written is in the vocabulary."""
        return f"w{word}" in self.vocabulary

    def contributions(self, words: Iterable[str], label: int) -> dict[str, float]:
        """How much each word by itself adds to one label's logit, above the mean of all labels."""
        indices_by_word = {
            word: [index for counts in self._ngram_counts([word]) for index in counts] for word in words
        }
        indices = list(chain.from_iterable(indices_by_word.values()))
        weights = self.weights[indices]
        values = iter(((weights[:, label] - weights.mean(axis=1)) * self.idf[indices]).tolist())
        return {
            word: sum(islice(values, len(word_indices))) for word, word_indices in indices_by_word.items()
        }

    def tfidf(self, tokens: list[str]) -> dict[int, float]:
        """The tf-idf vector of the words and pairs in the vocabulary, by their index; its length is 1."""
        counts = self._count_known(f"w{gram}" for gram in ngrams.word_ngrams(tokens))
        values = {index: (1 + log(count)) * float(self.idf[index]) for index, count in counts.items()}
        norm = hypot(*values.values()) or 1.0
        return {index: value / norm for index, value in values.items()}

    def _ngram_counts(self, tokens: list[str]) -> tuple[Counter[int], Counter[int]]:
        words = self._count_known(f"w{gram}" for gram in ngrams.word_ngrams(tokens))
        return words, self._count_known(ngrams.character_ngrams(tokens))

    def _count_known(self, grams: Iterable[str]) -> Counter[int]:
        return Counter(self.vocabulary[gram] for gram in grams if gram in self.vocabulary)

    def _linear_scores(self, counts: Counter[int]) -> FloatArray:
        indices = np.fromiter(counts, np.int64, len(counts))
        values = (1 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[indices]
        norm = float(np.linalg.norm(values)) or 1.0
        return np.asarray((values / norm) @ self.weights[indices], dtype=np.float32)


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

    vectors: FloatArray
    labels: IntArray

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
    """Label probabilities after temperature scaling; `words_…` where the encoder is missing."""

    labels: tuple[str, ...]
    word_model: WordModel
    embedding_model: EmbeddingModel
    inverse_temperature: float
    words_inverse_temperature: float
    by_sentence: bool
    examples: NearestExamples = NO_EXAMPLES

    def probabilities(
        self, text: str, corrections: CorrectionMemory = NO_CORRECTIONS, service: str = ""
    ) -> dict[str, float]:
        """The probability of each label for a text of a service; they add up to 1."""
        by_words = self.word_probabilities(text)
        if not embeddings.is_available():
            return _by_label(self.labels, by_words, self.words_inverse_temperature)
        return self.probabilities_at(by_words, embeddings.embed(text), corrections, service)

    def probabilities_at(
        self, by_words: FloatArray, vector: FloatArray, corrections: CorrectionMemory, service: str
    ) -> dict[str, float]:
        """The same from what the words say and the embedding; no correction leads away from a danger."""
        alone = _by_label(
            self.labels_with(NO_CORRECTIONS), self.combine(by_words, vector), self.inverse_temperature
        )
        if not corrections.categories or max(alone, key=lambda label: alone[label]) in RISK:
            return alone
        combined = self.combine(by_words, vector, corrections, service)
        return _by_label(self.labels_with(corrections), combined, self.inverse_temperature)

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
        """The mean of what words, embedding and nearest examples say, unscaled, by `labels_with`.

        The nearest examples have the more say, the more of them navigators sorted."""
        by_vector = self.embedding_model.probabilities(vector)
        if not len(self.examples.labels):
            return np.asarray((by_words + by_vector) / 2, dtype=np.float32)
        index = {label: number for number, label in enumerate(self.labels_with(corrections))}
        votes = corrections.votes(vector, index, service)
        by_example, of_corrections = self.examples.shares(vector, len(index), votes)
        sharpened = apply_temperature(by_words, WORDS_INVERSE_TEMPERATURE)
        told = [
            _with_own(by_example, probabilities, [index[label] for label in labels])
            for labels, probabilities in (
                (self.labels, sharpened),
                (self.embedding_model.labels, by_vector),
            )
        ]
        say = 1 + CORRECTIONS_SAY * of_corrections
        return np.asarray((sum(told) + say * by_example) / (len(told) + say), dtype=np.float32)

    def word_probabilities(self, text: str) -> FloatArray:
        """Softmax of the words' logits, unscaled: the whole text's with the mean of its sentences'."""
        whole = _softmax(self.word_model.logits(ngrams.tokens_of(text)))
        parts = sentences(text)[:MAX_SENTENCES] if self.by_sentence else []
        if len(parts) < 2:
            return whole
        by_part = np.stack([_softmax(self.word_model.logits(ngrams.tokens_of(part))) for part in parts])
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


def _by_label(
    labels: tuple[str, ...], probabilities: FloatArray, inverse_temperature: float
) -> dict[str, float]:
    scaled = apply_temperature(probabilities, inverse_temperature)
    return dict(zip(labels, scaled.tolist(), strict=True))


def apply_temperature(probabilities: FloatArray, inverse_temperature: float) -> FloatArray:
    """Temperature scaling: an inverse temperature above 1 sharpens; the last axis adds up to 1."""
    powers = np.power(np.maximum(probabilities, 1e-9), inverse_temperature)
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def _softmax(logits: FloatArray) -> FloatArray:
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(exponentials / exponentials.sum(axis=-1, keepdims=True), dtype=np.float32)
