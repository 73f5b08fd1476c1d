"""Custom categories and wording: read from the catalogue in use, stored as differences from the default."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from navigator import clock
from navigator.administration.programme_schemas import CategorySetting
from navigator.catalogue.catalogue import InvalidCatalogue, Kind, default_catalogue, parse_catalogue
from navigator.catalogue.custom_wording import CategoryOverride, expire_cache
from navigator.catalogue.taxonomy_file import TAXONOMY
from navigator.errors import Conflict, Invalid

_CUSTOM_DEFAULTS = {"kind": Kind.INCIDENT.value, "basis": "inference", "refs": []}
"""What an administrator is not asked about a custom category."""


def wording_of(session: Session, id: str) -> CategorySetting | None:
    """One category as it is in use, whatever this process has cached of it."""
    row = session.get(CategoryOverride, id)
    tree = _parse_with(id, row.words) if row else default_catalogue()
    leaf = next((leaf for leaf in tree.leaves if leaf.id == id), None)
    return CategorySetting.stored(leaf) if leaf else None


def _parse_with(id: str, wording: Mapping[str, Any]) -> Any:
    return parse_catalogue(TAXONOMY.read_text(encoding="utf-8"), {id: wording})


def save_wording(session: Session, id: str, setting: CategorySetting) -> None:
    """Store a category's custom wording; refused when the catalogue is not valid with it."""
    wording = _changed_fields(id, _to_file_format(setting))
    try:
        _parse_with(id, wording)
    except InvalidCatalogue as error:
        raise Invalid(f"This cannot be used: {error}.") from None
    row = session.get(CategoryOverride, id) or CategoryOverride(category=id)
    row.words, row.changed_at = wording, clock.now()
    session.add(row)
    _expire_cache(session)


def delete_wording(session: Session, id: str) -> None:
    """Reset a category to the default, or delete it if it is a custom one."""
    row = session.get(CategoryOverride, id)
    if row is None:
        raise Conflict("This category is as it ships.")
    session.delete(row)
    _expire_cache(session)


def _expire_cache(session: Session) -> None:
    session.flush()
    expire_cache()


def _to_file_format(setting: CategorySetting) -> dict[str, Any]:
    """A category setting in the format of the taxonomy file."""
    return setting.model_dump(mode="json")


def _changed_fields(id: str, wording: dict[str, Any]) -> dict[str, Any]:
    """What differs from the default category; all of it, and more, for a custom one."""
    leaf = next((leaf for leaf in default_catalogue().leaves if leaf.id == id), None)
    if leaf is None:
        return wording | _CUSTOM_DEFAULTS | {"fix_owner": [wording["fixability"]]}
    shipped = _to_file_format(CategorySetting.model_validate(leaf))
    return {name: value for name, value in wording.items() if value != shipped[name]}
