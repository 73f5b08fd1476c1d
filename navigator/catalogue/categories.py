"""The catalogue: what people report, in their words and ours, who can put it right, and what to ask first."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints, TypeAdapter, ValidationError

from navigator.catalogue.taxonomy import TAXONOMY, place, spelt_out
from navigator.catalogue.terms import Blocks, Cue, Fixability, Kind, fixable

__all__ = [
    "Blocks",
    "Catalogue",
    "CatalogueWrong",
    "Category",
    "Cue",
    "Fixability",
    "Group",
    "Kind",
    "Option",
    "Override",
    "Question",
    "catalogue",
    "fixable",
    "read",
]

MOST_QUESTIONS = 3

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)?$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Audience = Literal["patient", "pwp"]
Contact = Literal[
    "duty_clinician", "safeguarding", "pwp", "booking", "clinical_safety", "complaints", "data_protection",
    "application_manager",
]  # fmt: skip

_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True)
class Option:
    """One answer to a closed question, and the cue it gives, if any."""

    __pydantic_config__ = _STRICT

    value: Id
    label: Label
    cue: Cue | None = None


@dataclass(frozen=True)
class Question:
    """A closed question; `staff_only` ones are not asked of patients."""

    __pydantic_config__ = _STRICT

    id: Id
    text: Label
    options: tuple[Option, ...]
    staff_only: bool = False

    def option(self, value: str) -> Option | None:
        """The option with a value, or None."""
        return next((option for option in self.options if option.value == value), None)


@dataclass(frozen=True)
class Group:
    """A heading that categories are listed under."""

    __pydantic_config__ = _STRICT

    id: Id
    label: Label


@dataclass(frozen=True)
class Category:
    """One leaf: `patient_…`, `reason`, `next_step`, `try_first` are for the reporter, the rest for staff."""

    __pydantic_config__ = _STRICT

    id: Id
    group: Id
    staff_label: Label
    kind: Kind
    fixability: Fixability
    fix_owner: tuple[Id, ...]
    reason: Short
    next_step: Short
    usual_fix: Text
    workaround: Short
    escalate_when: Short
    blocks_session: Blocks
    basis: Literal["sourced", "partly", "inference"]
    refs: tuple[str, ...]
    patient_label: Label | None = None
    patient_workaround: Short | None = None
    phrases: tuple[Label, ...] = ()
    try_first: tuple[Short, ...] = ()
    questions: tuple[Question, ...] = ()
    contacts: tuple[Contact, ...] = ()
    moves: Mapping[Cue, Fixability] = field(default_factory=dict, hash=False)

    @property
    def contact(self) -> Contact | None:
        """The first of a service's named contacts that this goes to, if it goes to one."""
        return self.contacts[0] if self.contacts else None

    def is_for(self, audience: Audience) -> bool:
        """Whether this is offered as a choice to patients, or to practitioners (who may choose all)."""
        return audience == "pwp" or self.patient_label is not None

    def label_for(self, audience: Audience) -> str:
        """What this is called in a list of choices."""
        return self.patient_label or self.staff_label if audience == "patient" else self.staff_label

    def questions_for(self, audience: Audience) -> tuple[Question, ...]:
        """The closed questions to ask, at most three of a patient."""
        return tuple(question for question in self.questions if audience == "pwp" or not question.staff_only)


@dataclass(frozen=True)
class Override:
    """Who can fix one leaf in one programme; what is left empty stays as the leaf has it."""

    __pydantic_config__ = _STRICT

    fixability: Fixability
    reason: str
    next_step: str = ""
    workaround: str = ""
    verified_on: date | None = None
    verified_by: str = ""
    usual_fix: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """The words that tell a reporter why a fix moved on: because of a cue, to whom, and what happens then."""

    __pydantic_config__ = _STRICT

    because: Mapping[Cue, Label]
    reason: Mapping[Fixability, Label]
    next_step: Mapping[Fixability, Short]


@dataclass(frozen=True)
class Catalogue:
    """All groups and categories, in the order in which they are shown."""

    __pydantic_config__ = _STRICT

    version: int
    groups: tuple[Group, ...]
    moved: Moved
    leaves: tuple[Category, ...]
    sources: Mapping[str, str]
    programme_overrides: Mapping[str, Mapping[str, Override]]

    def category(self, id: str) -> Category:
        """The category with an id; KeyError when there is none."""
        return self._by_id[id]

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


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """The catalogue that ships with the product, read and checked once."""
    return read(TAXONOMY.read_text(encoding="utf-8"))


def read(text: str) -> Catalogue:
    """A catalogue from YAML; CatalogueWrong says all that is wrong with it."""
    raw = spelt_out(text)
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
        yield from (f"{leaf.id}: {fault}" for fault in _faults_in(leaf, groups, read.sources))
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


def _repeated(what: str, ids: Sequence[str]) -> Iterator[str]:
    yield from (f"{what} {id} stands twice" for id, times in Counter(ids).items() if times > 1)
