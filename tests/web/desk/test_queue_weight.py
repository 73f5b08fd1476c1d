"""What a page of the queue weighs: fifty rows that say all that a row can say."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from navigator.catalogue.catalogue import catalogue
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, AttachInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter

ROWS, MOST_BYTES = 50, 45_000
WORDS = (
    "I try to log in since yesterday evening and the page says that my details are not right, whatever I type"
)


@pytest.fixture
def crowd(session: Session, people: People) -> None:
    """Sixty tickets of many kinds, nobody's and somebody's, with practitioners and sessions."""
    leaves = [leaf.id for leaf in catalogue().leaves if leaf.is_offered and not leaf.id.startswith("divert")]
    for n in range(ROWS + 10):
        on = date(2026, 6, 10) + timedelta(days=n % 20)
        told: dict[str, Any] = {
            "category": leaves[n % len(leaves)],
            "text": f"{WORDS} {n}",
            "next_session": on,
        }
        ticket = tell(session, **told, programme="fern" if n % 3 else None)
        staff.assign(
            session,
            people.mo,
            ticket.number,
            AssignInput(assignee_id=(people.amina, people.tom)[n % 2].user_id),
        )
        if n % 2 and ticket.programme_id:
            staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()


def test_fifty_rows_weigh_little(enter: Enter, crowd: None) -> None:
    amina = enter("amina")
    answer = amina.get("/desk")
    rows = amina.page.css(".desk-queue tbody tr")
    assert len(rows) == ROWS
    assert len(answer.content) <= MOST_BYTES
