"""The encoder that ships, as weights to go on from: what was written in 8 bits is read back as numbers."""

import re
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from navigator.errors import Unavailable
from navigator.triage import shipped_files
from navigator.triage.embeddings import ENCODER, WEIGHTS
from navigator.triage.encoder_training.network import Network

_PRODUCT = re.compile(r"/(.+)/MatMul_quant")
"""The name of a product with weights in 8 bits tells whose weights they are."""


def load_shipped(network: Network, folder: Path) -> None:
    """Give a network the encoder and the head for cues that ship in a folder; its other heads stay."""
    state = network.state_dict()
    read = {name: value for name, value in _shipped(folder).items() if name in state}
    missing = {name for name in state if name.startswith(("encoder.", "cues."))} - {*read}
    missing = {name for name in missing if ".pooler." not in name and "_ids" not in name}
    if missing:
        raise Unavailable(f"The encoder that ships has no {min(missing)}.")
    network.load_state_dict(state | read)


def _shipped(folder: Path) -> dict[str, torch.Tensor]:
    entry = shipped_files.manifest(folder)[ENCODER]
    shipped_files.check(folder / f"{ENCODER}.onnx", entry["sha256"])
    if "weights" in entry:
        shipped_files.check(folder / WEIGHTS, entry["weights"])
    graph = onnx.load(folder / f"{ENCODER}.onnx").graph
    arrays = {array.name: numpy_helper.to_array(array) for array in graph.initializer}
    named = {name: array for name, array in arrays.items() if not name.endswith(("_scale", "_zero_point"))}
    found = {_own_name(name): _numbers(name, arrays) for name in named if name.startswith("network.")}
    for node in graph.node:
        if product := _PRODUCT.fullmatch(node.name):
            found[product[1].replace("/", ".") + ".weight"] = _numbers(node.input[1], arrays).T
    found["cues.weight"] = found["cues.weight"].T
    return {name: torch.tensor(np.ascontiguousarray(value)) for name, value in found.items()}


def _own_name(name: str) -> str:
    return name.removeprefix("network.").removesuffix("_quantized").removesuffix("_Transposed")


def _numbers(name: str, arrays: dict[str, np.ndarray]) -> np.ndarray:
    stem = name.removesuffix("_quantized")
    if stem == name:
        return arrays[name]
    steps = arrays[name].astype(np.float32) - arrays[f"{stem}_zero_point"].astype(np.float32)
    return np.asarray(steps * arrays[f"{stem}_scale"], dtype=np.float32)
