"""Evaluation: metrics of suggestion, fixability and safety screen on labelled texts, strict and lenient."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.triage.corpus import RISK
from navigator.triage.metrics import MetricValue, accuracy, calibration_error, macro_f1
from navigator.triage.predict_lines import InvalidRecord, Programmes, RecordError, parse_line, predict
from navigator.triage.similarity import tfidf, topic_similarity, word_similarity

TOP_K = 3
NEIGHBOURS = 5
MAX_COMPARED = 2_000
"""Every text is compared with every other: for more than these it would take long."""


class Labels(BaseModel):
    """The labels of a text: its category, whether the safety screen should catch it, or both."""

    text: str = ""
    category: str | None = None
    accepted: tuple[str, ...] = ()
    fixability: Fixability | None = None
    fixability_accepted: tuple[Fixability, ...] = ()
    catch: bool | None = None
    origin: str = ""


@dataclass(frozen=True)
class LabelledPrediction:
    """A prediction beside the labels of its text."""

    labels: Labels
    prediction: Mapping[str, Any]

    @property
    def accepted_categories(self) -> set[str | None]:
        """The categories that a careful labeller could choose."""
        return {self.labels.category, *self.labels.accepted}

    @property
    def probabilities(self) -> dict[str, float]:
        """The likeliest categories, as a ticket keeps them."""
        return {candidate["category"]: candidate["confidence"] for candidate in self.prediction["candidates"]}

    def is_hit(self, top_k: int = 1, *, accepting: bool = False) -> bool:
        """Whether the labelled category, or an accepted one, is among the top k."""
        accepted = self.accepted_categories if accepting else {self.labels.category}
        return any(candidate["category"] in accepted for candidate in self.prediction["candidates"][:top_k])

    def fixable_is_right(self, *, accepting: bool = False) -> bool:
        """Whether fixable or not is as labelled, or as is accepted."""
        labels = [self.labels.fixability, *(self.labels.fixability_accepted if accepting else ())]
        return self.prediction["fixable"] in {fixable(label) for label in labels if label}


def evaluate_lines(
    lines: Iterable[str | bytes], programmes: Programmes | None = None
) -> tuple[dict[str, list[MetricValue]], list[RecordError]]:
    """The metrics over all lines and by their `origin`, and the lines that could not be measured."""
    predictions: list[LabelledPrediction] = []
    errors: list[RecordError] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                predictions.append(_evaluate_record(parse_line(line), programmes))
            except InvalidRecord as error:
                errors.append(RecordError(number, str(error)))
    origins = sorted({p.labels.origin for p in predictions} - {""})
    groups = {"all": predictions} | {
        origin: [p for p in predictions if p.labels.origin == origin] for origin in origins
    }
    return {name: [*_metrics(group)] for name, group in groups.items() if group}, errors


def _evaluate_record(record: Mapping[str, Any], programmes: Programmes | None) -> LabelledPrediction:
    try:
        labels = Labels.model_validate(record)
    except ValidationError as error:
        raise InvalidRecord(f"labels: {error.errors()[0]['msg']}") from error
    unknown = {labels.category, *labels.accepted} - {None, *(leaf.id for leaf in catalogue().leaves)}
    if unknown:
        raise InvalidRecord("labelled with a category that is not in the catalogue")
    return LabelledPrediction(labels, predict(record, programmes))


def _metrics(predictions: Sequence[LabelledPrediction]) -> Iterator[MetricValue]:
    with_category = [p for p in predictions if p.labels.category]
    with_catch = [p for p in predictions if p.labels.catch is not None]
    metrics = [
        *_suggestion_metrics(with_category),
        *_fixability_metrics(with_category),
        *_similarity_metrics(with_category[:MAX_COMPARED]),
        *_screen_metrics(with_category, with_catch),
    ]
    yield from filter(None, metrics)


def _suggestion_metrics(predictions: Sequence[LabelledPrediction]) -> Iterator[MetricValue | None]:
    confident = [p for p in predictions if not p.prediction["abstained"]]
    yield accuracy("first, strict", [p.is_hit() for p in predictions])
    yield accuracy("first, accepted", [p.is_hit(accepting=True) for p in predictions])
    yield accuracy("among three, strict", [p.is_hit(TOP_K) for p in predictions])
    yield accuracy("among three, accepted", [p.is_hit(TOP_K, accepting=True) for p in predictions])
    yield macro_f1(
        "macro-F1, strict",
        [p.prediction["category"] or "" for p in predictions],
        [p.labels.category or "" for p in predictions],
    )
    yield accuracy("coverage: sure enough to name one", [not p.prediction["abstained"] for p in predictions])
    yield accuracy("first where sure, accepted", [p.is_hit(accepting=True) for p in confident])
    confidences = [p.prediction["confidence"] for p in predictions]
    yield calibration_error("calibration error, strict", confidences, [p.is_hit() for p in predictions])
    yield calibration_error(
        "calibration error, accepted", confidences, [p.is_hit(accepting=True) for p in predictions]
    )


def _fixability_metrics(predictions: Sequence[LabelledPrediction]) -> Iterator[MetricValue | None]:
    decided = [p for p in predictions if p.labels.fixability and fixable(p.labels.fixability) is not None]
    undecided = [p for p in predictions if p.labels.fixability and fixable(p.labels.fixability) is None]
    yield accuracy("fixable or not, strict", [p.fixable_is_right() for p in decided])
    yield accuracy("fixable or not, accepted", [p.fixable_is_right(accepting=True) for p in decided])
    yield accuracy("nothing to fix, given no side", [p.prediction["fixable"] is None for p in undecided])


def _similarity_metrics(predictions: Sequence[LabelledPrediction]) -> Iterator[MetricValue | None]:
    """How many of each text's five nearest neighbours share its category, or an accepted one."""
    nearest = [*_nearest(predictions)] if len(predictions) > NEIGHBOURS else []
    strict = [[p.labels.category == n.labels.category for n in neighbours] for p, neighbours in nearest]
    accepted = [
        [bool(p.accepted_categories & n.accepted_categories) for n in neighbours] for p, neighbours in nearest
    ]
    yield accuracy("similar, five nearest, strict", [sum(hits) / NEIGHBOURS for hits in strict])
    yield accuracy("similar, five nearest, accepted", [sum(hits) / NEIGHBOURS for hits in accepted])


def _nearest(
    predictions: Sequence[LabelledPrediction],
) -> Iterator[tuple[LabelledPrediction, list[LabelledPrediction]]]:
    words_of = tfidf(*(p.labels.text for p in predictions))
    vectors = list(zip((p.probabilities for p in predictions), words_of, strict=True))
    for index, (topics, words) in enumerate(vectors):
        scores = [topic_similarity(topics, t) + word_similarity(words, w) for t, w in vectors]
        others = sorted((n for n in range(len(vectors)) if n != index), key=lambda n: -scores[n])
        yield predictions[index], [predictions[n] for n in others[:NEIGHBOURS]]


def _screen_metrics(
    with_category: Sequence[LabelledPrediction], with_catch: Sequence[LabelledPrediction]
) -> Iterator[MetricValue | None]:
    ordinary = [p for p in with_category if p.labels.catch is None and p.labels.category not in RISK]
    yield accuracy("screen: caught", [p.prediction["screen"] for p in with_catch if p.labels.catch])
    yield accuracy(
        "screen: false alarms, look-alikes",
        [p.prediction["screen"] for p in with_catch if not p.labels.catch],
    )
    yield accuracy("screen: false alarms, ordinary reports", [p.prediction["screen"] for p in ordinary])
