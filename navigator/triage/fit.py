"""Learning from examples with scikit-learn: for the command line and for jobs, never for a web request."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from navigator.catalogue.enums import Fixability
from navigator.errors import Unavailable
from navigator.triage import corpus, embeddings, model_store, ngrams
from navigator.triage.classifier import Classifier, EmbeddingModel, Numbers, WordModel, apply_temperature
from navigator.triage.corpus import Correction, Example
from navigator.triage.fixability_classifier import fixability_group

HELD_BACK = 0.25
REGULARISATION = 10.0
SEVERAL = 3
"""How many reporters must have used a word before it is learned from what reporters wrote."""

TEMPERATURES = np.arange(0.6, 4.01, 0.1)

Cut = Callable[[Sequence[str]], Iterable[str]]
"""How a text that was read is cut into what it is weighed by."""


@dataclass(frozen=True)
class TrainingRow:
    """An example with the directions of its meaning, worked out once."""

    text: str
    label: str
    directions: Numbers
    weight: float = 1.0
    by: str = ""


def fit_all(folder: Path = model_store.SHIPPED, texts: Path = corpus.FOLDER) -> None:
    """Learn to suggest, to screen and to tell sides from the written texts, and keep all in a folder."""
    reports, safety = corpus.reports(texts), corpus.safety(texts)
    sides = [replace(one, label=fixability_group(Fixability(one.label))) for one in corpus.sides(texts)]
    directions = _directions({example.text for example in (*reports, *safety)})
    about = {"corpus": corpus.fingerprint(texts)}
    kinds = {"reports": reports, "safety": safety, "sides": sides}
    for name, examples in kinds.items():
        learn = fit_category_classifier if name == "reports" else fit_whole_text_classifier
        model_store.save(
            folder, name, learn(_seen(examples, directions)), about | {"examples": len(examples)}
        )


def _directions(texts: Iterable[str]) -> dict[str, Numbers]:
    if not embeddings.is_available():
        raise Unavailable("Learning needs the sentence model, and it is not installed.")
    return {text: embeddings.embed(text) for text in texts}


def _seen(examples: Iterable[Example], directions: Mapping[str, Numbers]) -> list[TrainingRow]:
    return [TrainingRow(example.text, example.label, directions[example.text]) for example in examples]


def fit_with_corrections(examples: Sequence[Example], corrections: Sequence[Correction]) -> Classifier:
    """To suggest, from written texts and from what this installation's navigators made of reports."""
    directions = _directions({example.text for example in (*examples, *corrections)})
    theirs = [
        TrainingRow(one.text, one.label, directions[one.text], one.weight, one.by) for one in corrections
    ]
    return fit_category_classifier([*_seen(examples, directions), *theirs])


def fit_category_classifier(seen: Sequence[TrainingRow]) -> Classifier:
    """What the examples teach, sharpened by how often it comes true on a quarter held back."""
    heat, heat_words = _heats(seen)
    return replace(_fitted(seen, by_sentence=True), heat=heat, heat_words=heat_words)


def fit_whole_text_classifier(seen: Sequence[TrainingRow]) -> Classifier:
    """What the examples teach of whole texts, not sharpened: nobody is shown these likelihoods."""
    return _fitted(seen, by_sentence=False)


def _heats(seen: Sequence[TrainingRow]) -> tuple[float, float]:
    kept, held = train_test_split(
        seen, test_size=HELD_BACK, stratify=[one.label for one in seen], random_state=0
    )
    learned = _fitted(kept, by_sentence=True)
    words = np.stack([learned.word_scores(one.text) for one in held])
    both: Numbers = (words + np.stack([learned.embedding_scores(one.directions) for one in held])) / 2
    truth = [learned.labels.index(one.label) for one in held]
    return _best_heat(both, truth), _best_heat(words, truth)


def _best_heat(likelihoods: Numbers, truth: list[int]) -> float:
    """The root of the heat under which the truth surprised least: people write less alike than a corpus."""
    rows = np.arange(len(truth))
    best = min(
        TEMPERATURES,
        key=lambda heat: -np.log(apply_temperature(likelihoods, float(heat))[rows, truth]).mean(),
    )
    return sqrt(best)


def _fitted(seen: Sequence[TrainingRow], *, by_sentence: bool) -> Classifier:
    return Classifier(
        labels=tuple(sorted({one.label for one in seen})),
        by_words=_by_words(seen),
        by_meaning=EmbeddingModel(*_weights(np.stack([one.directions[0] for one in seen]), seen)),
        heat=1.0,
        heat_words=1.0,
        by_sentence=by_sentence,
    )


def _by_words(seen: Sequence[TrainingRow]) -> WordModel:
    read = [ngrams.tokens_of(one.text) for one in seen]
    words, letters = _counting(ngrams.word_ngrams, seen, 1), _counting(ngrams.character_ngrams, seen, 2)
    weights, start = _weights(hstack([words.fit_transform(read), letters.fit_transform(read)]).tocsr(), seen)
    names = [f"w{gram}" for gram in words.get_feature_names_out()] + list(letters.get_feature_names_out())
    rarity = np.concatenate([words.idf_, letters.idf_]).astype(np.float32)
    return WordModel({gram: at for at, gram in enumerate(names)}, rarity, weights, start)


def _counting(cut: Cut, seen: Sequence[TrainingRow], least: int) -> TfidfVectorizer:
    kept = _shared(cut, seen, least) if any(one.by for one in seen) else None
    return TfidfVectorizer(analyzer=cut, sublinear_tf=True, min_df=least, vocabulary=kept)


def _shared(cut: Cut, seen: Sequence[TrainingRow], least: int) -> list[str]:
    """What written texts use, and what several reporters used: the word of one reporter may be their name."""
    written, used_by = Counter[str](), defaultdict[str, set[str]](set)
    for one in seen:
        for gram in set(cut(ngrams.tokens_of(one.text))):
            if one.by:
                used_by[gram].add(one.by)
            else:
                written[gram] += 1
    ours = {gram for gram, times in written.items() if times >= least}
    return sorted(ours | {gram for gram, people in used_by.items() if len(people) >= SEVERAL})


def _weights(read: Any, seen: Sequence[TrainingRow]) -> tuple[Numbers, Numbers]:
    model = LogisticRegression(C=REGULARISATION, max_iter=300, tol=1e-3, class_weight="balanced")
    fitted = model.fit(read, [one.label for one in seen], sample_weight=[one.weight for one in seen])
    weights, start = fitted.coef_.T, fitted.intercept_
    if len(fitted.classes_) == 2:
        weights, start = np.hstack([-weights, weights]) / 2, np.concatenate([-start, start]) / 2
    return weights.astype(np.float32), start.astype(np.float32)
