"""A live queue: what comes in is offered without a reload, and nothing that somebody looks at moves."""

from time import sleep
from typing import Any

import pytest
from playwright.sync_api import Response

from navigator import database
from navigator.people.actor import ANONYMOUS, reporter
from navigator.people.reporter import reference
from navigator.tickets.actions import staff
from navigator.tickets.actions.reporter import answer
from navigator.tickets.inputs import SayInput
from navigator.tickets.report_input import ReportInput
from tests.browser.conftest import NARROW, WIDE, Come
from tests.people import actor_of
from web.kit import live

COUNTED = """() => {
  window.said = 0;
  const count = (changes) => { for (const one of changes) said += one.addedNodes.length; };
  const seen = { childList: true, subtree: true, characterData: true };
  document.querySelectorAll("[role=status], [role=alert], [aria-live]").forEach(
    (place) => new MutationObserver(count).observe(place, seen));
}"""
"""Counts what a screen reader says of its own accord."""


def report(text: str = "I forgot it") -> str:
    told = ReportInput(service="north", category="access.forgotten_password", text=text)
    with database.writing() as session:
        return reference(staff.report(session, ANONYMOUS, told).ticket.number)


def is_asked_again(answer: Response) -> bool:
    """Whether a page asked for itself once more, and not for a mark or that somebody is here."""
    request = answer.request
    return request.resource_type == "fetch" and request.method == "GET" and answer.url.endswith("/tickets/1")


def test_the_queue_offers_what_is_new_and_moves_nothing(come: Come) -> None:
    amina = come(WIDE)
    first = [report() for _ in range(30)][-1]
    amina.log_in("amina")
    amina.go("/desk")
    amina.page.mouse.move(5, 5)
    amina.page.evaluate("scrollTo({ top: 600, behavior: 'instant' })")
    amina.hear()
    row = amina.page.get_by_role("link", name=first)
    before = row.bounding_box()
    new = report()
    offer = amina.page.get_by_role("button", name="Something changed. Show it")
    offer.wait_for()
    box = offer.bounding_box()
    assert box
    assert 0 < box["y"] < WIDE["height"]  # seen wherever somebody has scrolled to
    behind = offer.evaluate("it => getComputedStyle(it).backgroundColor")
    assert behind == "rgb(255, 255, 255)", "no row shines through"
    assert amina.page.get_by_role("link", name=new).count() == 0
    assert row.bounding_box() == before
    amina.page.get_by_role("link", name="Queue").get_by_text("31").wait_for(state="attached")
    assert amina.page.title().startswith("(31)")
    amina.look()
    offer.click()
    amina.page.get_by_role("link", name=new).wait_for()
    assert offer.count() == 0


def test_a_row_that_changes_where_it_stands_changes_there(come: Come) -> None:
    amina = come(WIDE)
    reference = report()
    report()
    amina.log_in("amina")
    amina.go("/desk")
    amina.page.get_by_role("link", name=reference).hover()
    amina.hear()
    with database.writing() as session:
        staff.claim(session, actor_of(session, 2), 1)
    amina.page.locator("#ticket-1").get_by_text("Open", exact=True).wait_for()
    assert amina.page.get_by_role("button", name="Something changed. Show it").count() == 0


def test_nobody_is_told_of_what_their_page_shows_already(come: Come) -> None:
    """As after a deed of one's own: the page came with it, and the stream tells of it once more."""
    amina = come(WIDE)
    report()
    amina.log_in("amina")
    amina.go("/tickets/1")
    news = amina.page.get_by_role("button", name="This ticket was changed. Show it")
    amina.page.evaluate("document.querySelector('[data-live]').dataset.liveVersion++")
    amina.hear()
    for is_told in (False, True):
        with amina.page.expect_response(is_asked_again) as asked, database.writing() as session:
            staff.note(session, actor_of(session, 2), 1, SayInput(body="I called her"))
        asked.value.finished()
        amina.page.wait_for_timeout(300)
        if is_told:
            news.wait_for()
        assert news.count() == is_told


