"""What staff are told on their Today and on a ticket, that they read it, and how they watch one."""

import json

import pytest
from sqlmodel import Session, select

from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.notice import Notice, Watch
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def number(session: Session, people: People) -> int:
    number = tell(session).number
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return number


def name_tom(session: Session, people: People, number: int) -> None:
    staff.note(session, people.amina, number, SayInput(body="@Tom have a look"))
    session.flush()


def test_today_lists_it_and_a_button_empties_the_list(
    enter: Enter, session: Session, people: People, number: int
):
    name_tom(session, people, number)
    tom = enter("tom")
    tom.get("/home")
    assert "Amina Yusuf named you in a note" in tom.text
    assert "For your attention" in tom.text
    tom.get(f"/tickets/{number}")
    tom.get("/home")
    assert "Amina Yusuf named you in a note" in tom.text, "a look changes nothing"
    tom.press("I have read it")
    assert tom.path == "/home"
    assert "For your attention" not in tom.text


def test_the_ticket_says_it_too(enter: Enter, session: Session, people: People, number: int):
    name_tom(session, people, number)
    tom = enter("tom")
    tom.get(f"/tickets/{number}")
    assert "Amina Yusuf named you in a note" in tom.text
    tom.press("I have read it")
    assert tom.path == f"/tickets/{number}"
    assert not tom.page.css("[data-seen]")
    amina = enter("amina")
    amina.get("/home")
    assert "For your attention" not in amina.text


def test_a_name_that_is_not_clear_keeps_what_was_typed(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/notes")
    answer = amina.press("Save note for staff", body="@Zoe please call")
    assert answer.status_code == 422
    assert "Nobody here is called “Zoe”" in amina.text
    assert "@Zoe please call" in amina.one("#body").text()
    assert not session.exec(select(Notice).where(Notice.kind == "mentioned")).all()


def test_names_are_offered_only_of_those_who_read_the_note(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/notes")
    names = json.loads(amina.one("[data-names]").attributes["data-names"] or "")
    assert names == ["Amina Yusuf", "Mo Ali", "Tom Baker"]


def test_somebody_watches_and_watches_no_more(enter: Enter, session: Session, people: People, number: int):
    mo = enter("mo")
    mo.get(f"/tickets/{number}")
    assert mo.page.css(f"[href^='/tickets/{number}/watching']")
    mo.get(f"/tickets/{number}/watching")
    mo.press("Watch it", how="email")
    assert "an email tell you of answers" in mo.text
    assert session.exec(select(Watch.is_mailed)).one()
    staff.reply(session, people.amina, number, SayInput(body="Try this"))
    session.flush()
    mo.get("/home")
    assert "Amina Yusuf answered" in mo.text
    mo.get(f"/tickets/{number}/watching")
    mo.press("Change it", how="no")
    assert "You do not watch it any more" in mo.text
    assert not session.exec(select(Watch)).all()


@pytest.mark.parametrize("path", ["watching", "seen"])
def test_a_stranger_finds_no_ticket(enter: Enter, session: Session, number: int, path: str):
    sam = enter("sam")
    if path == "watching":
        assert sam.get(f"/tickets/{number}/watching").status_code == 404
    assert sam.post(f"/tickets/{number}/{path}", data={"how": "today"}).status_code == 404
    assert not session.exec(select(Watch)).all()


def test_hostile_choices_are_refused(enter: Enter, session: Session, number: int):
    mo = enter("mo")
    mo.get(f"/tickets/{number}")
    for how in ("", "yes", "emails", "x" * 5000):
        assert mo.post(f"/tickets/{number}/watching", data={"how": how}).status_code == 422
    assert not session.exec(select(Watch)).all()
