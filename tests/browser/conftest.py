"""A real browser before a served desk of its own; every page that it comes to is examined."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from time import sleep
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright

from navigator import database
from navigator.catalogue.service import Service
from tests import system_packages
from tests.people import PASSWORD, administer_all, settle
from web.app import app

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
]
HERE = Path(__file__).parent
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


class Person:
    """Somebody before their own browser: what they do leads to pages without a fault that axe can find."""

    examines = True
    """Whether axe examines each page; `make test` examines pages where they are all visited, once."""

    def __init__(self, page: Page, address: str, scripts: bool) -> None:
        self.page, self.address, self.scripts = page, address, scripts
        self.complaints: list[str] = []
        self.examined: set[tuple[str, str]] = set()
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def go(self, path: str) -> None:
        """Open a page of the desk by its address."""
        self.page.goto(self.address + path)
        self.look()

    def press(self, name: str) -> None:
        """Press a button: of the dialog, if one is open, which then shows something else or goes on."""
        dialog = self.page.locator("dialog[open]")
        if dialog.count():
            dialog.get_by_role("button", name=name, exact=True).evaluate("it => (it.dataset.pressed = 'yes')")
            dialog.get_by_role("button", name=name, exact=True).click()
            self.page.locator("dialog[open] [data-pressed]").wait_for(state="detached")
        else:
            self.page.get_by_role("button", name=name, exact=True).click()
        self.look()

    def follow(self, name: str) -> None:
        """Follow a link, with whatever is counted behind it; some open in place where scripts run."""
        counted = re.compile(rf"^{re.escape(name)}( [\d,]+ [a-z ]+)?$")
        link = self.page.get_by_role("link", name=counted)
        opens_in_place = self.scripts and link.get_attribute("data-deed") is not None
        link.click()
        if opens_in_place:
            self.page.locator("dialog[open]").wait_for()
        self.look()

    def choose(self, name: str) -> None:
        """Choose a radio or tick a box."""
        self.page.get_by_label(name, exact=True).check()

    def write(self, name: str, words: str) -> None:
        """Write into a box."""
        self.page.get_by_label(name, exact=True).fill(words)

    def log_in(self, who: str) -> None:
        """Log in by the log-in page."""
        self.go("/log-in")
        self.page.fill("#email", f"{who}@north.example")
        self.page.fill("#password", PASSWORD)
        self.press("Log in")

    @property
    def words(self) -> str:
        """What stands on the page."""
        return " ".join(self.page.inner_text("body").split())

    @property
    def path(self) -> str:
        """Where this person is."""
        return self.page.url.removeprefix(self.address)

    def look(self) -> None:
        """Examine the page when it is there: axe and the browser find no fault, and no page is too wide."""
        self.page.wait_for_load_state()
        shown = (self.path, self.page.title())
        if self.scripts and self.examines and shown not in self.examined:
            self.examined.add(shown)
            found = Axe().run(self.page)
            faults = [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]
            assert faults == [], f"{self.path}: {faults}"
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= (self.page.viewport_size or NARROW)["width"], f"{self.path} is {width} wide"
        refused = ("status of 4", "status of 503")
        unexpected = [said for said in self.complaints if not any(one in said for one in refused)]
        assert unexpected == [], f"{self.path}: {unexpected}"


Come = Callable[..., Person]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test on several screens run the first, if all must be quick."""
    if config.getoption("--quick"):
        first = {(item.path, getattr(item, "originalname", item.name)): item for item in reversed(items)}
        left_out = [item for item in items if item.path.parent == HERE and item not in first.values()]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _axe(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    is_quick = request.config.getoption("--quick") and request.path.name != "test_pages.py"
    monkeypatch.setattr(Person, "examines", not is_quick)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests; each person in them has a profile of their own."""
    path = system_packages.chromium()
    if path is None:
        pytest.skip("no Chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def address(committing: str) -> Iterator[str]:
    """The address of a served desk with the people of the tests, where nobody is assigned at once."""
    with database.writing() as session:
        people = settle(session)
        administer_all(session, people)
        north = people.north
        session.get_one(Service, north).assigns_at_once = False
    with served() as address:
        yield address


@contextmanager
def served() -> Iterator[str]:
    """Serve the desk for a while."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            port=0,
            log_config=None,
            lifespan="off",
            ws="none",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()


@pytest.fixture
def come(browser: Browser, address: str) -> Iterator[Come]:
    """Call it for somebody with a browser: `come(NARROW, scripts=False)`."""
    with coming(browser, address) as come:
        yield come


@contextmanager
def coming(browser: Browser, address: str) -> Iterator[Come]:
    """Let people with browsers of their own come to an address."""
    contexts = []

    def come(screen: Any = NARROW, scripts: bool = True, **more: Any) -> Person:
        context = browser.new_context(viewport=screen, java_script_enabled=scripts, **more)
        context.set_default_timeout(10_000)
        contexts.append(context)
        return Person(context.new_page(), address, scripts)

    yield come
    for context in contexts:
        context.close()
