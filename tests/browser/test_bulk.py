"""Many tickets at once in a real browser: by box and by view, small and wide, with scripts and without."""

from datetime import timedelta
from typing import Any

import pytest

from navigator import clock, database
from navigator.jobs.registry import JOBS
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import reference
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.inputs import ReviewRequestInput
from navigator.tickets.report_input import ReportInput
from tests.browser.conftest import NARROW, UNDO_SECONDS, WIDE, Come
from tests.people import actor_of

AMINA = 1


def report(many: int) -> list[int]:
    """So many tickets that nobody has."""
    told = ReportInput(service="north", category="access.forgotten_password", text="I forgot it")
    with database.writing() as session:
        return [staff.report(session, ANONYMOUS, told).ticket.number for _ in range(many)]


@pytest.mark.parametrize(
    ("screen", "scripts"), [(NARROW, False), (NARROW, True), (WIDE, False), (WIDE, True)]
)
def test_chosen_by_box_they_are_replied_to(come: Come, screen: Any, scripts: bool) -> None:
    first, second, third = report(3)
    with database.writing() as session:
        request_review_by_staff(
            session, actor_of(session, AMINA), second, ReviewRequestInput(reason="She sounded low")
        )
    amina = come(screen, scripts)
    amina.log_in("amina")
    amina.go("/desk")
    for number in (first, second):
        amina.choose(f"Choose {reference(number)}")
    amina.press("Go on with the chosen tickets (2)" if scripts else "Go on with the chosen tickets")
    amina.follow("Reply")
    amina.write("What do you tell the reporter?", "Please try {reference} again.")
    amina.press("See the list first")
    assert "A clinician must finish with it first." in amina.words
    amina.press("Reply to 1 ticket")
    clock.set_to(clock.now() + timedelta(seconds=UNDO_SECONDS))
    assert JOBS["bulk"].run() == 1
    if scripts:
        amina.page.get_by_text("1 of 1 ticket done, 1 left out.").wait_for()
        amina.look()
    else:
        amina.follow("Look again")
    assert "1 of 1 ticket done, 1 left out." in amina.words
    assert reference(third) not in amina.words


def test_chosen_by_view_they_are_assigned(come: Come) -> None:
    report(3)
    amina = come(NARROW, scripts=False)
    amina.log_in("amina")
    amina.go("/desk?view=unassigned")
    amina.press("Go on with all of this view")
    amina.follow("Assign")
    amina.page.get_by_label("Who should have them?").select_option("Tom Baker")
    amina.press("See the list first")
    amina.press("Assign 3 tickets")
    amina.press("Stop")
    amina.press("Do the rest again")
    amina.press("Assign 3 tickets")
    assert JOBS["bulk"].run() == 3
    amina.follow("Look again")
    assert "3 of 3 tickets done." in amina.words


def test_a_queue_that_changes_keeps_what_was_ticked(come: Come) -> None:
    (first,) = report(1)
    amina = come(WIDE)
    amina.log_in("amina")
    amina.go("/desk")
    amina.choose(f"Choose {reference(first)}")
    amina.page.mouse.move(5, 5)
    amina.hear()
    (second,) = report(1)
    amina.page.get_by_role("button", name="Something changed. Show it").click()
    amina.page.get_by_role("link", name=reference(second)).wait_for()
    assert amina.page.get_by_label(f"Choose {reference(first)}").is_checked()
    amina.press("Choose none")
    assert not amina.page.get_by_label(f"Choose {reference(first)}").is_checked()
    amina.press("Choose all on this page")
    assert amina.page.get_by_label(f"Choose {reference(second)}").is_checked()
