"""Tables refuse what they have no column for: SQLModel alone would drop it and what somebody said."""

from typing import Any

import pytest

from navigator.database import Table
from navigator.training.tables import TrainingRequest


def test_a_keyword_without_a_column_is_refused():
    columns: dict[str, Any] = {"service_id": 1, "topic": "assign", "words": "how to assign"}
    with pytest.raises(TypeError, match="TrainingRequest has no column words"):
        TrainingRequest(**columns)


def test_every_table_refuses_it():
    tables = [table for table in Table.__subclasses__() if table.__module__.startswith("navigator")]
    assert len(tables) > 30
    for table in tables:
        with pytest.raises(TypeError, match="no column nonsense"):
            table(**{"nonsense": 1})
