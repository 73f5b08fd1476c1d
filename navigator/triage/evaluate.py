"""Measuring suggestion, fixability and screen on labelled texts, strictly and with other answers accepted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.triage.corpus import RISK
from navigator.triage.metrics import MetricValue, accuracy, calibration_error, macro_f1
from navigator.triage.predict import Programmes, RecordError, WrongRecord, parse_line, predict
from navigator.triage.similarity import tfidf, topic_similarity, word_similarity

AMONG = 3
ALIKE = 5
MOST_COMPARED = 2_000
"""Every text is compared with every other: of more than these it would take long."""


class Labels(BaseModel):
    """What a labeller said of a text; a text may have a category, a word on the screen, or both."""

    text: str = ""
    category: str | None = None
    accepted: tuple[str, ...] = ()
    fixability: Fixability | None = None
    fixability_accepted: tuple[Fixability, ...] = ()
    catch: bool | None = None
    origin: str = ""


@dataclass(frozen=True)
class Measured:
    """An answer beside what the labeller said."""

    labels: Labels
    answer: Mapping[str, Any]

    @property
    def right(self) -> set[str | None]:
        """The categories that a careful labeller could choose."""
        return {self.labels.category, *self.labels.accepted}

    @property
    def likely(self) -> dict[str, float]:
        """What it may be about, as a ticket keeps it."""
        return {one["category"]: one["confidence"] for one in self.answer["candidates"]}

    def first(self, among: int = 1, *, accepting: bool = False) -> bool:
        """Whether the right category, or an accepted one, stands among the first."""
        right = self.right if accepting else {self.labels.category}
        return any(candidate["category"] in right for candidate in self.answer["candidates"][:among])

    def side(self, *, accepting: bool = False) -> bool:
        """Whether fixable or not is as labelled, or as is accepted."""
        told = [self.labels.fixability, *(self.labels.fixability_accepted if accepting else ())]
        return self.answer["fixable"] in {fixable(one) for one in told if one}


def evaluate_lines(
    lines: Iterable[str | bytes], programmes: Programmes | None = None
) -> tuple[dict[str, list[MetricValue]], list[RecordError]]:
    """The figures over all lines and by their `origin`, and the lines that could not be measured."""
    measured: list[Measured] = []
    faults: list[RecordError] = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                measured.append(_measured(parse_line(line), programmes))
            except WrongRecord as wrong:
                faults.append(RecordError(number, str(wrong)))
    origins = sorted({one.labels.origin for one in measured} - {""})
    groups = {"all": measured} | {o: [one for one in measured if one.labels.origin == o] for o in origins}
    return {name: [*_figures(group)] for name, group in groups.items() if group}, faults


def _measured(told: Mapping[str, Any], programmes: Programmes | None) -> Measured:
    try:
        labels = Labels.model_validate(told)
    except ValidationError as wrong:
        raise WrongRecord(f"labels: {wrong.errors()[0]['msg']}") from wrong
    unknown = {labels.category, *labels.accepted} - {None, *(leaf.id for leaf in catalogue().leaves)}
    if unknown:
        raise WrongRecord("labelled with a category that is not in the catalogue")
    return Measured(labels, predict(told, programmes))


def _figures(measured: Sequence[Measured]) -> Iterator[MetricValue]:
    sorted_, screened = (
        [m for m in measured if m.labels.category],
        [m for m in measured if m.labels.catch is not None],
    )
    yield from filter(
        None,
        [
            *_of_suggestion(sorted_),
            *_of_fixability(sorted_),
            *_of_likeness(sorted_[:MOST_COMPARED]),
            *_of_screen(sorted_, screened),
        ],
    )


def _of_suggestion(measured: Sequence[Measured]) -> Iterator[MetricValue | None]:
    sure = [m for m in measured if not m.answer["abstained"]]
    yield accuracy("first, strict", [m.first() for m in measured])
    yield accuracy("first, accepted", [m.first(accepting=True) for m in measured])
    yield accuracy("among three, strict", [m.first(AMONG) for m in measured])
    yield accuracy("among three, accepted", [m.first(AMONG, accepting=True) for m in measured])
    yield macro_f1(
        "macro-F1, strict",
        [m.answer["category"] or "" for m in measured],
        [m.labels.category or "" for m in measured],
    )
    yield accuracy("coverage: sure enough to name one", [not m.answer["abstained"] for m in measured])
    yield accuracy("first where sure, accepted", [m.first(accepting=True) for m in sure])
    confidences = [m.answer["confidence"] for m in measured]
    yield calibration_error("calibration error, strict", confidences, [m.first() for m in measured])
    yield calibration_error(
        "calibration error, accepted", confidences, [m.first(accepting=True) for m in measured]
    )


def _of_fixability(measured: Sequence[Measured]) -> Iterator[MetricValue | None]:
    sided = [m for m in measured if m.labels.fixability and fixable(m.labels.fixability) is not None]
    no_side = [m for m in measured if m.labels.fixability and fixable(m.labels.fixability) is None]
    yield accuracy("fixable or not, strict", [m.side() for m in sided])
    yield accuracy("fixable or not, accepted", [m.side(accepting=True) for m in sided])
    yield accuracy("nothing to fix, given no side", [m.answer["fixable"] is None for m in no_side])


def _of_likeness(measured: Sequence[Measured]) -> Iterator[MetricValue | None]:
    """How many of the five texts most like each, among the others, share its category, or an accepted one."""
    nearest = [*_nearest(measured)] if len(measured) > ALIKE else []
    right = [[one.labels.category == near.labels.category for near in five] for one, five in nearest]
    accepted = [[bool(one.right & near.right) for near in five] for one, five in nearest]
    yield accuracy("similar, five nearest, strict", [sum(hits) / ALIKE for hits in right])
    yield accuracy("similar, five nearest, accepted", [sum(hits) / ALIKE for hits in accepted])


def _nearest(measured: Sequence[Measured]) -> Iterator[tuple[Measured, list[Measured]]]:
    read = [(one.likely, tfidf(one.labels.text)) for one in measured]
    for at, (likely, words) in enumerate(read):
        score = [topic_similarity(likely, other) + word_similarity(words, others) for other, others in read]
        others = sorted((n for n in range(len(read)) if n != at), key=lambda n: -score[n])
        yield measured[at], [measured[n] for n in others[:ALIKE]]


def _of_screen(sorted_: Sequence[Measured], screened: Sequence[Measured]) -> Iterator[MetricValue | None]:
    ordinary = [m for m in sorted_ if m.labels.catch is None and m.labels.category not in RISK]
    yield accuracy("screen: caught", [m.answer["screen"] for m in screened if m.labels.catch])
    yield accuracy(
        "screen: false alarms, look-alikes", [m.answer["screen"] for m in screened if not m.labels.catch]
    )
    yield accuracy("screen: false alarms, ordinary reports", [m.answer["screen"] for m in ordinary])
