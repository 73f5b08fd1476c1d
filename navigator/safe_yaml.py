"""YAML that a person hands in, within limits of size, depth, number and time: every refusal names its line.

What YAML offers beyond plain lists and mappings (aliases, merge keys, tags) makes a few words grow without
end, so it is not read at all. The limits are asked of each token as it comes, before anything is made of it.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Any

import yaml

from navigator.errors import Invalid

MAX_CHARACTERS = 100_000
MAX_ITEMS = 20_000
MAX_DEPTH = 20
MAX_DIGITS = 30
MAX_SECONDS = 5.0

_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:timestamp")
_BEGINS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_ENDS = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class _Loader(_BASE):  # type: ignore[misc]  # one of two classes, by what there is
    """A safe loader that names the line of a date or number that is none."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Make a value of a node."""
        if node.tag in _NUMBERS and len(node.value) > MAX_DIGITS:
            raise Invalid(_at(node.start_mark, f"a number or date has at most {MAX_DIGITS} characters"))
        try:
            value = super().construct_object(node, deep)
        except (ValueError, OverflowError):
            raise Invalid(_at(node.start_mark, "there is no such date or number")) from None
        if isinstance(value, str):
            _refuse_half_signs(value)
        return value


def _refuse_half_signs(value: str) -> None:
    value.encode()  # which raises


@dataclass(frozen=True)
class Document:
    """What a text holds, and the nodes that say on which line each of it stands."""

    data: Any
    root: yaml.Node | None


def read_yaml(text: str) -> Document:
    """Read a text within the limits, or refuse it with the line."""
    if len(text) > MAX_CHARACTERS:
        raise Invalid(f"the file is too long: at most {MAX_CHARACTERS:,} characters are read")
    try:
        _check_limits(text)
        loader = _Loader(text)
        root = loader.get_single_node()
        return Document(loader.construct_document(root) if root else None, root)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, len(text.splitlines())) if mark else "?"  # the end is on the last line
        raise Invalid(f"line {line}: this is not YAML") from None
    except (yaml.YAMLError, UnicodeError):
        raise Invalid("the file holds a sign that cannot be read") from None


def _check_limits(text: str) -> None:
    ends, depth = monotonic() + MAX_SECONDS, 0
    for count, event in enumerate(yaml.parse(text, Loader=_BASE)):
        depth += isinstance(event, _BEGINS) - isinstance(event, _ENDS)
        if problem := _problem(event, depth):
            raise Invalid(_at(event.start_mark, problem))
        if count > MAX_ITEMS or monotonic() > ends:
            raise Invalid(_at(event.start_mark, "the file holds more than can be read at once"))


def _problem(event: yaml.Event, depth: int) -> str:
    """What is not read, in words; empty for anything else."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "write it out: & and * are not read"
    if getattr(event, "tag", None):
        return "write it without !: tags are not read"
    if isinstance(event, yaml.ScalarEvent) and event.value == "<<" and event.implicit[0]:
        return "write it out: << is not read"
    return "nested too deep" if depth > MAX_DEPTH else ""


def _at(mark: Any, problem: str) -> str:
    return f"line {mark.line + 1}: {problem}"
