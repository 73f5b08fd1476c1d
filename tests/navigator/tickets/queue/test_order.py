"""Orders of the queue: each goes on where its page ended, and none takes the cursor of another."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.errors import Invalid
from navigator.people.actor import reporter
from navigator.tickets.actions import staff
from navigator.tickets.actions.reporter import answer, withdraw
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.queue.counts import answers_due, counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.order import Sort, order_of, usual_sort
from navigator.tickets.queue.queue import count_rest, queue
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People


@pytest.fixture
def told(session: Session, people: People) -> list[int]:
    """Seven tickets, two told in the same moment, some written to again in another order, two ended."""
    numbers = []
    for hours in (0, 1, 1, 2, 3, 4, 5):
        with clock.stopped_at(MOMENT + timedelta(hours=hours)):
            numbers.append(tell(session).number)
    for hours, at in ((6, 3), (7, 0), (8, 4)):
        with clock.stopped_at(MOMENT + timedelta(hours=hours)):
            answer(session, reporter(numbers[at]), numbers[at], SayInput(body="And?"))
    for hours, at in ((9, 6), (10, 5)):
        with clock.stopped_at(MOMENT + timedelta(hours=hours)):
            withdraw(session, reporter(numbers[at]), numbers[at])
    session.flush()
    return numbers


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, [0, 1, 2, 3, 4]),
        ({"sort": "due"}, [0, 1, 2, 3, 4]),
        ({"sort": "age"}, [0, 1, 2, 3, 4]),
        ({"sort": "activity"}, [4, 0, 3, 2, 1]),
        ({"view": "needs_answer"}, [4, 0, 3, 2, 1]),
        ({"view": "needs_answer", "sort": "age"}, [0, 1, 2, 3, 4]),
        ({"view": "ended"}, [5, 6]),
        ({"view": "ended", "sort": "age"}, [5, 6]),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_each_order_goes_on_where_its_page_ended(
    session: Session, people: People, told: list[int], asked: dict[str, str], places: list[int], limit: int
) -> None:
    filters, found, after = Filters.model_validate(asked), list[int](), None
    while True:
        page = queue(session, people.amina, filters, after, limit)
        found += [row.number for row in page.rows]
        if page.next_cursor is None:
            break
        after = page.next_cursor
        assert count_rest(session, people.amina, filters, after) == len(places) - len(found)
    assert found == [told[at] for at in places]


@pytest.mark.parametrize("sort", ["due", "activity", "age"])
@pytest.mark.parametrize("other", ["due", "activity", "age"])
def test_no_order_takes_the_cursor_of_another(
    session: Session, people: People, told: list[int], sort: Sort, other: Sort
) -> None:
    """T13 of the peers."""
    cursor = queue(session, people.amina, Filters(sort=sort), limit=1).next_cursor
    assert cursor
    if sort == other:
        assert order_of("all", other).decode(cursor)
    else:
        with pytest.raises(Invalid):
            queue(session, people.amina, Filters(sort=other), cursor)


def test_what_is_ended_or_needs_an_answer_begins_with_the_newest() -> None:
    assert {view: usual_sort(view) for view in ("all", "ended", "needs_answer", "my_answers", "calls")} == {
        "all": "due",
        "ended": "activity",
        "needs_answer": "activity",
        "my_answers": "activity",
        "calls": "",
    }


def test_the_menu_counts_what_somebody_must_answer(session: Session, people: People) -> None:
    mine, nobodys, toms, answered = (tell(session).number for _ in range(4))
    for number, who in ((mine, people.amina), (toms, people.tom), (answered, people.amina)):
        staff.assign(session, people.mo, number, AssignInput(assignee_id=who.user_id))
    staff.assign(session, people.mo, nobodys, AssignInput())
    staff.reply(session, people.amina, answered, SayInput(body="Done"))
    session.flush()
    for actor, view in ((people.amina, "my_answers"), (people.mo, "needs_answer")):
        listed = queue(session, actor, Filters(view=view)).rows  # type: ignore[arg-type]
        assert answers_due(session, actor) == len(listed) == counts(session, actor, Filters()).by_view[view]  # type: ignore[index]
    assert {row.number for row in queue(session, people.amina, Filters(view="my_answers")).rows} == {
        mine,
        nobodys,
    }
    assert answers_due(session, people.mo) == 3
    assert answers_due(session, people.priya) == answers_due(session, people.sam) == 0
