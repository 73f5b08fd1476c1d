"""Schema of a category: a leaf of the catalogue, its closed questions, and its override in a programme."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Literal

from pydantic import ConfigDict, StringConstraints

from navigator.catalogue.enums import Blocks, Cue, Fixability, Kind

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)?$")]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Short = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=24)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=500)]
Audience = Literal["patient", "pwp"]
Contact = Literal[
    "duty_clinician", "safeguarding", "pwp", "booking", "clinical_safety", "complaints", "data_protection",
    "application_manager",
]  # fmt: skip

MAX_SHORT_NAME = 24

STRICT = ConfigDict(extra="forbid")


def shorten(text: str, length: int) -> str:
    """The first words of a text that fit into so many characters, and "…" where some are left out."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    cut = line[: length - 1]
    return f"{(cut.rpartition(' ')[0] or cut).rstrip(' ,;:.')}…"


@dataclass(frozen=True)
class Option:
    """One answer to a closed question, and the cue it gives, if any."""

    __pydantic_config__ = STRICT

    value: Id
    label: Label
    cue: Cue | None = None


@dataclass(frozen=True)
class Question:
    """A closed question; `staff_only` ones are not asked of patients."""

    __pydantic_config__ = STRICT

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

    __pydantic_config__ = STRICT

    id: Id
    label: Label


@dataclass(frozen=True)
class Category:
    """One leaf: `patient_…`, `reason`, `next_step`, `try_first` are for the reporter, the rest for staff.

    `tells_practitioner`: the desk writes to the practitioner, as soon as somebody has confirmed who that is.
    `may_be_device`: the phone or its browser may be what is wrong, so a check of it is offered.
    `is_common` is offered to be tapped until a programme's own reports say what is common there; with an
    `account_reason` somebody must look up the account, and the form asks what it can be found by.
    """

    __pydantic_config__ = STRICT

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
    short_label: Name | None = None
    patient_label: Label | None = None
    patient_workaround: Short | None = None
    phrases: tuple[Label, ...] = ()
    try_first: tuple[Short, ...] = ()
    questions: tuple[Question, ...] = ()
    contacts: tuple[Contact, ...] = ()
    moves: Mapping[Cue, Fixability] = field(default_factory=dict, hash=False)
    is_offered: bool = True
    tells_practitioner: bool = False
    may_be_device: bool = False
    is_common: bool = False
    account_reason: Short | None = None

    @property
    def short_name(self) -> str:
        """What this is called where there is little room: of an installation’s own wording, its beginning."""
        return self.short_label or shorten(re.split(r"[,:;(/]", self.staff_label)[0].strip(), MAX_SHORT_NAME)

    def is_for(self, audience: Audience) -> bool:
        """Whether this is offered as a choice to patients, or to practitioners (who may choose all)."""
        return self.is_offered and (audience == "pwp" or self.patient_label is not None)

    def label_for(self, audience: Audience) -> str:
        """What this is called in a list of choices."""
        return self.patient_label or self.staff_label if audience == "patient" else self.staff_label

    def label_to(self, audience: Audience) -> str:
        """What their reporter reads that a ticket is about; nothing where only staff have words for it."""
        return self.label_for(audience) if audience == "pwp" else self.patient_label or ""

    def questions_for(self, audience: Audience) -> tuple[Question, ...]:
        """The closed questions to ask, at most three of a patient."""
        return tuple(question for question in self.questions if audience == "pwp" or not question.staff_only)


@dataclass(frozen=True)
class Override:
    """Who can fix one leaf in one programme; what is left empty stays as the leaf has it."""

    __pydantic_config__ = STRICT

    fixability: Fixability
    reason: str
    next_step: str = ""
    workaround: str = ""
    verified_on: date | None = None
    verified_by: str = ""
    usual_fix: str = ""
    refs: tuple[str, ...] = ()


@dataclass(frozen=True)
class MoveTexts:
    """The texts that tell a reporter why a fix moved on: because of a cue, to whom, and what happens then."""

    __pydantic_config__ = STRICT

    because: Mapping[Cue, Label]
    reason: Mapping[Fixability, Label]
    next_step: Mapping[Fixability, Short]

    def because_sentence(self, cue: Cue) -> str:
        """A cue as a sentence: languages are written sentence by sentence."""
        because = self.because[cue]
        return f"{because[0].upper()}{because[1:]}."
