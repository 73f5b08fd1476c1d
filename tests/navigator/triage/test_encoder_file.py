"""The encoder is parted into graph and weights before it ships, and says the same afterwards."""

from pathlib import Path

import numpy as np
import pytest

from navigator.triage import embeddings, encoder_file, shipped_files
from navigator.triage.embeddings import WEIGHTS, encoder_sha256
from navigator.triage.onnx_runtime import onnx_runtime
from navigator.triage.shipped_files import SHIPPED

onnxruntime = onnx_runtime()


def run(file: Path, *token_ids: int) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    read = np.array([token_ids], dtype=np.int64)
    outputs: list[np.ndarray] = session.run(None, {"input_ids": read, "attention_mask": np.ones_like(read)})
    return outputs


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    """The shipped encoder as training writes it: one file, with its hash on record."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.optimized_model_filepath = str(tmp_path / "encoder.onnx")
    for entry in ("file_name", "min_size_in_bytes"):  # nothing is so large that it stays apart
        options.add_session_config_entry(f"session.optimized_model_external_initializers_{entry}", f"{10**9}")
    onnxruntime.InferenceSession(SHIPPED / "encoder.onnx", options, providers=["CPUExecutionProvider"])
    sha256 = shipped_files.sha256_of((tmp_path / "encoder.onnx").read_bytes())
    shipped_files.put_on_record(tmp_path, "encoder", {"sha256": sha256, "base": "a base"})
    return tmp_path


def test_parted_it_answers_the_same_to_the_last_bit(whole: Path) -> None:
    before = run(whole / "encoder.onnx", 101, 2026, 2053, 102)
    encoder_file.part(whole)
    after = run(whole / "encoder.onnx", 101, 2026, 2053, 102)
    assert all((a == b).all() for a, b in zip(before, after, strict=True))
    assert (whole / "encoder.onnx").stat().st_size < (whole / WEIGHTS).stat().st_size / 50


def test_both_files_are_on_record_beside_what_was_trained(whole: Path) -> None:
    trained = shipped_files.manifest(whole)["encoder"]["sha256"]
    encoder_file.part(whole)
    entry = shipped_files.manifest(whole)["encoder"]
    shipped_files.check(whole / "encoder.onnx", entry["sha256"])
    shipped_files.check(whole / WEIGHTS, entry["weights"])
    assert (entry["trained"], entry["base"]) == (trained, "a base")
    encoder_file.part(whole)
    assert shipped_files.manifest(whole)["encoder"] == entry


def test_weights_that_are_not_as_recorded_are_not_run(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encoder_file.part(whole)
    monkeypatch.setattr(shipped_files, "SHIPPED", whole)
    entry = shipped_files.manifest(whole)
    monkeypatch.setattr(shipped_files, "manifest", lambda: entry)
    embeddings._onnx_session.cache_clear()
    assert embeddings.is_available()
    with (whole / WEIGHTS).open("r+b") as weights:
        weights.write(b"\1\2\3")
    embeddings._onnx_session.cache_clear()
    assert not embeddings.is_available()
    embeddings._onnx_session.cache_clear()


def test_what_was_learned_belongs_to_what_was_trained_parted_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for entry in ({"sha256": "one"}, {"sha256": "two", "weights": "three", "trained": "one"}):
        monkeypatch.setattr(shipped_files, "manifest", lambda entry=entry: {"encoder": entry})
        assert encoder_sha256() == "one"
