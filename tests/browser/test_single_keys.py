"""Single keys: they move, open and do; never while somebody types, with a modifier or in a dialog; or off."""

from tests.browser.conftest import WIDE, Come, Person
from tests.browser.test_live import report

FOCUSED = "document.activeElement.closest('a')?.textContent ?? ''"


def at_queue(come: Come, tickets: int = 3) -> tuple[Person, list[str]]:
    references = [report() for _ in range(tickets)]
    amina = come(WIDE)
    amina.log_in("amina")
    amina.go("/desk")
    return amina, references


def press(person: Person, *keys: str) -> None:
    for key in keys:
        person.page.keyboard.press(key)


def test_j_and_k_go_through_a_list_and_enter_opens(come: Come) -> None:
    amina, (first, second, _third) = at_queue(come)
    press(amina, "j")
    assert first in amina.page.evaluate(FOCUSED)
    press(amina, "k", "k")
    assert first in amina.page.evaluate(FOCUSED), "at the first it stays"
    press(amina, "j")
    with amina.page.expect_navigation(url="**/tickets/2*"):
        press(amina, "Enter")
    assert second in amina.words
    amina.page.go_back()
    amina.go("/desk#ticket-2")
    press(amina, "j")
    assert _third in amina.page.evaluate(FOCUSED), "it goes on from where somebody came back to"


def test_x_chooses_the_row_where_somebody_is(come: Come) -> None:
    amina, references = at_queue(come)
    press(amina, "x")
    assert amina.page.locator("main :checked[name=tickets]").count() == 0, "nobody is at a row"
    press(amina, "j", "x", "j", "j", "x", "k")
    chosen = [one.get_attribute("value") for one in amina.page.locator("main :checked[name=tickets]").all()]
    assert [f"DN-{int(number or 0):06}" for number in chosen] == [references[0], references[2]]
    assert references[1] in amina.page.evaluate(FOCUSED), "it stays where it was"


def test_keys_are_shown_and_go_to_pages_and_to_the_search(come: Come) -> None:
    amina, _ = at_queue(come)
    press(amina, "?")
    shown = amina.page.get_by_role("dialog", name="Keys on this page").inner_text()
    assert all(words in shown for words in ("The next in the list", "Find a ticket or a person", "Today"))
    amina.look()
    press(amina, "?", "g", "q")
    assert amina.page.locator("dialog[open]").count() == 1, "no key in a dialog"
    assert amina.path == "/desk"
    press(amina, "Escape")
    with amina.page.expect_navigation(url="**/home"):
        press(amina, "g", "t")
    press(amina, "/")
    amina.page.keyboard.type("g t j ?")
    assert amina.page.locator("#search").input_value() == "g t j ?"
    assert amina.path == "/home"
    assert amina.page.get_by_role("dialog").count() == 0


def test_no_key_does_anything_with_a_modifier_or_while_somebody_types(come: Come) -> None:
    amina, _ = at_queue(come)
    press(amina, "Control+j", "Alt+j", "Meta+j")
    assert amina.page.evaluate("document.activeElement === document.body")
    amina.go("/tickets/1")
    box = amina.page.locator("textarea").first
    box.focus()
    amina.page.keyboard.type("c r e n s ? / g q")
    assert box.input_value() == "c r e n s ? / g q"
    assert amina.path.startswith("/tickets/1")
    assert amina.page.get_by_role("dialog").count() == 0


def test_the_keys_of_a_ticket_press_its_deeds(come: Come) -> None:
    amina, _ = at_queue(come)
    amina.go("/tickets/1")
    press(amina, "r")
    amina.page.locator("textarea:focus").wait_for()
    amina.page.locator("h1").click()
    with amina.page.expect_navigation():
        press(amina, "c")
    assert "It is yours" in amina.words
    for key, deed in (("n", "Note for staff"), ("s", "Snooze"), ("e", "Resolve")):
        amina.go("/tickets/1")
        press(amina, key)
        amina.page.get_by_role("dialog", name=deed).wait_for()
        press(amina, "Escape")
    press(amina, "?")
    shown = amina.page.get_by_role("dialog", name="Keys on this page").inner_text()
    assert "Next ticket" in shown
    assert "Resolve" in shown


def test_who_wants_no_keys_turns_them_off_and_on(come: Come) -> None:
    amina, (first, *_) = at_queue(come)
    amina.go("/account#single-keys")
    amina.press("Turn single keys off")
    amina.go("/desk")
    press(amina, "j", "?", "g", "t")
    assert amina.path == "/desk"
    assert amina.page.get_by_role("dialog").count() == 0
    assert amina.page.evaluate("document.activeElement === document.body")
    press(amina, "Control+k")
    amina.page.get_by_role("dialog").wait_for()
    amina.go("/account")
    amina.press("Turn single keys on")
    amina.go("/desk")
    press(amina, "j")
    assert first in amina.page.evaluate(FOCUSED)


def test_control_and_enter_send_from_any_field_of_a_form_in_which_one_writes(come: Come) -> None:
    """The button said so, and from the choice beside the box nothing happened."""
    amina, _ = at_queue(come, 1)
    amina.go("/tickets/1")
    press(amina, "s")
    amina.page.locator("dialog[open] input[type=radio]").first.focus()
    press(amina, "Space", "Control+Enter")
    amina.page.get_by_text("Snoozed until").first.wait_for()
