"""Taxonomy file: taxonomy.yaml as data, before it is validated."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

TAXONOMY = Path(__file__).with_name("taxonomy.yaml")

CustomWording = Mapping[str, Mapping[str, Any]]
"""By a leaf's id, its fields in an installation's own words, as in the file."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_taxonomy(text: str) -> dict[str, Any]:
    """The file as data, with shared questions and the "not sure" answer expanded."""
    raw = yaml.load(text, Loader=_LOADER)  # noqa: S506 - a safe loader, in C where there is one
    shared, not_sure = raw["shared_questions"], raw["not_sure"]
    leaves = [
        leaf | {"questions": [_complete_question(q, shared, not_sure) for q in _questions_of(leaf)]}
        for leaf in raw["leaves"]
    ]
    expanded = {"shared_questions", "not_sure", "move_sets"}
    return {**{key: value for key, value in raw.items() if key not in expanded}, "leaves": leaves}


def merge_wording(raw: dict[str, Any], wording: CustomWording) -> dict[str, Any]:
    """The file as data with custom wording merged in, and custom categories at the end."""
    known = {leaf["id"] for leaf in raw["leaves"]}
    leaves = [_reworded(leaf, wording.get(leaf["id"], {})) for leaf in raw["leaves"]]
    return raw | {"leaves": leaves + [{"id": id, **own} for id, own in wording.items() if id not in known]}


def _reworded(leaf: dict[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """A leaf in an installation's own words; what shipped is no short name of another label."""
    kept = {name: value for name, value in leaf.items() if name != "short_label"}
    return {**(kept if "staff_label" in own else leaf), **own}


def _questions_of(leaf: dict[str, Any]) -> list[dict[str, Any]]:
    """A leaf's questions: its own, then for staff only one for each other cue that could move its fix on."""
    own = leaf.get("questions", [])
    covered = {option.get("cue") for question in own for option in question.get("options", ())}
    covered |= {question.get("use") for question in own}
    return [*own, *({"use": cue, "staff_only": True} for cue in leaf.get("moves", {}) if cue not in covered)]


def _complete_question(
    question: dict[str, Any], shared: dict[str, Any], not_sure: dict[str, Any]
) -> dict[str, Any]:
    id = question.get("use")
    if id is not None:
        overrides = {key: value for key, value in question.items() if key != "use"}
        question = {"id": id, **shared.get(id, {}), **overrides}
    return question | {"options": [*question.get("options", ()), not_sure]}


def format_error(error: Any, raw: dict[str, Any]) -> str:
    """A validation error in words, with the leaf's id rather than its index."""
    path = list(error["loc"])
    if path[0] == "leaves" and len(path) > 1:
        path[:2] = [raw["leaves"][path[1]].get("id", f"leaf {path[1]}")]
    return f"{'.'.join(map(str, path))}: {error['msg']}"
