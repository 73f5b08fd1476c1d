"""The palette: any ticket, any page and any deed, by words in any order; its choice is always in view."""

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.browser.test_live import report

ONCE_MORE = """fetch("/pages", { headers: { accept: "application/json" } })
  .then((answer) => answer.json()).then(() => true)"""
"""What the palette asked for: when this has come, that is in its list."""


def options(person: Person, typed: str) -> list[str]:
    """What the palette offers for these letters."""
    if not person.page.get_by_role("combobox").is_visible():
        with person.page.expect_response("**/pages"):
            person.page.keyboard.press("Control+k")
        person.page.evaluate(ONCE_MORE)
    person.page.get_by_role("combobox").fill(typed)
    return person.page.get_by_role("option").all_inner_texts()


def test_any_page_is_found_by_words_in_any_order_and_with_letters_left_out(come: Come) -> None:
    ada = come(WIDE)
    ada.log_in("ada")
    assert options(ada, "hours north")[0] == "Settings of North Talking Therapies: opening hours"
    assert (
        options(ada, "north opening") == options(ada, "openin norh")[:1] + options(ada, "north opening")[1:]
    )
    assert options(ada, "guide clinic") == ["Guide for clinicians"]
    assert options(ada, "nothing like this") == []
    ada.page.get_by_text("Nothing like this is here.").wait_for()
    ada.look()
    assert options(ada, "hours north")
    ada.page.keyboard.press("Enter")
    ada.page.wait_for_url("**/settings/hours/north")


def test_any_number_opens_its_ticket_and_what_may_not_be_seen_is_not_found(come: Come) -> None:
    reference = report()
    for who, seen in (("amina", reference), ("priya", "cannot find")):
        person = come(WIDE)
        person.log_in(who)
        assert options(person, reference)[0] == f"Open {reference}"
        assert options(person, "dn 1")[0] == options(person, "1")[0] == f"Open {reference}"
        with person.page.expect_navigation(url="**/tickets/1"):
            person.page.keyboard.press("Enter")
        assert seen in person.words, who


def test_what_no_page_has_is_looked_for_and_stands_in_no_address(come: Come) -> None:
    amina = come(WIDE)
    report("It says elephant")
    amina.log_in("amina")
    assert options(amina, "elephant") == ["Find “elephant”"]
    amina.page.keyboard.press("Enter")
    amina.page.wait_for_url("**/search/1")
    amina.page.get_by_text("elephant").first.wait_for()
    amina.look()
    amina.page.get_by_role("link", name="DN-000001").click()
    amina.page.wait_for_url("**/tickets/1")
    amina.page.go_back()
    assert amina.path == "/search/1"
    assert "elephant" in amina.words


def test_the_choice_is_always_in_view(come: Come) -> None:
    ada = come({"width": 900, "height": 420})
    ada.log_in("ada")
    assert len(options(ada, "s")) > 8
    in_view = """() => {
      const line = document.querySelector("[role=option][aria-selected=true]").getBoundingClientRect();
      const list = document.querySelector("#palette").getBoundingClientRect();
      return line.top >= list.top - 1 && line.bottom <= list.bottom + 1;
    }"""
    for key in ["ArrowDown"] * 14 + ["ArrowUp"] * 5:
        ada.page.keyboard.press(key)
        assert ada.page.evaluate(in_view)
        chosen = ada.page.locator("[aria-selected=true]").get_attribute("id")
        assert ada.page.get_by_role("combobox").get_attribute("aria-activedescendant") == chosen


def test_it_is_opened_used_and_closed_by_touch(come: Come) -> None:
    amina = come(NARROW, has_touch=True)
    amina.log_in("amina")
    amina.page.get_by_role("button", name="Actions").tap()
    amina.page.get_by_role("dialog").wait_for()
    amina.look()
    amina.page.get_by_role("button", name="Close").tap()
    expect(amina.page.get_by_role("dialog")).to_have_count(0)
    amina.page.get_by_role("button", name="Actions").tap()
    amina.page.get_by_role("combobox").fill("queue mine")
    amina.page.get_by_role("option", name="Queue: Mine").tap()
    amina.page.wait_for_url("**/desk?view=mine")
