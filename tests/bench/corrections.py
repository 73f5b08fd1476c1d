"""`python -m tests.bench.corrections`: what corrections in memory do to the suggestion, and a lesson's cost.

The corpus files named (or those that the encoder of November 2026 has not read) are held out: a classifier
is fitted without them, some of their texts are taken as corrections of one service, others suggested for.
With --each FILE each labelled text of a file is suggested for with all others of that file in memory.
"""

import argparse
import json
import re
import resource
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import process_time, sleep
from typing import Any

import numpy as np

from navigator.triage import corpus, embeddings, fit, model_store, retrain_process
from navigator.triage.classifier import Classifier, FloatArray
from navigator.triage.corpus import Correction, Example
from navigator.triage.correction_memory import NO_CORRECTIONS, CorrectionMemory
from navigator.triage.fit_head import fit_head
from navigator.triage.retrain_process import Lesson, run_in_subprocess
from navigator.triage.suggest import of_offered

NOT_READ_BY_THE_ENCODER = ("reports_cues", "reports_faults", "reports_rare", "reports_warm")
DRAWS, TESTED = 4, 500
LESSON = 5_000
SERVICE = "north"


class Texts:
    """Texts, what they are labelled with, and what is worked out of them once."""

    def __init__(self, classifier: Classifier, records: Sequence[dict[str, Any]]) -> None:
        self.labels = [record["category"] for record in records]
        self.accepted = [{record["category"], *record.get("accepted", ())} for record in records]
        self.audiences = [
            "patient" if record.get("audience", "patient") == "patient" else "pwp" for record in records
        ]
        self.vectors = _embed([record["text"] for record in records])
        self.by_words = [classifier.word_probabilities(record["text"]) for record in records]

    def memory(self, rows: Sequence[int], service: str = SERVICE) -> CorrectionMemory:
        """Some of them as what navigators of a service sorted."""
        categories = tuple(self.labels[row] for row in rows)
        return CorrectionMemory(self.vectors[list(rows)], categories, (service,) * len(rows))

    def ranks(self, classifier: Classifier, memory: CorrectionMemory, row: int) -> list[str]:
        """The three likeliest categories of one of them."""
        probabilities = classifier.probabilities_at(self.by_words[row], self.vectors[row], memory, SERVICE)
        offered = of_offered(probabilities, self.audiences[row])
        return sorted(offered, key=lambda id: -offered[id])[:3]


