"""The System Usability Scale: ten statements, and the score from 0 to 100 that they make together.

John Brooke, “SUS: a quick and dirty usability scale”, in Usability Evaluation in Industry (1996), with
“programme” in place of “system”. Its source is named wherever it is shown.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Annotated

from pydantic import BaseModel, Field, field_validator

from navigator.languages import N_

SOURCE = "System Usability Scale, John Brooke 1996"
STATEMENTS: Sequence[str] = (
    N_("I think that I would like to use this programme frequently."),
    N_("I found the programme unnecessarily complex."),
    N_("I thought the programme was easy to use."),
    N_("I think that I would need the support of a technical person to be able to use this programme."),
    N_("I found the various functions in this programme were well integrated."),
    N_("I thought there was too much inconsistency in this programme."),
    N_("I would imagine that most people would learn to use this programme very quickly."),
    N_("I found the programme very cumbersome to use."),
    N_("I felt very confident using the programme."),
    N_("I needed to learn a lot of things before I could get going with this programme."),
)
LOWEST, MIDDLE, HIGHEST = 1, 3, 5

Point = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]


class SusAnswers(BaseModel):
    """From 1, strongly disagree, to 5, strongly agree, by the number of the statement."""

    answers: dict[str, Point] = Field(default_factory=dict, validate_default=True)

    @field_validator("answers")
    @classmethod
    def _all_ten(cls, answers: dict[str, int]) -> dict[str, int]:
        if set(answers) != set(NUMBERS):
            raise ValueError("Choose a number for each of the ten. If you cannot say, choose 3")
        return answers


NUMBERS = tuple(str(number) for number in range(1, len(STATEMENTS) + 1))


def score(answers: dict[str, int]) -> float:
    """The score as Brooke gives it: odd statements count from 0, even ones from 5 down; the sum by 2.5."""
    points = (answer - 1 if int(number) % 2 else 5 - answer for number, answer in answers.items())
    return 2.5 * sum(points)


def mean_and_interval(count: int, total: float, squares: float) -> tuple[float, float, float]:
    """The mean of two scores or more, with its 95% confidence interval by Student’s t within 0 and 100.

    They are given by their sum and the sum of their squares, as a database adds them up.
    """
    from scipy.special import stdtrit  # not for those who read no such page: it takes time and memory

    mean = total / count
    variance = max(0.0, squares - count * mean * mean) / (count - 1)
    half = float(stdtrit(count - 1, 0.975)) * sqrt(variance / count)
    return mean, max(0.0, mean - half), min(100.0, mean + half)
