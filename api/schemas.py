"""Shared request and response schemas of the API."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    ValidationInfo,
    computed_field,
    field_validator,
    model_validator,
)

from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.enums import Fixability, fixable
from navigator.fields import Input, Line, LongText, YesNo
from navigator.people.reporter import reference
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.no_concern import NoConcernInput
from navigator.tickets.device_check import Aspect
from navigator.tickets.enums import CallDirection, CallOutcome, CallPurpose, ReviewResult
from navigator.tickets.inputs import LinkInput, ResolveInput, SayInput, SeenInput, SplitInput, TriageInput
from navigator.tickets.outcome_input import OutcomeInput
from navigator.tickets.report_input import ReportInput
from navigator.tickets.safety_notice import SafetyNotice
from navigator.tickets.ticket import Status
from navigator.tickets.triage import NEVER

Due = Annotated[
    datetime | None,
    BeforeValidator(lambda at: None if at == NEVER else at),
    Field(description="The earlier of the target and the session guard; null while neither runs"),
]


class ReportBody(ReportInput):
    """A report: `body` or `category` is needed."""

    text: LongText = Field(
        default="",
        validation_alias="body",
        title="what you wrote",
        description="What is wrong, in their own words. Until 29 November 2027 it is taken as `text`, too",
    )
    _has_former_name: bool = PrivateAttr(default=False)

    @property
    def has_former_name(self) -> bool:
        """Whether the words came as `text`, which is deprecated."""
        return self._has_former_name

    @model_validator(mode="wrap")
    @classmethod
    def _accept_former_name(cls, value: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        is_former = isinstance(value, dict) and "text" in value
        if is_former and "body" in value:
            raise ValueError("Send `body` alone: `text` is its former name.")
        if is_former:
            value = {"body" if name == "text" else name: each for name, each in value.items()}
        report = handler(value)
        report._has_former_name = is_former
        return report

    @field_validator("answers")
    @classmethod
    def _match_questions(cls, answers: dict[str, str], info: ValidationInfo) -> dict[str, str]:
        questions = _questions(info.data.get("category"))
        for id, value in answers.items():
            if id not in questions or questions[id].option(value) is None:
                raise ValueError("Answer the questions of the category, with their options.")
        return answers


def _questions(category: str | None) -> dict[str, Any]:
    try:
        return {question.id: question for question in catalogue().category(category or "").questions}
    except KeyError:
        return {}


class ConfirmedInput(Input):
    """What another system sends to a reporter: it passes the checks that a person is shown on the page."""

    confirmed: YesNo = Field(
        default=False,
        description="Whether somebody has looked at what is warned of: words that seem to hold a password, "
        "an NHS number or a phone number, or a reporter whom it is not safe to contact. Without it they are "
        "refused with 409, whose `errors.confirmed` says why",
    )


class SentMessageInput(SayInput, ConfirmedInput):
    """Something said to the reporter."""


class SentTriageInput(TriageInput, ConfirmedInput):
    """A triage; its workaround is read by the reporter."""


class SentResolutionInput(ResolveInput, ConfirmedInput):
    """How a ticket was put right, and what the reporter is told."""


class SentSplitInput(SplitInput, ConfirmedInput):
    """What belongs to a second ticket: its reporter reads the summary there."""


class SentLinkInput(LinkInput, ConfirmedInput):
    """The problem that lies behind a ticket, and what the reporter is told; none takes the link away."""


class SignedInput(SeenInput):
    """A key is not a person: the name of the member of staff who did this."""

    by: Annotated[Line, Field(min_length=1)]


class SignedOutcomeInput(OutcomeInput, SignedInput):
    """What the named clinician did, in words."""


class SignedNoConcernInput(NoConcernInput, SignedInput):
    """Why words of the named member of staff, which opened a clinical review, are no concern."""


class Out(BaseModel):
    """Base of response schemas made from the domain's objects."""

    model_config = ConfigDict(from_attributes=True, hide_input_in_errors=True)


class CodeAndName(Out):
    """A service or a programme."""

    code: str
    name: str


class TriageOut(Out):
    """Who can put a ticket right; `fixable` is null when that is not known or nothing is to be put right."""

    category: str | None
    fixability: Fixability | None

    @computed_field
    def fixable(self) -> bool | None:
        """Whether somebody in the service can."""
        return fixable(self.fixability) if self.fixability else None


class TicketState(TriageOut):
    """The state of a ticket."""

    number: int
    version: int
    status: Status
    due_at: Due
    updated_at: datetime

    @computed_field
    def reference(self) -> str:
        """The ticket's reference, as people say it on the phone."""
        return reference(self.number)


class WrittenState(TicketState):
    """The state of a ticket after staff wrote on it."""

    opened_hand_over: int | None = Field(
        default=None,
        description="Not null where these words opened a clinical review: its id. A clinician must read "
        "them. If they speak of no risk, say why at `/hand-overs/{id}/no-concern`",
    )


class ReporterState(TicketState):
    """The state of a ticket after what its reporter did."""

    safety_notice: SafetyNotice | None = Field(
        default=None,
        description="Not null while a clinician must read the reporter’s words: show it before anything else",
    )
    language_notice: str = Field(
        default="",
        description="Not empty while a person must read words that may not be in English: show it",
    )


class ReopenedState(ReporterState, WrittenState):
    """The state of a ticket that staff took up again."""


class EventOut(Out):
    """An event of a ticket: what was done, by whom and when."""

    version: int
    action: Action
    by: Annotated[str, Field(validation_alias="actor_name")]
    at: datetime = Field(validation_alias="created_at")
    from_status: Status | None
    to_status: Status


class ClinicalReviewOut(Out):
    """A clinical review of a ticket; only a clinician's outcome in words ends it."""

    id: int
    ticket_number: int
    opened_at: datetime
    opened_by: str = Field(validation_alias="requested_by")
    why: list[str] = Field(validation_alias="reasons")
    reach_by: str = Field(validation_alias="contact_note")
    alerts: int
    acknowledged_at: datetime | None
    ended_at: datetime | None
    outcome: str = Field(description="For keys of clinicians and managers; empty for others")
    done: ReviewResult | None = Field(
        validation_alias="result",
        description="null: not ended, ended without saying, or a key that is not for the outcome",
    )
    passed_to: str
    for_navigators: str = Field(description="What navigators should do or leave, if the clinician said so")
    no_concern: str = Field(
        validation_alias="no_concern_reason",
        description="Why its author says that it is no concern, where words of staff opened it; else empty",
    )
    no_concern_by: str
    no_concern_at: datetime | None


class PhoneCallOut(Out):
    """A phone call that was made, taken or tried."""

    at: datetime = Field(validation_alias="created_at")
    came: CallOutcome = Field(validation_alias="outcome")
    responsibility: CallPurpose = Field(validation_alias="purpose")
    started_by: CallDirection = Field(validation_alias="direction")
    minutes: int | None


class ContactOut(Out):
    """A contact that the service names, to whom a ticket is diverted."""

    kind: str
    role_name: str
    email: str
    phone: str
    hours: str


class FindingOut(Out):
    """One aspect that was tested: what was found (empty where that was not possible), and what is asked."""

    aspect: Aspect
    found: str = Field(examples=["Chrome 80"])
    asked: str = Field(examples=["Chrome 109"])
    is_fault: bool


class DeviceCheckOut(Out):
    """What a check of the reporter’s phone found, as it said itself: no proof, and sent with their yes."""

    at: datetime = Field(validation_alias="created_at")
    findings: list[FindingOut]
