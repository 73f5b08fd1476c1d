"""11.C10: a canned reply is added to what somebody typed, and offered wherever words go to a reporter."""

import pytest
from sqlmodel import Session, select

from navigator.canned_replies.canned_reply import CannedReply
from navigator.catalogue.service import Service
from navigator.people.reporter import reference
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.tickets.actions import reply_drafts
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.ticket import Message
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.people import People
from tests.web.conftest import Enter
from web.desk.replies_to_hand import _added

TYPED = "Hello Pat,\n\nI looked at it."
GENERAL = "Please turn it off and on again."


@pytest.fixture
def number(session: Session, people: People) -> int:
    body = "Your reference is {reference}."
    session.add(CannedReply(service_id=people.north, code="ref", title="The reference", body=body))
    session.add(CannedReply(service_id=people.north, code="again", title="Off and on", body=GENERAL))
    return tell(session).number


@pytest.fixture
def problem(session: Session, people: People, number: int) -> int:
    told = NewProblemInput(
        service="north",
        programme="fern",
        category="access.forgotten_password",
        title="White page",
        workaround="Use another browser",
    )
    id = records.open_problem(session, people.amina, told).id
    session.flush()
    return id


def sent(session: Session) -> list[str]:
    session.expire_all()
    return [one.body for one in session.exec(select(Message)) if one.author == "staff"]


@pytest.mark.parametrize("page", ["", "/waiting", "/parking", "/resolution"])
def test_it_is_added_to_what_was_typed_and_nothing_is_sent(
    enter: Enter, session: Session, number: int, page: str
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}{page}")
    amina.press("The reference", body=TYPED)
    assert amina.problems == []
    words = f"Your reference is {reference(number)}."
    assert amina.one("main #body").text().strip() == f"{TYPED}\n\n{words}"
    amina.press("Off and on")
    assert amina.one("main #body").text().strip() == f"{TYPED}\n\n{words}\n\n{GENERAL}"
    assert sent(session) == []


def test_two_replies_greet_and_sign_once(enter: Enter, session: Session, people: People, number: int):
    for code, words in {"first": "Open the app.", "second": "Close the app."}.items():
        body = f"Hello,\n\n{words}\n\n{{signature}}"
        session.add(CannedReply(service_id=people.north, code=code, title=code, body=body))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    for title in ("first", "second", "first"):
        amina.press(title)
    signature = f"{people.amina.name}\n{session.get_one(Service, people.north).name}"
    said = f"Hello,\n\nOpen the app.\n\nClose the app.\n\n{signature}"
    assert amina.one("main #body").text().strip() == said


@pytest.mark.parametrize(
    ("typed", "reply", "added"),
    [
        ("Hello,\n\nOpen it.\n\nAmina", "Hello,\n\nShut it.\n\nOpen it.\n\nAmina",
         "Hello,\n\nOpen it.\n\nShut it.\n\nOpen it.\n\nAmina"),
        ("x\n\nThank you", "y\n\nThank you\n\nAmina", "x\n\nThank you\n\ny\n\nThank you\n\nAmina"),
        ("Hello,\n\nOpen it. Now.\n\nAmina", "Hello,\n\nOpen it.\n\nAmina",
         "Hello,\n\nOpen it. Now.\n\nOpen it.\n\nAmina"),
        ("Hi,\n\n\nB", "Hi,\n\nC\n\nB", "Hi,\n\nC\n\nB"),
        ("  \n", "Hi.", "Hi."),
        ("Hi.", "Hi.", "Hi."),
    ],
)  # fmt: skip
def test_only_a_shared_beginning_and_end_are_left_out(typed: str, reply: str, added: str):
    """A step in the middle that stood there already was lost from the second instruction."""
    assert _added(typed, reply) == added


def test_it_is_added_to_the_draft_also_by_an_address(
    enter: Enter, session: Session, people: People, number: int
):
    draft = ReplyDraftInput(address="replies", body=TYPED)
    reply_drafts.save_draft(session, people.amina, number, draft)
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}?use=again")
    assert amina.one("main #body").text().strip() == f"{TYPED}\n\n{GENERAL}"
    assert reply_drafts.load_draft(session, people.amina, number, "replies") == TYPED


