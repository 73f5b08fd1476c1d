"""A ticket on a laptop: what was said and the reply come first, and each deed opens in place (14)."""

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from navigator import database
from navigator.people.actor import reporter
from navigator.tickets.actions import staff
from navigator.tickets.actions.reporter import answer
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import Message, Ticket
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.browser.test_live import report
from tests.browser.test_writing import end_log_ins
from tests.people import PASSWORD, actor_of

SCREENS = pytest.mark.parametrize("screen", [NARROW, WIDE], ids=["narrow", "wide"])


@pytest.fixture
def amina(come: Come) -> Person:
    return at_ticket(come, WIDE)


def at_ticket(come: Come, screen: Any, **more: Any) -> Person:
    report("I forgot it")
    with database.writing() as session:
        staff.claim(session, actor_of(session, 1), 1)
    amina = come(screen, **more)
    amina.log_in("amina")
    amina.go("/tickets/1")
    return amina


def bounds(person: Person, selector: str) -> dict[str, float]:
    box = person.page.locator(selector).first.bounding_box()
    assert box, selector
    return {"top": box["y"], "bottom": box["y"] + box["height"], "left": box["x"]}


def said(action: str) -> list[str]:
    with database.reading() as session:
        return [
            one.body
            for one in session.exec(select(Message).where(Message.action == action).order_by(col(Message.id)))
        ]


def deed(person: Person, name: str) -> None:
    person.follow(name)
    person.page.get_by_role("dialog", name=name).wait_for()


def is_at(person: Person, words: str) -> None:
    """What has these words has the focus, or gets it."""
    expect(person.page.locator(":focus")).to_have_text(words)


def test_what_was_said_begins_high_and_send_is_in_view(amina: Person) -> None:
    assert bounds(amina, ".desk-messages > li")["top"] <= 260
    send = amina.page.get_by_role("button", name="Send", exact=True).bounding_box()
    assert send
    assert send["y"] + send["height"] <= WIDE["height"]
    assert bounds(amina, "#who")["left"] > bounds(amina, "form[data-draft=replies]")["left"] + 600
    assert bounds(amina, "#who")["top"] <= 260, "who reported it stands beside the first message"


@SCREENS
def test_it_comes_in_one_order_on_every_screen(come: Come, screen: Any) -> None:
    amina = at_ticket(come, screen)
    order = ["h1", ".desk-actions", ".desk-messages > li", "form[data-draft=replies]"]
    tops = [bounds(amina, one)["top"] for one in order]
    assert tops == sorted(tops)
    if screen == NARROW:
        assert bounds(amina, "#who")["top"] > bounds(amina, "form[data-draft=replies]")["bottom"]


def test_of_a_long_conversation_the_newest_and_the_reply_are_near(come: Come) -> None:
    report("The very first words")
    with database.writing() as session:
        for n in range(2, 13):
            answer(session, reporter(1), 1, SayInput(body=f"Words {n}."))
    amina = come(WIDE)
    amina.log_in("amina")
    amina.go("/tickets/1")
    assert "The very first words" in amina.words
    assert "Words 2." not in amina.words
    assert "Words 12." in amina.words
    amina.page.get_by_text("6 earlier messages").click()
    for n in range(2, 8):
        assert f"Words {n}." in amina.words
    amina.page.get_by_role("link", name="Reply", exact=True).click()
    expect(amina.page.get_by_label("Reply to the reporter")).to_be_in_viewport()
    expect(amina.page.get_by_label("Reply to the reporter")).to_be_focused()


@SCREENS
@pytest.mark.parametrize("scripts", [True, False])
def test_whoever_begins_a_reply_still_sees_what_they_answer(come: Come, screen: Any, scripts: bool) -> None:
    report("I forgot it")
    with database.writing() as session:
        answer(session, reporter(1), 1, SayInput(body="The newest words."))
    amina = come(screen, scripts=scripts)
    amina.log_in("amina")
    amina.go("/tickets/1")
    if scripts:
        amina.page.keyboard.press("r")
    else:
        amina.page.get_by_role("link", name="Reply", exact=True).click()
    expect(amina.page.get_by_label("Reply to the reporter")).to_be_focused()
    expect(amina.page.get_by_text("The newest words.")).to_be_in_viewport(ratio=1)
    expect(amina.page.get_by_role("button", name="Send", exact=True)).to_be_in_viewport(ratio=1)


@SCREENS
def test_a_deed_opens_in_place_keeps_what_was_typed_and_gives_the_focus_back(come: Come, screen: Any) -> None:
    amina = at_ticket(come, screen)
    deed(amina, "Note for staff")
    assert amina.path == "/tickets/1"
    note = amina.page.get_by_role("dialog").get_by_label("Note for staff")
    expect(note).to_be_focused()
    note.fill("She has two phones")
    amina.page.keyboard.press("Escape")
    expect(amina.page.get_by_role("dialog")).to_have_count(0)
    is_at(amina, "Note for staff")
    amina.page.keyboard.press("Enter")
    assert note.input_value() == "She has two phones"
    expect(note).to_be_focused()
    amina.press("Close")
    is_at(amina, "Note for staff")
    assert amina.page.get_by_label("Reply to the reporter").input_value() == "", "it went into no other box"
    assert said("note") == []


def test_what_cannot_be_taken_back_is_not_under_the_enter_key(amina: Person) -> None:
    amina.page.get_by_text("More").click()
    deed(amina, "Private links")
    is_at(amina, "Close")


def test_a_deed_of_the_menu_gives_the_focus_back_to_the_menu(amina: Person) -> None:
    amina.page.get_by_text("More").click()
    deed(amina, "Ask and wait")
    amina.page.keyboard.press("Escape")
    expect(amina.page.locator(".desk-more summary")).to_be_focused()


