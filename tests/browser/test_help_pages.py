"""Help pages, an outage first, and what comes after sending: at 320 pixels, without JavaScript and with."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page
from sqlalchemy import text
from sqlmodel import select

from navigator import clock, database
from navigator.catalogue.articles import Article
from navigator.catalogue.contact import Contact
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, reference
from navigator.problems.problem import Problem
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from tests.browser.conftest import NARROW, WIDE, Come

RISK = "I want to end my life"


@pytest.fixture
def shelf(address: str) -> None:
    """Two help pages, a booking line, and an outage that everybody may read of."""
    with database.writing() as session:
        north = session.exec(select(Service).where(Service.code == "north")).one()
        fern = session.exec(select(Programme.id)).one()
        tried_on = clock.today() - timedelta(days=400)
        for code, title, category in (
            ("new-password", "Make a new password", "access.forgotten_password"),
            ("sound", "Turn the sound on", "device.browser_display_media"),
        ):
            body = "1. Press **Settings**.\n2. Choose what you want.\n"
            session.add(
                Article(
                    code=code, title=title, category=category, body=body, owner="Lead navigator",
                    verified_on=tried_on,
                )
            )  # fmt: skip
        session.add(
            Contact(service_id=north.id, kind="booking", role_name="Booking line", phone="01632 960105")
        )
        problem = Problem(
            service_id=north.id, programme_id=fern, category="use.outage_or_error", title="Down"
        )
        problem.is_public = problem.is_outage = True
        session.add(problem)


def rows(query: str) -> list[tuple[object, ...]]:
    with database.reading() as session:
        return [tuple(row) for row in session.execute(text(query))]


@pytest.mark.parametrize(("screen", "scripts"), [(NARROW, False), (NARROW, True), (WIDE, True)])
def test_help_is_found_and_counted_and_leads_on(
    come: Come, shelf: None, screen: dict[str, int], scripts: bool
) -> None:
    pat = come(screen, scripts=scripts)
    pat.go("/")
    pat.press("Look for help yourself")
    pat.write("What do you need help with?", "forgoten my pasword")
    pat.press("Search")
    assert "pasword" not in pat.page.url
    pat.follow("Make a new password")
    assert "so it may be out of date" in pat.words
    pat.press("Yes, it helped")
    assert "Good to hear that it helped" in pat.words
    pat.press("No, it did not help")
    assert rows("SELECT shown, solved FROM article WHERE code = 'new-password'") == [(1, 0)]
    assert len(rows("SELECT id FROM articleanswer")) == 1
    pat.press("Tell us what is wrong")
    assert pat.path.startswith("/report/")
    pat.go("/help")
    pat.write("What do you need help with?", "I have to cancel my appointment")
    pat.press("Search")
    assert pat.page.locator("main a[href='tel:01632960105']").count() >= 1
    pat.write("Look for something else", RISK)
    pat.press("Search")
    assert pat.path == "/report/help"
    assert pat.page.locator("main a[href='tel:999']").count() == 1
    pat.page.go_back()
    assert RISK not in pat.page.url


@pytest.mark.parametrize(("screen", "scripts"), [(NARROW, False), (WIDE, True)])
def test_an_outage_is_said_first_and_counted_once(
    come: Come, shelf: None, screen: dict[str, int], scripts: bool
) -> None:
    """In two tabs, and again from the start, one device counts once; another one is another person."""
    pat = come(screen, scripts=scripts)
    pat.go("/")
    other_tab = pat.page.context.new_page()
    other_tab.goto(f"{pat.address}/")
    _i_have_this_too(pat.page)
    pat.look()
    assert "Thank you. You are counted." in pat.words
    _i_have_this_too(other_tab)
    assert len(rows("SELECT id FROM affectedperson")) == 1
    pat.write("Your email address", "pat@post.example")
    pat.press("Tell me")
    assert "We write to you once, when it is put right." in pat.words
    sam = come(screen, scripts=scripts)
    sam.go("/")
    _i_have_this_too(sam.page)
    assert len(rows("SELECT id FROM affectedperson")) == 2


def _i_have_this_too(page: Page) -> None:
    """Press it, and a service: two offer the programme, and their buttons push nothing out of view."""
    page.locator("main summary").first.click()
    button = page.locator("form[action^='/report/known/'] button").first
    assert button.is_visible()
    with page.expect_navigation():
        button.click()


@pytest.mark.parametrize(("screen", "scripts"), [(NARROW, False), (NARROW, True)])
def test_after_sending_one_press_stops_all_contact(
    come: Come, shelf: None, screen: dict[str, int], scripts: bool
) -> None:
    contact = ContactInput(route=ContactMethod.EMAIL, email="pat@post.example", is_safe=True)
    told = ReportInput(service="north", programme="fern", text="I cannot log in", contact=contact)
    with database.writing() as session:
        number = staff.report(session, ANONYMOUS, told).ticket.number
        token = private_links.mint(session, number)
    pat = come(screen, scripts=scripts)
    pat.go(f"/t/{token}")
    pat.follow("Change how we reach you, or stop us from contacting you")
    pat.press("Send me this link")
    waiting = "SELECT template FROM letter WHERE recipient = 'reporter' AND sent_at IS NULL ORDER BY id"
    assert rows(waiting) == [("received",), ("link_again",)]
    pat.press("Stop contacting me")
    assert "We have stopped. Nothing more is sent to you." in pat.words
    assert rows(waiting) == []
    assert "We will not write to you or call you." in pat.words
    pat.follow(f"Go to your report {reference(number)}")
    pat.press("Tell us about another problem")
    assert pat.path.startswith("/report/")
    assert "pat@post.example" not in pat.words


def test_a_page_and_its_poster_are_one_sheet_each(come: Come, shelf: None) -> None:
    person = come(WIDE)
    for path in ("/help/new-password", "/help/new-password/poster", "/help/new-password/not-helped"):
        person.go(path)
        assert person.page.pdf(prefer_css_page_size=True).count(b"/MediaBox") == 1
    person.go("/help/new-password")
    assert not person.page.locator(".desk-square").is_visible()
    person.page.emulate_media(media="print")
    assert person.page.locator(".desk-square").is_visible()
    assert not person.page.get_by_role("button", name="Yes, it helped").is_visible()
