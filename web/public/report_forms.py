"""The forms of the report wizard: one matter a page, and the error messages of its answer."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from navigator.catalogue.catalogue import catalogue
from navigator.fields import Code, Email, Line, LongText, Phone, YesNo
from navigator.outbox.delivery import ReachableBy
from navigator.people.access_needs import AccessNeeds
from navigator.people.quiet_hours import Hour
from navigator.people.reporter import ContactMethod
from navigator.tickets.report_input import (
    EMAIL_FORM,
    ContactMethodInput,
    QuietUntilHour,
    needs_for,
    phone_for,
)
from navigator.tickets.session_date import SessionDate

SOMETHING_ELSE = "something_else"
NOT_SURE = "not_sure"
"""What is chosen by whoever does not know their service, or their programme."""


def _known_category(value: str) -> str:
    if value not in {"", SOMETHING_ELSE, *(leaf.id for leaf in catalogue().for_audience("patient"))}:
        raise ValueError("Choose one of these")
    return value


class PlaceAnswer(BaseModel):
    """Where: the service and the programme, each of which somebody may not be sure of."""

    service: Code = Field(
        min_length=1, title="your service", json_schema_extra={"words": "Choose your service"}
    )
    service_is_unsure: YesNo = False
    programme: Code = Field(
        min_length=1, title="your programme", json_schema_extra={"words": "Choose your programme"}
    )


class WordsAnswer(BaseModel):
    """What is wrong: in their own words, or a common problem that was tapped, or both."""

    common: Annotated[Code, AfterValidator(_known_category)] = ""
    text: LongText = Field(default="", title="what you wrote", validate_default=True)

    @field_validator("common")
    @classmethod
    def _is_chosen(cls, value: str) -> str:
        return "" if value == SOMETHING_ELSE else value

    @field_validator("text")
    @classmethod
    def _text_or_common(cls, value: str, info: ValidationInfo) -> str:
        if not value and not info.data.get("common"):
            raise ValueError("Tell us what is wrong, in a few words")
        return value


class WhichAnswer(BaseModel):
    """Which of the likely problems it is, or none of them."""

    category: Annotated[Code, AfterValidator(_known_category)] = Field(
        min_length=1, json_schema_extra={"words": "Choose what is closest. “None of these” is fine."}
    )


class TryAnswer(BaseModel):
    """Closed answers that show who can put it right, and whether the usual fix helped.

    "yes:" and a code says which article did.
    """

    has_fix: Literal["yes", ""] = ""
    answers: dict[str, str] = Field(default_factory=dict)
    fixed: Annotated[str, StringConstraints(pattern=r"^(|yes|no|later|yes:[a-z0-9-]{1,50})$")] = Field(
        default="", validate_default=True
    )

    @field_validator("answers", mode="before")
    @classmethod
    def _without_crafted(cls, value: dict[str, str]) -> dict[str, str]:
        """The answers that our form could send: a crafted request does not fill the drafts."""
        return {name: answer for name, answer in [*value.items()][:30] if len(name) + len(answer) < 100}

    @field_validator("fixed")
    @classmethod
    def _said_if_there_is_a_fix(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("has_fix"):
            raise ValueError("Tell us if it helped, or choose to try it later")
        return value

    @property
    def has_helped(self) -> bool:
        """Whether anything did."""
        return self.fixed.startswith("yes")

    @property
    def article(self) -> str:
        """The code of the article that helped; empty for none."""
        return self.fixed.partition(":")[2]


class SessionAnswer(BaseModel):
    """When the next session is, and with whom, if they want to say.

    `known` may be one of the days that the page offers, which then is the date.
    """

    known: Literal["yes", "no"] = Field(
        json_schema_extra={"words": "Choose the day of your next session, or “I don’t know”"}
    )
    next_session: SessionDate | None = Field(
        default=None, title="the date of your next session", validate_default=True
    )
    session_is_weekly: YesNo = False
    practitioner: Line = Field(default="", title="your practitioner’s name")

    @model_validator(mode="before")
    @classmethod
    def _day_offered(cls, values: dict[str, Any]) -> dict[str, Any]:
        try:
            day = date.fromisoformat(values.get("known") or "")
        except ValueError:
            return values
        return values | {"known": "yes", "next_session": day}

    @field_validator("next_session", mode="before")
    @classmethod
    def _date_if_known(cls, value: object, info: ValidationInfo) -> object:
        if not value and info.data.get("known") == "yes":
            raise ValueError("Enter the date of your next session, or choose “I don’t know”")
        return value if info.data.get("known") == "yes" else None


_CHOOSE_ROUTE = "Choose how we should reach you"
_BOXES_OF = {
    ContactMethod.EMAIL: {"email", "other_phone"},
    ContactMethod.TEXT: {"phone", "other_email"},
    ContactMethod.PHONE: {"call_phone", "best_time", "voicemail_is_safe"},
}
"""The boxes that stand under each way: what stands under another is not sent on."""


class ReachAnswer(ContactMethodInput):
    """How to reach them, whether that is safe, and what would help.

    A choice must be made, for nothing is taken as said that was not.
    """

    route: ReachableBy = Field(json_schema_extra={"words": dict.fromkeys(("missing", "enum"), _CHOOSE_ROUTE)})
    call_phone: Phone = Field(default="", title="your phone number")
    other_email: Email = Field(
        default="", title="your email address", json_schema_extra={"words": EMAIL_FORM}
    )
    other_phone: Phone = Field(default="", title="your phone number")
    best_time: Line = Field(default="", title="the best time to call you")
    voicemail_is_safe: YesNo | None = None
    safe: Literal["yes", "no", ""] = ""
    access_needs: AccessNeeds = Field(default_factory=list, title="what would help you")
    needs: Line = Field(default="", title="what would help you")
    language: Line = Field(default="", title="your language")
    found_by: Line = Field(default="", title="what your account can be found by")
    quiet_from_hour: Hour | None = Field(default=None, title="the hour from which we should not disturb you")
    quiet_until_hour: QuietUntilHour = Field(
        default=None, title="the hour until which we should not disturb you", validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _only_boxes_of_the_way_chosen(cls, values: dict[str, Any]) -> dict[str, Any]:
        others = set[str]().union(*(_BOXES_OF[way] for way in _BOXES_OF if way != values.get("route")))
        return {name: value for name, value in values.items() if name not in others}

    @field_validator("phone")
    @classmethod
    def _phone_for_route(cls, value: str, info: ValidationInfo) -> str:
        return phone_for(ContactMethod.TEXT, info, value)

    @field_validator("call_phone")
    @classmethod
    def _phone_for_call(cls, value: str, info: ValidationInfo) -> str:
        return phone_for(ContactMethod.PHONE, info, value)

    @field_validator("access_needs")
    @classmethod
    def _no_call_if_none_wanted(cls, value: list[str], info: ValidationInfo) -> list[str]:
        return needs_for(info.data.get("route"), value)

    @field_validator("safe")
    @classmethod
    def _said_if_reached(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("route") not in (None, ContactMethod.NONE):
            raise ValueError("Tell us if it is safe to contact you this way")
        return value

    @model_validator(mode="after")
    def _one_of_each(self) -> "ReachAnswer":
        self.other_is_safe = bool(self.other_email or self.other_phone) and self.safe == "yes"
        self.phone = self.call_phone or self.phone or self.other_phone
        self.email = self.email or self.other_email
        return self


class ReachByAnswer(BaseModel):
    """How a clinician may reach somebody."""

    reach_by: Line = Field(min_length=1, title="how we can reach you")
