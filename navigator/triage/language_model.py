"""py3langid's model, left in a file: of its 70 MB a text needs a few rows, and only those are read and kept.

Its own loader holds the whole of it in memory; what is read, and how it is scored, is the same.
"""

import logging
import lzma
import os
import shutil
import struct
from functools import lru_cache
from tempfile import TemporaryFile
from typing import IO, Any
from zipfile import ZipFile

import numpy as np
from numpy.lib import format as npy
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from navigator import private_files
from navigator.settings import settings

log = logging.getLogger(__name__)

ROWS_KEPT = 2_048
"""Of each table; 5,401 English reports touch 8,100 of 38,000 rows of one, 11,800 of 100,000 of the other."""
LOCAL_HEADER = 30
"""Bytes before the name of a file in a ZIP archive; the last four tell the lengths of what follows."""


class Rows:
    """The rows of one array of an uncompressed NumPy archive, each read when it is first asked for."""

    def __init__(self, archive: IO[bytes], name: str, width: int) -> None:
        with ZipFile(archive) as members, members.open(name) as array:
            npy.read_magic(array)
            _, _, self.kind = npy.read_array_header_1_0(array)
            header = members.getinfo(name).header_offset + LOCAL_HEADER
            self._start = header + array.tell()
        self._file, self._size = os.dup(archive.fileno()), width * self.kind.itemsize
        self._start += sum(struct.unpack("<HH", os.pread(archive.fileno(), 4, header - 4)))
        self.row = lru_cache(ROWS_KEPT)(self._read)

    def _read(self, number: int) -> Any:
        return os.pread(self._file, self._size, self._start + number * self._size)


class Weights(Rows):
    """What each feature says of each language: a table from which rows are taken."""

    def __getitem__(self, numbers: np.ndarray[Any, Any]) -> Any:
        rows = b"".join(map(self.row, numbers.tolist()))
        return np.frombuffer(rows, self.kind).reshape(len(numbers), -1)


class Transitions(Rows):
    """The next state after each byte: a row of 256 a state, looked up as one long list."""

    def _read(self, number: int) -> Any:
        return memoryview(super()._read(number)).cast("I")

    def __getitem__(self, index: int) -> int:
        next_state: int = self.row(index >> 8)[index & 255]
        return next_state


def load() -> LanguageIdentifier:
    """The identifier, with probabilities; where its file cannot be written, it is a file in memory."""
    try:
        with TemporaryFile(dir=private_files.make_folder(settings().data_dir)) as archive:
            return _load_from(archive)
    except OSError as error:  # every disk may be full: texts are read all the same
        log.warning("the language model takes 70 MB more memory: %s", error.strerror)
        with os.fdopen(os.memfd_create("language model"), "w+b") as archive:
            return _load_from(archive)


def _load_from(archive: IO[bytes]) -> LanguageIdentifier:
    """The identifier; its model lies in a file without a name until the process ends."""
    with lzma.open(MODEL_DIR / MODEL_FILE) as packed:
        shutil.copyfileobj(packed, archive, 1 << 20)
    archive.seek(0)
    with np.load(archive) as small:
        names, priors = small["classes"].tolist(), small["pc"]
        rows, features = memoryview(small["nextmove_row"]), memoryview(small["out_feat"])
    weights = Weights(archive, "ptc.npy", len(names))
    transitions = Transitions(archive, "nextmove.npy", 256)
    identifier = LanguageIdentifier(
        weights, priors, names, transitions, features, norm_probs=True, tk_row=rows
    )
    identifier._rowbase = (np.array(rows, np.uint32) << 8).data  # the same as a list, and 4 MB less
    return identifier