def main() -> None:
    """Print what was measured."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("held_out", nargs="*", default=NOT_READ_BY_THE_ENCODER)
    arguments.add_argument("--each", type=Path, help="labelled JSON lines")
    given = arguments.parse_args()
    print(f"encoder {embeddings.encoder_sha256()[:12]}")
    if given.each:
        _measure_each(given.each)
    else:
        _measure_held_out(given.held_out)
    _measure_lesson()
    _measure_time()


def _measure_held_out(names: Sequence[str]) -> None:
    seen = [Example(line["text"], line["category"]) for line in _read(lambda name: name not in names)]
    rows = [
        fit.TrainingRow(one.text, one.label, vector)
        for one, vector in zip(seen, _embed([one.text for one in seen]), strict=True)
    ]
    classifier = fit.fit_category_classifier(rows)
    unseen = [*_read(lambda name: name in names)]
    texts = Texts(classifier, unseen)
    print(f"learned from {len(seen)} texts; {len(unseen)} held out; mean of {DRAWS} draws of {TESTED}")
    for count in (0, 100, 300):
        print(f"  {count} corrections of the service in memory   {_mean(_draws(classifier, texts, count))}")
    others = _draws(classifier, texts, 300, service="another")
    print(f"  300 of another service                     {_mean(others)}")
    taught = _draws(classifier, texts, 300, learns=True)
    print(f"  300 of the service, after a night's lesson {_mean(taught)}")


def _draws(
    classifier: Classifier, texts: Texts, count: int, *, service: str = SERVICE, learns: bool = False
) -> Iterator[tuple[float, float]]:
    for seed in range(DRAWS):
        drawn = np.random.default_rng(seed).permutation(len(texts.labels)).tolist()
        pool, test = drawn[:count], drawn[300 : 300 + TESTED]
        model = _taught(classifier, texts, pool) if learns else classifier
        memory = texts.memory(pool, service) if pool else NO_CORRECTIONS
        yield _hits(texts, [(row, texts.ranks(model, memory, row)) for row in test])


def _taught(classifier: Classifier, texts: Texts, pool: Sequence[int]) -> Classifier:
    """With a head as a night learns it."""
    written = classifier.examples
    labels = [classifier.labels[label] for label in written.labels] + [texts.labels[row] for row in pool]
    weights = np.concatenate([np.ones(len(written.labels)), np.full(len(pool), 2.0)])
    head = fit_head(np.concatenate([written.decoded(), texts.vectors[list(pool)]]), labels, weights)
    return replace(classifier, embedding_model=head)


def _measure_each(file: Path) -> None:
    classifier = model_store.shipped("reports")
    assert classifier
    records = [record for record in map(json.loads, file.open()) if record.get("category")]
    texts = Texts(classifier, records)
    everything = range(len(records))
    print(f"{len(records)} texts, each with all the others as corrections of its service")
    for name, is_remembered in (("nothing in memory", False), ("the others in memory", True)):
        ranks = []
        for row in everything:
            others = texts.memory([other for other in everything if other != row])
            ranks.append((row, texts.ranks(classifier, others if is_remembered else NO_CORRECTIONS, row)))
        print(f"  {name:<24} {_mean([_hits(texts, ranks)])}")


def _hits(texts: Texts, ranks: Sequence[tuple[int, list[str]]]) -> tuple[float, float]:
    first = np.mean([ranked[0] in texts.accepted[row] for row, ranked in ranks])
    three = np.mean([bool(texts.accepted[row] & {*ranked}) for row, ranked in ranks])
    return float(first), float(three)


def _mean(figures: Any) -> str:
    first, three = np.mean([*figures], axis=0)
    return f"first {first:.3f}, among three {three:.3f}"


def _measure_lesson() -> None:
    """A lesson of as many tickets as it ever reads, in its own process."""
    examples = corpus.category_examples()[:LESSON]
    corrections = [
        Correction(one.text, one.label, number, SERVICE, "patient", 1.0, number % 2 == 0)
        for number, one in enumerate(examples)
    ]
    vectors = _embed([one.text for one in examples])
    before, peak = resource.getrusage(resource.RUSAGE_CHILDREN), [0]
    Thread(target=_watch, args=(peak,), daemon=True).start()
    result = run_in_subprocess(Lesson(corrections, vectors))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(
        f"a lesson of {len(corrections)} tickets beside {result.examples} written texts: "
        f"{seconds:.1f} s of one core, {peak[0] / 1024:.0f} MiB, "
        f"a version of {len(result.content) / 1024:.0f} KiB"
    )


def _measure_time() -> None:
    """What a full memory adds to a suggestion: all but the pass of the encoder."""
    classifier, examples = model_store.shipped("reports"), corpus.category_examples()[:LESSON]
    assert classifier
    vectors, categories = _embed([one.text for one in examples]), tuple(one.label for one in examples)
    full = CorrectionMemory(vectors, categories, (SERVICE,) * len(examples))
    by_words = classifier.word_probabilities(examples[0].text)
    for name, memory in (("nothing", NO_CORRECTIONS), (f"{len(examples)} corrections", full)):
        began = process_time()
        for vector in vectors[:TESTED]:
            classifier.probabilities_at(by_words, vector, memory, SERVICE)
        print(f"with {name} in memory: {(process_time() - began) / TESTED * 1000:.2f} ms a text")


def _watch(peak: list[int]) -> None:
    """Keep the most memory, in KiB, that the process of the lesson had after it began as itself."""
    while True:
        if process := retrain_process._Running.process:
            status = Path(f"/proc/{process.pid}/status").read_text("ascii")
            if "retrain_process" in Path(f"/proc/{process.pid}/cmdline").read_text("ascii"):
                peak[0] = max([peak[0], *map(int, re.findall(r"VmHWM:\s+(\d+)", status))])
        sleep(0.02)


def _embed(texts: Sequence[str]) -> FloatArray:
    return np.stack([embeddings.embed(text) for text in texts])


def _read(is_wanted: Any) -> Iterator[dict[str, Any]]:
    for file in sorted(corpus.FOLDER.glob("reports*.jsonl")):
        if is_wanted(file.stem):
            yield from map(json.loads, file.read_text("utf-8").splitlines())


if __name__ == "__main__":
    main()
