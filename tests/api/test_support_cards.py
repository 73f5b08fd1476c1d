"""Support cards for other systems: made, listed and ended within one service; and reports by them."""

import pytest
from sqlmodel import select

from navigator.people.reporter import Reporter
from navigator.people.support_card import SupportCard
from navigator.people.user import Role
from navigator.tickets.ticket import Ticket
from tests.cases import each_case
from tests.navigator.support_cards.card_factory import CONTACT, make, steps_taken

CARD = {
    "service": "north",
    "programme": "fern",
    "label": "Tuesday 3pm",
    "practitioner": "priya@north.example",
    "next_session": "2026-06-19",
    "contact": CONTACT,
}
LIST = {"service": "north", "text": "label,programme\nMonday,fern\nFriday,fern"}


def test_a_system_makes_a_card_and_reports_by_it_arrive_attached(with_key, anybody, session, people):
    answer = with_key(Role.INTAKE).post("/cards", json=CARD)
    assert answer.status_code == 201
    made = answer.json()
    assert made["url"].endswith(f"/c/{made['code']}")
    assert "contact" not in made
    told = {"service": "north", "body": "The code never comes", "support_code": made["code"].lower()}
    receipt = anybody.post("/reports", json=told)
    assert receipt.status_code == 201
    for known in ("pat@home.example", "Priya", "Tuesday 3pm", "19 June", "kestrel"):
        assert known not in receipt.text
    ticket = session.exec(select(Ticket)).one()
    assert (ticket.pwp_id, ticket.practitioner_is_confirmed) == (people.priya.user_id, True)
    assert session.exec(select(Reporter)).one().email == "pat@home.example"


def test_whoever_reports_by_a_code_reads_nothing_of_the_card(anybody, enter, session, people):
    card = make(session, people.priya, label="Heron")
    told = {"service": "north", "body": "The code never comes", "support_code": card.code}
    receipt = anybody.post("/reports", json=told).json()
    seen = enter(receipt["private_url"].rsplit("/", 1)[1]).get(f"/tickets/{receipt['number']}")
    assert seen.status_code == 200
    assert seen.json()["session_on"] is None
    for known in ("pat@home.example", "Priya", "Heron", "2026-06-19", "kestrel"):
        assert known not in seen.text


def test_a_wrong_code_is_answered_as_a_right_one(anybody, session, people):
    card = make(session, people.priya)
    answers = []
    for code in (card.code, "7K3-M9P-QX2C"):
        told = {"service": "north", "body": "The code never comes", "support_code": code, "programme": "fern"}
        receipt = anybody.post("/reports", json=told).json()
        answers.append(
            {
                name: receipt[name]
                for name in receipt.keys() - {"number", "reference", "private_url", "due_at"}
            }
        )
    assert answers[0] == answers[1]


@each_case("role", list(Role))
def test_who_makes_lists_and_ends_cards(with_key, session, people, role):
    card = make(session, people.priya)
    caller = with_key(role)
    makes = role in (Role.NAVIGATOR, Role.INTAKE)
    assert caller.post("/cards", json=CARD | {"label": "Other"}).status_code == (201 if makes else 403)
    assert caller.post("/cards/list", json=LIST).status_code == (200 if makes else 403)
    assert caller.get("/cards").status_code == (200 if role is Role.NAVIGATOR else 403)
    assert caller.post(f"/cards/{card.id}/ending").status_code == (204 if makes else 403)


def test_nobody_without_a_key_does_anything(anybody, session, people):
    card = make(session, people.priya)
    for path, body in (("/cards", CARD), ("/cards/list", LIST), (f"/cards/{card.id}/ending", None)):
        assert anybody.post(path, json=body).status_code == 401
    assert anybody.get("/cards").status_code == 401


