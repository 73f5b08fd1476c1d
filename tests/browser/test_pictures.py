"""Pictures in a real browser at 320 pixels, without and with JavaScript: sent, seen, and refused in words."""

import pytest
from playwright.sync_api import FilePayload, expect

from navigator import database
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.reports import drafts
from tests.browser.conftest import NARROW, Come, Person
from tests.web.public.test_pictures import PDF, photo


def choose(person: Person, *files: tuple[str, bytes]) -> None:
    """Choose files, as the box of the page lets one."""
    payload = [FilePayload(name=name, mimeType="image/jpeg", buffer=content) for name, content in files]
    person.page.locator("input[type=file]").set_input_files(payload)


def press_again(person: Person, name: str) -> None:
    """Press a button that was pressed before: a second press at once is taken for one too many.

    A script sends it and goes on only then, so whoever presses waits for what comes of it, and looks at that.
    """
    person.page.wait_for_timeout(1100)
    person.page.get_by_role("button", name=name, exact=True).click()


def sees_pictures(person: Person, count: int) -> None:
    """All thumbnails of the page have come."""
    images = person.page.locator(".desk-files img")
    expect(images).to_have_count(count)
    for index in range(count):
        assert images.nth(index).evaluate("it => it.decode().then(() => it.naturalWidth > 0)")


@pytest.mark.parametrize("scripts", [False, True])
def test_a_picture_with_an_answer(come: Come, address: str, scripts: bool):
    with database.writing() as session:
        told = ReportInput(service="north", programme="fern", text="I cannot log in")
        number = staff.report(session, ANONYMOUS, told).ticket.number
        token = private_links.mint(session, number)
    pat = come(NARROW, scripts=scripts)
    pat.go(f"/t/{token}")
    pat.write("Write to us", "This is what I see")
    choose(pat, ("wrong.png", b"<html>"))
    pat.press("Send")
    pat.page.get_by_text("“wrong.png” was not sent").first.wait_for()
    assert pat.page.get_by_label("Write to us").input_value() == "This is what I see"
    choose(pat, ("IMG_0001.jpg", photo(1200, 900)), ("letter.pdf", PDF))
    press_again(pat, "Send")
    pat.page.get_by_text("Your message was sent.").wait_for()
    sees_pictures(pat, 1)
    pat.look()
    pat.page.locator(".desk-files a").first.click()
    pat.page.wait_for_url("**/files/*")
    assert "/files/" in pat.page.url
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}")
    sees_pictures(amina, 1)
    assert amina.words.count("Not checked for viruses") == 2
    amina.page.get_by_label("Reply to the reporter").fill("Look here")
    amina.press("Add a picture or PDF")
    choose(amina, ("a.jpg", photo()))
    amina.press("Add")
    amina.page.get_by_role("button", name="Remove", exact=True).wait_for()
    sees_pictures(amina, 1)
    amina.page.get_by_role("link", name="Back to what you write").first.click()
    assert amina.page.get_by_label("Reply to the reporter").input_value() == "Look here"
    sees_pictures(amina, 2)
    amina.press("Send")
    amina.page.locator(".desk-messages .desk-public").get_by_text("Look here").wait_for()
    sees_pictures(amina, 2)


@pytest.mark.parametrize("scripts", [False, True])
def test_pictures_with_a_report(come: Come, address: str, scripts: bool):
    with database.writing() as session:
        draft, token = drafts.start_draft(session)
        draft.answers = {"place": {"service": "north", "programme": "fern"}, "words": {"text": "It is blank"}}
    pat = come(NARROW, scripts=scripts)
    pat.page.context.add_cookies([{"name": "desk_draft", "value": token, "url": address}])
    pat.go("/report/pictures")
    choose(pat, *[("a.jpg", photo())] * 4)
    pat.press("Add")
    pat.page.get_by_text("up to 3 files").first.wait_for()
    choose(pat, ("a.jpg", photo()), ("b.jpg", photo(30, 60)))
    press_again(pat, "Add")
    pat.page.get_by_text("What you have added").wait_for()
    sees_pictures(pat, 2)
    pat.look()
    pat.leave_by(pat.page.get_by_role("button", name="Remove", exact=True).first)
    sees_pictures(pat, 1)
    pat.look()
