"""An example of each body that can be sent, by the name of its operation: each is sent in a test."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from navigator import clock

EXAMPLES = Path(__file__).parent / "examples.yaml"
_DAYS = {"A WEEK AGO": -7, "IN A WEEK": 7, "IN THREE MONTHS": 90}


def examples() -> Mapping[str, Any]:
    """The examples, with the days that they stand for today."""
    found: Mapping[str, Any] = _dated(yaml.safe_load(EXAMPLES.read_text(encoding="utf-8")))
    return found


def _dated(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _dated(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_dated(one) for one in value]
    return str(clock.today() + timedelta(days=_DAYS[value])) if value in _DAYS else value
