"""A merge is looked at before it is done, and undone on the page, or said why not."""

import pytest
from sqlmodel import Session

from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

Pair = tuple[int, int]


@pytest.fixture
def pair(session: Session, people: People) -> Pair:
    pair = tell(session, text="my app is slow").number, tell(session, text="I cannot log in").number
    session.flush()
    return pair


def joined(enter: Enter, pair: Pair) -> Visitor:
    amina = enter("amina")
    amina.get(f"/tickets/{pair[0]}/merge")
    amina.press("Look at what happens", into=str(pair[1]))
    amina.press(f"Merge into DN-{pair[1]:06d}")
    return amina


def status(session: Session, number: int) -> str:
    session.expire_all()
    return session.get_one(Ticket, number).status


def test_the_preview_says_what_happens_to_which(enter: Enter, session: Session, pair: Pair):
    amina = enter("amina")
    amina.get(f"/tickets/{pair[0]}/merge")
    amina.press("Look at what happens", into=str(pair[1]))
    assert f"DN-{pair[1]:06d} goes on" in amina.text
    assert f"DN-{pair[0]:06d} ends" in amina.text
    assert "Its 1 message" in amina.text
    assert "each private link goes on to show its own report only" in amina.text
    assert status(session, pair[0]) == "new"


def test_what_changed_since_the_look_is_looked_at_again(
    enter: Enter, session: Session, people: People, pair: Pair
):
    amina = enter("amina")
    amina.get(f"/tickets/{pair[0]}/merge")
    amina.press("Look at what happens", into=str(pair[1]))
    staff.reply(session, people.tom, pair[1], SayInput(body="Hello"))
    session.flush()
    amina.press(f"Merge into DN-{pair[1]:06d}")
    assert "Before you merge" in amina.text
    amina.press(f"Merge into DN-{pair[1]:06d}")
    assert status(session, pair[0]) == "merged"


def test_it_is_undone_from_the_page(enter: Enter, session: Session, pair: Pair):
    amina = joined(enter, pair)
    assert "was merged into this" in amina.text
    amina.get(f"/tickets/{pair[1]}/unmerging")
    amina.press(f"Undo the merge of DN-{pair[0]:06d}")
    assert "Both tickets stand as they stood before" in amina.text
    assert "was merged into this" not in amina.text
    assert "Other reports were merged into this one" not in amina.text
    assert status(session, pair[0]) == "new"


def test_what_hinders_is_said_instead(enter: Enter, session: Session, people: People, pair: Pair):
    amina = joined(enter, pair)
    amina.get(f"/tickets/{pair[1]}/unmerging")
    staff.reply(session, people.tom, pair[1], SayInput(body="Hello"))
    session.flush()
    answer = amina.press(f"Undo the merge of DN-{pair[0]:06d}")
    assert answer.status_code == 409
    assert "since then Tom Baker answered" in amina.text
    assert "This cannot be undone any more" in amina.text
    assert status(session, pair[0]) == "merged"
    amina.get(f"/tickets/{pair[1]}")
    assert "Undo the merge" not in amina.text


def test_without_a_merge_there_is_nothing_to_undo(enter: Enter, pair: Pair):
    amina = enter("amina")
    amina.get(f"/tickets/{pair[0]}/unmerging")
    assert "There is no merge of the last day to undo" in amina.text
    for merged in ("", "x", "0", str(pair[1]), "9" * 30):
        answer = amina.post(f"/tickets/{pair[0]}/unmerging", data={"merged": merged})
        assert answer.status_code in (409, 422)


def test_a_number_that_is_nobodys_is_refused_where_it_was_typed(enter: Enter, pair: Pair):
    amina = enter("amina")
    amina.get(f"/tickets/{pair[0]}/merge")
    refused = amina.press("Look at what happens", into="999999")
    assert refused.status_code == 422
    assert "We cannot find that ticket. Check its number." in amina.text
    assert amina.one("input[name=into]").attributes["value"] == "999999"


def test_the_other_ticket_of_the_same_contact_stands_ready(enter: Enter, pair: Pair):
    amina = enter("amina")
    amina.get(f"/tickets/{pair[0]}/merge")
    assert f"DN-{pair[1]:06d}" in amina.one("main ul").text()
    assert amina.one("input[name=into]").attributes["value"] == f"DN-{pair[1]:06d}"
