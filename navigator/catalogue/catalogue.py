"""Category tree (the catalogue): what people report, who can fix it, and what to ask first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain

from pydantic import TypeAdapter, ValidationError
from yaml import YAMLError

from navigator.catalogue.category import (
    STRICT,
    Audience,
    Category,
    Group,
    MoveTexts,
    Option,
    Override,
    Question,
)
from navigator.catalogue.enums import Blocks, Cue, Fixability, Kind, fixable
from navigator.catalogue.taxonomy_file import (
    TAXONOMY,
    CustomWording,
    format_error,
    load_taxonomy,
    merge_wording,
)

__all__ = [
    "Audience",
    "Blocks",
    "Catalogue",
    "Category",
    "Cue",
    "Fixability",
    "Group",
    "InvalidCatalogue",
    "Kind",
    "MoveTexts",
    "Option",
    "Override",
    "Question",
    "catalogue",
    "default_catalogue",
    "fixable",
    "parse_catalogue",
    "use_custom_wording",
]

MAX_QUESTIONS = 3


@dataclass(frozen=True)
class Catalogue:
    """All groups and categories, in the order in which they are shown."""

    __pydantic_config__ = STRICT

    version: int
    groups: tuple[Group, ...]
    moved: MoveTexts
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


class InvalidCatalogue(ValueError):
    """The catalogue's file breaks its rules; the message names every fault and where it is."""


class _Active:
    """The catalogue of this process, once it has an installation's custom wording."""

    catalogue: Catalogue | None = None


def catalogue() -> Catalogue:
    """The catalogue in use: the default, or with an installation's custom wording."""
    return _Active.catalogue or default_catalogue()


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """The catalogue that ships with the desk, read and checked once."""
    return parse_catalogue(TAXONOMY.read_text(encoding="utf-8"))


def use_custom_wording(wording: CustomWording) -> None:
    """Use the default catalogue with these leaves reworded, or added, from now on."""
    _Active.catalogue = parse_catalogue(TAXONOMY.read_text(encoding="utf-8"), wording) if wording else None


def parse_catalogue(text: str, wording: CustomWording | None = None) -> Catalogue:
    """A catalogue from YAML and custom wording; InvalidCatalogue says all that is wrong with it."""
    try:
        raw = merge_wording(load_taxonomy(text), wording or {})
    except YAMLError as error:
        raise InvalidCatalogue(str(error)) from error
    try:
        catalogue = TypeAdapter(Catalogue).validate_python(raw)
    except ValidationError as error:
        raise InvalidCatalogue("; ".join(format_error(fault, raw) for fault in error.errors())) from error
    if faults := [*_find_faults(catalogue)]:
        raise InvalidCatalogue("; ".join(faults))
    return catalogue


def _find_faults(tree: Catalogue) -> Iterator[str]:
    groups = [group.id for group in tree.groups]
    yield from _find_duplicates("group", groups)
    yield from _find_duplicates("leaf", [leaf.id for leaf in tree.leaves])
    for leaf in tree.leaves:
        faults = _find_category_faults(leaf, groups, tree.sources), _find_missing_texts(leaf, tree.moved)
        yield from (f"{leaf.id}: {fault}" for fault in chain(*faults))
    for programme, overrides in tree.programme_overrides.items():
        unknown = overrides.keys() - {leaf.id for leaf in tree.leaves}
        yield from (f"{programme}: overrides {id}, which is no leaf" for id in sorted(unknown))


def _find_category_faults(leaf: Category, groups: Sequence[str], sources: Mapping[str, str]) -> Iterator[str]:
    if leaf.group not in groups:
        yield f"group {leaf.group} is not in the list"
    yield from (f"source {ref} is not in the list" for ref in leaf.refs if ref not in sources)
    yield from _find_duplicates("question", [question.id for question in leaf.questions])
    for question in leaf.questions:
        yield from _find_duplicates(f"{question.id} answer", [option.value for option in question.options])
    if leaf.patient_label and len(leaf.questions_for("patient")) > MAX_QUESTIONS:
        yield f"asks a patient more than {MAX_QUESTIONS} questions"
    if (leaf.fixability is Fixability.DIVERT) != (leaf.kind is Kind.DIVERT):
        yield "is a divert in one of kind and fixability only"
    if leaf.fixability is Fixability.DIVERT and not leaf.contacts:
        yield "is a divert to nobody"
    if unknown := set(leaf.moves.values()) - {Fixability.SERVICE, Fixability.SUPPLIER}:
        yield f"moves on to {', '.join(sorted(unknown))}"


def _find_missing_texts(leaf: Category, texts: MoveTexts) -> Iterator[str]:
    """The moves of the fix that have no sentence for the reporter."""
    for cue, fixability in leaf.moves.items():
        if not (cue in texts.because and fixability in texts.reason and fixability in texts.next_step):
            yield f"moves on to {fixability} by {cue} without words for it"


def _find_duplicates(kind: str, ids: Sequence[str]) -> Iterator[str]:
    yield from (f"{kind} {id} stands twice" for id, count in Counter(ids).items() if count > 1)
