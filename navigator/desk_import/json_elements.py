"""Elements of a JSON list, each with the line on which it begins: so that an error can name it."""

import json
from collections.abc import Iterator
from typing import Any

from navigator.errors import Invalid

_SPACE = " \t\r\n"


def elements(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a list, or of the list that an object holds as `tickets`, with their lines."""
    decoder, at, line, counted = json.JSONDecoder(), _begin(text), 1, 0
    while True:
        at = _skip(text, at, _SPACE + ",")
        if at >= len(text) or text[at] == "]":
            return
        line, counted = line + text.count("\n", counted, at), at
        try:
            element, at = decoder.raw_decode(text, at)
        except (json.JSONDecodeError, RecursionError):
            raise Invalid(f"line {line}: this is not JSON") from None
        if not isinstance(element, dict):
            raise Invalid(f"line {line}: this is no ticket, which is an object in curly brackets")
        yield line, _storable(element)


def _storable(value: Any) -> Any:
    """The same without what no database holds: halves of a sign, which JSON can write (\\ud83d), and NUL."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(value, list):
        return [_storable(each) for each in value]
    if isinstance(value, dict):
        return {name: _storable(each) for name, each in value.items()}
    return value


def _begin(text: str) -> int:
    at = _skip(text, 0, _SPACE + "\ufeff")
    if text[at : at + 1] == "{":
        at = text.find("[", at)
    if at < 0 or text[at : at + 1] != "[":
        raise Invalid("line 1: this is no list of tickets in JSON")
    return at + 1


def _skip(text: str, at: int, signs: str) -> int:
    while at < len(text) and text[at] in signs:
        at += 1
    return at
