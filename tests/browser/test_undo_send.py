"""Sending in a real browser: a macro at the cursor, a button that says what it does, and Undo in time."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from navigator import clock, database
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.service import Service
from navigator.tickets.ticket import Message, Ticket
from tests.browser.conftest import NARROW, UNDO_SECONDS, WIDE, Come, Person
from tests.navigator.tickets.report_factory import tell

BOX = "Reply to the reporter"
GAP = "[fill in: the day of their next session]"
SIZES = pytest.mark.parametrize("screen", [NARROW, WIDE], ids=["narrow", "wide"])


@pytest.fixture
def number(address: str) -> int:
    with database.writing() as session:
        north = session.exec(select(Service.id).where(Service.code == "north")).one()
        macro = CannedReply(
            service_id=north, code="ask", title="Which phone", body="Which phone?", does="wait"
        )
        macro.follow_up = "5_days"
        gap = CannedReply(service_id=north, code="day", title="Their day", body="See you on {session_day}.")
        two = CannedReply(
            service_id=north, code="two", title="Both days", body="On {session_day} or {session_day}?"
        )
        session.add_all([macro, gap, two])
        return tell(session).number


@pytest.fixture
def amina(come: Come, number: int) -> Person:
    return at_ticket(come, number, WIDE)


def at_ticket(come: Come, number: int, screen: Any, scripts: bool = True) -> Person:
    amina = come(screen, scripts=scripts)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}")
    return amina


def said() -> list[str]:
    with database.reading() as session:
        return list(
            session.exec(select(Message.body).where(Message.author == "staff").order_by(col(Message.id)))
        )


def status(number: int) -> str:
    with database.reading() as session:
        return session.get_one(Ticket, number).status


def send(person: Person) -> None:
    """Press the button of the reply form, whatever it says now."""
    person.page.locator("form[data-draft=replies] button.nhsuk-button").first.click()
    person.page.locator(".desk-undo-send").wait_for()
    person.look()


@SIZES
def test_a_macro_goes_to_the_cursor_and_says_what_it_will_do(come: Come, number: int, screen: Any) -> None:
    amina = at_ticket(come, number, screen)
    box = amina.page.get_by_label(BOX)
    box.fill("Hello Pat,\n\nBest wishes")
    box.evaluate("box => box.setSelectionRange(12, 12)")
    amina.page.get_by_text("Replies to hand").click()
    amina.page.get_by_role("button", name="Which phone").click()
    expect(box).to_have_value("Hello Pat,\n\nWhich phone?\n\nBest wishes")
    expect(amina.page.get_by_role("button", name="Send and wait for their answer")).to_be_visible()
    expect(amina.page.get_by_label("Next", exact=True)).to_have_value("5_days")
    amina.look()
    amina.page.get_by_label("When you send it").select_option("")
    expect(amina.page.get_by_role("button", name="Send and wait for their answer")).to_have_count(0)
    assert (said(), status(number)) == ([], "new")


def test_a_macro_whose_words_are_taken_out_again_does_nothing(amina: Person) -> None:
    """It was deleted and other words written, and a call that nobody made was logged with them."""
    amina.page.get_by_text("Replies to hand").click()
    amina.page.get_by_role("button", name="Which phone").click()
    box = amina.page.get_by_label(BOX)
    expect(box).to_have_value("Which phone?")
    amina.page.keyboard.press("Control+a")
    amina.page.keyboard.press("Delete")
    box.press_sequentially("It is done.")
    assert box.input_value() == "It is done."
    expect(amina.page.get_by_label("Next", exact=True)).to_have_value("")
    expect(amina.page.get_by_label("When you send it")).to_have_value("")
    expect(amina.page.get_by_role("button", name="Send and wait for their answer")).to_have_count(0)


def test_the_palette_puts_a_reply_to_hand_where_somebody_writes(amina: Person) -> None:
    """Nine keys led to the reply; by its name it is five."""
    for key, place in (("r", "main"), ("e", "dialog[open]")):
        amina.page.keyboard.press(key)
        box = amina.page.locator(f"{place} textarea")
        box.focus()
        amina.page.keyboard.press("Control+k")
        amina.page.keyboard.type("which")
        amina.page.keyboard.press("Enter")
        expect(box).to_have_value("Which phone?")
        expect(box).to_be_focused()
        amina.page.evaluate("document.activeElement.blur()")


def test_a_gap_is_what_is_typed_next(amina: Person) -> None:
    amina.page.get_by_text("Replies to hand").click()
    amina.page.get_by_role("button", name="Their day").click()
    expect(amina.page.get_by_label(BOX)).to_be_focused()
    amina.page.keyboard.type("Friday")
    assert amina.page.get_by_label(BOX).input_value() == "See you on Friday."


def test_gaps_are_filled_by_keyboard_and_one_that_is_left_is_where_it_goes_on(amina: Person) -> None:
    keyboard = amina.page.keyboard
    keyboard.press("r")
    keyboard.press("Control+k")
    keyboard.type("both days")
    keyboard.press("Enter")
    expect(amina.page.get_by_label(BOX)).to_have_value(f"On {GAP} or {GAP}?")
    keyboard.type("Friday")
    keyboard.press("Control+Enter")
    expect(amina.page.locator(".nhsuk-error-summary")).to_be_focused()
    amina.look()
    assert (f"Fill this in, or take it out: {GAP}" in amina.words, said()) == (True, [])
    for key in ("Tab", "Enter"):
        keyboard.press(key)
    keyboard.type("Monday")
    expect(amina.page.get_by_label(BOX)).to_have_value("On Friday or Monday?")
    keyboard.press("Control+Enter")
    amina.page.locator(".desk-undo-send").wait_for()
    assert said() == ["On Friday or Monday?"]


@SIZES
def test_a_gap_is_filled_without_scripts_where_the_box_is_in_view(
    come: Come, number: int, screen: Any
) -> None:
    amina = at_ticket(come, number, screen, scripts=False)
    amina.page.get_by_text("Replies to hand").click()
    amina.press("Their day")
    box = amina.page.get_by_label(BOX)
    expect(box).to_be_in_viewport(ratio=0.9)
    assert box.input_value() == f"See you on {GAP}."
    amina.leave_by(amina.page.get_by_role("button", name="Send", exact=True))
    assert (f"Fill this in, or take it out: {GAP}" in amina.words, said()) == (True, [])
    amina.page.get_by_role("link", name="Fill this in").click()
    expect(box).to_be_in_viewport(ratio=0.9)
    box.fill("See you on Friday.")
    send(amina)
    assert said() == ["See you on Friday."]


def test_who_clicks_into_the_box_writes_where_they_clicked(come: Come, number: int) -> None:
    amina = at_ticket(come, number, WIDE)
    amina.go(f"/tickets/{number}?use=day")
    amina.page.get_by_label(BOX).click(position={"x": 12, "y": 12})
    amina.page.keyboard.press("Home")
    amina.page.keyboard.type("Dear Pat, ")
    assert amina.page.get_by_label(BOX).input_value() == f"Dear Pat, See you on {GAP}."


@SIZES
@pytest.mark.parametrize("scripts", [True, False])
def test_undo_brings_the_words_back(come: Come, number: int, screen: Any, scripts: bool) -> None:
    amina = at_ticket(come, number, screen, scripts)
    amina.write(BOX, "Please try the wrong page.")
    send(amina)
    assert f"Sent in {UNDO_SECONDS} s." in amina.words or scripts
    amina.press("Undo")
    assert amina.page.get_by_label(BOX).input_value() == "Please try the wrong page."
    assert "Taken back. Your words are in the reply box." in amina.words
    assert (said(), status(number)) == ([], "new")


def test_undo_is_the_next_stop_of_the_keyboard(amina: Person, number: int) -> None:
    amina.write(BOX, "Please try the wrong page.")
    send(amina)
    amina.page.keyboard.press("Tab")
    amina.page.keyboard.press("Enter")
    amina.page.get_by_text("Taken back.").wait_for()
    assert said() == []


def test_the_seconds_are_counted_and_then_it_is_sent(amina: Person, number: int) -> None:
    amina.page.clock.install()
    amina.write(BOX, "Please try the reset page.")
    send(amina)
    expect(amina.page.get_by_text("Not sent yet.")).to_be_visible()
    amina.page.clock.fast_forward(UNDO_SECONDS * 1000)
    expect(amina.page.get_by_role("button", name="Undo")).to_have_count(0)
    expect(amina.page.locator(".desk-undo-send")).to_contain_text("Sent.")
    expect(amina.page.get_by_text("Not sent yet.")).to_have_count(0)
    assert said() == ["Please try the reset page."]


def test_in_two_tabs_it_is_taken_back_once(amina: Person, number: int) -> None:
    amina.write(BOX, "Please try the wrong page.")
    send(amina)
    other = amina.page.context.new_page()
    other.goto(f"{amina.address}/tickets/{number}")
    other.get_by_role("button", name="Undo").click()
    other.get_by_text("Taken back.").wait_for()
    amina.press("Undo")
    assert "It was taken back already" in amina.words
    assert amina.page.get_by_label(BOX).input_value() == "Please try the wrong page."


def test_too_late_is_said_and_nothing_is_lost(amina: Person, number: int) -> None:
    amina.write(BOX, "Please try the reset page.")
    send(amina)
    clock.set_to(clock.now() + timedelta(seconds=UNDO_SECONDS + 1))
    amina.page.get_by_role("button", name="Undo").click()
    amina.page.get_by_text("It has left.").first.wait_for()
    assert said() == ["Please try the reset page."]


def test_what_is_typed_while_something_can_be_taken_back_is_kept_with_it(amina: Person, number: int) -> None:
    amina.page.get_by_label(BOX).fill("Please try the reset page.")
    send(amina)
    amina.page.get_by_label(BOX).fill("And also")
    amina.page.get_by_role("button", name="Undo").click()
    amina.page.get_by_text("Taken back").wait_for()
    whole = "Please try the reset page.\n\nAnd also"
    expect(amina.page.get_by_label(BOX)).to_have_value(whole)
    amina.page.reload()
    expect(amina.page.get_by_label(BOX)).to_have_value(whole)
