"""Training the classifiers that ship with the desk, with scikit-learn: for the command line alone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from navigator.catalogue.enums import Fixability
from navigator.errors import Unavailable
from navigator.triage import corpus, embeddings, encoder_file, model_store, ngrams
from navigator.triage.classifier import (
    NO_EXAMPLES,
    Classifier,
    EmbeddingModel,
    FloatArray,
    NearestExamples,
    WordModel,
)
from navigator.triage.corpus import Example
from navigator.triage.fit_head import MAX_ITERATIONS, REGULARISATION, TOLERANCE
from navigator.triage.fixability_classifier import fixability_group

URGENT_WEIGHT = 2.0
"""What is urgent counts so often for the screen: of that the fewest may be missed."""

REPORT_WEIGHT = 4.0
"""And an everyday report so often: most texts that come are one, and most texts of the corpus are not."""

Analyzer = Callable[[Sequence[str]], Iterable[np.uint64]]
"""How tokens are cut into n-grams."""


@dataclass(frozen=True)
class TrainingRow:
    """An example with its embedding, worked out once, and how often it counts."""

    text: str
    label: str
    vector: FloatArray
    weight: float = 1.0


def fit_all(folder: Path = model_store.SHIPPED, texts: Path = corpus.FOLDER) -> None:
    """Fit the category, safety and fixability classifiers on the corpus, and save them in a folder."""
    encoder_file.part()
    category_examples, safety_examples = corpus.category_examples(texts), corpus.safety_examples(texts)
    fixability_examples = [
        replace(example, label=fixability_group(Fixability(example.label)))
        for example in corpus.fixability_examples(texts)
    ]
    vectors = _embed_all({example.text for example in (*category_examples, *safety_examples)})
    metadata = {"corpus": corpus.fingerprint(texts)}
    everyday = [example.text for example in category_examples if example.label not in corpus.RISK]
    weights = dict.fromkeys(everyday, REPORT_WEIGHT) | dict.fromkeys(
        corpus.urgent_texts(texts), URGENT_WEIGHT
    )
    examples_by_name = {"reports": category_examples, "safety": safety_examples, "sides": fixability_examples}
    for name, examples in examples_by_name.items():
        fit = fit_category_classifier if name == "reports" else fit_whole_text_classifier
        rows = _training_rows(examples, vectors, weights if name == "safety" else {})
        classifier = fit(rows)
        model_store.save(folder, name, classifier, metadata | {"examples": len(examples)})


def _embed_all(texts: Iterable[str]) -> dict[str, FloatArray]:
    if not embeddings.is_available():
        raise Unavailable("Learning needs the encoder, and it is not as recorded.")
    return {text: embeddings.embed(text) for text in texts}


def _training_rows(
    examples: Iterable[Example], vectors: Mapping[str, FloatArray], weights: Mapping[str, float]
) -> list[TrainingRow]:
    return [
        TrainingRow(example.text, example.label, vectors[example.text], weights.get(example.text, 1.0))
        for example in examples
    ]


def fit_category_classifier(rows: Sequence[TrainingRow]) -> Classifier:
    """A classifier of texts and their sentences, with the rows as its examples."""
    return _fit_classifier(rows, by_sentence=True)


def fit_whole_text_classifier(rows: Sequence[TrainingRow]) -> Classifier:
    """A classifier of whole texts, without examples."""
    return _fit_classifier(rows, by_sentence=False)


def _fit_classifier(rows: Sequence[TrainingRow], *, by_sentence: bool) -> Classifier:
    vectors = np.stack([row.vector for row in rows])
    labels = tuple(sorted({row.label for row in rows}))
    return Classifier(
        labels=labels,
        word_model=_fit_word_model(rows),
        embedding_model=EmbeddingModel(labels, *_fit_logistic_regression(vectors, rows)),
        by_sentence=by_sentence,
        examples=NearestExamples(vectors, np.array([labels.index(row.label) for row in rows]))
        if by_sentence
        else NO_EXAMPLES,
    )


def _fit_word_model(rows: Sequence[TrainingRow]) -> WordModel:
    tokens = [ngrams.tokens_of(row.text) for row in rows]
    vectorizers = [_vectorizer(ngrams.character_ngrams, 2), _vectorizer(ngrams.word_ngrams, 1)]
    features = hstack([vectorizer.fit_transform(tokens) for vectorizer in vectorizers]).tocsr()
    weights, intercept = _fit_logistic_regression(features, rows)
    codes = np.concatenate([vectorizer.get_feature_names_out() for vectorizer in vectorizers])
    idf = np.concatenate([vectorizer.idf_ for vectorizer in vectorizers])
    return WordModel(codes.astype(np.uint64), idf.astype(np.float32), weights, intercept)


def _vectorizer(analyzer: Analyzer, min_count: int) -> TfidfVectorizer:
    return TfidfVectorizer(analyzer=analyzer, lowercase=False, sublinear_tf=True, min_df=min_count)


def _fit_logistic_regression(features: Any, rows: Sequence[TrainingRow]) -> tuple[FloatArray, FloatArray]:
    model = LogisticRegression(
        C=REGULARISATION, max_iter=MAX_ITERATIONS, tol=TOLERANCE, class_weight="balanced"
    )
    fitted = model.fit(features, [row.label for row in rows], [row.weight for row in rows])
    weights, intercept = fitted.coef_.T, fitted.intercept_
    if len(fitted.classes_) == 2:
        weights, intercept = np.hstack([-weights, weights]) / 2, np.concatenate([-intercept, intercept]) / 2
    return weights.astype(np.float32), intercept.astype(np.float32)
