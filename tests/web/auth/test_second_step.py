"""Logging in by two steps through the pages, without scripts; and what half a log-in does not open."""

from datetime import timedelta
from typing import Any

import pyotp
import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import half_login, login, recovery_codes, totp
from navigator.people.access_rules import AccessRules
from navigator.people.audit_log import AuditEntry
from navigator.people.factor_tables import HalfLogin, RecoveryCode, Totp
from navigator.people.user_session import UserSession
from navigator.settings import settings
from tests.authenticator import Authenticator
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People
from tests.web.conftest import Enter
from tests.web.test_route_access import LOGGED_OUT, OURS, PRIVATE, filled
from web.app import app

STEP = timedelta(seconds=30)
OWN_PAGES = ("/second-step/check", "/second-step/check/challenge", "/second-step/check/passkey")
SETTING_UP = ("/second-step", "/second-step/app", "/second-step/passkey", "/second-step/passkey/challenge")


def now_code(secret: str) -> str:
    return pyotp.TOTP(secret).at(int(clock.now().timestamp()))


@pytest.fixture
def secret(session: Session, people: People) -> str:
    """The secret of Ada's app, which was set up a while ago."""
    ada = people.ada.user_id or 0
    proposal = totp.propose(ada)
    secret = totp.secret_of(proposal, ada)
    totp.set_up(session, ada, proposal, now_code(secret))
    clock.set_to(clock.now() + 4 * STEP)
    return secret


@pytest.fixture
def visitor(people: People) -> Visitor:
    return Visitor(app)


def give_password(visitor: Visitor, who: str = "ada", at: str = "/log-in") -> None:
    visitor.get(at)
    visitor.press("Log in", email=f"{who}@north.example", password=PASSWORD)


def need_one(session: Session, roles: list[str], **more: Any) -> None:
    session.add(AccessRules(factor_roles=roles, **more))
    session.flush()


def test_somebody_sets_up_an_app_and_logs_in_by_it(enter: Enter, visitor: Visitor, session: Session):
    ada = enter("ada")
    ada.get("/account")
    ada.get("/second-step")
    ada.get("/second-step/app")
    assert ada.path == "/account/confirm"
    ada.press("Go on", password="wrong")
    assert ada.problems == ["This is not your password now"]
    ada.press("Go on", password=PASSWORD)
    secret = ada.one(".desk-key").text().replace(" ", "").strip()
    ada.press("Set up", code="000000")
    assert "not the code that the app shows" in ada.problems[0]
    assert ada.one(".desk-key").text().replace(" ", "").strip() == secret
    ada.press("Set up", code=f" {now_code(secret)[:3]} {now_code(secret)[3:]}")
    codes = [one.text() for one in ada.page.css(".desk-codes code")]
    assert len(set(codes)) == 10
    ada.get("/second-step")
    assert "Since" in ada.text
    assert not set(codes) & set(ada.text.split())
    clock.set_to(clock.now() + STEP)
    give_password(visitor, at="/people")
    assert visitor.path == "/second-step/check"
    visitor.press("Log in", code=now_code(secret))
    assert visitor.path == "/people"
    sent = session.exec(select(OutboxMessage)).one()
    assert (sent.template, sent.context) == ("log_in_changed", {"what": "app_added"})
    written = [
        (each.act, each.title) for each in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
    ]
    assert written == [("factor", "Authenticator app set up: Ada Byrne"), ("logged_in", "")]


def test_a_recovery_code_logs_in_once_and_few_are_told(visitor: Visitor, session: Session, secret: str):
    ada = session.exec(select(Totp)).one().user_id
    first, *others = recovery_codes.make(session, ada)
    for code in others[:6]:
        assert recovery_codes.use(session, ada, code)
    give_password(visitor)
    visitor.press("Log in", code=first)
    assert "You have few recovery codes left" in visitor.text
    again = Visitor(app)
    give_password(again)
    again.press("Log in", code=first)
    assert "not right, or was used before" in again.problems[0]


@pytest.mark.slow
def test_half_a_log_in_opens_no_other_page_and_nothing_of_the_api(visitor: Visitor, secret: str):
    """Every door that is not for everybody, by its token in both cookies, and as a key."""
    give_password(visitor)
    token = visitor.cookies["desk_half_log_in"]
    opened = []
    for method, path, _ in PRIVATE:
        for cookies, more in (
            ({"desk_half_log_in": token, "desk_log_in": token}, {}),
            ({}, {"authorization": f"Bearer {token}"}),
        ):
            stranger = Visitor(app, follow_redirects=False)
            stranger.cookies.update(cookies)
            answer = stranger.request(method, filled(path), headers=OURS | more)
            is_own = path in OWN_PAGES and bool(cookies)
            if answer.status_code not in LOGGED_OUT and not is_own:
                opened.append((method, path, answer.status_code))
    assert opened == []


