"""Names in the query of an address: one that a route does not know is refused, rather than ignored."""

from collections.abc import Iterator

from fastapi import Request
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from rapidfuzz import fuzz, process

from navigator.errors import Invalid

LONGEST_NAME = 100
ALIKE = 60
"""So alike, of a hundred, is a name that was perhaps meant."""


async def known_names_only(request: Request) -> None:
    """Refuse names that the route does not know: a filter that is misspelt would answer with too much."""
    if not request.scope["query_string"]:
        return
    known = [*_names(request.scope["route"].dependant)]
    if unknown := {clean(name): _refusal(name, known) for name in request.query_params if name not in known}:
        raise Invalid("There is a problem", unknown)


def clean(name: str) -> str:
    """A name that a caller made up, cut, and with nothing in it that cannot be shown."""
    return name[:LONGEST_NAME].encode("utf-8", "replace").decode()


def _names(dependant: Dependant) -> Iterator[str]:
    for field in dependant.query_params:
        model = field.field_info.annotation
        is_model = isinstance(model, type) and issubclass(model, BaseModel)
        yield from model.model_fields if is_model else [field.alias]  # type: ignore[union-attr]
    for below in dependant.dependencies:
        yield from _names(below)


def _refusal(name: str, known: list[str]) -> str:
    if not known:
        return "There is no such name. This address takes none."
    nearest = process.extractOne(name[:LONGEST_NAME], known, scorer=fuzz.ratio, score_cutoff=ALIKE)
    names = f"Did you mean “{nearest[0]}”?" if nearest else f"There are: {', '.join(known)}."
    return f"There is no such name. {names}"
