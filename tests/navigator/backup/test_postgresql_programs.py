"""Programs of PostgreSQL: one that does not end is ended, and said."""

import pytest

from navigator.backup import postgresql_dump
from navigator.errors import Unavailable


def test_one_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgresql_dump, "LONGEST_SECONDS", 0.05)
    with pytest.raises(Unavailable, match="sleep had not ended"):
        postgresql_dump._run("", ["sleep", "2"])
