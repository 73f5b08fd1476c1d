"""Embeddings: the direction of a text, 384 dimensions, from a small ONNX encoder on this machine.

The encoder (MiniLM-L6, int8, fine-tuned on the corpus) is a shipped file. Where it is not as recorded, the
classifiers go by words alone."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from navigator.catalogue.enums import Cue
from navigator.triage import shipped_files
from navigator.triage.load_once import load_once
from navigator.triage.onnx_runtime import onnx_runtime
from navigator.triage.tokenizer import tokenize

ENCODER = "encoder"
WEIGHTS = "encoder.weights"
DIMENSIONS = 384
MAX_TOKENS = 160
"""Of a longer text the beginning counts: a pass costs by the token."""

Vectors = npt.NDArray[np.floating[Any]]
BATCH = 256
"""So many rows are worked out at a time: they stay in the processor's cache."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, eq=False)
class CompactVectors:
    """Embeddings, one a row, in a byte a number: a quarter of the memory, and similar to a thousandth."""

    steps: npt.NDArray[np.int8]
    step: float

    @classmethod
    def of(cls, vectors: Vectors) -> Self:
        """These vectors, rounded."""
        step = float(np.abs(vectors).max(initial=1e-9)) / np.iinfo(np.int8).max
        return cls(np.rint(vectors / step).astype(np.int8), step)

    def decoded(self) -> Vectors:
        """The vectors as they are compared."""
        return self.steps.astype(np.float32) * np.float32(self.step)

    def __matmul__(self, vector: Vectors) -> Vectors:
        starts = range(0, len(self.steps), BATCH)
        parts = [self.steps[start : start + BATCH].astype(np.float32) @ vector for start in starts]
        return np.concatenate([np.zeros(0, np.float32), *parts]) * np.float32(self.step)


def encoder_sha256() -> str:
    """Which encoder was trained: what another one embedded cannot be compared."""
    entry = shipped_files.manifest()[ENCODER]
    return str(entry.get("trained", entry["sha256"]))


def is_available() -> bool:
    """Whether the encoder is there, with the hash that is on record."""
    return _onnx_session() is not None


def embed(text: str) -> Vectors:
    """The embedding of a text, of length 1; one pass of the encoder, remembered."""
    return _encode(text).direction


def cue_probabilities(text: str) -> Mapping[Cue, float]:
    """How likely a text tells each cue, by the same pass."""
    return _encode(text).cues


class _Encoded(NamedTuple):
    direction: Vectors
    cues: Mapping[Cue, float]


@lru_cache(maxsize=2_000)
def _encode(text: str) -> _Encoded:
    token_ids = np.array([tokenize(text, MAX_TOKENS)], dtype=np.int64)
    inputs = {"input_ids": token_ids, "attention_mask": np.ones_like(token_ids)}
    pooled, logits = (rows[0] for rows in _onnx_session().run(["pooled", "cues"], inputs))
    direction = pooled / max(float(np.linalg.norm(pooled)), 1e-9)
    cues = dict(zip(Cue, (1 / (1 + np.exp(-logits))).tolist(), strict=True))
    return _Encoded(np.asarray(direction, dtype=np.float32), cues)


@load_once
def _onnx_session() -> Any:
    """The ONNX session, on one core; None where the file is not as recorded."""
    graph = shipped_files.SHIPPED / f"{ENCODER}.onnx"
    try:
        entry = shipped_files.manifest()[ENCODER]
        shipped_files.check(graph, entry["sha256"])
        if "weights" in entry:
            shipped_files.check(shipped_files.SHIPPED / WEIGHTS, entry["weights"])
    except (OSError, KeyError, ValueError) as error:
        log.error("the encoder is not in use, going by words alone: %s", error)
        return None
    options = onnx_runtime().SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # which keeps what the longest text took, and is no faster
    return onnx_runtime().InferenceSession(graph, options, providers=["CPUExecutionProvider"])
