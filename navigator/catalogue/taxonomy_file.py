"""The catalogue's file: how taxonomy.yaml is read before its rules are checked."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

TAXONOMY = Path(__file__).with_name("taxonomy.yaml")

Words = Mapping[str, Mapping[str, Any]]
"""By a leaf's id, what an installation says of it in its own words: the shape is the file's."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load(text: str) -> dict[str, Any]:
    """The file as data, with shared questions and the "not sure" answer put where they are asked."""
    raw = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    shared, not_sure = raw["shared_questions"], raw["not_sure"]
    leaves = [
        leaf | {"questions": [_asked(question, shared, not_sure) for question in _questions(leaf)]}
        for leaf in raw["leaves"]
    ]
    kept = (item for item in raw.items() if item[0] not in {"shared_questions", "not_sure", "move_sets"})
    return {**dict(kept), "leaves": leaves}


def to_raw(raw: dict[str, Any], words: Words) -> dict[str, Any]:
    """The file as data, with leaves in an installation's own words, and leaves of its own at the end."""
    known = {leaf["id"] for leaf in raw["leaves"]}
    kept = [{**leaf, **words.get(leaf["id"], {})} for leaf in raw["leaves"]]
    return raw | {"leaves": kept + [{"id": id, **own} for id, own in words.items() if id not in known]}


def _questions(leaf: dict[str, Any]) -> list[dict[str, Any]]:
    """What a leaf asks: its own list, then of staff only whatever else could move its fix on."""
    own = leaf.get("questions", [])
    given = {option.get("cue") for question in own for option in question.get("options", ())}
    given |= {question.get("use") for question in own}
    return [*own, *({"use": cue, "staff_only": True} for cue in leaf.get("moves", {}) if cue not in given)]


def _asked(question: dict[str, Any], shared: dict[str, Any], not_sure: dict[str, Any]) -> dict[str, Any]:
    id = question.get("use")
    if id is not None:
        own = {key: value for key, value in question.items() if key != "use"}
        question = {"id": id, **shared.get(id, {}), **own}
    return question | {"options": [*question.get("options", ()), not_sure]}


def place(error: Any, raw: dict[str, Any]) -> str:
    """One fault in words: the leaf's id rather than its number."""
    path = list(error["loc"])
    if path[0] == "leaves" and len(path) > 1:
        path[:2] = [raw["leaves"][path[1]].get("id", f"leaf {path[1]}")]
    return f"{'.'.join(map(str, path))}: {error['msg']}"
