"""What tests of patients' pages share: a visitor of the desk, and an outage that everybody is told of."""

import pytest
from sqlmodel import Session

from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import Problem
from tests.page_visitor import Visitor
from tests.people import People
from web.app import app


@pytest.fixture
def visitor(people: People) -> Visitor:
    """Somebody without an account, on a device that was never here."""
    return Visitor(app)


@pytest.fixture
def outage(session: Session, people: People) -> Problem:
    """A public outage of the whole programme, which two services offer."""
    told = NewProblemInput(
        service="north", programme="fern", category="use.outage_or_error", title="Fern is down",
        known="INTERNAL", workaround="Write on paper.", is_public=True,
    )  # fmt: skip
    problem = records.open_problem(session, people.amina, told)
    problem.is_outage = True
    session.flush()
    return problem
