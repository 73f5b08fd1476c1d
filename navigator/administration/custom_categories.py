"""A category in own words: read from the catalogue in use, kept as what differs from the one that ships."""

import re
from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.administration.programme_schemas import CategorySetting, QuestionSetting
from navigator.catalogue.catalogue import InvalidCatalogue, Kind, default_catalogue, parse_catalogue
from navigator.catalogue.custom_wording import CategoryOverride, expire_cache
from navigator.catalogue.taxonomy_file import TAXONOMY
from navigator.errors import Conflict, Invalid

NOT_SURE = {"value": "not_sure", "label": "I don’t know, or I’m not sure"}
_OWN = {"kind": Kind.INCIDENT.value, "basis": "inference", "refs": []}
"""What an administrator is not asked about a category of their own."""


def wording_of(session: Session, id: str) -> CategorySetting | None:
    """One category as it is in use, whatever this process has seen of it."""
    row = session.get(CategoryOverride, id)
    known = _read(id, row.words) if row else default_catalogue()
    leaf = next((leaf for leaf in known.leaves if leaf.id == id), None)
    return CategorySetting.model_validate(leaf) if leaf else None


def _read(id: str, words: Mapping[str, Any]) -> Any:
    return parse_catalogue(TAXONOMY.read_text(encoding="utf-8"), {id: words})


def save_wording(session: Session, id: str, part: CategorySetting) -> None:
    """Keep a category in own words; refused when the catalogue could not be read with it."""
    words = _differing(id, _spelt(part))
    try:
        _read(id, words)
    except InvalidCatalogue as wrong:
        raise Invalid(f"This cannot be used: {wrong}.") from None
    row = session.get(CategoryOverride, id) or CategoryOverride(category=id)
    row.words, row.changed_at = words, clock.now()
    session.add(row)
    _seen_again(session)


def delete_wording(session: Session, id: str) -> None:
    """Let a category be as it ships again, or go if it is an installation's own."""
    row = session.get(CategoryOverride, id)
    if row is None:
        raise Conflict("This category is as it ships.")
    session.delete(row)
    _seen_again(session)


def _seen_again(session: Session) -> None:
    session.flush()
    expire_cache()


def _spelt(part: CategorySetting) -> dict[str, Any]:
    """A part in the shape of the catalogue's file."""
    questions = [_asked(one) for one in part.questions if one.text]
    told = part.model_dump(mode="json", exclude={"questions"})
    return told | {
        "patient_label": part.patient_label or None,
        "patient_workaround": part.patient_workaround or None,
        "questions": questions,
    }


def _asked(question: QuestionSetting) -> dict[str, Any]:
    """A question with an id, a value for each of its answers, and the answer "not sure" at the end."""
    options = [
        {"value": one.value or slug(one.label, "_"), "label": one.label, "cue": one.cue}
        for one in question.options
        if one.label and one.value != NOT_SURE["value"]
    ]
    id = question.id or slug(question.text, "_")
    return {
        "id": id,
        "text": question.text,
        "staff_only": question.staff_only,
        "options": [*options, NOT_SURE],
    }


def _differing(id: str, words: dict[str, Any]) -> dict[str, Any]:
    """What differs from the shipped category; all of it, and more, for one that does not ship."""
    leaf = next((leaf for leaf in default_catalogue().leaves if leaf.id == id), None)
    if leaf is None:
        return words | _OWN | {"fix_owner": [words["fixability"]]}
    ships = _spelt(CategorySetting.model_validate(leaf))
    return {name: value for name, value in words.items() if value != ships[name]}


def slug(words: str, between: str = "-") -> str:
    """A short code made of words: "Stress & Sleep" becomes "stress-sleep"."""
    return between.join(re.findall(r"[a-z0-9]+", words.lower()))[:40].strip(between)
