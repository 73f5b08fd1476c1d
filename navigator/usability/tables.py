"""Tables of usability: when a service asks, what was answered, and apart from it who has answered."""

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import JSON, Index
from sqlmodel import Field

from navigator.database import Table, one_of


class Question(StrEnum):
    """What is asked: if a fix worked for somebody, and the ten statements about their programme."""

    FIX = "fix"
    PROGRAMME = "programme"


class UsabilitySetting(Table, table=True):
    """When a service asks: after each fix, and about the programme for `round_days` days from set days on."""

    __tablename__ = "usabilitysetting"

    service_id: int = Field(foreign_key="service.id", primary_key=True)
    asks_after_fix: bool = False
    rounds: list[str] = Field(default_factory=list, sa_type=JSON)
    round_days: int = 14
    owner: str
    review_on: date

    def round_of(self, day: date) -> date | None:
        """The first day of the round that a day lies in; None between rounds."""
        begun = [begins for each in self.rounds if (begins := date.fromisoformat(each)) <= day]
        return next((begins for begins in begun if day < begins + timedelta(days=self.round_days)), None)


class UsabilityAnswer(Table, table=True):
    """What somebody answered, of which programme in which version: nothing leads back to them.

    `score` is 0 to 100: of a fix all or nothing, of a programme its System Usability Scale.
    """

    __tablename__ = "usabilityanswer"

    __table_args__ = (
        one_of("question", Question),
        Index(  # all that is asked of months, so that no row is looked at
            "ix_usabilityanswer_service",
            "service_id", "answered_on", "question", "programme_id", "version", "score",
        ),
    )  # fmt: skip

    id: int = Field(default=None, primary_key=True)
    question: str
    service_id: int = Field(foreign_key="service.id")
    programme_id: int | None = Field(default=None, foreign_key="programme.id")
    version: str
    answered_on: date
    score: float


class AnsweredQuestion(Table, table=True):
    """That somebody has answered a question, so that nobody is asked or counted twice; never what.

    `answered_on` is the first of that month: the day would tell which answer it was.
    """

    __tablename__ = "answeredquestion"

    who: str = Field(primary_key=True)
    question: str = Field(primary_key=True)
    answered_on: date = Field(index=True)
