"""Many tabs of one browser: one stream serves them all, and none is held for a page that nobody looks at."""

from playwright.sync_api import Page

from navigator import database
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from tests.browser.conftest import PATIENCE, WIDE, Come, Person
from tests.browser.test_live import report
from tests.people import actor_of
from web.kit.live import _Streams

TABS = 7
"""A browser has six connections to a desk that speaks HTTP/1.1, for all its tabs."""
CHANGED = "This ticket was changed. Show it"
OFFERED = "Something changed. Show it"


def note(number: int) -> None:
    with database.writing() as session:
        staff.note(session, actor_of(session, 2), number, SayInput(body="I called her"))


def show(page: Page, state: str) -> None:
    """What the browser tells a page when somebody turns to it, or to another."""
    page.evaluate(
        """state => {
          Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        state,
    )


def wait_until(person: Person, streams: int) -> None:
    for _ in range(PATIENCE // 100):
        if len(_Streams.listeners) == streams:
            return
        person.page.wait_for_timeout(100)
    raise AssertionError(f"{len(_Streams.listeners)} streams")


def test_the_seventh_tab_opens_and_all_keep_up_by_one_stream(come: Come) -> None:
    """11.D1: six open tabs took all connections, and the seventh page was never answered."""
    amina = come(WIDE)
    for _ in range(3):
        report()
    amina.log_in("amina")
    tabs = [amina.page, *(amina.page.context.new_page() for _ in range(TABS - 1))]
    for tab, path in zip(tabs, ["/desk"] * 4 + [f"/tickets/{number}" for number in (1, 2, 3)], strict=True):
        tab.goto(amina.address + path)
        tab.mouse.move(5, 5)
    for tab in tabs:
        amina.hear(tab)
    wait_until(amina, streams=1)
    report()
    for tab in tabs[:4]:
        tab.get_by_role("button", name=OFFERED).wait_for()
    note(2)
    tabs[5].get_by_role("button", name=CHANGED).wait_for()
    assert [tab.get_by_role("button", name=CHANGED).count() for tab in tabs[4:]] == [0, 1, 0]
    assert len(_Streams.listeners) == 1


def test_no_stream_is_held_for_hidden_pages_which_catch_up_when_they_are_shown(come: Come) -> None:
    """11.D1: a hidden page held its stream all the same."""
    amina = come(WIDE)
    report()
    report()
    amina.log_in("amina")
    queue, ticket, other = amina.page, amina.page.context.new_page(), amina.page.context.new_page()
    for page, path in ((queue, "/desk"), (ticket, "/tickets/1"), (other, "/tickets/2")):
        page.goto(amina.address + path)
        page.mouse.move(5, 5)
    for page in (queue, ticket, other):
        amina.hear(page)
    for page in (queue, ticket, other):
        show(page, "hidden")
    wait_until(amina, streams=0)
    note(1)
    report()
    assert queue.get_by_role("button", name=OFFERED).count() == 0
    for page in (queue, ticket, other):
        show(page, "visible")
    queue.get_by_role("button", name=OFFERED).wait_for()
    ticket.get_by_role("button", name=CHANGED).wait_for()
    wait_until(amina, streams=1)
    assert other.get_by_role("button", name=CHANGED).count() == 0
    for page in (queue, ticket, other):
        page.close()
    wait_until(come(WIDE), streams=0)


def test_a_browser_without_shared_workers_keeps_up_by_a_stream_for_each_visible_page(come: Come) -> None:
    amina = come(WIDE)
    report()
    amina.page.add_init_script("delete window.SharedWorker")
    amina.log_in("amina")
    amina.go("/tickets/1")
    amina.hear()
    wait_until(amina, streams=1)
    note(1)
    amina.page.get_by_role("button", name=CHANGED).wait_for()
    show(amina.page, "hidden")
    wait_until(amina, streams=0)
