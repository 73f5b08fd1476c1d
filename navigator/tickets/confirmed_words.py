"""Words that a reporter reads because of what was done for another reason: shown first, then confirmed."""

from pydantic import Field, ValidationInfo, field_validator

from navigator.fields import Input, LongText, YesNo


class ConfirmedWords(Input):
    """Whether the reporter is told, and in which words: nobody is told what was not shown and confirmed."""

    tell: YesNo | None = Field(
        default=None,
        description="Whether the reporter reads `body`. Left out where they would be told something: refused "
        "with 409, whose `errors.body` holds the words to confirm or change",
    )
    body: LongText = Field(default="", title="what they will read", validate_default=True)

    @field_validator("body")
    @classmethod
    def _body_if_told(cls, value: str, info: ValidationInfo) -> str:
        if not value and info.data.get("tell"):
            raise ValueError("Write what they will read, or tell them nothing")
        return value
