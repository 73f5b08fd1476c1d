"""The catalogue: what people report, in their words and ours, who can put it right, and what to ask first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from pydantic import TypeAdapter, ValidationError
from yaml import YAMLError

from navigator.catalogue.category import STRICT, Audience, Category, Group, Moved, Option, Override, Question
from navigator.catalogue.enums import Blocks, Cue, Fixability, Kind, fixable
from navigator.catalogue.taxonomy_file import TAXONOMY, Words, load, place, to_raw

__all__ = [
    "Audience",
    "Blocks",
    "Catalogue",
    "CatalogueWrong",
    "Category",
    "Cue",
    "Fixability",
    "Group",
    "Kind",
    "Moved",
    "Option",
    "Override",
    "Question",
    "amend",
    "catalogue",
    "fixable",
    "read",
    "shipped",
]

MOST_QUESTIONS = 3


@dataclass(frozen=True)
class Catalogue:
    """All groups and categories, in the order in which they are shown."""

    __pydantic_config__ = STRICT

    version: int
    groups: tuple[Group, ...]
    moved: Moved
    leaves: tuple[Category, ...]
    sources: Mapping[str, str]
    programme_overrides: Mapping[str, Mapping[str, Override]]

    def category(self, id: str) -> Category:
        """The category with an id; KeyError when there is none."""
        return self._by_id[id]

    @property
    def offered(self) -> tuple[Category, ...]:
        """The categories that staff may still choose."""
        return self.for_audience("pwp")

    def for_audience(self, audience: Audience) -> tuple[Category, ...]:
        """The categories that a patient, or a practitioner, may choose."""
        return tuple(category for category in self.leaves if category.is_for(audience))

    def in_group(self, group: str, audience: Audience = "pwp") -> tuple[Category, ...]:
        """The categories of one group that somebody may choose."""
        return tuple(category for category in self.for_audience(audience) if category.group == group)

    def groups_for(self, audience: Audience) -> tuple[Group, ...]:
        """The groups in which somebody may choose anything."""
        return tuple(group for group in self.groups if self.in_group(group.id, audience))

    @cached_property
    def _by_id(self) -> dict[str, Category]:
        return {category.id: category for category in self.leaves}


class CatalogueWrong(ValueError):
    """The catalogue's file breaks its own rules; the message names every place."""


class _InUse:
    """The catalogue of this process, once somebody gave it words of an installation's own."""

    catalogue: Catalogue | None = None


def catalogue() -> Catalogue:
    """The catalogue in use: as shipped, or in an installation's own words."""
    return _InUse.catalogue or shipped()


@lru_cache(maxsize=1)
def shipped() -> Catalogue:
    """The catalogue that ships with the product, read and checked once."""
    return read(TAXONOMY.read_text(encoding="utf-8"))


def amend(words: Words) -> None:
    """Use the shipped catalogue with these leaves in other words, or added, from now on."""
    _InUse.catalogue = read(TAXONOMY.read_text(encoding="utf-8"), words) if words else None


def read(text: str, words: Words | None = None) -> Catalogue:
    """A catalogue from YAML, some leaves in other words; CatalogueWrong says all that is wrong with it."""
    try:
        raw = to_raw(load(text), words or {})
    except YAMLError as wrong:
        raise CatalogueWrong(str(wrong)) from wrong
    try:
        read = TypeAdapter(Catalogue).validate_python(raw)
    except ValidationError as wrong:
        raise CatalogueWrong("; ".join(place(error, raw) for error in wrong.errors())) from wrong
    if faults := [*_faults(read)]:
        raise CatalogueWrong("; ".join(faults))
    return read


def _faults(read: Catalogue) -> Iterator[str]:
    groups = [group.id for group in read.groups]
    yield from _repeated("group", groups)
    yield from _repeated("leaf", [leaf.id for leaf in read.leaves])
    for leaf in read.leaves:
        faults = chain(_faults_in(leaf, groups, read.sources), _unsaid(leaf, read.moved))
        yield from (f"{leaf.id}: {fault}" for fault in faults)
    for programme, overrides in read.programme_overrides.items():
        unknown = overrides.keys() - {leaf.id for leaf in read.leaves}
        yield from (f"{programme}: overrides {id}, which is no leaf" for id in sorted(unknown))


def _faults_in(leaf: Category, groups: Sequence[str], sources: Mapping[str, str]) -> Iterator[str]:
    if leaf.group not in groups:
        yield f"group {leaf.group} is not in the list"
    yield from (f"source {ref} is not in the list" for ref in leaf.refs if ref not in sources)
    yield from _repeated("question", [question.id for question in leaf.questions])
    for question in leaf.questions:
        yield from _repeated(f"{question.id} answer", [option.value for option in question.options])
    if leaf.patient_label and len(leaf.questions_for("patient")) > MOST_QUESTIONS:
        yield f"asks a patient more than {MOST_QUESTIONS} questions"
    if (leaf.fixability is Fixability.DIVERT) != (leaf.kind is Kind.DIVERT):
        yield "is a divert in one of kind and fixability only"
    if leaf.fixability is Fixability.DIVERT and not leaf.contacts:
        yield "is a divert to nobody"
    if strange := set(leaf.moves.values()) - {Fixability.SERVICE, Fixability.SUPPLIER}:
        yield f"moves on to {', '.join(sorted(strange))}"


def _unsaid(leaf: Category, words: Moved) -> Iterator[str]:
    """What a move of the fix would leave without a sentence for the reporter."""
    for cue, who in leaf.moves.items():
        if not (cue in words.because and who in words.reason and who in words.next_step):
            yield f"moves on to {who} by {cue} without words for it"


def _repeated(what: str, ids: Sequence[str]) -> Iterator[str]:
    yield from (f"{what} {id} stands twice" for id, times in Counter(ids).items() if times > 1)
