"""11.B4: what another system sends to a reporter passes the checks that a person is shown on the page."""

from collections.abc import Callable
from typing import Any

import pytest
from httpx2 import Response
from sqlmodel import Session, col, select

from navigator.bulk.run_items import run_item
from navigator.bulk.tables import BulkItem
from navigator.clock import now
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions.messages import add_message
from navigator.tickets.ticket import Message, Ticket
from tests.api.client import Caller
from tests.api.conftest import make_ticket
from tests.people import People

PASSWORD = "Your password is Sunny-42"
NHS_NUMBER = "Your NHS number is 943 476 5919"
PHONE = "Call 07700 900123 at any time"
WARNED = {
    PASSWORD: "There seems to be a password in it. Never send one.",
    NHS_NUMBER: "There seems to be an NHS number in it.",
    PHONE: "There is a phone number in it that is not one of your service’s contacts.",
}
UNSAFE = "It is not safe to contact this person. They read this only if they open their private link."
PROBLEM = {
    "service": "north",
    "programme": "fern",
    "category": "access.forgotten_password",
    "title": "The app forgets passwords",
    "workaround": "Use the web page.",
}


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    return make_ticket(session, email="patient@example.org", programme="fern")


@pytest.fixture
def problem(navigator: Caller) -> int:
    return int(navigator.post("/problems", json=PROBLEM).json()["id"])


def sent(session: Session) -> list[str]:
    session.expire_all()
    return [
        one.body for one in session.exec(select(Message).order_by(col(Message.id))) if one.author == "staff"
    ]


def more_of(address: str, problem: int) -> dict[str, Any]:
    more: dict[str, dict[str, Any]] = {
        "resolution": {"resolution": "fixed"},
        "problem": {"problem_id": problem, "tell": True},
    }
    return more.get(address, {})


OUTGOING = [
    rule.address
    for rule in ACTION_RULES.values()
    if rule.is_staff_to_reporter and rule.takes_text and rule.address
]
"""The addresses of all actions by which staff write to a reporter."""


def test_there_are_some():
    assert {"replies", "waiting", "parking", "resolution", "problem", "split"} <= set(OUTGOING)
    assert {rule.address for rule in ACTION_RULES.values() if rule.goes_out and rule.address} <= set(OUTGOING)


@pytest.mark.parametrize("address", OUTGOING)
@pytest.mark.parametrize("body", WARNED)
def test_every_action_that_goes_out_names_what_it_found_and_sends_when_that_is_confirmed(
    session: Session, navigator: Caller, ticket: Ticket, problem: int, address: str, body: str
):
    said = more_of(address, problem) | {"body": body}
    version = ticket.version
    refused = navigator.post(f"/tickets/{ticket.number}/{address}", json=said)
    assert (refused.status_code, refused.json()["errors"]) == (409, {"confirmed": WARNED[body]})
    assert "Nothing was sent" in refused.json()["detail"]
    assert body not in refused.text
    session.expire_all()
    assert (sent(session), ticket.version) == ([], version)
    done = navigator.post(f"/tickets/{ticket.number}/{address}", json=said | {"confirmed": True})
    assert done.status_code == 200, done.text
    assert sent(session)[-1:] == [body]


@pytest.mark.parametrize("address", OUTGOING)
def test_whom_it_is_not_safe_to_contact_is_named(
    session: Session, navigator: Caller, ticket: Ticket, problem: int, address: str
):
    session.get_one(Reporter, ticket.reporter_id).is_safe_to_contact = False
    session.flush()
    said = more_of(address, problem) | {"body": PASSWORD}
    refused = navigator.post(f"/tickets/{ticket.number}/{address}", json=said)
    assert refused.json()["errors"] == {"confirmed": f"{UNSAFE} {WARNED[PASSWORD]}"}
    assert sent(session) == []


@pytest.mark.parametrize("address", OUTGOING)
def test_ordinary_words_go_out_at_once(
    session: Session, navigator: Caller, ticket: Ticket, problem: int, address: str
):
    said = more_of(address, problem) | {"body": "Please try it again."}
    assert navigator.post(f"/tickets/{ticket.number}/{address}", json=said).status_code == 200
    assert sent(session)[-1:] == ["Please try it again."]


def test_a_ticket_is_taken_up_again_with_words_that_were_looked_at(
    session: Session, navigator: Caller, reporter: Caller, ticket: Ticket
):
    """A reporter who says so is not asked; staff who do write to the reporter."""
    done = {"resolution": "fixed", "body": "Please try it again."}
    for caller, status in ((navigator, 409), (reporter, 200)):
        assert navigator.post(f"/tickets/{ticket.number}/resolution", json=done).status_code in (200, 409)
        answer = caller.post(f"/tickets/{ticket.number}/reopening", json={"body": PASSWORD})
        assert answer.status_code == status
    navigator.post(f"/tickets/{ticket.number}/resolution", json=done)
    said = {"body": PASSWORD, "confirmed": True}
    assert navigator.post(f"/tickets/{ticket.number}/reopening", json=said).status_code == 200


