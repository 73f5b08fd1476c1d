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
from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from sqlmodel import select

from navigator import database
from navigator.catalogue.service import Service
from navigator.people import login
from navigator.people.tokens import hashed
from navigator.people.user import User
from tests import system_packages
from tests.people import PASSWORD, administer_all, settle
from web.app import app
from web.kit import cookies
from web.kit.live import _Streams

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
PATIENCE = 60_000
"""Milliseconds to wait for what must come: a machine may be slow, and nobody waits where it is there."""
expect.set_options(timeout=PATIENCE)
UNDO_SECONDS = 60
"""As long as a service can have it: nobody finds that what can be taken back has left."""
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 800}


FAULTS = """() => axe.run({ resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map((one) => `${one.id}: ${one.nodes[0].html}`))"""
"""What axe finds; nothing else of what it says is carried out of the browser."""
STAYS = """it => it.type !== "submit" || it.form?.method === "dialog" ||
  !!it.closest("[data-draft=replies]") && it.name === "then" ||
  !!it.form?.querySelector("[type=file]")?.files.length"""
"""Whether a script answers a button: whoever presses it waits for what comes of it."""
FOLLOWED = """() => {
  const asked = [...document.querySelectorAll("[data-live], [data-bell]")].map(
    (one) => new URL(one.dataset.live ?? one.dataset.bell, location.href).searchParams);
  const tickets = asked.flatMap((one) => one.getAll("ticket")).map(Number);
  const bell = asked.some((one) => one.has("bell")) && (!!window.SharedWorker || asked.length === 1);
  return [asked.some((one) => !one.has("ticket") && !one.has("bell")), tickets, bell];
}"""
"""What a page asks to be told of: the queue, tickets, the bell."""


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
            self.look()
            return
        button = self.page.get_by_role("button", name=name, exact=True)
        if self.scripts and button.evaluate(STAYS):
            button.click()
        else:
            self.leave_by(button)

    def follow(self, name: str) -> None:
        """Follow a link, with whatever is counted behind it; some open in place where scripts run."""
        counted = re.compile(rf"^{re.escape(name)}( [\d,]+ [a-z ]+)?$")
        link = self.page.get_by_role("link", name=counted)
        opens_in_place = self.scripts and link.get_attribute("data-deed") is not None
        if not opens_in_place:
            return self.leave_by(link)
        link.click()
        self.page.locator("dialog[open]").wait_for()
        return self.look()

    def leave_by(self, place: Locator) -> None:
        """Press what leads to another page, and wait until that is there; then examine it."""
        with self.page.expect_navigation():
            place.click()
        self.look()

    def choose(self, name: str) -> None:
        """Choose a radio or tick a box."""
        self.page.get_by_label(name, exact=True).check()

    def write(self, name: str, words: str) -> None:
        """Write into a box."""
        self.page.get_by_label(name, exact=True).fill(words)

    def log_in(self, who: str) -> None:
        """Be logged in, and where that leads to; `log_in_by_page` is for what is about logging in."""
        with database.writing() as session:
            user_id = session.exec(select(User.id).where(User.email == f"{who}@north.example")).one()
            token = login.open_session(session, user_id)
        self.page.context.add_cookies([{"name": cookies.LOG_IN, "value": token, "url": self.address}])
        self.go("/home")

    def log_in_by_page(self, who: str) -> None:
        """Log in by the log-in page."""
        self.go("/log-in")
        self.page.fill("#email", f"{who}@north.example")
        self.page.fill("#password", PASSWORD)
        self.press("Log in")

    def hear(self, page: Page | None = None) -> None:
        """Wait until the page would be told of what changes: what changes before, it never hears of."""
        asked = (page or self.page).evaluate(FOLLOWED)
        (mine,) = [one for one in self.page.context.cookies() if one["name"] == cookies.LOG_IN]
        for _ in range(PATIENCE // 50):
            if _is_told(hashed(mine["value"]), *asked):
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{self.path} hears nothing")

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
        if self.scripts and self.examines and (shown := (self.path, self.page.title())) not in self.examined:
            self.examined.add(shown)
            assert (faults := self.page.evaluate(FAULTS)) == [], f"{self.path}: {faults}"
        width = self.page.evaluate("document.documentElement.scrollWidth")
        assert width <= (self.page.viewport_size or NARROW)["width"], f"{self.path} is {width} wide"
        refused = ("status of 4", "status of 503")
        unexpected = [said for said in self.complaints if not any(one in said for one in refused)]
        assert unexpected == [], f"{self.path}: {unexpected}"


def _is_told(log_in: str, queue: bool, tickets: list[int], bell: bool) -> bool:
    """Whether the desk looks for changes, and has a stream of this log-in that tells of all of these."""
    return _Streams.has_begun.is_set() and any(
        one.log_in == log_in
        and (one.services or not queue)
        and one.tickets.keys() >= set(tickets)
        and (one.bell_of or not bell)
        for one in tuple(_Streams.listeners)
    )


Come = Callable[..., Person]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of a test on several screens run the first (of each set of `pages`), if all must be quick."""
    if config.getoption("--quick"):
        first = {_subject(item): item for item in reversed(items)}
        left_out = [item for item in items if item.path.parent == HERE and item not in first.values()]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _subject(item: pytest.Item) -> tuple[object, ...]:
    case = getattr(item, "callspec", None)
    return item.path, getattr(item, "originalname", item.name), case and case.params.get("pages")


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
        service = session.get_one(Service, north)
        service.assigns_at_once, service.undo_seconds = False, UNDO_SECONDS
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
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        if scripts and Person.examines:
            context.add_init_script(AXE_SCRIPT)
        return Person(context.new_page(), address, scripts)

    yield come
    for context in contexts:
        context.close()
