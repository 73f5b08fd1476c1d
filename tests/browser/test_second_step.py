"""A second step with a real authenticator (Chromium's own), and pages that lock and keep what was typed."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Error, expect
from sqlmodel import select

from navigator import clock, database
from navigator.people.access_rules import AccessRules
from navigator.people.factor_tables import Passkey
from navigator.people.user_session import UserSession
from navigator.settings import settings
from tests.browser.conftest import NARROW, WIDE, Come, Person, coming
from tests.people import PASSWORD

WORDS = "Not on Mondays before noon"


@pytest.fixture
def come(browser: Browser, address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Come]:
    """People before a desk that has a name, as passkeys need."""
    named = address.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("NAVIGATOR_BASE_URL", named)
    settings.cache_clear()
    with coming(browser, named) as come:
        yield come


def with_authenticator(person: Person) -> Any:
    """Give a browser an authenticator that verifies its user, and say how to talk to it."""
    devtools = person.page.context.new_cdp_session(person.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    answer = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, answer["authenticatorId"]


def prove(person: Person) -> None:
    person.write("Your password", PASSWORD)
    person.press("Go on")


def with_passkey(person: Person) -> tuple[Any, str]:
    """They add a passkey of an authenticator, and are shown their recovery codes."""
    devtools, id = with_authenticator(person)
    person.go("/second-step/passkey")
    prove(person)
    person.write("What do you call it?", "My laptop")
    person.leave_by(person.page.get_by_role("button", name="Add a passkey", exact=True))
    person.page.get_by_role("heading", name="Your recovery codes").wait_for()
    return devtools, id


def test_a_passkey_is_added_and_logs_in_and_one_that_sees_nobody_does_not(come: Come):
    ada = come(WIDE)
    ada.log_in_by_page("ada")
    devtools, id = with_passkey(ada)
    ada.look()
    ada.press("I have kept them")
    assert "My laptop" in ada.words
    ada.page.context.clear_cookies()
    ada.log_in_by_page("ada")
    assert ada.path == "/second-step/check"
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": False})
    ada.page.get_by_role("button", name="Use your passkey").click()
    expect(ada.page.locator("[data-said]")).to_contain_text("Try again")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": True})
    ada.go("/second-step/check")
    ada.leave_by(ada.page.get_by_role("button", name="Use your passkey"))
    ada.page.wait_for_url("**/home")
    ada.look()
    with database.reading() as session:
        assert session.exec(select(Passkey.sign_count)).one() > 0


def test_an_app_works_without_scripts_on_a_phone(come: Come):
    ada = come(NARROW, scripts=False)
    ada.log_in_by_page("ada")
    ada.go("/second-step/passkey")
    prove(ada)
    assert "Passkeys need JavaScript, and it is off here" in ada.words
    ada.go("/second-step/app")
    ada.page.get_by_text("I cannot scan it").click()
    secret = ada.page.inner_text(".desk-key").replace(" ", "")
    ada.write("6 digits that the app shows now", pyotp.TOTP(secret).at(int(clock.now().timestamp())))
    ada.press("Set up")
    code = ada.page.locator(".desk-codes code").first.inner_text()
    ada.page.context.clear_cookies()
    ada.log_in_by_page("ada")
    ada.write("Code", code)
    ada.press("Log in")
    assert ada.path == "/home"


def lock_after(minutes: int) -> None:
    with database.writing() as session:
        session.add(AccessRules(lock_minutes=minutes, owner="Ada"))


def test_an_idle_page_shows_nothing_keeps_what_was_typed_and_comes_back_in_every_tab(come: Come):
    lock_after(15)
    ada = come(WIDE)
    ada.page.context.clock.install()
    ada.log_in_by_page("ada")
    ada.go("/people/invite")
    ada.write("Full name", WORDS)
    other = ada.page.context.new_page()
    other.goto(ada.address + "/settings")
    other.clock.fast_forward(16 * 60 * 1000)
    ada.page.wait_for_url("**/unlock?**")
    other.wait_for_url("**/unlock?**")
    assert WORDS not in ada.page.content()
    ada.look()
    ada.page.go_back()
    ada.page.wait_for_url("**/unlock?**")
    ada.go("/unlock?next=/people/invite")
    ada.write("Your password", PASSWORD)
    ada.press("Unlock")
    assert ada.path == "/people/invite"
    assert ada.page.input_value("#name") == WORDS
    other.bring_to_front()
    with suppress(Error):  # the tab may be on its way back already, told by the browser
        other.evaluate("dispatchEvent(new StorageEvent('storage'))")
    other.wait_for_url("**/settings")


def test_whoever_types_is_not_locked(come: Come):
    lock_after(5)
    ada = come(WIDE)
    ada.page.context.clock.install()
    ada.log_in_by_page("ada")
    ada.go("/people/invite")
    for minute in range(8):
        ada.page.locator("#name").press_sequentially(f"{minute}")
        ada.page.clock.fast_forward(60 * 1000)
    assert ada.path == "/people/invite"
    assert ada.page.input_value("#name") == "01234567"


def test_without_a_connection_the_page_is_gone_all_the_same_and_its_words_come_later(come: Come):
    lock_after(5)
    ada = come(WIDE)
    ada.page.context.clock.install()
    ada.log_in_by_page("ada")
    ada.go("/people/invite")
    ada.write("Full name", WORDS)
    ada.page.context.set_offline(True)
    ada.page.clock.fast_forward(6 * 60 * 1000)
    expect(ada.page.locator("body")).to_contain_text("This desk is locked.")
    assert WORDS not in ada.page.content()
    ada.page.context.set_offline(False)
    ada.complaints.clear()  # that there was no connection
    ada.page.clock.fast_forward(11 * 1000)
    ada.page.wait_for_url("**/unlock?**")
    ada.write("Your password", PASSWORD)
    ada.press("Unlock")
    assert ada.page.input_value("#name") == WORDS


@pytest.mark.parametrize("where", [WIDE, NARROW])
def test_a_browser_that_was_left_open_over_night_asks_for_both_steps_or_a_passkey(come: Come, where: Any):
    lock_after(15)
    ada = come(where)
    ada.log_in_by_page("ada")
    devtools, id = with_passkey(ada)
    codes = ada.page.locator(".desk-codes code").all_inner_texts()
    ada.press("I have kept them")
    nobody_was_here_for(timedelta(hours=1))
    ada.go("/people/invite")
    ada.look()
    ada.write("Your password", PASSWORD)
    ada.press("Unlock")
    expect(ada.page.locator(".nhsuk-error-summary")).to_contain_text("a recovery code")
    ada.write("Your password", PASSWORD)
    ada.write("Code", codes[0])
    ada.press("Unlock")
    assert ada.path == "/people/invite"
    nobody_was_here_for(timedelta(hours=9))
    ada.go("/account/log-ins")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": False})
    ada.page.get_by_role("button", name="Unlock with a passkey").click()
    expect(ada.page.locator("[data-said]")).to_contain_text("Try again")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": id, "isUserVerified": True})
    ada.go("/unlock?next=/account/log-ins")
    ada.page.get_by_role("button", name="Unlock with a passkey").click()
    ada.page.get_by_role("heading", name="Where you are logged in").wait_for()
    ada.look()


def nobody_was_here_for(time: timedelta) -> None:
    with database.writing() as session:
        for log_in in session.exec(select(UserSession)):
            log_in.used_at -= time