def test_whoever_has_a_second_step_sets_up_no_other_before_it(
    visitor: Visitor, session: Session, secret: str
):
    give_password(visitor)
    for path in SETTING_UP:
        assert visitor.post(path, follow_redirects=False).status_code in (*LOGGED_OUT, 405)
    visitor.get("/second-step/app")
    assert visitor.path == "/log-in"


def test_a_code_is_asked_again_after_going_back_and_half_a_log_in_is_finished_once(
    visitor: Visitor, session: Session, secret: str
):
    give_password(visitor)
    half = visitor.cookies["desk_half_log_in"]
    visitor.press("Log in", code=now_code(secret))
    assert len(session.exec(select(UserSession)).all()) == 1
    visitor.cookies.set("desk_half_log_in", half)  # somebody kept it
    clock.set_to(clock.now() + STEP)
    typed = {"code": now_code(secret)}
    assert visitor.post("/second-step/check", data=typed).status_code == 401
    assert visitor.get("/second-step/check").url.path == "/home"
    assert len(session.exec(select(UserSession)).all()) == 1


def test_pressed_twice_it_is_done_once_and_leads_in(visitor: Visitor, session: Session, secret: str):
    give_password(visitor)
    mark = visitor.one("form[action='/second-step/check'] input[name=once]").attributes["value"] or ""
    typed = {"code": now_code(secret), "next": "", "once": mark}
    visitor.post("/second-step/check", data=typed)
    visitor.post("/second-step/check", data=typed)
    assert visitor.path == "/home"
    assert len(session.exec(select(UserSession)).all()) == 1


def test_two_tabs_have_one_log_in_and_both_lead_in(visitor: Visitor, secret: str):
    give_password(visitor)
    give_password(visitor)
    visitor.press("Log in", code=now_code(secret))
    visitor.get("/second-step/check")
    assert visitor.path == "/home"


def test_half_a_log_in_takes_the_place_of_a_whole_one_and_logging_out_ends_both(
    enter: Enter, session: Session, secret: str
):
    """Else whoever gives a password at a colleague's open browser would set up a second step for that one."""
    amina = enter("amina")
    amina.post("/log-in", data={"email": "ada@north.example", "password": PASSWORD})
    assert not session.exec(select(UserSession)).all()
    assert session.exec(select(HalfLogin)).all()
    amina.post("/log-out")
    assert not session.exec(select(HalfLogin)).all()
    assert "desk_half_log_in" not in amina.cookies


def test_another_browser_has_nothing_of_it(visitor: Visitor, secret: str):
    give_password(visitor)
    other = Visitor(app)
    other.get("/second-step/check")
    assert other.path == "/log-in"
    assert other.post("/second-step/check", data={"code": now_code(secret)}).status_code == 401


def test_whoever_takes_too_long_begins_again(visitor: Visitor, session: Session, secret: str):
    give_password(visitor, at="/people")
    clock.set_to(clock.now() + half_login.LASTS)
    assert visitor.post("/second-step/check", data={"code": now_code(secret)}).status_code == 401
    visitor.get("/second-step/check?next=/people")
    assert visitor.path == "/log-in"
    visitor.press("Log in", email="ada@north.example", password=PASSWORD)
    visitor.press("Log in", code=now_code(secret))
    assert visitor.path == "/people"


def test_a_new_password_ends_half_a_log_in(visitor: Visitor, session: Session, people: People, secret: str):
    give_password(visitor)
    login.end_sessions(session, people.ada.user_id, "Tried")
    assert not session.exec(select(HalfLogin)).all()
    assert visitor.post("/second-step/check", data={"code": now_code(secret)}).status_code == 401


@pytest.mark.usefixtures("any_clock")
def test_guessing_ends_though_each_try_is_refused_and_the_person_is_told_once(
    visitor: Visitor, session: Session, secret: str
):
    give_password(visitor)
    for guess in range(5):
        visitor.press("Log in", code=f"{guess:06}")
        assert "not right" in visitor.problems[0]
    for _ in range(2):
        visitor.press("Log in", code=now_code(secret))
        assert visitor.problems == ["You have tried too many times. Wait 15 minutes, then try again."]
    assert session.exec(select(OutboxMessage)).one().context == {"what": "tries"}


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil", "/log-in"])
def test_nobody_is_led_elsewhere(visitor: Visitor, secret: str, elsewhere: str):
    """T23 of the peers."""
    give_password(visitor)
    typed = {"code": now_code(secret), "next": elsewhere}
    answer = visitor.post("/second-step/check", data=typed, follow_redirects=False)
    assert answer.headers["location"] == "/log-in"


