"""Input model of a support card: whose it is, and what it knows."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from navigator.fields import Code, Email, Input, Line, YesNo
from navigator.tickets.actions.send_checks import has_nhs_number
from navigator.tickets.report_input import ContactInput
from navigator.tickets.session_date import SessionDate
from navigator.triage.safety_screen import screen

_SAY_IF_SAFE = "Say if it is safe to contact them this way"
_RISK = (
    "These words may speak of risk, and nobody reads a card until it is used. "
    "Leave them out, and tell the duty clinician now."
)


def _without_risk(value: str) -> str:
    """A card is no message: what is heard in it is said at once to whoever writes it."""
    if screen(value, is_of_staff=True).hit:
        raise ValueError(_RISK)
    return value


_Words = Annotated[Line, AfterValidator(_without_risk)]


class CardContactInput(ContactInput):
    """How to reach whoever has the card, and whether that is safe: it must be said where there is a way."""

    needs: _Words = Field(default="", title="what would help them")
    language: _Words = Field(default="", title="their language")
    is_safe: YesNo | None = Field(default=None, validate_default=True)

    @field_validator("is_safe")
    @classmethod
    def _is_asked(cls, value: bool | None, info: ValidationInfo) -> bool | None:
        if value is None and info.data.get("route") not in (None, "none"):
            raise ValueError(_SAY_IF_SAFE)
        return value

    @field_validator("other_is_safe")
    @classmethod
    def _has_one_way(cls, value: bool) -> bool:
        if value:  # they say it themselves, in the report or by their link
            raise ValueError("A card has one way to reach its patient")
        return value


class CardInput(Input):
    """A support card as its maker fills it in; no name, birth date or NHS number."""

    service: Code = Field(min_length=1, title="the service")
    label: _Words = Field(
        min_length=1,
        title="words of your own",
        description="By what words the practitioner knows the patient, such as “Tuesday 3pm”; never a name",
        json_schema_extra={"words": {"missing": "Enter words by which you know the patient"}},
    )
    programme: Code = Field(
        min_length=1, title="the programme", json_schema_extra={"words": "Choose the programme"}
    )
    practitioner: Email = Field(
        default="", title="the practitioner’s email address", description="Empty: nobody, or whoever makes it"
    )
    next_session: SessionDate | None = Field(default=None, title="the date of the next session")
    session_is_weekly: YesNo = False
    contact: CardContactInput = Field(default_factory=CardContactInput)

    @field_validator("label")
    @classmethod
    def _is_no_nhs_number(cls, value: str) -> str:
        if has_nhs_number(value):
            raise ValueError("Leave out the NHS number. Use words that only you understand, like Tuesday 3pm")
        return value

    def columns(self) -> dict[str, Any]:
        """The values that are stored as they came, by the columns of a card."""
        contact = self.contact
        return {
            "label": self.label,
            "session_on": self.next_session,
            "session_is_weekly": self.session_is_weekly,
            "contact_method": contact.route,
            "email": contact.email,
            "phone": contact.phone,
            "is_safe_to_contact": contact.is_safe,
            "needs": contact.needs,
            "access_needs": contact.access_needs,
            "language": contact.language,
            "quiet_from_hour": contact.quiet_from_hour,
            "quiet_until_hour": contact.quiet_until_hour,
        }
