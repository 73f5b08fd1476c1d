"""What the pages that navigators live in weigh: fifty rows that say all that a row can say, and a ticket.

Before the workbench was drawn anew this queue was sent in 8,599 bytes and this ticket in 4,468. Neither is
to creep up again. The marks of forms, of chance, make some bytes of difference.
"""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import Session

from navigator.catalogue.catalogue import catalogue
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, AttachInput, SayInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter

pytestmark = pytest.mark.only_on("sqlite")  # whose numbers of tickets are the same each time
ROWS, MOST_BYTES = 50, 45_000
MOST_SENT_OF_QUEUE, MOST_SENT_OF_TICKET = 6_300, 4_468
TICKET = 41
SAID = """I we it the a my to and not but when then since still again page app phone code email link address
password login screen button module week work session therapist computer tablet browser message
answer reset wrong blank slow open press type wait send find ask help told tried yesterday morning
evening tonight always never please thanks sorry before after"""


@pytest.fixture
def crowd(session: Session, people: People) -> None:
    """Sixty tickets of many kinds, with practitioners and sessions, no two in the same words."""
    leaves = [leaf.id for leaf in catalogue().leaves if leaf.is_offered and not leaf.id.startswith("divert")]
    chance = Random(14)  # noqa: S311 - the same words each time
    for n in range(ROWS + 10):
        told: dict[str, Any] = {
            "category": leaves[n % len(leaves)],
            "text": " ".join(chance.choices(SAID.split(), k=18)),
            "next_session": date(2026, 6, 10) + timedelta(days=n % 20),
            "contact": {"route": "email", "email": f"pat{n}@example.org"},
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
    staff.reply(session, people.amina, TICKET, SayInput(body="Hello Pat, which address did you type?"))
    staff.note(session, people.amina, TICKET, SayInput(body="Looks like the old address again."))
    session.flush()


def test_fifty_rows_weigh_little(enter: Enter, crowd: None) -> None:
    amina = enter("amina")
    answer = amina.get("/desk", headers={"accept-encoding": "gzip"})
    rows = amina.page.css(".desk-queue tbody tr")
    assert len(rows) == ROWS
    assert len(answer.content) <= MOST_BYTES
    assert int(answer.headers["content-length"]) <= MOST_SENT_OF_QUEUE
    mo = enter("mo")  # whoever comes from a number of the managers' page finds it again on each page
    mo.get("/desk?view=counted&figure=all&since=2026-06-09&until=2026-06-09")
    assert mo.one(".desk-order p").text() == f"1–50 of {ROWS + 10}"
    mo.get(mo.one("a[rel=next]").attributes["href"] or "")
    assert mo.one(".desk-order p").text() == f"51–{ROWS + 10} of {ROWS + 10}"


def test_a_ticket_weighs_no_more_than_it_did(enter: Enter, crowd: None) -> None:
    answer = enter("amina").get(f"/tickets/{TICKET}", headers={"accept-encoding": "gzip"})
    assert answer.status_code == 200
    assert int(answer.headers["content-length"]) <= MOST_SENT_OF_TICKET
