"""Idle pages are locked and show nothing; what was typed is back once its writer has unlocked them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import audit_intake, login, second_factor, totp
from navigator.people.access_rules import AccessRules
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.rate_limit import Limit
from navigator.people.user_session import UserSession
from navigator.tickets.kept_forms import KeptForm
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People, token_of
from tests.web.auth.test_second_step import now_code
from tests.web.conftest import Enter
from tests.web.test_route_access import LOGGED_OUT, OURS, PRIVATE, filled
from web.app import app

LOCK = timedelta(minutes=15)
WORDS = "Mondays are hard, so phone after noon."
OPEN_WHEN_LOCKED = ("/unlock", "/unlock/challenge", "/unlock/passkey")


@pytest.fixture(autouse=True)
def rules(session: Session) -> None:
    session.add(AccessRules(lock_minutes=15, owner="Ada"))
    session.flush()


@pytest.fixture
def ada(enter: Enter, people: People) -> Visitor:
    """Ada, at a form that she has begun to fill in."""
    ada = enter("ada")
    ada.get("/people/invite")
    return ada


def wait(by: timedelta) -> None:
    clock.set_to(clock.now() + by)


def test_the_next_page_asks_and_leads_back(ada: Visitor):
    wait(LOCK)
    ada.get("/settings/changes?before=5")
    assert ada.path == "/unlock"
    assert "Ada Byrne, unlock it to go on" in ada.text
    assert not ada.page.css(".desk-menu, nav[aria-label=Menu]")
    ada.press("Unlock", password="wrong")
    assert ada.problems == ["This is not your password now"]
    response = ada.press("Unlock", password=PASSWORD)
    assert str(response.url).endswith("/settings/changes?before=5")


def test_what_is_sent_to_a_locked_desk_is_not_done_kept_and_back(ada: Visitor, session: Session):
    """Without scripts: a form that was open meanwhile."""
    wait(LOCK)
    ada.press("Invite", name=WORDS, email="new@north.example", roles="navigator")
    assert ada.path == "/unlock"
    assert "What you typed is kept" in ada.text
    assert WORDS not in ada.text
    ada.press("Unlock", password=PASSWORD)
    assert ada.path == "/people/invite"
    assert ada.one("#name").attributes["value"] == WORDS
    assert "was not sent" in ada.text
    ada.press("Invite")
    assert "Invited" in ada.text
    assert not session.exec(select(KeptForm)).all()


def test_a_page_that_locks_itself_keeps_what_was_typed_for_whom_it_was_made(
    ada: Visitor, session: Session, people: People
):
    mark = ada.one("form[action='/people/invite'] input[name=once]").attributes["value"] or ""
    facts = {"lock.page": "/people/invite", "lock.path": "/people/invite", "lock.mark": mark, "name": WORDS}
    ada.post("/account/lock", data=facts)
    assert ada.path == "/unlock"
    assert ada.get("/people").url.path == "/unlock"
    kept = session.exec(select(KeptForm)).one()
    assert (kept.owner, kept.page, kept.typed) == (
        f"user {people.ada.user_id}",
        "/people/invite",
        {"name": [WORDS]},
    )
    ada.get("/unlock?next=/people/invite")
    ada.press("Unlock", password=PASSWORD)
    assert ada.one("#name").attributes["value"] == WORDS


@pytest.mark.parametrize(
    "facts",
    [
        {"lock.mark": "forged"},
        {"lock.mark": ""},
        {"lock.path": "/account/password"},
        {"lock.path": "/second-step/app"},
        {"lock.page": "https://evil.example"},
        {"lock.page": "/" + "x" * 3000},
        {"lock.path": ""},
    ],
)
def test_nothing_is_kept_for_a_stranger_or_of_a_secret(ada: Visitor, session: Session, facts: dict[str, str]):
    mark = ada.one("form[action='/people/invite'] input[name=once]").attributes["value"] or ""
    whole = {"lock.page": "/people/invite", "lock.path": "/people/invite", "lock.mark": mark, "code": WORDS}
    ada.post("/account/lock", data=whole | facts)
    assert not session.exec(select(KeptForm)).all()
    assert ada.path == "/unlock"


def test_passwords_are_never_kept(ada: Visitor, session: Session):
    mark = ada.one("form[action='/people/invite'] input[name=once]").attributes["value"] or ""
    facts = {"lock.page": "/people", "lock.path": "/people/invite", "lock.mark": mark, "password": WORDS}
    ada.post("/account/lock", data=facts)
    assert not session.exec(select(KeptForm)).all()


def test_a_locked_log_in_opens_no_page_that_is_not_for_everybody(ada: Visitor, people: People):
    ada.post("/account/lock")
    token = ada.cookies["desk_log_in"]
    opened = []
    for method, path, _ in PRIVATE:
        stranger = Visitor(app, follow_redirects=False)
        stranger.cookies.set("desk_log_in", token)
        answer = stranger.request(method, filled(path), headers=OURS)
        if answer.status_code not in LOGGED_OUT and path not in OPEN_WHEN_LOCKED:
            opened.append((method, path, answer.status_code))
    assert opened == []


def test_who_works_is_not_locked_and_what_a_page_asks_by_itself_is_no_work(ada: Visitor):
    for _ in range(2):
        wait(timedelta(minutes=10))
        assert ada.get("/people").url.path == "/people"
    wait(timedelta(minutes=10))
    ada.post("/account/active")
    wait(timedelta(minutes=10))
    assert ada.get("/people", headers={"x-by-itself": "yes"}).url.path == "/people"
    wait(timedelta(minutes=5))
    assert ada.get("/people").url.path == "/unlock"


def test_locking_is_for_one_log_in_and_unlocking_for_all_its_tabs(ada: Visitor, enter: Enter):
    elsewhere = enter("ada")
    ada.post("/account/lock")
    assert elsewhere.get("/people").url.path == "/people"
    ada.get("/unlock?next=/people")
    page = ada.page
    ada.press("Unlock", password=PASSWORD)
    assert ada.get("/unlock?next=/settings").url.path == "/settings"  # another tab that still asks
    ada.page = page
    ada.press("Unlock", password=PASSWORD)
    assert ada.path == "/people"


@pytest.mark.usefixtures("any_clock")
def test_guessing_at_a_locked_desk_is_counted(ada: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(login, "PER_ACCOUNT", Limit(2, timedelta(minutes=15)))
    ada.post("/account/lock")
    ada.get("/unlock")
    for _ in range(2):
        ada.press("Unlock", password="wrong")
    ada.press("Unlock", password=PASSWORD)
    assert "too many times" in ada.problems[0]


def test_a_locked_log_in_still_ends(ada: Visitor, session: Session):
    wait(timedelta(hours=2))
    ada.get("/people")
    assert ada.path == "/log-in"
    ada.press("Log in", email="ada@north.example", password=PASSWORD)
    assert ada.path == "/people"


def test_somebody_else_at_a_locked_desk_logs_out(ada: Visitor, session: Session):
    ada.post("/account/lock")
    ada.get("/unlock")
    ada.press("I am not Ada Byrne: log out")
    assert ada.path == "/log-in"
    assert not session.exec(select(UserSession)).all()


def test_guesses_and_the_end_of_a_locked_log_in_are_in_the_audit_log(ada: Visitor, session: Session):
    ada.post("/account/lock")
    ada.get("/unlock")
    for _ in range(2):
        ada.press("Unlock", password="wrong")
    audit_intake.take_spool()
    ada.press("I am not Ada Byrne: log out")
    written = [
        (each.actor_name, each.act) for each in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
    ]
    assert written.count(("Ada Byrne", Act.LOG_IN_FAILED)) == 2
    assert written[-1] == ("Ada Byrne", Act.LOGGED_OUT)


@pytest.mark.parametrize("who", ["amina", "ada"])
def test_logging_in_at_a_locked_desk_ends_the_log_in_that_was_locked(
    ada: Visitor, session: Session, who: str
):
    """Session fixation, and a token that somebody copied before: it opens nothing any more."""
    ada.post("/account/lock")
    before = session.exec(select(UserSession.token_hash)).one()
    ada.get("/log-in")
    ada.press("Log in", email=f"{who}@north.example", password=PASSWORD)
    assert before not in session.exec(select(UserSession.token_hash)).all()
    assert len(session.exec(select(UserSession)).all()) == 1


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/unlock?next=/unlock"])
def test_nobody_is_led_elsewhere(ada: Visitor, elsewhere: str):
    """T23 of the peers."""
    ada.post("/account/lock")
    typed = {"password": PASSWORD, "next": elsewhere}
    assert ada.post("/unlock", data=typed, follow_redirects=False).headers["location"] == "/home"


def test_without_a_rule_nothing_is_locked(ada: Visitor, session: Session):
    session.get_one(AccessRules, 1).lock_minutes = 0
    session.flush()
    wait(timedelta(minutes=50))
    assert ada.get("/people").url.path == "/people"


def test_a_desk_that_cannot_write_is_read_all_the_same(
    ada: Visitor, monkeypatch: pytest.MonkeyPatch, session: Session, people: People
):
    from sqlalchemy.exc import OperationalError

    from navigator import database

    def broken() -> None:
        raise OperationalError("disk full", None, Exception())

    token_of(session, people.ada)
    monkeypatch.setattr(database, "writing", broken)
    wait(timedelta(minutes=5))
    assert ada.get("/people").status_code == 200


LUNCH = timedelta(hours=1)


@pytest.fixture
def secret(session: Session, people: People) -> str:
    """Ada has set up an authenticator app, and this is its secret."""
    user_id = people.ada.user_id or 0
    proposal = totp.propose(user_id)
    secret = totp.secret_of(proposal, user_id)
    totp.set_up(session, user_id, proposal, now_code(secret))
    for log_in in session.exec(select(UserSession).order_by(col(UserSession.token_hash))):
        log_in.expires_at += timedelta(hours=11)
    session.flush()
    return secret


def test_soon_after_the_password_is_enough_and_after_an_hour_a_code_is_asked_for_too(
    ada: Visitor, secret: str, session: Session
):
    """Somebody who saw the password typed sits down at a browser that was left open over night."""
    wait(LOCK)
    ada.get("/people")
    assert not ada.page.css("#code")
    ada.press("Unlock", password=PASSWORD)
    assert ada.path == "/people"
    wait(LUNCH)
    ada.get("/people")
    ada.press("Unlock", password=PASSWORD)
    assert ada.problems == ["Enter the code of your authenticator app, or a recovery code"]
    ada.press("Unlock", password=PASSWORD, code="000000")
    assert "not right, or was used before" in ada.problems[0]
    assert ada.get("/people").url.path == "/unlock"
    ada.press("Unlock", password="wrong", code=now_code(secret))
    assert ada.problems == ["This is not your password now"]
    ada.press("Unlock", password=PASSWORD, code=now_code(secret))
    assert ada.path == "/people"


def test_a_page_that_was_open_for_the_whole_hour_asks_for_the_code_when_it_is_sent(ada: Visitor, secret: str):
    wait(LOCK)
    ada.get("/people")
    wait(LUNCH)
    ada.press("Unlock", password=PASSWORD)
    assert ada.path == "/unlock"
    ada.press("Unlock", password=PASSWORD, code=now_code(secret))
    assert ada.path == "/people"


@pytest.mark.usefixtures("any_clock")
def test_an_hour_that_ends_while_the_password_is_checked_takes_no_try_of_a_code(
    ada: Visitor, secret: str, session: Session, monkeypatch: pytest.MonkeyPatch
):
    wait(LUNCH - timedelta(seconds=1))
    ada.get("/people")
    really = login.prove_password

    def slowly(*args: Any) -> None:
        really(*args)
        wait(timedelta(seconds=1))

    monkeypatch.setattr(login, "prove_password", slowly)
    ada.press("Unlock", password=PASSWORD)
    assert ada.path == "/people"


def test_the_code_alone_unlocks_nothing(ada: Visitor, secret: str):
    """A phone lies beside the computer more often than its owner's head does."""
    wait(LUNCH)
    ada.get("/people")
    ada.press("Unlock", password="", code=now_code(secret))
    assert ada.path == "/unlock"
    assert ada.get("/people").url.path == "/unlock"


@pytest.mark.usefixtures("any_clock")
def test_guesses_of_codes_at_a_locked_desk_are_counted_and_told(
    ada: Visitor, secret: str, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(second_factor, "PER_ACCOUNT", Limit(2, timedelta(minutes=15)))
    wait(LUNCH)
    ada.get("/people")
    for _ in range(3):
        ada.press("Unlock", password=PASSWORD, code="000000")
    assert "too many times" in ada.problems[0]
    ada.press("Unlock", password=PASSWORD, code=now_code(secret))
    assert ada.path == "/unlock"
    assert session.exec(select(OutboxMessage.context)).all() == [{"what": "tries"}]