@SCREENS
def test_what_is_refused_says_so_in_place_and_what_is_done_goes_on(come: Come, screen: Any) -> None:
    amina = at_ticket(come, screen)
    deed(amina, "Resolve")
    amina.press("Send and resolve")
    problems = amina.page.get_by_role("dialog").get_by_role("alert")
    expect(problems).to_contain_text("There is a problem")
    assert amina.path == "/tickets/1"
    amina.choose("Put right")
    amina.write("What do you tell the reporter?", "Your password is Sunny-42")
    amina.press("Send and resolve")
    expect(amina.page.get_by_role("dialog")).to_contain_text("There seems to be a password in it")
    expect(amina.page.get_by_role("button", name="Change it")).to_be_focused()
    amina.look()
    amina.press("Change it")
    words = amina.page.get_by_label("What do you tell the reporter?")
    expect(words).to_have_value("Your password is Sunny-42")
    assert amina.page.get_by_label("Put right", exact=True).is_checked()
    words.fill("It works again.")
    amina.press("Send and resolve")
    amina.page.get_by_text("Resolved. We ask if it works.").wait_for()
    assert amina.path == "/tickets/1"
    assert said("reply") == ["It works again."]
    with database.reading() as session:
        assert session.get_one(Ticket, 1).status == "resolved"


def test_look_at_it_first_opens_in_place_and_leads_back_to_the_reply(amina: Person) -> None:
    box = amina.page.get_by_label("Reply to the reporter")
    box.fill("Try Wi-Fi.")
    amina.press("Look at it first")
    preview = amina.page.get_by_role("dialog", name="Before you send it")
    expect(preview).to_contain_text("Try Wi-Fi.")
    amina.press("Change it")
    expect(box).to_be_focused()
    assert box.input_value() == "Try Wi-Fi."
    amina.page.wait_for_timeout(1100)  # a button that is pressed twice within a second is pressed once
    amina.press("Look at it first")
    preview.get_by_role("button", name="Send it", exact=True).click()
    amina.page.get_by_text("Sent in").wait_for()
    assert said("reply") == ["Try Wi-Fi."]


def test_a_note_that_is_a_reply_becomes_one(amina: Person) -> None:
    deed(amina, "Note for staff")
    amina.page.get_by_role("dialog").get_by_label("Note for staff").fill("Dear Pat, it works again.")
    amina.press("Save note for staff")
    amina.press("Make it a reply")
    expect(amina.page.get_by_role("dialog")).to_contain_text("As the reporter will read it")
    amina.press("Change it")
    expect(amina.page.get_by_label("Reply to the reporter")).to_have_value("Dear Pat, it works again.")
    assert said("note") == said("reply") == []


def test_what_another_changed_is_said_in_place(amina: Person, come: Come) -> None:
    deed(amina, "Note for staff")
    tom = come(WIDE)
    tom.log_in("tom")
    tom.go("/tickets/1")
    tom.write("Reply to the reporter", "I have it.")
    tom.press("Send")
    note = amina.page.get_by_role("dialog").get_by_label("Note for staff")
    note.fill("She has two phones")
    amina.press("Save note for staff")
    expect(amina.page.get_by_role("dialog")).to_contain_text("Tom Baker replied")
    assert note.input_value() == "She has two phones"
    amina.press("Save note for staff")
    amina.page.get_by_text("Your note was saved").wait_for()
    assert said("note") == ["She has two phones"]


def test_a_log_in_that_ends_in_a_dialog_costs_no_word(amina: Person) -> None:
    """What is for staff only comes back in its own form, never in the reply on the page."""
    deed(amina, "Note for staff")
    amina.page.get_by_role("dialog").get_by_label("Note for staff").fill("She has two phones")
    end_log_ins()
    amina.page.get_by_role("button", name="Save note for staff").click()
    amina.page.wait_for_url("**/log-in*")
    amina.page.fill("#email", "amina@north.example")
    amina.page.fill("#password", PASSWORD)
    amina.press("Log in")
    assert amina.path.startswith("/tickets/1/notes")
    assert amina.page.get_by_label("Note for staff", exact=True).input_value() == "She has two phones"
    amina.press("Save note for staff")
    assert said("note") == ["She has two phones"]


@SCREENS
def test_without_scripts_a_deed_is_its_page(come: Come, screen: Any) -> None:
    amina = at_ticket(come, screen, scripts=False)
    amina.follow("Note for staff")
    assert amina.path == "/tickets/1/notes#asks"
    amina.write("Note for staff", "She has two phones")
    amina.press("Save note for staff")
    assert "Your note was saved" in amina.words
    amina.page.get_by_text("More").click()
    amina.follow("Ask and wait")
    assert amina.path == "/tickets/1/waiting#asks"


@SCREENS
def test_a_printed_ticket_has_no_links_to_other_pages_of_the_desk(come: Come, screen: dict[str, int]) -> None:
    amina = at_ticket(come, screen)
    amina.page.emulate_media(media="print")
    expect(amina.page.locator(".desk-onward")).to_be_hidden()
    expect(amina.page.locator(".desk-messages")).to_be_visible()


def test_what_is_only_read_is_fetched_each_time_it_is_opened(come: Come) -> None:
    """The history of a ticket was shown as it stood when somebody looked first."""
    amina = at_ticket(come, WIDE)
    amina.page.get_by_role("link", name="Everything that was done").click()
    done = amina.page.get_by_role("dialog").locator(".desk-events > li")
    done.first.wait_for()
    before = done.count()
    amina.page.keyboard.press("Escape")
    with database.writing() as session:
        answer(session, reporter(1), 1, SayInput(body="One more thing."))
    amina.page.get_by_role("link", name="Everything that was done").click()
    expect(done).to_have_count(before + 1)
