"""How much of the queue is in view, at the three sizes; and a table for screen readers at each of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from navigator import clock, database, readiness
from navigator.people.actor import ANONYMOUS
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AttachInput
from navigator.tickets.report_input import ReportInput
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.people import actor_of

LARGE = {"width": 1920, "height": 1080}
IN_VIEW = """() => [...document.querySelectorAll(".desk-queue tbody tr")]
  .map((row) => row.getBoundingClientRect())
  .filter((row) => row.top >= 0 && row.bottom <= innerHeight).length"""
WORDS = (
    "I forgot my password and the letter that should help me never comes",
    "The app says that it is too old for my phone. What can I do now?",
    "Module 3 is grey and I should have done it before my session",
)


def fill(count: int) -> None:
    """So many reports of two programmes, or none, with words long and short."""
    told = [
        ReportInput.model_validate(
            {"service": "north", "programme": "fern" if n % 2 else None, "text": WORDS[n % len(WORDS)]}
        )
        for n in range(count)
    ]
    for report in told:
        with database.writing() as session:
            staff.report(session, ANONYMOUS, report)


def at_the_queue(come: Come, screen: dict[str, int], **options: bool) -> Person:
    fill(24)
    amina = come(screen, **options)
    amina.log_in("amina")
    amina.go("/desk")
    return amina


@pytest.fixture(autouse=True)
def _nothing_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """No banner: what must not fail runs, as on a served desk."""
    monkeypatch.setattr(readiness, "cached_checks", list)


@pytest.mark.parametrize(("screen", "least"), [(WIDE, 14), (LARGE, 20), (NARROW, 5)])
@pytest.mark.parametrize("scripts", [True, False])
def test_so_many_whole_rows_are_in_view(
    come: Come, screen: dict[str, int], least: int, scripts: bool
) -> None:
    amina = at_the_queue(come, screen, scripts=scripts)
    assert amina.page.evaluate(IN_VIEW) >= least


IN_SIGHT = """(words) => {
  const row = document.querySelector("#ticket-1 th");
  const texts = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const at = texts.currentNode.data.indexOf(words);
    if (at < 0) continue;
    const name = document.createRange();
    name.setStart(texts.currentNode, at);
    name.setEnd(texts.currentNode, at + words.length);
    return name.getBoundingClientRect().right <= row.getBoundingClientRect().right;
  }
}"""


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_whose_a_report_is_stands_where_no_screen_cuts_it(come: Come, screen: dict[str, int]) -> None:
    """Of six forgotten passwords that is what tells one from another, confirmed or as it was typed."""
    told: dict[str, Any] = {
        "service": "north",
        "programme": "fern",
        "text": WORDS[0],
        "next_session": clock.today() + timedelta(days=1),
    }
    with database.writing() as session:
        staff.report(session, ANONYMOUS, ReportInput.model_validate(told | {"practitioner": "Priya Shah"}))
        staff.report(session, ANONYMOUS, ReportInput.model_validate(told | {"programme": None}))
    amina = come(screen)
    amina.log_in("amina")
    amina.go("/desk")
    assert amina.page.evaluate(IN_SIGHT, "Priya Shah") is True
    with database.writing() as session:
        priya = session.exec(select(User.id).where(User.name == "Priya Shah")).one()
        staff.attach(session, actor_of(session, 1), 1, AttachInput(pwp_id=priya or 0))
    amina.go("/desk")
    assert "patient of Priya Shah" in amina.words
    assert amina.page.evaluate(IN_SIGHT, "Priya Shah") is True


LONG = "Annamaria-Wilhelmina-Josephine Oyelowo"


@pytest.mark.parametrize("confirmed", [True, False])
def test_a_long_name_leaves_the_number_in_sight(come: Come, confirmed: bool) -> None:
    report = {"service": "north", "programme": "fern", "text": WORDS[0], "practitioner": LONG}
    with database.writing() as session:
        staff.report(session, ANONYMOUS, ReportInput.model_validate(report))
        if confirmed:
            priya = session.exec(select(User).where(User.name == "Priya Shah")).one()
            staff.attach(session, actor_of(session, 1), 1, AttachInput(pwp_id=priya.id or 0))
            priya.name = LONG
    amina = come(NARROW)
    amina.log_in("amina")
    amina.go("/desk")
    assert amina.page.evaluate(IN_SIGHT, "DN-000001") is True
    assert amina.page.evaluate(IN_SIGHT, LONG[:9]) is True


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_it_is_a_table_at_every_width(come: Come, screen: dict[str, int]) -> None:
    page = at_the_queue(come, screen).page
    table = page.get_by_role("table", name="Tickets")
    assert table.get_by_role("row").count() == 25
    assert table.get_by_role("rowheader").count() == 24
    assert table.get_by_role("columnheader").all_inner_texts() == [
        "Due",
        "Report",
        "Who can fix it",
        "Status",
        "Who",
        "Last",
    ]
    first = table.get_by_role("row").nth(1)
    assert first.get_by_role("cell").count() == 6


def test_a_row_is_pressed_wherever_it_is_touched(come: Come) -> None:
    amina = at_the_queue(come, NARROW)
    row = amina.page.locator(".desk-queue tbody tr").nth(1)
    box = row.bounding_box()
    assert box
    amina.page.mouse.click(box["x"] + box["width"] - 60, box["y"] + box["height"] - 8)
    amina.page.wait_for_url("**/tickets/*")


def test_a_ticket_is_read_beside_the_queue_until_that_is_switched_off(come: Come) -> None:
    amina = at_the_queue(come, LARGE)
    page, preview = amina.page, amina.page.get_by_role("complementary", name="Preview")
    first = page.locator(".desk-queue th a").first
    assert first.locator("b").count() == 1
    first.click()
    preview.get_by_role("link", name="Open the ticket").wait_for()
    assert amina.path == "/desk"
    amina.look()
    first.locator("span").wait_for()  # read, so bold no longer
    page.locator(".desk-queue th a").nth(1).focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.locator(".desk-queue tr[aria-current]").nth(0).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/tickets/*")
    page.go_back()
    amina.press("Hide the preview")
    assert preview.count() == 0
    first.click()
    page.wait_for_url("**/tickets/*")
    amina.go("/desk")
    amina.press("Show a preview")
    preview.wait_for()


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_the_filters_are_asked_for_and_stand_over_the_queue(come: Come, screen: dict[str, int]) -> None:
    amina = at_the_queue(come, screen)
    amina.follow("Filter")
    dialog = amina.page.get_by_role("dialog", name="Filter")
    box = dialog.bounding_box()
    assert box
    assert box["width"] >= min(900, screen["width"] - 16)
    dialog.get_by_label("Programme").select_option("fern")
    dialog.get_by_role("button", name="Filter").click()
    amina.page.wait_for_url("**/desk?programme=fern")
