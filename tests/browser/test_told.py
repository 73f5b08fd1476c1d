"""Naming a colleague in a note by keyboard, being told, and what is looked at before it is done for good."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from navigator import database
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, reference
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.report_input import ContactInput, ReportInput
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.people import actor_of


def keep(person: Person, name: str) -> None:
    """A picture, where somebody wants to look at it."""
    if folder := os.environ.get("DESK_PICTURES"):
        person.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def told(text: str, route: ContactMethod = ContactMethod.EMAIL) -> int:
    """The number of a report by Pat, which Amina has."""
    pat = ContactInput(route=route, email="pat@post.example", phone="01632 960 001")
    with database.writing() as session:
        report = ReportInput(service="north", category="access.forgotten_password", text=text, contact=pat)
        number = staff.report(session, ANONYMOUS, report).ticket.number
        amina = session.exec(select(User.id).where(User.email == "amina@north.example")).one()
        staff.assign(session, actor_of(session, amina), number, AssignInput(assignee_id=amina))
        return number


def test_a_name_is_offered_while_typing_and_its_owner_reads_it(come: Come) -> None:
    number = told("I cannot log in")
    amina, tom = come(NARROW), come(WIDE)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}/notes")
    box = amina.page.locator("#body")
    box.press_sequentially("Ask @to")
    offer = amina.page.get_by_role("list", name="Colleagues you can name")
    expect(offer.get_by_role("button", name="Tom Baker")).to_be_visible()
    amina.examined.clear()
    amina.look()
    keep(amina, "names-320")
    box.press("ArrowDown")
    amina.page.keyboard.press("Enter")
    expect(box).to_have_value("Ask @Tom Baker ")
    expect(offer).to_be_hidden()
    box.press_sequentially("@zz")
    expect(offer).to_be_hidden()
    for _ in range(3):
        box.press("Backspace")
    box.press_sequentially("@")
    expect(offer).to_be_visible()
    box.press("Escape")
    expect(offer).to_be_hidden()
    box.press("Backspace")
    amina.press("Save note for staff")

    tom.log_in("tom")
    tom.go("/home")
    assert "Amina Yusuf named you in a note" in tom.words
    keep(tom, "today-told-1280")
    with tom.page.expect_response(lambda answer: answer.url.endswith("/seen")):
        tom.go(f"/tickets/{number}")
    keep(tom, "ticket-told-1280")
    tom.go("/home")
    assert "For your attention" not in tom.words


def test_names_are_offered_where_a_note_opens_in_place(come: Come) -> None:
    number = told("I cannot log in")
    amina = come(WIDE)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}")
    amina.page.get_by_role("link", name="Note for staff").first.click()
    dialog = amina.page.get_by_role("dialog")
    box = dialog.get_by_label("Note for staff", exact=True)
    box.press_sequentially("Ask @mo")
    offer = dialog.get_by_role("list", name="Colleagues you can name")
    expect(offer.get_by_role("button", name="Mo Ali")).to_be_visible()
    box.press("Escape")
    expect(offer).to_be_hidden()
    expect(dialog).to_be_visible()
    box.press_sequentially(" ")
    box.press("Backspace")
    box.press("Enter")
    expect(box).to_have_value("Ask @Mo Ali ")
    box.press_sequentially("@")
    expect(offer).to_be_visible()
    box.press("Enter")
    expect(box).to_have_value("Ask @Mo Ali @\n")
    box.press("Backspace")
    box.press("Backspace")
    keep(amina, "note-in-place-1280")
    amina.leave_by(dialog.get_by_role("button", name="Save note for staff"))
    expect(dialog).to_be_hidden()
    assert "Ask @Mo Ali" in amina.words


@pytest.mark.slow
def test_what_is_done_for_good_is_looked_at_first(come: Come) -> None:
    first, second = told("My password is Hunter2blue, it fails"), told("me again")
    amina = come(NARROW)
    for screen, scripts in ((NARROW, True), (WIDE, False)):
        amina = come(screen, scripts=scripts)
        amina.log_in("amina")
        amina.go(f"/tickets/{first}/redaction")
        keep(amina, f"redaction-{screen['width']}")
        amina.press("Password “Hunter2blue”")
        keep(amina, f"redaction-preview-{screen['width']}")
        amina.go(f"/tickets/{first}/merge")
        amina.write("Number of the ticket that goes on", str(second))
        amina.press("Look at what happens")
        keep(amina, f"merge-preview-{screen['width']}")
        amina.go(f"/tickets/{first}/snooze")
        keep(amina, f"snooze-{screen['width']}")
    amina.go(f"/tickets/{first}/merge")
    amina.write("Number of the ticket that goes on", str(second))
    amina.press("Look at what happens")
    amina.press(f"Merge into {reference(second)}")
    keep(amina, "merged-1280")
    amina.go(f"/tickets/{second}/unmerging")
    keep(amina, "unmerging-1280")
    amina.press(f"Undo the merge of {reference(first)}")
    assert "Both tickets stand as they stood before" in amina.words


def test_calls_are_made_and_logged_from_their_list(come: Come) -> None:
    numbers = [told(text, ContactMethod.PHONE) for text in ("first", "second", "third")]
    amina = come(NARROW)
    for screen in (NARROW, WIDE):
        amina = come(screen, color_scheme="dark" if screen is WIDE else "light")
        amina.log_in("amina")
        amina.go("/desk/calls")
        keep(amina, f"calls-{screen['width']}")
    amina.page.get_by_label("What came of it").first.select_option("no_answer")
    amina.leave_by(amina.page.get_by_role("button", name=f"Log the call of {reference(numbers[0])}"))
    assert "Wants a call: try 2" in amina.words
    keep(amina, "calls-logged-1280")