def test_it_is_added_alone_where_nothing_was_typed(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/waiting")
    amina.press("Off and on")
    assert amina.one("main #body").text().strip() == GENERAL


def test_what_else_was_chosen_stays(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/resolution")
    amina.press("Off and on", resolution="fixed", body=TYPED)
    assert amina.one("input[value=fixed]").attributes.keys() >= {"checked"}


WORDS = {"Off and on": GENERAL, "The reference": "Your reference is {}."}


def test_its_words_are_in_the_page_of_a_deed_for_who_writes_with_scripts(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/waiting")
    words = {one.text(strip=True): one.attributes["data-words"] for one in amina.page.css("[data-words]")}
    assert words == {title: said.format(reference(number)) for title, said in WORDS.items()}


def test_a_ticket_sends_its_words_when_they_are_asked_for(enter: Enter, people: People, number: int):
    amina, mo = enter("amina"), enter("mo")
    amina.get(f"/tickets/{number}")
    buttons = {
        one.attributes["value"]: one.text(strip=True) for one in amina.page.css(".desk-to-hand button")
    }
    assert GENERAL not in amina.text
    asked = amina.get(amina.one("[data-words-at]").attributes["data-words-at"] or "").json()
    assert {buttons[code]: words for code, words in asked.items()} == {
        title: said.format(reference(number)) for title, said in WORDS.items()
    }
    assert mo.get(f"/tickets/{number}/replies-to-hand").json() == {}  # who may not reply


@pytest.mark.parametrize("page", ["/notes", "/calls", "/triage", "/problem", "/snooze", "/clinical-review"])
def test_it_is_not_offered_where_staff_alone_read(enter: Enter, number: int, page: str):
    amina = enter("amina")
    amina.get(f"/tickets/{number}{page}")
    assert not amina.page.css("[data-words]")


def test_enter_in_a_box_presses_the_first_button_which_is_none_of_these(enter: Enter, number: int):
    amina = enter("amina")
    for page in ("", "/waiting", "/parking", "/resolution"):
        amina.get(f"/tickets/{number}{page}")
        first = amina.page.css_first("form[data-draft] button")
        assert first
        assert first.attributes.get("name") != "use"


def test_it_is_added_to_the_words_of_a_link(enter: Enter, session: Session, number: int, problem: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/problem")
    amina.press("Save", problem_id=str(problem))
    assert "Use another browser" in amina.one("main #body").text()
    amina.press("Off and on", body=TYPED)
    assert amina.one("main #body").text().strip() == f"{TYPED}\n\n{GENERAL}"
    assert sent(session) == []
    amina.press("Save and send this")
    assert sent(session) == [f"{TYPED}\n\n{GENERAL}"]


@pytest.mark.parametrize("action", ["reply", "resolve"])
def test_it_is_added_to_what_goes_to_many(enter: Enter, number: int, action: str):
    amina = enter("amina")
    amina.get(f"/bulk/new/{action}?tickets={number}")
    amina.press("The reference", body=TYPED)
    assert amina.one("main #body").text().strip() == f"{TYPED}\n\nYour reference is {{reference}}."
    if action == "resolve":
        amina.press("See the list first", resolution="fixed")
    else:
        amina.press("See the list first")
    assert f"Your reference is {reference(number)}." in amina.text


def test_news_for_everybody_linked_may_use_those_without_blanks(
    enter: Enter, session: Session, people: People, number: int, problem: int
):
    link_and_tell(session, people.amina, tell(session), problem)
    session.flush()
    amina = enter("amina")
    amina.get(f"/problems/{problem}/update")
    assert [one.text(strip=True) for one in amina.page.css("[data-words]")] == ["Off and on"]
    amina.press("Off and on", body=TYPED)
    assert amina.one("main #body").text().strip() == f"{TYPED}\n\n{GENERAL}"
    amina.press("See it first")
    amina.press("Send it now")
    assert f"{TYPED}\n\n{GENERAL}" in sent(session)


def test_a_reply_of_no_such_code_changes_nothing(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.post(f"/tickets/{number}/replies", data={"body": TYPED, "use": "x\x00'"})
    assert amina.one("main #body").text().strip() == TYPED
    assert sent(session) == []
