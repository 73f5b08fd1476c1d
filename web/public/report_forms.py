"""The forms of the report wizard: one question a page, and the error messages of its answer."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from navigator.catalogue.catalogue import catalogue
from navigator.fields import Code, Line, LongText
from navigator.outbox.delivery import ReachableBy
from navigator.tickets.report_input import ContactMethodInput
from navigator.tickets.session_date import SessionDate

SOMETHING_ELSE = "something_else"


def _known_group(value: str) -> str:
    if value not in {group.id for group in catalogue().groups_for("patient")}:
        raise ValueError("Choose one of these")
    return value


def _known_category(value: str) -> str:
    if value not in {SOMETHING_ELSE, *(leaf.id for leaf in catalogue().for_audience("patient"))}:
        raise ValueError("Choose one of these")
    return value


class PlaceAnswer(BaseModel):
    """Where: the service and the programme."""

    service: Code = Field(
        min_length=1, title="your service", json_schema_extra={"words": "Choose your service"}
    )
    programme: Code = Field(
        min_length=1, title="your programme", json_schema_extra={"words": "Choose your programme"}
    )


class GroupAnswer(BaseModel):
    """What kind of problem it is."""

    group: Annotated[str, AfterValidator(_known_group)] = Field(
        json_schema_extra={"words": "Choose what it is about. “Something else” is fine."}
    )


class CategoryAnswer(BaseModel):
    """What is wrong, in plain words."""

    category: Annotated[Code, AfterValidator(_known_category)] = Field(
        json_schema_extra={"words": "Choose what is closest. “Something else” is fine."}
    )


class QuestionsAnswer(BaseModel):
    """Closed answers that show who can put it right."""

    answers: dict[str, str] = Field(default_factory=dict)

    @field_validator("answers", mode="before")
    @classmethod
    def _without_crafted(cls, value: dict[str, str]) -> dict[str, str]:
        """The answers that our form could send: a crafted request does not fill the drafts."""
        return {name: answer for name, answer in [*value.items()][:30] if len(name) + len(answer) < 100}


class TriedAnswer(BaseModel):
    """Whether the usual fix helped; "yes:" and a code says which article did."""

    fixed: Annotated[str, StringConstraints(pattern=r"^(yes|no|later|yes:[a-z0-9-]{1,50})$")] = Field(
        json_schema_extra={"words": "Tell us if it helped, or choose to try it later."}
    )

    @property
    def has_helped(self) -> bool:
        """Whether anything did."""
        return self.fixed.startswith("yes")

    @property
    def article(self) -> str:
        """The code of the article that helped; empty for none."""
        return self.fixed.partition(":")[2]


class WordsAnswer(BaseModel):
    """What happened, in their own words."""

    is_needed: Literal["yes", ""] = ""
    text: LongText = Field(default="", title="what you wrote", validate_default=True)

    @field_validator("text")
    @classmethod
    def _text_if_needed(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("is_needed"):
            raise ValueError("Tell us what is wrong, in a few words")
        return value


class SessionAnswer(BaseModel):
    """When the next session is."""

    known: Literal["yes", "no"] = Field(
        json_schema_extra={"words": "Choose if you know when your next session is"}
    )
    next_session: SessionDate | None = Field(
        default=None, title="the date of your next session", validate_default=True
    )
    session_is_weekly: bool = False

    @field_validator("next_session", mode="before")
    @classmethod
    def _date_if_known(cls, value: object, info: ValidationInfo) -> object:
        if not value and info.data.get("known") == "yes":
            raise ValueError("Enter the date of your next session, or choose “I don’t know”")
        return value if info.data.get("known") == "yes" else None


class PractitionerAnswer(BaseModel):
    """Who the practitioner is, if they want to say."""

    practitioner: Line = Field(default="", title="your practitioner’s name")


_CHOOSE_ROUTE = "Choose how we should reach you"


class ReachAnswer(ContactMethodInput):
    """How to reach them: a choice must be made, for nothing is taken as said that was not."""

    route: ReachableBy = Field(json_schema_extra={"words": dict.fromkeys(("missing", "enum"), _CHOOSE_ROUTE)})


class SafeAnswer(BaseModel):
    """Whether that is safe, and what would help."""

    safe: Literal["yes", "no"] = Field(
        json_schema_extra={"words": "Tell us if it is safe to contact you this way"}
    )
    needs: Line = Field(default="", title="what would help you")
    language: Line = Field(default="", title="your language")


class ReachByAnswer(BaseModel):
    """How a clinician may reach somebody."""

    reach_by: Line = Field(min_length=1, title="how we can reach you")
