"""ONNX Runtime, which runs the encoder and tells its maker nothing of this installation."""

import os
from typing import Any


def onnx_runtime() -> Any:
    """The package, imported by whoever reads a text: it is a fifth of a second.

    By itself it gives the machine a number in the home folder and sends its maker what runs and how often.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # it is looked at once, as it is imported
    import onnxruntime

    return onnxruntime