def test_clinicians_lists_keep_up(come: Come) -> None:
    """11.A7: on the list and on Today, with the count in the menu; and the page of a review itself."""
    cole, dr_cole = come(WIDE), come(NARROW)
    cole.log_in("cole")
    cole.follow("Clinical reviews")
    cole.page.mouse.move(5, 5)
    cole.hear()
    report("I want to end my life")
    cole.page.get_by_role("link", name="“I want to end my life”").wait_for()
    cole.page.get_by_role("link", name="Clinical reviews 1 unread").wait_for()
    cole.look()
    dr_cole.log_in("cole")
    dr_cole.page.mouse.move(5, 5)
    report("I cannot go on, I want to die")
    dr_cole.page.get_by_role("link", name="“I cannot go on, I want to die”").wait_for()
    counted = dr_cole.page.get_by_role("link", name="Clinical reviews 2 unread", include_hidden=True)
    counted.first.wait_for(state="attached")
    dr_cole.look()
    dr_cole.follow("“I want to end my life”")
    dr_cole.page.get_by_label("Outcome", exact=True).fill("Half an outcome")
    dr_cole.page.locator("h1").click()
    dr_cole.page.mouse.move(5, 5)
    dr_cole.hear()
    with database.writing() as session:
        answer(session, reporter(1), 1, SayInput(body="Please call me after five."))
    dr_cole.page.get_by_text("Please call me after five.").wait_for()
    assert dr_cole.page.get_by_label("Outcome", exact=True).input_value() == "Half an outcome"


def test_what_is_new_is_said_once_and_takes_the_focus_from_nobody(come: Come) -> None:
    amina = come(WIDE)
    first = report()
    amina.log_in("amina")
    amina.follow("Queue")
    amina.page.mouse.move(5, 5)
    amina.page.get_by_role("link", name=first).focus()
    amina.page.evaluate(COUNTED)
    amina.hear()
    news = amina.page.get_by_role("button", name="Something changed. Show it")
    report()
    news.wait_for()
    news.focus()
    for _ in range(2):
        with amina.page.expect_response(lambda answer: answer.url.endswith("/desk")):
            report()
    last = report()
    assert amina.page.evaluate("document.activeElement.textContent") == "Something changed. Show it"
    assert amina.page.evaluate("said") == 1
    amina.page.keyboard.press("Enter")
    amina.page.get_by_role("link", name=last).wait_for()
    assert first in amina.page.evaluate("document.activeElement.textContent")
    assert news.count() == 0


def test_an_open_ticket_says_that_it_was_changed_and_keeps_what_was_typed(come: Come) -> None:
    amina = come(WIDE)
    report()
    amina.log_in("amina")
    amina.go("/tickets/1")
    amina.page.get_by_label("Reply to the reporter").fill("Half an answer")
    amina.hear()
    with database.writing() as session:
        staff.note(session, actor_of(session, 2), 1, SayInput(body="I called her"))
    amina.page.get_by_role("button", name="This ticket was changed. Show it").wait_for()
    assert amina.page.get_by_label("Reply to the reporter").input_value() == "Half an answer"
    amina.look()


def test_reports_like_it_come_while_somebody_types_or_by_a_button(come: Come) -> None:
    amina, tom = come(WIDE), come(WIDE, scripts=False)
    reference, words = report("The reset link for my password never comes"), "Her reset link does not come"
    amina.log_in("amina")
    amina.follow("Tell a problem")
    amina.page.get_by_label("In their words, or yours").press_sequentially(words)
    amina.page.get_by_role("link", name=reference).wait_for()
    assert amina.page.get_by_role("status").all_inner_texts() == ["Reports like this"]
    amina.look()
    tom.log_in("tom")
    tom.go("/desk/report")
    tom.write("In their words, or yours", words)
    tom.press("See reports like this")
    assert reference in tom.words


ASK = """async () => {
  const desk = document.querySelector("script[src$='/desk.js']").src;
  const worker = desk.replace("desk.js", "live_worker.js");
  for (const address of ["/live?ticket=1", "/live?queue=yes"]) {
    const { port } = new SharedWorker(worker, "live");
    port.start();
    port.postMessage(address);
    await new Promise((go) => setTimeout(go, 200));
  }
}"""
"""Two pages that ask one after the other, the second before the stream of the first is open."""


def test_a_stream_that_opens_late_does_not_end_the_one_after_it(
    come: Come, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The queue of a page heard nothing until the page was loaded again."""
    listener_of = live._listener_of

    def slowly(*asked: Any) -> Any:
        found = listener_of(*asked)
        sleep(1.5 if found.services else 0.6)
        return found

    amina = come(WIDE)
    report()
    amina.log_in("amina")
    amina.go("/account")
    amina.hear()
    monkeypatch.setattr(live, "_listener_of", slowly)
    amina.page.evaluate(ASK)
    told: list[live.Listener] = []
    for _ in range(100):
        told = told or [one for one in live._Streams.listeners if one.services]
        amina.page.wait_for_timeout(50)
    assert told
    assert told[0] in live._Streams.listeners
