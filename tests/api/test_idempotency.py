"""A report sent twice is one report, and is answered the same."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from time import monotonic, sleep

import pytest
from sqlmodel import Session, func, select

from api.schemas import ReportBody
from navigator import clock, database
from navigator.people import api_keys, private_links
from navigator.people.user import Role
from navigator.settings import settings
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.reports import idempotency
from navigator.tickets.ticket import Ticket
from tests.api.client import Caller
from tests.committing import processes
from tests.people import settle

TOLD = {
    "service": "north",
    "body": "The code never comes.",
    "contact": {"route": "email", "email": "a@example.org"},
}
KEY = {"idempotency-key": "5f1c"}


def count(session: Session) -> int:
    return session.exec(select(func.count()).select_from(Ticket)).one()


def without_link(answer):
    return {name: value for name, value in answer.json().items() if name != "private_url"}


def test_a_repeat_is_answered_the_same_and_makes_no_second_ticket(anybody, enter, session, people):
    first, again = (anybody.post("/reports", json=TOLD, headers=KEY) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert without_link(first) == without_link(again)
    assert count(session) == 1


def test_a_repeat_gets_a_link_of_its_own_that_opens_the_ticket(anybody, enter, session, people):
    first, again = (anybody.post("/reports", json=TOLD, headers=KEY).json() for _ in range(2))
    assert first["private_url"] != again["private_url"]
    for answer in (first, again):
        token = answer["private_url"].rpartition("/")[2]
        assert enter(token).get(f"/tickets/{answer['number']}").status_code == 200


def test_the_same_answer_holds_though_the_ticket_went_on(anybody, navigator, session, people):
    first = anybody.post("/reports", json=TOLD, headers=KEY)
    number = first.json()["number"]
    navigator.post(f"/tickets/{number}/triage", json={"category": "notify.too_many"})
    assert without_link(anybody.post("/reports", json=TOLD, headers=KEY)) == without_link(first)


def test_after_all_links_were_ended_a_repeat_gets_none(anybody, session, people):
    number = anybody.post("/reports", json=TOLD, headers=KEY).json()["number"]
    private_links.revoke_all(session, number)
    again = anybody.post("/reports", json=TOLD, headers=KEY)
    assert (again.status_code, again.json()["private_url"]) == (201, None)


def test_a_body_that_means_the_same_is_the_same(anybody, session, people):
    anybody.post("/reports", json=TOLD, headers=KEY)
    spelt_out = {"body": "The code never comes. ", "reporter": "patient", "programme": None, **TOLD}
    assert anybody.post("/reports", json=spelt_out, headers=KEY).status_code == 201
    assert count(session) == 1


def test_another_body_with_the_same_key_is_refused(anybody, session, people):
    anybody.post("/reports", json=TOLD, headers=KEY)
    refused = anybody.post("/reports", json=TOLD | {"body": "Something else."}, headers=KEY)
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["Idempotency-Key"])
    assert count(session) == 1


def test_without_a_key_every_report_counts(anybody, session, people):
    for _ in range(2):
        anybody.post("/reports", json=TOLD)
    assert count(session) == 2


def test_a_key_is_its_callers_own(anybody, with_key, session, people):
    anybody.post("/reports", json=TOLD, headers=KEY)
    one, other = with_key(Role.INTAKE), with_key(Role.INTAKE)
    for caller in (one, other, one):
        assert caller.post("/reports", json=TOLD, headers=KEY).status_code == 201
    assert count(session) == 3


@pytest.mark.usefixtures("any_clock")
def test_a_key_is_good_for_a_day(anybody, session, people):
    anybody.post("/reports", json=TOLD, headers=KEY)
    clock.set_to(clock.now() + timedelta(hours=23, minutes=59))
    anybody.post("/reports", json=TOLD, headers=KEY)
    assert count(session) == 1
    clock.set_to(clock.now() + timedelta(minutes=2))
    assert anybody.post("/reports", json=TOLD | {"body": "New."}, headers=KEY).status_code == 201
    assert count(session) == 2


def test_a_refusal_gives_the_key_back(anybody, session, people):
    refused = anybody.post("/reports", json=TOLD | {"service": "nowhere"}, headers=KEY)
    assert refused.status_code == 422
    assert session.exec(select(IdempotencyKey)).all() == []
    assert anybody.post("/reports", json=TOLD, headers=KEY).status_code == 201


def test_a_key_that_an_earlier_version_left_without_an_answer_is_free(anybody, session, people):
    """11.F12."""
    anybody.post("/reports", json=TOLD, headers=KEY)
    left = session.exec(select(IdempotencyKey)).one()
    left.status, left.response = None, {}
    session.flush()
    assert anybody.post("/reports", json=TOLD, headers=KEY).status_code == 201
    assert count(session) == 2


def test_neither_the_body_nor_the_link_is_kept(anybody, session, people):
    url = anybody.post("/reports", json=TOLD, headers=KEY).json()["private_url"]
    kept = str(session.exec(select(IdempotencyKey)).one().model_dump())
    for secret in ("code never comes", "a@example.org", url.rpartition("/")[2], "testclient"):
        assert secret not in kept


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "\x7f"])
def test_a_key_is_a_word(anybody, session, people, key):
    refused = anybody.post("/reports", json=TOLD, headers={"idempotency-key": key})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["Idempotency-Key"])
    assert count(session) == 0


# With real commits


def test_of_many_at_once_one_reports_and_all_are_told_the_same(committing):
    """11.F12: who comes while the first is under way waits for its outcome, and is not sent away."""
    with database.writing() as session:
        people = settle(session)
        key = api_keys.create(session, people.north, Role.INTAKE, "many")
    start = threading.Barrier(8)

    def send(_):
        caller = Caller(key)
        start.wait()
        return caller.post("/reports", json=TOLD, headers=KEY)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.json()["reference"] for answer in answers} == {"DN-000001"}
    with database.reading() as session:
        assert count(session) == 1


def test_after_a_kill_the_repeat_is_taken_at_once(committing, tmp_path):
    """11.F12: it got 409 for a minute."""
    with database.writing() as session:
        settle(session)
    told = ReportBody.model_validate(TOLD).model_dump_json()
    settings().signing_key()
    with processes.running("hold", committing, held=told, data_dir=settings().data_dir) as first:
        held, end = settings().data_dir / "held", monotonic() + processes.PATIENCE
        while not held.exists():
            assert monotonic() < end
            sleep(0.05)
        first.kill()
        first.wait()
    assert Caller().post("/reports", json=TOLD, headers=KEY).status_code == 201
    with database.reading() as session:
        assert count(session) == 1


def test_a_report_that_fails_half_way_leaves_nothing_and_can_be_sent_again(committing, monkeypatch):
    with database.writing() as session:
        settle(session)
    caller = Caller(raise_server_exceptions=False)
    with monkeypatch.context() as broken:
        broken.setattr(idempotency, "store_response", lambda *_: 1 / 0)
        assert caller.post("/reports", json=TOLD, headers=KEY).status_code == 500
    with database.reading() as session:
        assert (count(session), session.exec(select(IdempotencyKey)).all()) == (0, [])
    assert caller.post("/reports", json=TOLD, headers=KEY).status_code == 201
