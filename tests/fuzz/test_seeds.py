"""Every seed, and whatever fuzzing has found once, is read or refused in words."""

from pathlib import Path

import pytest

from tests.cases import each_case
from tests.fuzz.__main__ import SEEDS
from tests.fuzz.parsers import PARSERS, call

pytestmark = pytest.mark.sqlite_is_enough


def test_each_parser_has_seeds():
    assert {folder.name for folder in SEEDS.iterdir()} == PARSERS.keys()


@each_case("seed", sorted(str(file.relative_to(SEEDS)) for file in SEEDS.rglob("*") if file.is_file()))
def test_a_seed_is_read_or_refused(seed: str):
    call(seed.partition("/")[0], (SEEDS / seed).read_bytes())


def test_what_is_refused_leaves_no_file_open():
    """Once there are too many, every picture is refused for that, and nothing is found any more."""
    call("picture_opened", b"GIF89a")
    before = len(list(Path("/proc/self/fd").iterdir()))
    call("picture_opened", b"GIF89a")
    assert len(list(Path("/proc/self/fd").iterdir())) == before
