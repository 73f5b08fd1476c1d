"""The header and the size of text that every staff page has: slim, for people who are in it all day."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Come

HIGHEST = {320: 96, 1280: 56}
"""Pixels of the header at each width of a screen."""
HEADER = "document.querySelector('header').getBoundingClientRect().height"


@pytest.mark.parametrize("who", ["amina", "ada", "mo", "priya"])
@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
def test_the_header_is_slim(come: Come, size: dict[str, int], scripts: bool, who: str) -> None:
    person = come(size, scripts=scripts)
    person.log_in(who)
    assert person.page.evaluate(HEADER) <= HIGHEST[size["width"]]


def test_the_menu_of_a_narrow_screen_holds_every_page_and_closes_by_escape(come: Come) -> None:
    amina = come(NARROW)
    amina.log_in("amina")
    menu = amina.page.locator(".desk-menu")
    menu.locator("summary").click()
    amina.look()
    shown = [link.inner_text() for link in menu.get_by_role("link").all()]
    assert {"Today", "Queue", "Training", "Your account"} <= {name.split("\n")[0] for name in shown}
    amina.page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    menu.locator("summary").click()
    amina.page.mouse.click(5, 630)  # below the menu
    expect(menu).not_to_have_attribute("open", "")


def test_without_scripts_the_menu_leads_on(come: Come) -> None:
    amina = come(NARROW, scripts=False)
    amina.log_in("amina")
    amina.page.locator(".desk-menu summary").click()
    amina.follow("Training")
    assert amina.path == "/training"
