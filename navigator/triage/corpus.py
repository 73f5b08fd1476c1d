"""The written texts that the desk learns from: reports*.jsonl and safety*.jsonl in the corpus folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

FOLDER = Path(__file__).with_name("corpus")
RISK = frozenset({"divert.risk", "divert.safeguarding"})


@dataclass(frozen=True)
class Example:
    """One text and what it is to be known as."""

    text: str
    label: str


@dataclass(frozen=True)
class Correction(Example):
    """What became of a report: `by` tells reporters apart, `is_sorted` says that a navigator sorted it."""

    ticket: int
    audience: str
    weight: float
    by: str
    is_sorted: bool


def reports(folder: Path = FOLDER) -> list[Example]:
    """Written reports, each labelled with its category."""
    return [Example(line["text"], line["category"]) for line in _lines(folder, "reports")]


def sides(folder: Path = FOLDER) -> list[Example]:
    """Written reports, each labelled with who can put it right, which its category alone does not say."""
    return [Example(line["text"], line["fixability"]) for line in _lines(folder, "reports")]


def safety(folder: Path = FOLDER) -> list[Example]:
    """Texts labelled "catch" when a person must read them for safety, else "leave"; the reports count too."""
    written = [Example(line["text"], _catch(line["catch"])) for line in _lines(folder, "safety")]
    known = {example.text for example in written}
    return written + [
        Example(r.text, _catch(r.label in RISK)) for r in reports(folder) if r.text not in known
    ]


def fingerprint(folder: Path = FOLDER) -> str:
    """A hash of all that can be learned from; it changes with every text."""
    read = (path.read_bytes() for path in sorted(folder.glob("*.jsonl")))
    return sha256(b"\0".join(read)).hexdigest()


def _lines(folder: Path, kind: str) -> Iterator[dict[str, str]]:
    for path in sorted(folder.glob(f"{kind}*.jsonl")):
        yield from (json.loads(line) for line in path.read_text("utf-8").splitlines())


def _catch(value: object) -> str:
    return "catch" if value else "leave"