@pytest.mark.parametrize(
    "action", [action for action, rule in ACTION_RULES.items() if rule.is_staff_to_reporter]
)
def test_no_message_of_a_key_goes_out_by_another_way(
    session: Session, people: People, ticket: Ticket, action: Action
):
    key = Actor(name="A system", key_id=1, roles={people.north: frozenset({Role.NAVIGATOR})})
    with pytest.raises(Exception, match="Nothing was sent"):
        add_message(session, key, ticket, action, PASSWORD)


def test_notes_and_answers_are_not_asked_about(navigator: Caller, reporter: Caller, ticket: Ticket):
    said = {"body": PASSWORD}
    assert navigator.post(f"/tickets/{ticket.number}/notes", json=said).status_code == 200
    refused = navigator.post(f"/tickets/{ticket.number}/notes", json=said | {"confirmed": True})
    assert refused.status_code == 422


def linked(navigator: Caller, ticket: Ticket, problem: int) -> None:
    said = {"problem_id": problem, "tell": False}
    assert navigator.post(f"/tickets/{ticket.number}/problem", json=said).status_code == 200


Ask = Callable[[Caller, int, dict[str, Any]], Response]

TO_MANY: dict[str, tuple[str, dict[str, Any], int]] = {
    "an update": ("/problems/{}/updates", {}, 201),
    "a fix": ("/problems/{}/status", {"status": "released"}, 200),
    "an answer to all": ("/problems/{}/status", {"status": "closed"}, 200),
}


@pytest.mark.parametrize("kind", TO_MANY)
def test_what_goes_to_all_who_have_a_problem_is_asked_about(
    session: Session, navigator: Caller, ticket: Ticket, problem: int, kind: str
):
    other = make_ticket(session, email="other@example.org", programme="fern")
    for one in (ticket, other):
        linked(navigator, one, problem)
    session.get_one(Reporter, other.reporter_id).is_safe_to_contact = False
    session.flush()
    path, more, status = TO_MANY[kind]
    said = more | {"body": PHONE}
    refused = navigator.post(path.format(problem), json=said)
    assert refused.status_code == 409
    of_many = "It is not safe to contact 1 of these people. They read this only by their private link."
    assert refused.json()["errors"] == {"confirmed": f"{of_many} {WARNED[PHONE]}"}
    assert sent(session) == []
    assert navigator.post(path.format(problem), json=said | {"confirmed": True}).status_code == status
    assert sent(session) == [PHONE, PHONE]


def test_what_goes_to_many_tickets_is_asked_about_before_it_starts(
    session: Session, navigator: Caller, ticket: Ticket
):
    seen = [{"number": ticket.number, "version": ticket.version}]
    said = {"action": "reply", "what": {"body": PASSWORD}, "seen": seen}
    refused = navigator.post("/bulk", json=said)
    assert (refused.status_code, refused.json()["errors"]) == (409, {"confirmed": WARNED[PASSWORD]})
    started = navigator.post("/bulk", json=said | {"confirmed": True})
    assert started.status_code == 200
    for id in session.exec(select(BulkItem.id).order_by(col(BulkItem.id))).all():
        run_item(session, now(), id)
    assert sent(session) == [PASSWORD]


def test_a_workaround_told_with_a_triage_is_checked_too(navigator: Caller, session: Session, ticket: Ticket):
    """11.B4: the reporter reads it on their page, as they read a reply."""
    path = f"/tickets/{ticket.number}"
    told = {"category": "access.forgotten_password", "workaround": PASSWORD}
    refused = navigator.post(f"{path}/triage", json=told)
    assert (refused.status_code, refused.json()["errors"]["confirmed"]) == (409, WARNED[PASSWORD])
    session.expire_all()
    assert ticket.workaround != PASSWORD
    assert navigator.post(f"{path}/triage", json=told | {"confirmed": True}).status_code == 200
    assert (
        navigator.post(f"{path}/triage", json=told | {"workaround": "Use the web page."}).status_code == 200
    )


def test_a_workaround_told_with_a_triage_of_many_is_checked_too(
    navigator: Caller, session: Session, ticket: Ticket
):
    """11.B4: what one ticket is asked about is not passed by telling it to many."""
    told = {"category": "access.forgotten_password", "workaround": PASSWORD}
    seen = [{"number": ticket.number, "version": ticket.version}]
    said = {"action": "triage", "what": told, "seen": seen}
    refused = navigator.post("/bulk", json=said)
    assert (refused.status_code, refused.json()["errors"]) == (409, {"confirmed": WARNED[PASSWORD]})
    assert navigator.post("/bulk", json=said | {"confirmed": True}).status_code == 200
    for id in session.exec(select(BulkItem.id).order_by(col(BulkItem.id))).all():
        run_item(session, now(), id)
    session.expire_all()
    assert ticket.workaround == PASSWORD
