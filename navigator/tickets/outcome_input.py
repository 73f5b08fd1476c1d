"""The outcome of a clinical review as a clinician gives it: what was done, and why."""

from pydantic import Field, ValidationInfo, field_validator

from navigator.fields import Input, Line, RequiredText
from navigator.tickets.enums import ReviewResult

_FEW_WORDS, _WITHOUT_RESULT = 10, 20
"""The fewest characters of an outcome: with what was done, and alone, as other systems still may send it."""


class OutcomeInput(Input):
    """What a clinician did about a clinical review, in words."""

    done: ReviewResult | None = Field(
        default=None,
        description="What was done. Needed from the next version on; until then an outcome without it is "
        "taken if it says in 20 characters or more what was done",
    )
    passed_to: Line = Field(
        default="",
        title="whom you passed it to",
        description="For `passed_on`: the role or team, such as the crisis team",
        validate_default=True,
    )
    outcome: RequiredText = Field(title="the outcome")
    for_navigators: Line = Field(
        default="",
        title="the line for navigators",
        description="What navigators read on the ticket, if anything: what they should do or leave",
    )

    @field_validator("passed_to")
    @classmethod
    def _if_passed_on(cls, value: str, info: ValidationInfo) -> str:
        if info.data.get("done") is not ReviewResult.PASSED_ON:
            return ""  # typed before another answer was chosen
        if not value:
            raise ValueError("Enter whom you passed it to")
        return value

    @field_validator("outcome")
    @classmethod
    def _says_what_was_done(cls, value: str, info: ValidationInfo) -> str:
        is_left_out = "done" in info.data and info.data["done"] is None
        if is_left_out and len(value) < _WITHOUT_RESULT:
            raise ValueError("Say what was done: contacted, passed_on or no_concern, in `done`, and why.")
        if len(value) < _FEW_WORDS:
            raise ValueError("Say in a few words what you did, or why there is no concern")
        return value
