"""Logging in by a real provider in a real browser: on a phone and a desk, with scripts and without."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from navigator import clock, database
from navigator.openid import discovery
from navigator.settings import settings
from tests.browser.conftest import NARROW, WIDE, Come
from tests.openid.provider import PASSWORD, Provider, real_provider, set_up

pytestmark = pytest.mark.slow


@pytest.fixture
def provider(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Provider]:
    monkeypatch.setenv("NAVIGATOR_ASKS_ITSELF", "yes")
    monkeypatch.setenv("NAVIGATOR_BASE_URL", address)
    settings.cache_clear()
    clock.set_to(datetime.now(UTC))  # the other process has the time of day
    discovery.forget()
    with real_provider(tmp_path, [address]) as provider:
        with database.writing() as session:
            set_up(session, provider.issuer, name="your organisation")
        yield provider
    discovery.forget()


@pytest.mark.parametrize(("size", "scripts"), [(NARROW, True), (NARROW, False), (WIDE, True), (WIDE, False)])
def test_somebody_comes_to_the_page_that_they_wanted_and_goes(
    come: Come, provider: Provider, size: dict[str, int], scripts: bool
):
    amina = come(size, scripts)
    amina.go("/account")
    assert amina.path.startswith("/log-in?next=")
    amina.page.get_by_role("button", name="Log in with your organisation").click()
    amina.page.get_by_label("Username").fill("amina")
    amina.page.get_by_label("Password").fill(PASSWORD)
    amina.page.get_by_role("button", name="Log in").click()
    if not scripts:
        amina.page.get_by_role("button", name="Continue").click()
    amina.page.wait_for_url(f"{amina.address}/account")
    amina.look()
    assert "Amina Yusuf" in amina.words
    amina.page.go_back()  # the answer of the provider, which is worth nothing any more
    if not scripts:
        amina.page.get_by_role("button", name="Continue").click()
        amina.page.get_by_text("Begin again.").first.wait_for()
    amina.go("/account")
    assert "Your account" in amina.words
    amina.page.locator("form[action='/log-out'] button").evaluate("it => it.click()")
    amina.page.get_by_role("link", name="Log out of it too").wait_for()
    amina.look()
