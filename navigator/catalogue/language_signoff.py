"""Language sign-off table: who of a service answers for patients’ pages in a language, and until when."""

from datetime import date

from sqlalchemy import JSON
from sqlmodel import Field

from navigator.catalogue.crisis_card import CrisisCard
from navigator.database import Table
from navigator.languages import LANGUAGES


class LanguageSignOff(Table, table=True):
    """That somebody named has read the words of a language; `words` is their mark as they were read.

    `lines` are the service’s crisis wording in that language, `english_lines` the mark of the English beside
    which they were read, `answers` how it answers people in it.
    """

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    language: str = Field(primary_key=True)
    words: str = ""
    owner: str = ""
    review_on: date | None = None
    answers: str = ""
    lines: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    english_lines: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether somebody answers for the words, and they are those that were read."""
        return bool(self.owner and self.review_on) and self.has_same_words

    @property
    def has_same_words(self) -> bool:
        """Whether no word has changed since they were read."""
        return self.language in LANGUAGES and self.words == LANGUAGES[self.language].mark

    def has_lines_beside(self, english: CrisisCard) -> bool:
        """Whether it has crisis lines, and the English is as it was when they were read beside it."""
        return bool(self.lines) and self.english_lines == english.mark
