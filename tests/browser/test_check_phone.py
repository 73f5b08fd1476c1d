"""“Check my phone” on a stand-in at 320 pixels: clock wrong, storage off, host blocked, browser old."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page
from sqlmodel import col, select

from navigator import clock, database
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.programme import Programme
from navigator.tickets.device_check import DeviceCheck
from tests.browser.conftest import NARROW, Come, Person

HOST = "media.fern.example"
OLD = "Mozilla/5.0 (Linux; Android 7.0) AppleWebKit/537.36 Chrome/80.0.3987.99 Mobile Safari/537.36"
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
)


@pytest.fixture(autouse=True)
def needs(address: str) -> None:
    with database.writing() as session:
        session.add(
            DeviceNeeds(
                programme_id=session.exec(select(Programme.id)).one(),
                browsers=["Chrome 109", "Safari 15.4"],
                hosts=[HOST],
                needs_javascript=True,
                needs_cookies=True,
                needs_storage=True,
                clock_minutes=5,
                screen_width=320,
                connection_kbits=500,
                owner="Ada Byrne",
                review_on=date(2027, 1, 1),
            )
        )


def asked_of(page: Page, is_blocked: bool = False) -> list[str]:
    """What the browser asks the host for; nothing comes of it where it is blocked."""
    asked: list[str] = []

    def answer(route, request):
        asked.append(request.url)
        route.abort("blockedbyclient") if is_blocked else route.fulfill(status=403, body="no")

    page.route(f"https://{HOST}/**", answer)
    return asked


def checked(person: Person, off: timedelta = timedelta()) -> None:
    """Check a phone whose clock is right, or so far off."""
    if person.scripts:
        person.page.clock.install(time=clock.now() + off)
    person.go("/check/fern")
    person.page.get_by_role("button", name="Start the check").click()
    person.page.get_by_role("heading", level=1).filter(has_text="found nothing wrong").or_(
        person.page.get_by_role("heading", level=1).filter(has_text="put right")
    ).wait_for()
    expected = ("ERR_BLOCKED_BY_CLIENT", "elsewhere.example")
    person.complaints = [said for said in person.complaints if not any(one in said for one in expected)]
    person.look()


def kept() -> list[DeviceCheck]:
    with database.reading() as session:
        return [*session.exec(select(DeviceCheck).order_by(col(DeviceCheck.id)))]


def test_a_phone_on_which_all_is_well(come: Come):
    pat = come(NARROW)
    asked = asked_of(pat.page)
    pat.go("/check/fern")
    assert HOST in pat.words
    assert asked == []  # nobody is asked before the button is pressed
    checked(pat)
    assert len(asked) == 1
    assert "We found nothing wrong" in pat.words
    assert f"{HOST}: can be reached" in pat.words
    assert "could not be tested" not in pat.words


def test_a_host_that_leads_elsewhere_is_reached(come: Come):
    pat = come(NARROW)
    pat.page.route(
        f"https://{HOST}/**",
        lambda route: route.fulfill(status=302, headers={"location": "https://elsewhere.example/"}),
    )
    checked(pat)
    assert f"{HOST}: can be reached" in pat.words


@pytest.mark.parametrize("hours", [3, -3])
def test_a_clock_that_is_wrong(come: Come, hours: int):
    pat = come(NARROW)
    asked_of(pat.page)
    checked(pat, timedelta(hours=hours))
    assert f"Your clock is 3 hours {'fast' if hours > 0 else 'slow'}" in pat.words
    assert "Set it to automatic" in pat.words
    assert "1 thing to put right" in pat.words


def test_storage_that_is_off(come: Come):
    pat = come(NARROW)
    asked_of(pat.page)
    pat.page.add_init_script(NO_STORAGE)
    checked(pat)
    assert "Your browser may not store anything" in pat.words


def test_a_host_that_is_blocked(come: Come):
    pat = come(NARROW)
    asked_of(pat.page, is_blocked=True)
    checked(pat)
    assert f"Your phone cannot reach {HOST}" in pat.words


@pytest.mark.parametrize("scripts", [True, False])
def test_an_old_browser(come: Come, scripts: bool):
    pat = come(NARROW, scripts=scripts, user_agent=OLD)
    if scripts:
        asked_of(pat.page)
    checked(pat)
    assert "Your browser is too old: Chrome 80" in pat.words
    if not scripts:
        assert HOST not in pat.words.split("What we could not test")[0]
        assert "JavaScript did not run" in pat.words


@pytest.mark.parametrize("scripts", [True, False])
def test_on_the_way_of_a_report(come: Come, scripts: bool):
    pat = come(NARROW, scripts=scripts, user_agent=OLD)
    if scripts:
        asked_of(pat.page, is_blocked=True)
    pat.go("/report?service=north&programme=fern")
    pat.press("Continue")
    pat.page.locator("textarea").fill("It takes ages and keeps buffering")
    pat.press("Continue")
    pat.leave_by(pat.page.get_by_role("button", name="It is slow for me, or drops out"))
    pat.follow("Check my phone first")
    assert pat.path == "/check/fern"
    checked(pat)
    assert kept() == []
    pat.press("Send this with my report")
    assert pat.path == "/report/try"
    assert "What we found goes with your report" in pat.words
