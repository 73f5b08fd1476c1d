"""Training examples of the encoder: every text of the corpus with all its labels, and variations of it."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from navigator.catalogue.catalogue import default_catalogue
from navigator.catalogue.enums import Cue, Fixability
from navigator.triage import corpus
from navigator.triage.fixability_classifier import fixability_group

GROUPS = ("elsewhere", "here", "nothing")
UNKNOWN = -1
"""The label of a text that nobody has labelled: nothing is learned from it."""

PRAISE = "other.feedback"
PRAISE_MAX_WORDS = 25
MIN_WORDS_TO_DROP, DROPPED_WORDS = 7, 0.1
LETTERS_PER_SLIP = 60

_PUNCTUATION = re.compile(r"[.,!?']")


@dataclass(frozen=True)
class EncoderExample:
    """A text, the indices of its category and fixability group, and whether to catch it; a 0 or 1 a cue."""

    text: str
    category: int = UNKNOWN
    group: int = UNKNOWN
    catch: int = UNKNOWN
    cues: tuple[int, ...] = (UNKNOWN,) * len(Cue)


def corpus_examples(folder: Path = corpus.FOLDER) -> tuple[tuple[str, ...], list[EncoderExample]]:
    """The categories of the corpus in order, and an example for each of its texts."""
    reports = corpus.labelled_reports(folder)
    categories = tuple(sorted({report.category for report in reports}))
    catch = {example.text: int(example.label == "catch") for example in corpus.safety_examples(folder)}
    labelled = {
        report.text: EncoderExample(
            report.text,
            categories.index(report.category),
            _group(Fixability(report.fixability)),
            catch[report.text],
            _cues(report.cues),
        )
        for report in reports
    }
    unlabelled = [EncoderExample(text, catch=label) for text, label in catch.items() if text not in labelled]
    return categories, [*labelled.values(), *unlabelled]


def catalogue_examples(categories: Sequence[str]) -> Iterator[EncoderExample]:
    """What the catalogue itself calls each of these categories."""
    known = {category.id: category for category in default_catalogue().leaves}
    for index, id in enumerate(categories):
        if category := known.get(id):
            for wording in filter(None, (category.patient_label, category.staff_label, *category.phrases)):
                yield EncoderExample(wording, index, _group(category.fixability))


def short_praise(categories: Sequence[str], examples: Iterable[EncoderExample]) -> list[str]:
    """Short texts that only praise: people write such a thing beside their complaint."""
    return [
        example.text
        for example in examples
        if example.category != UNKNOWN
        and categories[example.category] == PRAISE
        and len(example.text.split()) < PRAISE_MAX_WORDS
    ]


class Variation:
    """Writes a text as other, hurried people might have: beside praise, in small letters, with slips."""

    def __init__(self, praise: Sequence[str], seed: int) -> None:
        self.rng = random.Random(seed)  # noqa: S311 - no secret
        self.praise = praise
        self.ways: tuple[tuple[float, Callable[[str], str]], ...] = (
            (0.25 if praise else 0, self._beside_praise),
            (0.2, str.lower),
            (0.15, lambda text: _PUNCTUATION.sub("", text)),
            (0.3, self._without_some_words),
            (0.2, self._with_slips),
        )

    def __call__(self, text: str) -> str:
        """The text, changed in each way as often as that way's share says."""
        for share, change in self.ways:
            if self.rng.random() < share:
                text = change(text)
        return text

    def _beside_praise(self, text: str) -> str:
        praise = self.rng.choice(self.praise)
        return f"{praise} {text}" if self.rng.random() < 0.5 else f"{text} {praise}"

    def _without_some_words(self, text: str) -> str:
        words = text.split()
        if len(words) < MIN_WORDS_TO_DROP:
            return text
        return " ".join(word for word in words if self.rng.random() > DROPPED_WORDS)

    def _with_slips(self, text: str) -> str:
        letters = list(text)
        for _ in range(max(1, len(letters) // LETTERS_PER_SLIP) if len(letters) > 2 else 0):
            at = self.rng.randrange(len(letters) - 1)
            letters[at], letters[at + 1] = letters[at + 1], letters[at]
        return "".join(letters)


def _group(fixability: Fixability) -> int:
    return GROUPS.index(fixability_group(fixability))


def _cues(cues: Sequence[str] | None) -> tuple[int, ...]:
    return tuple(UNKNOWN if cues is None else int(cue in cues) for cue in Cue)
