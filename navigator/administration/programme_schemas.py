"""Schemas of the settings of programmes and categories: overrides, canned replies, articles, questions."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from navigator.administration.field_formats import parse_lines, slug
from navigator.administration.schema import Group, Leaf, Name, SettingSchema, is_stored
from navigator.catalogue.catalogue import Blocks, Cue, Fixability, catalogue
from navigator.fields import Line, LongText, YesNo
from navigator.tickets.enums import NextStep, Resolution
from navigator.tickets.placeholders import unknown_placeholders
from navigator.tickets.send_choices import DOES, FOLLOW_UPS

Lines = Annotated[list[LongText], BeforeValidator(parse_lines), Field(max_length=20)]


class ProgrammeSetting(SettingSchema):
    """An online programme."""

    name: Name = Field(title="the name of the programme")
    supplier: Line = Field(default="", title="the company that makes it")
    version: Line = Field(default="", title="the version in use")


class OverrideSetting(SettingSchema):
    """Who can fix one category in one programme, when it differs from the catalogue."""

    fixability: Fixability = Field(title="who can put it right")
    reason: Annotated[LongText, Field(min_length=1)] = Field(title="the reason")
    next_step: LongText = Field(default="", title="what happens next")
    usual_fix: LongText = Field(default="", title="the steps")
    workaround: LongText = Field(default="", title="the workaround")
    verified_on: date | None = Field(default=None, title="the date on which it was tried")
    verified_by: Line = Field(default="", title="who tried it")


def _check_stays(id: str, info: ValidationInfo) -> str:
    if id and not is_stored(info) and catalogue().category(id).fixability == Fixability.DIVERT:
        raise ValueError("That category passes the ticket on to somebody else. Choose another one.")
    return id


class ReplySetting(SettingSchema):
    """A reply to hand, and what else is done when it is sent (macro): each is chosen for whoever sends it."""

    title: Name = Field(title="a title")
    programme: Line = Field(default="", title="a programme")
    category: Leaf = Field(default="", title="a category")
    body: Annotated[LongText, Field(min_length=1)] = Field(title="the reply")
    does: Literal["", "wait", "park"] | Resolution = Field(
        default="",
        title="what is done with it",
        description="`wait`, `park` or how it is resolved; empty only answers",
    )
    sort_as: Annotated[Leaf, AfterValidator(_check_stays)] = Field(
        default="", title="what the ticket is sorted as", description="A category; empty leaves it"
    )
    follow_up: Literal[""] | NextStep = Field(
        default="", title="what comes next", description="Empty: nothing more"
    )

    @model_validator(mode="after")
    def _check_placeholders(self) -> "ReplySetting":
        if unknown := unknown_placeholders(self.body):
            raise ValueError(f"There is nothing to put in for {', '.join(unknown)}.")
        if self.follow_up and isinstance(self.does, Resolution):
            raise ValueError("What is resolved has no next step. Choose one of the two.")
        return self

    def shown_values(self) -> dict[str, Any]:
        """The values as they are read: what is done with it, in words."""
        labels = {leaf.id: leaf.staff_label for leaf in catalogue().leaves}
        in_words = {"does": DOES[self.does], "follow_up": FOLLOW_UPS[self.follow_up]}
        return super().shown_values() | in_words | {"sort_as": labels.get(self.sort_as, self.sort_as)}


class ArticleSetting(SettingSchema):
    """A help page, and what to try first: for one category; its body is Markdown."""

    title: Name = Field(title="a title")
    category: Annotated[Leaf, Field(min_length=1)] = Field(title="what it is about")
    programme: Line = Field(default="", title="a programme")
    body: Annotated[LongText, Field(min_length=1)] = Field(title="what to try")
    owner: Name = Field(title="who answers for it")
    verified_on: date | None = Field(default=None, title="the date on which it was tried")
    review_on: date | None = Field(
        default=None,
        title="the date of the next review",
        description="Empty: half a year after it was tried",
    )
    is_offered: YesNo = Field(default=True, title="whether it is shown")


class OptionSetting(SettingSchema):
    """One answer to a closed question; one without a label is taken away."""

    value: Line = ""
    label: Line = Field(default="", title="the answer")
    cue: Cue | None = Field(default=None, title="what it tells")


NOT_SURE = OptionSetting(value="not_sure", label="I don’t know, or I’m not sure")
"""The last answer of every question, which no form asks for."""


class QuestionSetting(SettingSchema):
    """A closed question; one without words is taken away.

    It is always complete, however it was typed: an id, a value for each answer, “not sure” at the end.
    """

    id: Line = ""
    text: Line = Field(default="", title="the question")
    staff_only: YesNo = Field(default=False, title="who is asked")
    options: list[OptionSetting] = Field(default_factory=list, title="the answers")

    @model_validator(mode="after")
    def _complete(self) -> "QuestionSetting":
        asked = [option for option in self.options if option.label and option.value != NOT_SURE.value]
        for option in asked:
            option.value = option.value or slug(option.label, "_")
        self.id, self.options = self.id or slug(self.text, "_"), [*asked, NOT_SURE]
        return self

    def in_words(self) -> str:
        """The question with its answers, as people read them."""
        asked = f"{self.text} (only practitioners)" if self.staff_only else self.text
        answers = (f"• {each.label}{_cue_in_words(each.cue)}" for each in self.options[:-1])
        return "\n".join((asked, *answers))


def _cue_in_words(cue: Cue | None) -> str:
    return f" ({cue.replace('_', ' ')})" if cue else ""


class CategorySetting(SettingSchema):
    """One category in an installation's own words."""

    group: Group = Field(title="where it is listed")
    staff_label: Name = Field(title="the name for staff")
    patient_label: Line | None = Field(default=None, title="the name for patients")
    is_offered: YesNo = Field(default=True, title="whether it can be chosen")
    fixability: Fixability = Field(title="who can put it right")
    blocks_session: Blocks = Field(title="whether it stops a session")
    reason: Name = Field(title="the reason")
    next_step: Name = Field(title="what happens next")
    try_first: Lines = Field(default_factory=list, title="what to try first")
    patient_workaround: Line | None = Field(default=None, title="the workaround for patients")
    usual_fix: Annotated[LongText, Field(min_length=1)] = Field(title="the usual fix")
    workaround: Annotated[LongText, Field(min_length=1)] = Field(title="the workaround")
    escalate_when: Name = Field(title="when it moves on")
    questions: list[QuestionSetting] = Field(default_factory=list, max_length=8, title="the questions")

    @model_validator(mode="after")
    def _drop_empty(self) -> "CategorySetting":
        for name in {"patient_label", "patient_workaround"} & self.model_fields_set:
            setattr(self, name, getattr(self, name) or None)
        if "questions" in self.model_fields_set:
            self.questions = [question for question in self.questions if question.text]
        return self

    def form_values(self) -> dict[str, Any]:
        """The values as they are typed: what to try first, one a line."""
        return super().form_values() | {"try_first": "\n".join(self.try_first)}

    def shown_values(self) -> dict[str, Any]:
        """The values as they are read: each question with its answers."""
        return self.form_values() | {"questions": tuple(question.in_words() for question in self.questions)}
