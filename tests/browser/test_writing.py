"""Writing in a real browser: the same twice, a log-in that ends, a reply at the cursor (11.C5, C6, C10)."""

import os
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlmodel import col, select

from navigator import clock, database
from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.service import Service
from navigator.people.user_session import UserSession
from navigator.tickets.ticket import Message, Ticket
from tests.browser.conftest import NARROW, WIDE, Come, Person
from tests.navigator.tickets.report_factory import tell

BOX = "Reply to the reporter"


@pytest.fixture
def number(address: str) -> int:
    with database.writing() as session:
        north = session.exec(select(Service.id).where(Service.code == "north")).one()
        session.add(
            CannedReply(service_id=north, code="again", title="Off and on", body="Turn it off and on.")
        )
        named = "Hello.\n\nWait.\n\nAmina"
        session.add(CannedReply(service_id=north, code="named", title="With a name", body=named))
        return tell(session).number


def said(action: str) -> list[str]:
    with database.reading() as session:
        return [
            one.body
            for one in session.exec(select(Message).where(Message.action == action).order_by(col(Message.id)))
        ]


def end_log_ins(lasts: timedelta | None = None) -> None:
    with database.writing() as session:
        for row in session.exec(select(UserSession)):
            if lasts is None:
                session.delete(row)
            else:
                row.expires_at = clock.now() + lasts


def picture(person: Person, name: str) -> None:
    if folder := os.environ.get("DESK_PICTURES"):
        person.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("screen", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_log_in_that_ends_costs_no_word(come: Come, number: int, screen: Any, scripts: bool) -> None:
    amina = come(screen, scripts=scripts)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}/notes")
    end_log_ins()
    amina.write("Note for staff", "She tried it twice.\nThe page stays white.")
    amina.leave_by(amina.page.get_by_role("button", name="Save note for staff"))
    assert "You were logged out before this was saved" in amina.words
    picture(amina, f"logged-out-{screen['width']}-{scripts}")
    amina.page.fill("#email", "amina@north.example")
    amina.page.fill("#password", "seven wet umbrellas")
    amina.press("Log in")
    assert amina.path == f"/tickets/{number}/notes"
    assert (
        amina.page.get_by_label("Note for staff").input_value()
        == "She tried it twice.\nThe page stays white."
    )
    picture(amina, f"restored-{screen['width']}-{scripts}")
    amina.leave_by(amina.page.get_by_role("button", name="Save note for staff"))
    assert said("note") == ["She tried it twice.\nThe page stays white."]


@pytest.mark.parametrize("screen", [NARROW, WIDE], ids=["narrow", "wide"])
def test_the_end_of_a_log_in_is_put_off_without_leaving_the_page(
    come: Come, number: int, screen: Any
) -> None:
    amina = come(screen)
    amina.log_in("amina")
    end_log_ins(timedelta(minutes=20))
    amina.go(f"/tickets/{number}")
    assert "Your log-in ends at" in amina.words
    picture(amina, f"ending-{screen['width']}")
    amina.write(BOX, "Half a sen")
    amina.page.get_by_role("button", name="Stay logged in").click()
    expect(amina.page.locator(".desk-ending")).to_be_hidden()
    assert amina.page.get_by_label(BOX).input_value() == "Half a sen"
    with database.reading() as session:
        assert session.exec(select(UserSession)).one().expires_at > clock.now() + timedelta(hours=11)


def test_a_page_that_stays_open_asks_for_the_warning_when_it_is_time(come: Come, number: int) -> None:
    amina = come(WIDE)
    amina.log_in("amina")
    amina.page.clock.install()
    amina.go(f"/tickets/{number}")
    assert "Your log-in ends at" not in amina.words
    end_log_ins(timedelta(minutes=20))
    amina.page.clock.fast_forward("11:40:00")
    expect(amina.page.get_by_text("Your log-in ends at")).to_be_visible()
    amina.page.get_by_role("button", name="Stay logged in").click()
    expect(amina.page.locator(".desk-ending")).to_be_hidden()


def test_a_warning_that_cannot_be_fetched_says_so_in_plain_words(come: Come, number: int) -> None:
    """An empty box was shown where the network was away."""
    amina = come(WIDE)
    amina.log_in("amina")
    amina.page.clock.install()
    amina.go(f"/tickets/{number}")
    amina.page.route("**/account", lambda asked: asked.abort())
    amina.page.clock.fast_forward("11:40:00")
    expect(amina.page.locator(".desk-ending")).to_have_text("Your log-in ends soon. Save what you write.")


def save_note(person: Person) -> None:
    person.write("Note for staff", "Phoned her, no answer.")
    person.page.get_by_role("button", name="Save note for staff").click()
    person.page.wait_for_url("**/tickets/*")
    person.page.wait_for_load_state()


def test_going_back_and_sending_the_same_again_sends_it_once(come: Come, number: int) -> None:
    amina = come(WIDE)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}/notes")
    save_note(amina)
    amina.page.go_back()
    save_note(amina)
    assert said("note") == ["Phoned her, no answer."]
    assert "You pressed more than once. It was done once." in amina.words
    picture(amina, "twice")
    amina.go(f"/tickets/{number}/notes")
    save_note(amina)
    assert len(said("note")) == 2, "from a new page it is meant"


def test_two_presses_at_one_moment_without_scripts_are_one_report(come: Come, number: int) -> None:
    priya = come(NARROW, scripts=False)
    priya.log_in("priya")
    priya.go("/desk/report")
    priya.page.fill("#text", "I cannot see her ratings.")
    priya.page.get_by_role("button", name="Save the report").dblclick()
    priya.page.wait_for_url("**/tickets/*")
    with database.reading() as session:
        assert len(session.exec(select(Ticket)).all()) == 2


@pytest.mark.parametrize("screen", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_reply_to_hand_goes_where_somebody_writes(come: Come, number: int, screen: Any) -> None:
    amina = come(screen)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}")
    box = amina.page.get_by_label(BOX)
    box.fill("Hello Pat,\n\nBest wishes")
    box.evaluate("box => box.setSelectionRange(12, 12)")
    amina.page.get_by_text("Replies to hand").click()
    picture(amina, f"to-hand-{screen['width']}")
    amina.page.get_by_role("button", name="Off and on").click()
    expect(box).to_have_value("Hello Pat,\n\nTurn it off and on.\n\nBest wishes")
    amina.page.keyboard.press("Control+z")
    expect(box).to_have_value("Hello Pat,\n\nBest wishes")
    assert amina.path == f"/tickets/{number}"


def test_a_reply_to_hand_goes_behind_a_draft_that_nobody_touched(come: Come, number: int) -> None:
    amina = come(WIDE)
    amina.log_in("amina")
    amina.go(f"/tickets/{number}")
    amina.page.evaluate("document.querySelector('#body').value = 'A draft.'")
    amina.page.get_by_text("Replies to hand").click()
    amina.page.get_by_role("button", name="Off and on").click()
    expect(amina.page.get_by_label(BOX)).to_have_value("A draft.\n\nTurn it off and on.")
    amina.page.get_by_role("button", name="Off and on").click()
    expect(amina.page.get_by_label(BOX)).to_have_value("A draft.\n\nTurn it off and on.")
    amina.page.get_by_label(BOX).fill("Hello.\n\nTurn it off and on.\n\nAmina")
    amina.page.get_by_role("button", name="With a name").click()
    expect(amina.page.get_by_label(BOX)).to_have_value("Hello.\n\nTurn it off and on.\n\nWait.\n\nAmina")
