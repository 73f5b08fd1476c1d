"""What every format yields: raw tickets with their lines."""

from collections.abc import Iterator, Mapping
from typing import Any

Element = Iterator[tuple[int, Mapping[str, Any]]]