def test_whoever_must_have_one_sets_it_up_before_anything_else(visitor: Visitor, session: Session):
    need_one(session, ["admin"])
    give_password(visitor, at="/people")
    assert visitor.path == "/second-step"
    assert "Your role needs a second step" in visitor.text
    assert not visitor.page.css(".desk-menu")
    assert visitor.get("/people").url.path == "/log-in"
    for path in ("/second-step/codes", "/second-step/app/removal", "/second-step/passkeys/1/removal"):
        assert visitor.post(path, follow_redirects=False).status_code in LOGGED_OUT
    assert not session.exec(select(RecoveryCode)).all()
    visitor.get("/second-step/app?next=/people")
    secret = visitor.one(".desk-key").text().replace(" ", "").strip()
    visitor.press("Set up", code=now_code(secret))
    assert len(visitor.page.css(".desk-codes code")) == 10
    link = next(one for one in visitor.page.css("a") if one.text(strip=True) == "I have kept them")
    assert link.attributes["href"] == "/people"
    assert visitor.get("/people").url.path == "/people"
    assert not session.exec(select(HalfLogin)).all()


def test_until_its_day_it_is_said_at_each_log_in(visitor: Visitor, session: Session):
    need_one(session, ["admin"], factor_from_on=clock.today() + timedelta(days=14))
    give_password(visitor)
    assert visitor.path == "/home"
    assert "You need a second step to log in from Tuesday 23 June" in visitor.text


def test_taking_the_last_away_asks_for_the_password_ends_the_codes_and_is_told(
    enter: Enter, session: Session, secret: str
):
    ada = enter("ada")
    recovery_codes.make(session, session.exec(select(Totp)).one().user_id)
    ada.get("/second-step")
    ada.press("Take the app away")
    assert ada.path == "/account/confirm"
    assert session.exec(select(Totp)).all()
    ada.press("Go on", password=PASSWORD)
    ada.get("/second-step")
    ada.press("Take the app away")
    assert not session.exec(select(Totp)).all()
    assert not session.exec(select(RecoveryCode)).all()
    assert ada.post("/second-step/app/removal").status_code == 404  # from another tab
    assert session.exec(select(OutboxMessage)).one().context == {"what": "app_removed"}


def test_the_password_counts_for_ten_minutes(enter: Enter, secret: str):
    ada = enter("ada")
    ada.get("/second-step/passkey")
    ada.press("Go on", password=PASSWORD)
    clock.set_to(clock.now() + timedelta(minutes=10))
    assert ada.get("/second-step/passkey").url.path == "/account/confirm"


def test_new_codes_are_shown_once(enter: Enter, session: Session, secret: str):
    ada = enter("ada")
    ada.get("/account/confirm")
    ada.press("Go on", password=PASSWORD)
    assert ada.path == "/second-step"
    page = ada.page
    ada.press("Make new recovery codes")
    assert len(ada.page.css(".desk-codes code")) == 10
    ada.page = page
    ada.press("Make new recovery codes")  # loaded again: the same form
    assert ada.path == "/second-step"
    assert "shown once" in ada.text
    assert len(session.exec(select(RecoveryCode)).all()) == 10


def test_a_passkey_through_the_pages_and_one_persons_challenge_is_no_others(
    enter: Enter, visitor: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "http://localhost")
    settings.cache_clear()
    keys = {}
    for who in ("ada", "tom"):
        person, key = enter(who), Authenticator(origin="http://localhost", site="localhost")
        person.get("/second-step/passkey")
        person.press("Go on", password=PASSWORD)
        options = person.post("/second-step/passkey/challenge").json()
        person.press("Add a passkey", name="Mine", credential=key.make(options))
        assert len(person.page.css(".desk-codes code")) == 10
        keys[who] = key
    other = Visitor(app)
    give_password(visitor, "ada")
    give_password(other, "tom")
    toms = other.post("/second-step/check/challenge").json()
    visitor.post("/second-step/check/challenge")
    for key, options in ((keys["ada"], toms), (keys["tom"], toms)):
        visitor.press("Use your passkey", credential=key.sign(options))
        assert visitor.problems == ["This passkey was not right. Try again, or use another way."]
    mine = visitor.post("/second-step/check/challenge").json()
    signed = keys["ada"].sign(mine)
    visitor.press("Use your passkey", credential=signed)
    assert visitor.path == "/home"
    again = Visitor(app)
    give_password(again, "ada")
    again.press("Use your passkey", credential=signed)
    assert again.problems == ["This passkey was not right. Try again, or use another way."]
