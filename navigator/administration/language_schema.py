"""Schema of a language’s sign-off: its words as they were read, and crisis wording in it."""

from datetime import date

from pydantic import Field, ValidationInfo, field_validator

from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import CrisisLines
from navigator.fields import Line


class LanguageSetting(SettingSchema):
    """That a service has read the words of a language, which `words` is the mark of, and what it adds."""

    words: Line = Field(default="", title="the words that were read")
    owner: Line = Field(min_length=1, title="who answers for these words")
    review_on: date = Field(title="the date of the next review")
    answers: Line = Field(default="", title="how you answer people who read this language")
    lines: CrisisLines = Field(default_factory=list, title="the crisis wording in this language")
    english_lines: Line = Field(
        default="",
        title="the English crisis wording beside which it was read",
        description="Its mark, as the settings page has it: asked for with wording in this language",
    )

    @field_validator("english_lines")
    @classmethod
    def _none_without_lines(cls, mark: str, info: ValidationInfo) -> str:
        return mark if info.data.get("lines") else ""
