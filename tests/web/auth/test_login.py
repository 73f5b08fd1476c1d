"""Logging in and out through the pages, and setting a password by a link."""

from datetime import timedelta

import pytest
from pydantic import SecretStr
from sqlmodel import Session, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import login, password_reset, passwords, tokens
from navigator.people.one_time_token import OneTimeToken, TokenPurpose
from navigator.people.rate_limit import Limit, RateLimitCounter
from navigator.people.user import User
from navigator.people.user_session import UserSession
from navigator.settings import settings
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People, token_of
from web.app import app
from web.kit import navigation

ANOTHER = "nine dry umbrellas"


@pytest.fixture
def visitor(people: People) -> Visitor:
    return Visitor(app)


def enter(
    visitor: Visitor, email: str = "ada@north.example", password: str = PASSWORD, at: str = "/log-in"
) -> None:
    visitor.get(at)
    visitor.press("Log in", email=email, password=password)


def link(session: Session, people: People, purpose: TokenPurpose = TokenPurpose.RESET) -> str:
    token = password_reset.mint_token(session, people.tom.user_id or 0, purpose)
    session.flush()
    return f"/password/{token}"


def test_somebody_logs_in_and_out(visitor: Visitor, session: Session):
    enter(visitor)
    assert [one.text() for one in visitor.page.css(".desk-menu__person")] == ["Ada Byrne"]
    kept = dict(visitor.cookies)
    visitor.press("Log out")
    assert visitor.path == "/log-in"
    assert "You are logged out" in visitor.text
    assert not session.exec(select(UserSession)).all()
    visitor.cookies.update(kept)  # somebody kept the cookie
    visitor.get("/account")
    assert visitor.path == "/log-in"


def test_whoever_is_not_logged_in_is_asked_and_then_brought_back(visitor: Visitor):
    enter(visitor, at="/account")
    assert visitor.path == "/account"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "account",
        "",
    ],
)
def test_nobody_is_led_elsewhere(visitor: Visitor, session: Session, people: People, elsewhere: str):
    """T23 of the peers."""
    visitor.cookies.set("desk_log_in", token_of(session, people.ada))
    response = visitor.get("/log-in", params={"next": elsewhere}, follow_redirects=False)
    assert response.headers["location"] == navigation.landing_page(people.ada)


def test_the_way_back_is_checked_again_after_the_password(visitor: Visitor):
    typed = {"email": "ada@north.example", "password": PASSWORD, "next": "//evil.example"}
    assert visitor.post("/log-in", data=typed, follow_redirects=False).headers["location"] == "/log-in"


@pytest.mark.parametrize(
    "who", ["nobody@north.example", "ada@north.example", "<b>", "ada@north.example' OR 1=1 --"]
)
def test_a_wrong_try_says_the_same_and_keeps_the_email_only(visitor: Visitor, who: str):
    enter(visitor, who, "not the password")
    assert visitor.problems == ["Your email address or password is not right. Check them and try again."]
    shown = {one.attributes["name"]: one.attributes.get("value") for one in visitor.page.css("main input")}
    assert shown == {"next": "", "email": who, "password": None}


def test_nothing_typed_is_asked_for_again(visitor: Visitor):
    enter(visitor, "", "")
    assert visitor.problems == ["Enter your email address", "Enter your password"]


