"""The list of one's own log-ins: what is told of each, and who may end which."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people import login
from navigator.people.audit_log import Act, AuditEntry
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


def test_no_token_stands_on_the_page(amina: Visitor, session: Session):
    html = amina.page.html or ""
    assert amina.cookies["desk_log_in"] not in html
    for row in session.exec(select(UserSession)):
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
    assert session.exec(select(AuditEntry.title)).one() == "Logged out everywhere: Amina Yusuf"


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
    said = session.exec(select(AuditEntry.title).where(AuditEntry.act == Act.LOGGED_OUT)).all()
    assert said == ["Elsewhere, on one device", "Everywhere else", "Everywhere"]
