"""The package that runs the encoder tells its maker nothing of an installation."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_code_rules import FILES, ROOT

pytestmark = pytest.mark.sqlite_is_enough

READ_A_TEXT = """
from navigator.triage.embeddings import embed
assert embed("It will not open") is not None
"""


def test_reading_a_text_leaves_nothing_at_home(tmp_path: Path):
    """A number of this machine was kept there, and what two threads were to send to its maker."""
    home = tmp_path / "home"
    home.mkdir()
    quiet = {"CI", "ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "XDG_CACHE_HOME", "XDG_DATA_HOME"}
    own = {name: value for name, value in os.environ.items() if name not in quiet}
    own |= {"HOME": str(home), "NAVIGATOR_DATA_DIR": str(tmp_path / "data")}
    subprocess.run([sys.executable, "-c", READ_A_TEXT], cwd=ROOT, env=own, check=True)
    assert list(home.rglob("*")) == []


def test_it_is_imported_in_one_place():
    importing = [str(file.relative_to(ROOT)) for file in FILES if "import onnxruntime" in file.read_text()]
    assert importing == ["navigator/triage/onnx_runtime.py"]
