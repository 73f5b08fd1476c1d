"""A navigator's work by keyboard alone: everything is a few keys away, and the focus is never lost."""

from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE, Come
from tests.browser.test_live import report


def test_a_ticket_is_found_and_resolved_without_a_pointer(come: Come) -> None:
    amina = come(WIDE)
    reference = report()
    amina.log_in("amina")
    keys = amina.page.keyboard
    keys.press("Control+k")
    keys.type("queue")
    keys.press("Enter")
    amina.page.wait_for_url("**/desk*")
    keys.press("Control+k")
    amina.look()
    keys.type(reference.removeprefix("DN-0000"))
    keys.press("Enter")
    amina.page.wait_for_url("**/tickets/*")
    keys.press("Control+k")
    keys.type("resol")
    keys.press("Enter")
    expect(amina.page.get_by_label("Put right", exact=True)).to_be_focused()
    keys.press("Space")
    keys.press("Tab")
    keys.type("It works again.")
    keys.press("Tab")
    keys.press("Enter")
    amina.page.get_by_text("We ask if it works").wait_for()


def test_going_back_leaves_the_focus_where_it_was(come: Come) -> None:
    amina = come(NARROW)
    report()
    amina.log_in("amina")
    amina.go("/tickets/1")
    box = amina.page.get_by_label("Reply to the reporter")
    box.focus()
    amina.page.keyboard.press("Control+k")
    amina.page.get_by_role("dialog").wait_for()
    amina.page.keyboard.type("nothing like this")
    amina.page.get_by_role("option", name="Find “nothing like this”").wait_for()
    amina.page.keyboard.press("Escape")
    expect(box).to_be_focused()


def test_a_draft_is_kept_while_it_is_written_and_others_see_who_writes(come: Come) -> None:
    amina, tom = come(WIDE), come(WIDE)
    report()
    amina.log_in("amina")
    tom.log_in("tom")
    amina.go("/tickets/1")
    amina.page.get_by_label("Reply to the reporter").fill("Half an answer")
    amina.page.get_by_text("Kept as a draft").wait_for()
    with tom.page.expect_response("**/here"):  # that he is there is told every half minute
        tom.go("/tickets/1")
    assert "Amina Yusuf is writing" in tom.words
    assert tom.page.get_by_label("Reply to the reporter").input_value() == ""
    amina.go("/tickets/1")
    assert amina.page.get_by_label("Reply to the reporter").input_value() == "Half an answer"
    amina.look()
    amina.page.get_by_text("Tom Baker is reading").wait_for()


def test_a_lost_connection_is_said_where_somebody_writes(come: Come) -> None:
    amina = come(WIDE)
    report()
    amina.log_in("amina")
    amina.go("/tickets/1")
    amina.page.context.set_offline(True)
    amina.page.get_by_label("Reply to the reporter").fill("Half an answer")
    amina.page.get_by_text("This draft is not kept: there is no connection.").wait_for()
    amina.page.context.set_offline(False)
    amina.page.get_by_label("Reply to the reporter").press_sequentially(" more")
    amina.page.get_by_text("Kept as a draft").wait_for()
