"""The encoder's two files: its graph, and its weights, which are mapped where they lie and not copied.

Training writes one file. It is parted once, before it ships; what it answers stays the same to the last bit.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from navigator.triage import shipped_files
from navigator.triage.embeddings import ENCODER, WEIGHTS
from navigator.triage.onnx_runtime import onnx_runtime

SMALLEST = "1024"
"""Bytes: what is smaller stays in the graph."""


def part(folder: Path = shipped_files.SHIPPED) -> None:
    """Part the encoder of a folder, unless it is, and put both files on record beside what was trained."""
    entry, whole = shipped_files.manifest(folder)[ENCODER], folder / f"{ENCODER}.onnx"
    if "weights" in entry:
        return
    shipped_files.check(whole, entry["sha256"])
    onnxruntime = onnx_runtime()
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    with TemporaryDirectory(dir=folder) as made:
        options.optimized_model_filepath = str(Path(made, whole.name))
        options.add_session_config_entry("session.optimized_model_external_initializers_file_name", WEIGHTS)
        options.add_session_config_entry(
            "session.optimized_model_external_initializers_min_size_in_bytes", SMALLEST
        )
        onnxruntime.InferenceSession(whole, options, providers=["CPUExecutionProvider"])
        for file in Path(made).iterdir():
            file.replace(folder / file.name)
    hashes = {
        "sha256": shipped_files.sha256_of(whole.read_bytes()),
        "weights": shipped_files.sha256_of((folder / WEIGHTS).read_bytes()),
        "trained": entry["sha256"],
    }
    shipped_files.put_on_record(folder, ENCODER, entry | hashes)
