"""Two people at one device: the second is asked, and shown nothing of what the first told."""

import pytest

from tests.browser.conftest import NARROW, WIDE, Come
from tests.browser.test_ticket_life import fill_in


@pytest.mark.parametrize(
    ("screen", "scripts"),
    [(NARROW, True), (WIDE, True), (NARROW, False)],
    ids=["narrow", "wide", "no scripts"],
)
def test_the_next_person_is_shown_nothing(come: Come, screen: dict[str, int], scripts: bool):
    """11.B1: a report that was begun, one that was sent, and one that is followed."""
    person = come(screen, scripts)
    fill_in(person)
    person.go("/")
    person.leave_by(person.page.get_by_role("button", name="Start now"))
    assert "A report was started on this device" in person.words
    assert "North" not in person.words
    person.leave_by(person.page.get_by_role("button", name="Go on with it"))
    person.follow("Clear my answers")
    person.follow("No, keep my answers")
    person.press("Confirm and send")
    link = person.page.locator("main a[href^='/t/']").first.get_attribute("href") or ""
    person.leave_by(person.page.get_by_role("button", name="Close this page"))
    person.page.go_back()
    person.look()
    assert "This page is closed" in person.words
    person.go(link)
    person.page.get_by_text("Somebody else uses this device too").click()
    person.press("Close this page")
    assert "Your report is closed on this device" in person.words
    fill_in(person)
    person.go("/report")
    person.press("Start a new report")
    assert "Your programme" in person.words