def test_a_key_of_another_service_finds_none_and_makes_none_here(with_key, session, people):
    card = make(session, people.priya)
    stranger = with_key(Role.NAVIGATOR, "south")
    assert stranger.get("/cards").json() == {"cards": [], "next": None}
    assert stranger.post("/cards", json=CARD).status_code == 403
    assert stranger.post(f"/cards/{card.id}/ending").status_code == 404
    listed = stranger.post("/cards/list", json=LIST).json()
    assert [error["line"] for error in listed["errors"]] == [2, 3]
    assert session.exec(select(SupportCard)).one() is card


def test_a_list_is_tried_and_made_all_or_none(with_key, session, people):
    intake = with_key(Role.INTAKE)
    tried = intake.post("/cards/list", json=LIST | {"dry_run": True}).json()
    assert (tried["lines"], tried["cards"], tried["errors"]) == (2, [], [])
    wrong = intake.post(
        "/cards/list", json=LIST | {"text": "label,programme\nMonday,fern\nFriday,none"}
    ).json()
    assert wrong["errors"] == [
        {"line": 3, "column": "programme", "message": "Choose a programme from the list."}
    ]
    assert session.exec(select(SupportCard)).all() == []
    made = intake.post("/cards/list", json=LIST).json()
    assert [card["label"] for card in made["cards"]] == ["Monday", "Friday"]


def test_a_list_is_screened_before_its_transaction_begins(with_key, monkeypatch: pytest.MonkeyPatch):
    intake, steps = with_key(Role.INTAKE), steps_taken(monkeypatch)
    intake.post("/cards/list", json=LIST)
    assert steps == [*["screened"] * 6, "transaction"]


def test_a_list_is_read_for_nobody_without_the_role(with_key, monkeypatch: pytest.MonkeyPatch):
    manager, steps = with_key(Role.MANAGER), steps_taken(monkeypatch)
    assert manager.post("/cards/list", json=LIST).status_code == 403
    assert steps == []


def test_the_cards_of_a_service_come_by_pages(with_key, session, people, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("navigator.support_cards.overview.PAGE_SIZE", 2)
    monkeypatch.setattr("api.support_cards.PAGE_SIZE", 2)
    for label in ("One", "Two", "Three"):
        make(session, people.priya, label=label)
    navigator = with_key(Role.NAVIGATOR)
    first = navigator.get("/cards").json()
    rest = navigator.get(f"/cards?before={first['next']}").json()
    assert [card["label"] for card in first["cards"] + rest["cards"]] == ["Three", "Two", "One"]
    assert rest["next"] is None


@each_case("role", list(Role))
def test_who_may_put_in_a_suppliers_list(with_key, session, people, role):
    card = make(session, people.priya)
    body = {"service": "north", "text": f"code,first_log_in\n{card.code},\n7K3-M9P-QX2C,2026-06-01"}
    answer = with_key(role).post("/cards/engagement", json=body)
    may = role in (Role.NAVIGATOR, Role.INTAKE)
    assert answer.status_code == (200 if may else 403)
    if may:
        assert answer.json() == {"cards": 1, "never_in": 1, "unknown": 1, "errors": []}
    session.expire_all()
    assert (card.engagement_told_at is not None) is may


def test_a_suppliers_list_is_tried_and_its_errors_are_told_by_line(with_key, session, people):
    card = make(session, people.priya)
    intake = with_key(Role.INTAKE)
    body = {"service": "north", "text": f"code,first_log_in\n{card.code},"}
    assert intake.post("/cards/engagement", json=body | {"dry_run": True}).json()["never_in"] == 1
    wrong = intake.post("/cards/engagement", json=body | {"text": body["text"] + "\nPat Smith,"}).json()
    assert [(error["line"], error["column"]) for error in wrong["errors"]] == [(3, "code")]
    assert intake.post("/cards/engagement", json=body | {"service": "south"}).status_code == 403
    assert intake.post("/cards/engagement", json=body | {"text": "code,name\n"}).status_code == 422
    session.expire_all()
    assert card.engagement_told_at is None