@pytest.mark.usefixtures("any_clock")
def test_too_many_tries_are_counted_though_each_is_refused(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(login, "PER_ACCOUNT", Limit(2, timedelta(minutes=15)))
    for _ in range(2):
        enter(visitor, password="wrong")
    enter(visitor)
    assert visitor.problems == ["You have tried too many times. Wait 15 minutes, then try again."]


def test_the_cookie_is_out_of_reach(visitor: Visitor, monkeypatch: pytest.MonkeyPatch):
    typed = {"email": "ada@north.example", "password": PASSWORD}
    plain = visitor.post("/log-in", data=typed, follow_redirects=False).headers["set-cookie"]
    assert plain.startswith("desk_log_in=")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(plain.split("; "))
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example")
    settings.cache_clear()
    secure = visitor.post("/log-in", data=typed, follow_redirects=False).headers["set-cookie"]
    assert secure.startswith("__Host-desk_log_in=")
    assert "Secure" in secure
    assert "Domain" not in secure


def test_a_new_log_in_has_a_new_token(visitor: Visitor, session: Session):
    visitor.cookies.set("desk_log_in", "chosen-by-somebody-else")
    enter(visitor)
    assert session.exec(select(UserSession)).one().token_hash != tokens.hashed("chosen-by-somebody-else")


def test_a_leaver_is_out_at_the_next_page(visitor: Visitor, session: Session, people: People):
    enter(visitor)
    session.get_one(User, people.ada.user_id).is_active = False
    session.flush()
    visitor.get("/account")
    assert visitor.path == "/log-in"


def test_a_forgotten_password_gets_the_same_answer_for_everybody(
    visitor: Visitor, session: Session, people: People
):
    """T22 of the peers."""
    pages = set()
    for who in ("tom@north.example", "Tom@north.example ", "nobody@north.example", "x"):
        visitor.get("/forgotten-password")
        response = visitor.press("Send me a link", email=who)
        pages.add((response.status_code, response.text))
    assert len(pages) == 1
    assert [(one.template, one.recipient_id) for one in session.exec(select(OutboxMessage))] == [
        ("reset", people.tom.user_id)
    ] * 2


@pytest.mark.usefixtures("any_clock")
def test_nobody_is_buried_in_letters(visitor: Visitor, session: Session):
    for _ in range(5):
        visitor.post("/forgotten-password", data={"email": "tom@north.example"})
    assert len(session.exec(select(OutboxMessage)).all()) == 3
    assert visitor.get("/forgotten-password").status_code == 200
    assert "tom" not in str([one.model_dump() for one in session.exec(select(RateLimitCounter))])


def test_a_link_is_taken_out_of_the_address_and_sets_a_password(
    visitor: Visitor, session: Session, people: People
):
    at = link(session, people)
    response = visitor.get(at, follow_redirects=False)
    assert response.headers["location"] == "/password"
    visitor.get(at)
    assert visitor.path == "/password"
    assert at.split("/")[-1] not in (visitor.page.html or "")
    visitor.press("Set my password", password="short")
    assert visitor.problems == ["Password must be 12 characters or more"]
    visitor.press("Set my password", password=ANOTHER)
    assert visitor.path == "/log-in"
    enter(visitor, "tom@north.example", ANOTHER)
    assert visitor.path == navigation.landing_page(people.tom)


def test_opening_a_link_uses_nothing_up(visitor: Visitor, session: Session, people: People):
    """T6 of the peers."""
    at = link(session, people)
    for _ in range(3):  # scanners of mail open links
        visitor.get(at)
    assert len(session.exec(select(OneTimeToken)).all()) == 1
    assert "Choose a password" in visitor.text


def test_wrong_used_and_expired_links_look_the_same(visitor: Visitor, session: Session, people: People):
    used, late = link(session, people, TokenPurpose.INVITE), link(session, people)
    clock.set_to(clock.now() + timedelta(hours=1))
    shown = []
    for at in ("/password/wrong", late):
        shown.append(visitor.get(at))
    visitor.get(used)
    visitor.press("Set my password", password=ANOTHER)
    shown.append(visitor.get(used))
    assert {(one.status_code, one.text) for one in shown} == {(404, shown[0].text)}
    assert "does not work any more" in visitor.text


def test_a_link_used_in_two_windows_sets_one_password(visitor: Visitor, session: Session, people: People):
    visitor.get(link(session, people))
    token = visitor.cookies["desk_password"]
    visitor.press("Set my password", password=ANOTHER)
    visitor.cookies.set("desk_password", token)
    assert visitor.post("/password", data={"password": "ten dry umbrellas"}).status_code == 404
    assert visitor.post("/password", data={"password": "short"}).status_code == 404


def test_a_password_changes_and_other_places_are_logged_out(
    visitor: Visitor, session: Session, people: People
):
    elsewhere = token_of(session, people.ada)
    enter(visitor)
    visitor.get("/account/password")
    visitor.press("Change my password", old="wrong", password=ANOTHER)
    assert visitor.problems == ["This is not your password now"]
    visitor.press("Change my password", old=PASSWORD, password=ANOTHER)
    assert "Your password is changed" in visitor.text
    assert login.whoami(session, elsewhere) is None


def test_everywhere_is_logged_out(visitor: Visitor, session: Session, people: People):
    token_of(session, people.ada)
    enter(visitor, at="/account")
    visitor.press("Log out everywhere")
    assert visitor.path == "/log-in"
    assert not session.exec(select(UserSession)).all()


def test_somebody_goes_away_and_comes_back(visitor: Visitor, session: Session, people: People):
    enter(visitor, at="/account")
    ada = session.get_one(User, people.ada.user_id)
    for button, is_away in (("I am away", True), ("I am back", False)):
        visitor.press(button)
        session.refresh(ada)
        assert ada.is_away is is_away
    assert "Administrator" in visitor.text
    assert "North Talking Therapies" in visitor.text


@pytest.mark.parametrize(
    "easy", ["NorthTalkingTherapies1", "fernhealth2026!!", "Tom.Baker.2026!", "ada.byrne@north"]
)
def test_what_is_known_of_a_person_and_their_place_is_no_password(
    visitor: Visitor, session: Session, people: People, easy: str
):
    """11.F11: by a link, and by changing it."""
    visitor.get(link(session, people))
    visitor.press("Set my password", password=easy.replace("ada.byrne", "tom.baker"))
    assert visitor.path == "/password"
    (problem,) = visitor.problems
    assert problem.startswith("This password is too easy to guess. It holds your name")
    visitor.press("Set my password", password=ANOTHER)
    enter(visitor)
    visitor.get("/account/password")
    visitor.press("Change my password", old=PASSWORD, password=easy.replace("Tom.Baker", "Ada.Byrne"))
    assert visitor.problems == [problem]
    visitor.press("Change my password", old=PASSWORD, password=ANOTHER)
    assert "Your password is changed" in visitor.text


def test_a_password_of_before_goes_on_working(visitor: Visitor, session: Session, people: People):
    """11.F11: it is asked of new ones."""
    tom = session.get_one(User, people.tom.user_id)
    tom.password_hash = passwords.make_hash(SecretStr("Liverpool2024"))
    session.flush()
    enter(visitor, "tom@north.example", "Liverpool2024")
    assert visitor.path == navigation.landing_page(people.tom)
