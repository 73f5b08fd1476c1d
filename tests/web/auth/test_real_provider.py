"""Logging in by a real provider of OpenID Connect, which is another process and checks the desk as well."""

from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.openid import discovery
from navigator.people.audit_log import AuditEntry
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession
from navigator.settings import settings
from tests.openid.provider import PEOPLE, Provider, real_provider, set_up
from tests.page_visitor import Visitor
from tests.people import People
from web.app import app

pytestmark = [pytest.mark.slow, pytest.mark.sqlite_is_enough]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with real_provider(tmp_path_factory.mktemp("provider"), ["http://127.0.0.1:8000"]) as provider:
        yield provider


@pytest.fixture
def provider(
    running: Provider, session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Provider]:
    monkeypatch.setenv("NAVIGATOR_ASKS_ITSELF", "yes")
    settings.cache_clear()
    clock.set_to(datetime.now(UTC))  # the other process has the time of day
    discovery.forget()
    running.say()
    set_up(session, running.issuer)
    yield running
    discovery.forget()


def come(provider: Provider, who: str, page: str = "", visitor: Visitor | None = None) -> Visitor:
    """Log in by the provider, from a page of the desk."""
    visitor = visitor or Visitor(app)
    visitor.get(page or "/log-in")
    begun = visitor.get(visitor.one("a.nhsuk-button").attributes["href"] or "", follow_redirects=False)
    back = urlsplit(provider.log_in(begun.headers["location"], who))
    visitor.get(f"{back.path}?{back.query}")
    visitor.press("Continue")
    return visitor


def roles_of(session: Session, email: str) -> set[tuple[str, bool]]:
    """The roles of somebody, each with whether claims gave it."""
    query = select(Membership).join(User).where(User.email == email)
    return {(row.role, row.provider_id is not None) for row in session.exec(query)}


def test_somebody_is_let_in_and_keeps_the_page_that_they_wanted(provider: Provider, session: Session):
    visitor = come(provider, "amina", "/account")
    assert visitor.path == "/account"
    assert [one.text() for one in visitor.page.css(".desk-menu__person")] == ["Amina Yusuf"]
    account = session.exec(select(ProviderAccount)).one()
    assert account.issuer == provider.issuer
    assert session.get_one(User, account.user_id).email == "amina@north.example"
    assert roles_of(session, "amina@north.example") == {("navigator", False)}  # it was hers already


def test_somebody_new_gets_an_account_with_the_roles_of_their_groups(provider: Provider, session: Session):
    visitor = come(provider, "nia")
    assert visitor.path == "/home"
    assert roles_of(session, "nia@north.example") == {("navigator", True), ("manager", True)}
    written = session.exec(select(AuditEntry.title).where(AuditEntry.subject == "person")).all()
    assert written == ["Roles by Works: Nia New (Manager, Digital navigator)"]


def test_a_role_that_the_provider_takes_away_ends_and_the_next_log_in_is_the_same_person(
    provider: Provider, session: Session
):
    come(provider, "nia")
    provider.say(nia=PEOPLE["nia"] | {"groups": ["desk-managers"], "email": "married@north.example"})
    come(provider, "nia")
    assert roles_of(session, "nia@north.example") == {("manager", True)}
    assert len(session.exec(select(ProviderAccount)).all()) == 1


def test_whoever_left_is_refused_logged_out_and_loses_what_claims_gave(provider: Provider, session: Session):
    visitor = come(provider, "nia")
    provider.say(nia=PEOPLE["nia"] | {"groups": []})
    again = come(provider, "nia")
    (said,) = again.problems
    assert said.startswith("Works knows you, but you have no place in a service here.")
    assert roles_of(session, "nia@north.example") == set()
    assert session.exec(select(UserSession)).all() == []
    visitor.get("/account")
    assert visitor.path == "/log-in"


def test_whoever_no_rule_names_gets_no_account(provider: Provider, session: Session):
    assert "you have no place" in come(provider, "lee").problems[0]
    assert session.exec(select(User).where(User.email == "lee@north.example")).all() == []


def test_an_address_that_was_not_checked_leads_to_nobodys_account(provider: Provider, session: Session):
    """Una says that hers is Tom's."""
    assert "does not say that your email address was checked" in come(provider, "una").problems[0]
    assert session.exec(select(ProviderAccount)).all() == []


def test_the_provider_is_asked_with_pkce_state_and_nonce(provider: Provider):
    visitor = Visitor(app)
    visitor.get("/log-in")
    begun = visitor.get("/log-in/with/works?next=/account", follow_redirects=False)
    asked = parse_qs(urlsplit(begun.headers["location"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 43
    assert asked["state"] != asked["nonce"]
    assert "account" not in begun.headers["location"]  # what somebody wants to see is not told there


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_nobody_is_led_elsewhere_by_a_log_in(provider: Provider, elsewhere: str):
    """T23 of the peers."""
    visitor = Visitor(app)
    begun = visitor.get("/log-in/with/works", params={"next": elsewhere}, follow_redirects=False)
    back = urlsplit(provider.log_in(begun.headers["location"], "amina"))
    visitor.get(f"{back.path}?{back.query}")
    visitor.press("Continue")
    assert visitor.path == "/home"
    assert visitor.page.css(".desk-menu__person")


def test_a_code_is_worth_something_in_its_own_browser_alone_and_once(provider: Provider, session: Session):
    visitor, other = Visitor(app), Visitor(app)
    begun = visitor.get("/log-in/with/works", follow_redirects=False)
    other.get("/log-in/with/works", follow_redirects=False)
    back = urlsplit(provider.log_in(begun.headers["location"], "amina"))
    kept = dict(visitor.cookies)
    other.get(f"{back.path}?{back.query}")
    other.press("Continue")
    assert "You did not begin to log in with Works here" in other.problems[0]
    visitor.get(f"{back.path}?{back.query}")
    visitor.press("Continue")
    assert visitor.path == "/home"
    again = Visitor(app)
    again.cookies.update(kept)  # somebody kept cookie and code
    again.get(f"{back.path}?{back.query}")
    again.press("Continue")
    assert "Works did not log you in." in again.problems[0]


def test_logging_out_offers_to_log_out_of_the_provider_too(provider: Provider):
    visitor = come(provider, "amina")
    visitor.press("Log out")
    link = visitor.one("main a[rel=noreferrer]").attributes["href"] or ""
    assert link.startswith(f"{provider.issuer}/logout/?")
    assert parse_qs(urlsplit(link).query) == {
        "client_id": ["navigator-desk"],
        "post_logout_redirect_uri": ["http://127.0.0.1:8000/log-in"],
    }


def test_an_administrator_who_came_by_it_can_switch_passwords_off(
    provider: Provider, session: Session, people: People
):
    session.add(Membership(user_id=people.ada.user_id or 0, service_id=people.south, role=Role.ADMIN))
    session.flush()
    visitor = come(provider, "ada")
    visitor.get("/settings/passwords/desk")
    visitor.press("Look at the change", is_active=[])
    visitor.press("Save this change")
    assert visitor.path == "/settings/logging-in"
    stranger = Visitor(app)
    stranger.get("/log-in")
    assert not stranger.page.css("input[type=password]")
    assert stranger.page.css("a.nhsuk-button")
    typed = {"email": "ada@north.example", "password": "seven wet umbrellas"}
    stranger.post("/log-in", data=typed)
    assert stranger.problems == [
        "Passwords are switched off here. Log in the way that the log-in page shows."
    ]
    last = select(AuditEntry).order_by(col(AuditEntry.id).desc())
    assert session.exec(last.limit(1)).one().subject == "passwords"
