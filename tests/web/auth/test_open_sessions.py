"""The list of one's own log-ins: what is told of each, and who may end which."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.people import accounts, expired, factor_reset, login, password_reset
from navigator.people.access_rules import AccessRules
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.one_time_token import TokenPurpose
from navigator.people.passwords import NewPassword
from navigator.people.sessions import end_begun_by
from navigator.people.user_session import UserSession
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People, token_of
from tests.web.conftest import Enter
from web.app import app

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.5 Mobile/15E148 Safari/604.1"
)


def at(device: str, who: str = "amina") -> Visitor:
    visitor = Visitor(app)
    visitor.headers["user-agent"] = device
    visitor.get("/log-in")
    visitor.press("Log in", email=f"{who}@north.example", password=PASSWORD)
    return visitor


@pytest.fixture
def amina(people: People) -> Visitor:
    """Amina, who logged in at a computer and then on her phone."""
    computer = at(FIREFOX)
    clock.set_to(clock.now() + timedelta(minutes=5))
    at(PHONE)
    clock.set_to(clock.now() + timedelta(minutes=5))
    computer.get("/account")
    computer.get("/account/log-ins")
    return computer


def rows(visitor: Visitor) -> list[str]:
    return [" ".join(row.text(separator=" ").split()) for row in visitor.page.css("tbody tr")]


def test_each_device_is_told_with_when_it_was_used_and_this_one_first(amina: Visitor):
    first, second = rows(amina)
    assert first.startswith("Firefox on Windows This one")
    assert " Now " in first
    assert second.startswith("Safari on an iPhone")
    assert "10:05am" in second


def test_where_each_came_from_how_and_which_is_locked_is_told(amina: Visitor, session: Session):
    session.add(AccessRules(lock_minutes=5, owner="Ada"))
    rows_of = session.exec(select(UserSession).order_by(col(UserSession.created_at))).all()
    rows_of[0].address, rows_of[1].address = "192.0.2.7", ""
    rows_of[1].locked_at = clock.now()
    session.flush()
    amina.get("/account/log-ins")
    first, second = rows(amina)
    assert "192.0.2.7" in first
    assert "by password" in first
    assert second.startswith("Safari on an iPhone Locked Not known")
    assert "in the night after it ended by itself" in amina.text


def test_a_log_in_keeps_the_address_that_it_came_from(people: People, session: Session):
    at(FIREFOX)
    written = session.exec(select(AuditEntry.address).where(AuditEntry.act == Act.LOGGED_IN)).one()
    assert session.exec(select(UserSession.address)).one() == written != ""


def test_no_token_stands_on_the_page(amina: Visitor, session: Session):
    html = amina.page.html or ""
    assert amina.cookies["desk_log_in"] not in html
    for row in session.exec(select(UserSession).order_by(col(UserSession.token_hash))):
        assert row.token_hash not in html


def test_one_is_ended_and_this_one_goes_on(amina: Visitor, session: Session):
    amina.page.css_first("form[action='/account/log-ins/end']")
    key = amina.one("form[action='/account/log-ins/end'] input[name=key]").attributes["value"] or ""
    amina.post("/account/log-ins/end", data={"key": key})
    assert len(rows(amina)) == 1
    assert amina.post("/account/log-ins/end", data={"key": key}).status_code == 404
    assert amina.get("/account").url.path == "/account"


def test_all_others_are_ended(amina: Visitor, session: Session):
    amina.press("End all others")
    assert len(rows(amina)) == 1
    assert len(session.exec(select(UserSession)).all()) == 1


def test_nobody_ends_anothers(amina: Visitor, session: Session, people: People, enter: Enter):
    key = amina.one("form[action='/account/log-ins/end'] input[name=key]").attributes["value"] or ""
    tom = enter("tom")
    assert tom.post("/account/log-ins/end", data={"key": key}).status_code == 404
    tom.post("/account/log-ins/end-others")
    assert len(session.exec(select(UserSession)).all()) == 3


def test_an_administrator_ends_all_of_somebody_of_their_service(
    session: Session, people: People, enter: Enter
):
    tokens = [token_of(session, people.amina), token_of(session, people.amina)]
    ada = enter("ada")
    ada.get(f"/people/{people.amina.user_id}/access")
    assert "They have 2 open log-ins now" in ada.text
    ada.press("Log them out everywhere")
    assert [login.whoami(session, token) for token in tokens] == [None, None]
    said = session.exec(
        select(AuditEntry.actor_name, AuditEntry.title, AuditEntry.count).order_by(col(AuditEntry.id))
    ).all()
    assert said == [
        ("Amina Yusuf", "By an administrator, Ada Byrne", 2),
        ("Ada Byrne", "Logged out everywhere: Amina Yusuf", 1),
    ]


@pytest.mark.parametrize(("who", "status"), [("sue", 404), ("amina", 403), ("mo", 403)])
def test_nobody_else_does(session: Session, people: People, enter: Enter, who: str, status: int):
    token = token_of(session, people.amina)
    stranger = enter(who)
    assert stranger.get(f"/people/{people.amina.user_id}/access").status_code == status
    assert stranger.post(f"/people/{people.amina.user_id}/access/end").status_code == status
    assert login.whoami(session, token)


def test_each_end_of_a_log_in_is_in_the_audit_log(amina: Visitor, session: Session):
    key = amina.one("form[action='/account/log-ins/end'] input[name=key]").attributes["value"] or ""
    amina.post("/account/log-ins/end", data={"key": key})
    amina.post("/account/log-ins/end-others")
    amina.post("/account/log-out-everywhere")
    said = session.exec(
        select(AuditEntry.title).where(AuditEntry.act == Act.LOGGED_OUT).order_by(col(AuditEntry.id))
    ).all()
    assert said == ["Elsewhere, on one device", "Everywhere else", "Everywhere"]


def _reset_password(session: Session, people: People) -> None:
    token = password_reset.mint_token(session, people.amina.user_id or 0, TokenPurpose.RESET)
    session.flush()
    new = NewPassword.model_validate({"password": "a brass lantern by the pier"})
    password_reset.set_password(token, new)


FORCED: dict[str, Callable[[Session, People], object]] = {
    "Their account was closed": lambda s, people: accounts.deactivate(
        s, people.ada, people.amina.user_id or 0
    ),
    "Their password was chosen anew": _reset_password,
    "Their second step was reset": lambda s, _: factor_reset.by_command_line(s, "amina@north.example"),
    "This way to log in was switched off or changed": lambda s, _: end_begun_by(s, None),
}


@pytest.mark.parametrize("why", FORCED)
def test_each_end_that_somebody_else_forced_is_in_the_audit_log(session: Session, people: People, why: str):
    for _ in range(2):
        token_of(session, people.amina)
    FORCED[why](session, people)
    is_end = (AuditEntry.act == Act.LOGGED_OUT, AuditEntry.actor_id == people.amina.user_id)
    assert session.exec(select(AuditEntry.title, AuditEntry.count).where(*is_end)).all() == [(why, 2)]


@pytest.mark.parametrize("is_locked", [False, True])
def test_a_log_in_that_nobody_ended_is_in_the_audit_log_with_when_it_did(
    session: Session, people: People, is_locked: bool
):
    token = token_of(session, people.amina)
    row = session.exec(select(UserSession)).one()
    row.locked_at, ends_at = clock.now() if is_locked else None, row.expires_at
    session.flush()
    clock.set_to(ends_at + timedelta(hours=9))
    if is_locked:
        expired.delete_expired(session, clock.now())
    else:
        login.log_out(session, token)  # who comes back to that browser, and logs in anew
    expired.delete_expired(session, clock.now())
    said = session.exec(select(AuditEntry).where(AuditEntry.act == Act.LOGGED_OUT)).one()
    assert said.title == ("Ended by itself while it was locked" if is_locked else "Ended by itself")
    assert said.created_at == ends_at
    assert session.exec(select(UserSession)).all() == []


def test_one_that_had_ended_by_itself_is_not_said_to_have_been_ended_later(session: Session, people: People):
    """Expired ones lie there until the night."""
    token_of(session, people.amina)
    ends_at = session.exec(select(UserSession.expires_at)).one()
    clock.set_to(ends_at)
    token_of(session, people.amina)
    assert login.end_sessions(session, people.amina.user_id, "Their password was chosen anew") == 1
    is_end = AuditEntry.act == Act.LOGGED_OUT
    said = session.exec(
        select(AuditEntry.title, AuditEntry.count, AuditEntry.created_at)
        .where(is_end)
        .order_by(col(AuditEntry.id))
    ).all()
    assert said == [("Ended by itself", 1, ends_at), ("Their password was chosen anew", 1, ends_at)]
