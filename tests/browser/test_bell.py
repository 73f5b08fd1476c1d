"""The bell in a real browser: the number changes on an open page, and in another browser of its reader."""

from playwright.sync_api import expect
from sqlmodel import select

from navigator import database
from navigator.people.actor import ANONYMOUS
from navigator.people.login import actor_of
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.report_input import ReportInput
from tests.browser.conftest import NARROW, WIDE, Come


def give_amina() -> None:
    told = ReportInput(service="north", category="access.forgotten_password", text="I forgot it")
    with database.writing() as session:
        ids = {user.name: user.id for user in session.exec(select(User))}
        tom = actor_of(session, ids["Tom Baker"])
        assert tom
        number = staff.report(session, ANONYMOUS, told).ticket.number
        staff.assign(session, tom, number, AssignInput(assignee_id=ids["Amina Yusuf"]))


def test_the_number_is_right_in_two_browsers_at_once(come: Come) -> None:
    give_amina()
    here, there = come(WIDE), come(NARROW)
    for browser in (here, there):
        browser.log_in("amina")
        expect(browser.page.locator("[data-bell-count]")).to_have_text("1")
        browser.hear()
    give_amina()
    for browser in (here, there):
        expect(browser.page.locator("[data-bell-count]")).to_have_text("2")
    there.leave_by(there.page.locator(".desk-bell"))
    there.press("I have read all of them")
    for browser in (here, there):
        expect(browser.page.locator(".desk-bell .desk-count")).to_be_hidden()
