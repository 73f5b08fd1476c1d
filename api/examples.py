"""Examples of request bodies by operation id: each is sent in a test."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml

from navigator import clock

EXAMPLES = Path(__file__).parent / "examples.yaml"
_DAYS = {"A WEEK AGO": -7, "IN A WEEK": 7, "IN THREE MONTHS": 90}


def examples() -> Mapping[str, Any]:
    """The examples, with their relative days as dates."""
    bodies: Mapping[str, Any] = _with_dates(yaml.safe_load(EXAMPLES.read_text(encoding="utf-8")))
    return bodies


def _with_dates(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_dates(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_dates(item) for item in value]
    return str(clock.today() + timedelta(days=_DAYS[value])) if value in _DAYS else value
