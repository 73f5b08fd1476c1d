"""What needs a decision: whole in the first view, a tap from its tickets; narrow, and without scripts."""

from datetime import timedelta

import pytest

from navigator import clock, database
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.navigator.tickets.report_factory import tell

FINDING = ".desk-finding"


@pytest.fixture
def rise(address: str) -> None:
    """Nine reports of each of seven kinds, where there were none before, of a programme that is not new."""
    with clock.stopped_at(clock.now() - timedelta(days=70)), database.writing() as session:
        tell(session, category="other.suggestion")
    with clock.stopped_at(clock.now() - timedelta(hours=1)), database.writing() as session:
        for number in range(7):
            for _ in range(9):
                tell(session, category=CATEGORIES[number])


CATEGORIES = (
    "access.forgotten_password", "access.signed_out", "use.how_to", "use.feature_fault", "notify.too_many",
    "use.lost_answers", "use.outage_or_error",
)  # fmt: skip


@pytest.mark.parametrize(
    ("screen", "scripts"), [(NARROW, False), (NARROW, True), (WIDE, False), (WIDE, True)]
)
@pytest.mark.usefixtures("rise")
def test_a_manager_decides(come: Come, screen: dict[str, int], scripts: bool) -> None:
    mo = come(screen, scripts=scripts)
    mo.log_in("mo")
    mo.go("/insight")
    assert mo.page.locator(f"{FINDING}:visible").count() == 7
    if screen == WIDE:
        last = mo.page.locator(FINDING).nth(6).bounding_box()
        assert last
        assert last["y"] + last["height"] <= WIDE["height"]
    is_of_patients(mo)
    mo.leave_by(mo.page.locator(f"{FINDING} a").first)
    assert mo.page.locator("th a[href^='/tickets/']").count() == 9


def is_of_patients(mo: Person) -> None:
    """Choose those of patients: none of the reports is of a practitioner."""
    mo.page.get_by_text("Choose other days").click()
    mo.page.get_by_label("Who reported").select_option("pwp")
    mo.press("Show")
    assert "Nothing needs a decision" in mo.words
    assert mo.page.locator(FINDING).count() == 0
    mo.page.go_back()
    mo.look()


@pytest.mark.usefixtures("rise")
def test_a_question_is_reached_from_the_list_and_its_picture_leads_to_tickets(come: Come) -> None:
    mo = come(NARROW)
    mo.log_in("mo")
    mo.go("/insight")
    mo.page.get_by_role("navigation", name="The questions").get_by_role("link", name="What recurs?").click()
    mo.page.wait_for_url("**#q-recurs")
    bar = mo.page.locator("section[aria-labelledby=recurs-heading] svg a").first
    box = bar.bounding_box()
    assert box
    assert box["height"] >= 24
    bar.focus()
    mo.page.keyboard.press("Enter")
    mo.page.wait_for_url("**/desk?**")
    assert mo.page.locator("th a[href^='/tickets/']").count() == 9


@pytest.mark.usefixtures("rise")
def test_what_is_printed_shows_no_exact_number_and_every_table(come: Come) -> None:
    mo = come(WIDE)
    mo.log_in("mo")
    mo.go("/insight")
    mo.page.emulate_media(media="print")
    words = mo.words
    assert "10 reports, and fewer than 5 in the 28 days before" in words
    assert "9 reports" not in words
    assert mo.page.locator("section[aria-labelledby=recurs-heading] table").is_visible()
    assert not mo.page.locator(".desk-contents").is_visible()


@pytest.mark.parametrize("look", [{"color_scheme": "dark"}, {"forced_colors": "active"}])
@pytest.mark.usefixtures("rise")
def test_at_night_and_in_forced_colours(come: Come, look: dict[str, str]) -> None:
    """Axe finds no words that are hard to read."""
    mo = come(NARROW, **look)
    mo.log_in("mo")
    mo.go("/insight")
    bar, ground = mo.page.evaluate(
        "[getComputedStyle(document.querySelector('.desk-trend .desk-chart-now')).fill,"
        " getComputedStyle(document.body).backgroundColor]"
    )
    assert bar != ground
