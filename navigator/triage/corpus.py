"""Training corpus: the labelled texts of reports*.jsonl and safety*.jsonl."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("corpus")
RISK = frozenset({"divert.risk", "divert.safeguarding"})
QUIET_KINDS = frozenset(
    [
        *("burden", "buried_concern", "deterioration", "drink_drugs_medicine", "history", "irony"),
        *("loneliness", "neglect_and_want", "resignation", "review_concern", "second_language", "tipping"),
        "withdrawal",
    ]
)
"""Kinds of what to catch that seldom say that today is late; all others are urgent."""


@dataclass(frozen=True)
class Example:
    """One text and its label."""

    text: str
    label: str


@dataclass(frozen=True)
class Correction(Example):
    """A report labelled by what became of it, in the service with a code."""

    ticket: int
    service: str
    audience: str
    weight: float
    is_triaged: bool


@dataclass(frozen=True)
class LabelledReport:
    """A report of the corpus with all its labels; `cues` is None where nobody has labelled them."""

    text: str
    category: str
    fixability: str
    cues: tuple[str, ...] | None


def labelled_reports(folder: Path = FOLDER) -> list[LabelledReport]:
    """The corpus's reports with all their labels."""
    return [
        LabelledReport(line["text"], line["category"], line["fixability"], _cues(line))
        for line in _read_jsonl(folder, "reports")
    ]


def category_examples(folder: Path = FOLDER) -> list[Example]:
    """The corpus's reports, each labelled with its category."""
    return [Example(line["text"], line["category"]) for line in _read_jsonl(folder, "reports")]


def fixability_examples(folder: Path = FOLDER) -> list[Example]:
    """The corpus's reports, each labelled with its fixability, which its category alone does not say."""
    return [Example(line["text"], line["fixability"]) for line in _read_jsonl(folder, "reports")]


def safety_examples(folder: Path = FOLDER) -> list[Example]:
    """Texts labelled "catch" when a person must read them for safety, else "leave"; the reports count too."""
    examples = [Example(line["text"], _safety_label(line["catch"])) for line in _read_jsonl(folder, "safety")]
    texts = {example.text for example in examples}
    return examples + [
        Example(report.text, _safety_label(report.label in RISK))
        for report in category_examples(folder)
        if report.text not in texts
    ]


def urgent_texts(folder: Path = FOLDER) -> frozenset[str]:
    """What is to be caught and cannot wait."""
    return frozenset(
        line["text"]
        for line in _read_jsonl(folder, "safety")
        if line["catch"] and line.get("kind") not in QUIET_KINDS
    )


def fingerprint(folder: Path = FOLDER) -> str:
    """A hash of the whole corpus; it changes with every text."""
    contents = (path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
    return sha256(b"\0".join(contents)).hexdigest()


def _read_jsonl(folder: Path, prefix: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(f"{prefix}*.jsonl")):
        yield from (json.loads(line) for line in path.read_text("utf-8").splitlines())


def _safety_label(must_read: object) -> str:
    return "catch" if must_read else "leave"


def _cues(line: dict[str, Any]) -> tuple[str, ...] | None:
    return tuple(line["cues"]) if "cues" in line else None
