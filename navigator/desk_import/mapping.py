"""The mapping of an import, as YAML: what status, priority, kind and people there are here."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from navigator.administration.schema import Leaf
from navigator.desk_import.foreign import BadLine, ForeignTicket
from navigator.desk_import.formats import FORMATS, Source
from navigator.errors import Invalid
from navigator.safe_yaml import read_yaml

T = TypeVar("T")
Target = Literal["open", "waiting_for_reporter", "waiting_for_supplier", "closed", "skip"]
Word = Annotated[str, Field(max_length=200)]

EXAMPLE = """# Left: what it is there. Right: what it is here. What is not named stays as usual.
status:
  pending reminder: waiting_for_reporter
  merged: skip
priority:
  3 high: 3
category:
  Passwords: access.forgotten_password
people:
  agent@old.example: navigator@desk.example
programme: fern
"""


class DeskMapping(BaseModel):
    """What words of another desk mean here; the impact of a priority is 1 (a whole programme) to 5."""

    model_config = ConfigDict(extra="forbid", coerce_numbers_to_str=True, hide_input_in_errors=True)

    status: dict[Word, Target] = Field(default_factory=dict)
    priority: dict[Word, Annotated[int, Field(ge=1, le=5)]] = Field(default_factory=dict)
    category: dict[Word, Leaf] = Field(default_factory=dict)
    people: dict[Word, Word] = Field(default_factory=dict)
    programme: Word | None = None


def read_mapping(text: str) -> DeskMapping:
    """A mapping; refused with what is wrong in it."""
    document = read_yaml(text)
    try:
        return DeskMapping.model_validate(document.data or {})
    except ValidationError as error:
        faults = error.errors()[:10]
        words = (f"{'.'.join(map(str, each['loc']))[:100]}: {each['msg'][:200]}" for each in faults)
        raise Invalid("; ".join(words).removeprefix("Value error, ")) from None


def target_of(mapping: DeskMapping, source: Source, ticket: ForeignTicket) -> Target:
    """What a ticket's status is here; refused where nobody has said it."""
    usual: Mapping[str, Any] = FORMATS[source].statuses
    found: Target | None = _find(mapping.status, ticket.status) or _find(usual, ticket.status)
    if found is None:
        raise BadLine(f"status: “{ticket.status[:50]}” is in no mapping. Say under “status” what it is here")
    return found


def impact_of(mapping: DeskMapping, source: Source, ticket: ForeignTicket) -> int | None:
    """The impact that a ticket's priority stands for; None where nobody has said it."""
    return _find(mapping.priority, ticket.priority) or _find(FORMATS[source].impacts, ticket.priority)


def category_of(mapping: DeskMapping, ticket: ForeignTicket) -> str | None:
    """The category that somebody chose for this kind; None lets the desk suggest one."""
    return _find(mapping.category, ticket.category)


def person_of(mapping: DeskMapping, name: str) -> str:
    """The address here of somebody there: as mapped, else the same."""
    return _find(mapping.people, name) or name


def _find(words: Mapping[str, T], word: str) -> T | None:
    known = {name.casefold(): value for name, value in words.items()}
    return known.get(word.casefold().strip())
