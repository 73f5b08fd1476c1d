"""The managers’ page of the demonstration: how long it is, and its stories, found from the one screen."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser
from sqlmodel import select

from navigator import database
from navigator.engines import engines_for
from navigator.people.user import User
from tests.browser.conftest import NARROW, WIDE, Person, coming, served
from tests.navigator.demo.conftest import Filled, demonstrations  # noqa: F401 - a fixture
from tests.people import actor_of, token_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demonstration")]

LONGEST = {1280: 4_500, 320: 9_000}
"""In pixels, by the width of the screen."""
STORIES = (
    ("rises at Riverside", "The reports of each day", "Browser, display, sound or video problem"),
    ("and has not", "Known problem 3", "They promised to put it right by"),
    ("leaves people out", "The figures", "Brightside: Device or data not good enough"),
    ("After training on", "The figures", "How-to questions of those who came"),
)
"""Words of a finding, the link to press there, and words of what is shown then."""

Manager = Callable[..., Person]


@pytest.fixture
def manager(
    browser: Browser,
    demonstrations: Callable[[str], Filled],  # noqa: F811 - the fixture
) -> Iterator[Manager]:
    """Call it with a screen for a manager at the page of the demonstration."""
    filled = demonstrations("sqlite")
    read, write = engines_for(filled.engine.url.render_as_string(hide_password=False))
    database.bind(read, write)
    with database.writing() as session:
        mo = session.exec(select(User.id).where(User.email == "mo@demo.example")).one()
        token = token_of(session, actor_of(session, mo))

    with served() as address, coming(browser, address) as come:

        def at_the_page(screen: dict[str, int], scripts: bool = True) -> Person:
            person = come(screen, scripts=scripts)
            person.page.context.add_cookies([{"name": "desk_log_in", "value": token, "url": address}])
            person.go("/insight")
            return person

        yield at_the_page
    database.bind(None, None)
    read.dispose()
    write.dispose()


@pytest.mark.parametrize("screen", [WIDE, NARROW])
def test_the_page_is_short_and_everything_is_a_click_away(manager: Manager, screen: dict[str, int]) -> None:
    mo = manager(screen)
    height = mo.page.evaluate("document.documentElement.scrollHeight")
    assert height <= LONGEST[screen["width"]]
    assert mo.page.locator(".desk-contents li").count() == 12
    tables = mo.page.locator(".desk-question table")
    assert tables.count() >= 20
    assert not any(table.is_visible() for table in tables.all())
    for summary in mo.page.locator(".desk-question summary").all():
        summary.click()
    assert all(table.is_visible() for table in tables.all())
    mo.look()


@pytest.mark.parametrize(("finding", "link", "shown"), STORIES)
def test_each_story_is_found_from_the_one_screen(
    manager: Manager, finding: str, link: str, shown: str
) -> None:
    mo = manager(WIDE, scripts=False)
    story = mo.page.locator(".desk-finding:visible", has_text=finding)
    assert story.count() == 1
    mo.leave_by(story.get_by_role("link", name=link))
    assert mo.page.get_by_text(shown).locator("visible=true").count()


def test_what_is_printed_has_a_picture_of_each_finding_and_all_tables(manager: Manager) -> None:
    mo = manager(WIDE)
    mo.page.emulate_media(media="print")
    for finding in mo.page.locator(".desk-finding").all()[1:7]:  # the first is of fewer than five
        assert finding.locator("svg:visible").count() == 1, finding.inner_text()
    assert all(table.is_visible() for table in mo.page.locator(".desk-question table").all())
