"""Passwords switched off: refused while nobody could come back, and every way to one closed."""

from functools import partial

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from navigator import cli
from navigator.administration.apply_change import apply_change, kind_of, preview_change
from navigator.administration.log_in_kinds import NOBODY_YET
from navigator.administration.log_in_schemas import PasswordsSetting
from navigator.catalogue.reference_data import reference_data
from navigator.errors import Conflict, Refused
from navigator.openid.tables import LoginProvider
from navigator.outbox import account_emails
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import accounts, last_of_role, login, password_reset, sessions
from navigator.people.accounts import DepartureInput, Invitation
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import AuditEntry
from navigator.people.login import Credentials
from navigator.people.one_time_token import TokenPurpose
from navigator.people.password_reset import PasswordChange
from navigator.people.password_setting import SWITCHED_OFF, PasswordSetting, takes_passwords
from navigator.people.passwords import NewPassword
from navigator.people.provider_account import ProviderAccount
from navigator.people.user import Role, User
from tests.openid.provider import set_up
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People, actor_of, administer_all
from web.app import app

ISSUER = "https://login.example.nhs.uk"
ADA = Credentials.model_validate({"email": "ada@north.example", "password": PASSWORD})
OFF = PasswordsSetting(is_active=False)


@pytest.fixture
def works(session: Session, people: People) -> LoginProvider:
    set_up(session, ISSUER)
    return session.exec(select(LoginProvider)).one()


def came_in(session: Session, works: LoginProvider, user_id: int | None, issuer: str = ISSUER) -> None:
    account = ProviderAccount(provider_id=works.id, issuer=issuer, subject="1", user_id=user_id or 0)
    session.add(account)
    session.flush()


def switch_off(session: Session) -> None:
    apply_change(session, SYSTEM, kind_of("passwords"), ("desk",), OFF)


@pytest.fixture
def off(session: Session, people: People, works: LoginProvider) -> None:
    administer_all(session, people)
    came_in(session, works, people.ada.user_id)
    switch_off(session)


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "lacks", ["nobody came", "not an administrator", "of one service", "off", "another issuer"]
)
def test_they_stay_on_until_an_administrator_of_all_came_by_a_provider(
    session: Session, people: People, works: LoginProvider, lacks: str
):
    if lacks != "of one service":
        administer_all(session, people)
    if lacks != "nobody came":
        who = people.amina if lacks == "not an administrator" else people.ada
        came_in(session, works, who.user_id, "https://former" if lacks == "another issuer" else ISSUER)
    works.is_active = lacks != "off"
    session.flush()
    with pytest.raises(Conflict, match="First an administrator"), session.begin_nested():
        switch_off(session)
    assert takes_passwords(session)


@pytest.mark.usefixtures("off")
def test_the_last_provider_that_works_cannot_be_switched_off_meanwhile(session: Session):
    kind = kind_of("provider")
    setting = kind.read(session, ("works",))
    assert setting
    for change in ({"is_active": False}, {"issuer": "https://another.example.nhs.uk"}):
        changed = kind.schema.model_validate(setting.model_dump() | change)
        with pytest.raises(Conflict) as refused, session.begin_nested():
            apply_change(session, SYSTEM, kind, ("works",), changed)
        assert refused.value.message == NOBODY_YET
        session.expire_all()


@pytest.mark.usefixtures("off")
def test_no_password_opens_anything_and_none_is_made(session: Session, people: People):
    ada = actor_of(session, people.ada.user_id or 0)
    token = password_reset.mint_token(session, people.tom.user_id or 0, TokenPurpose.RESET)
    new = NewPassword.model_validate({"password": "nine dry umbrellas"})
    change = PasswordChange.model_validate({"old": PASSWORD, "password": "nine dry umbrellas"})
    for way in (
        lambda: login.log_in(
            Credentials.model_validate({"email": "ada@north.example", "password": PASSWORD}), "x"
        ),
        lambda: password_reset.set_password(token, new),
        lambda: password_reset.change_password(ada, change, ""),
    ):
        with pytest.raises(Refused) as refused:
            way()
        assert refused.value.message == SWITCHED_OFF
    visitor = Visitor(app)
    visitor.get("/forgotten-password")
    visitor.press("Send me a link", email="tom@north.example")
    assert visitor.problems == [SWITCHED_OFF]
    assert session.exec(select(OutboxMessage)).all() == []


@pytest.mark.usefixtures("off")
def test_whoever_is_invited_is_told_to_log_in_and_not_to_choose_a_password(session: Session, people: People):
    invitation = Invitation(
        service_id=people.north, roles=frozenset({Role.PWP}), name="Nia New", email="nia@north.example"
    )
    account_emails.invite(session, SYSTEM, invitation)
    assert session.exec(select(OutboxMessage.template)).all() == ["invite_by_provider"]


@pytest.mark.usefixtures("off")
def test_an_administrator_who_could_not_log_in_is_no_other_one(session: Session, people: People):
    """Sue has a password, which opens nothing now: Ada is the last who can log in at South."""
    with pytest.raises(Conflict, match="needs an administrator who can log in"):
        accounts.deactivate(session, SYSTEM, people.ada.user_id or 0, DepartureInput(confirm_last=True))


@pytest.mark.usefixtures("off")
def test_the_command_line_is_the_way_back_in_and_is_written_down(session: Session, people: People):
    assert "passwords: off" in CliRunner().invoke(cli.app, ["log-in", "show"]).output
    done = CliRunner().invoke(cli.app, ["log-in", "passwords-on"])
    assert (done.exit_code, done.output) == (0, "Passwords are on.\n")
    assert login.log_in(ADA, "192.0.2.1")
    of_it = select(AuditEntry).where(AuditEntry.subject == "passwords")
    newest = session.exec(of_it.order_by(col(AuditEntry.id).desc()).limit(1)).one()
    assert (newest.subject, newest.actor_name, newest.after) == (
        "passwords", "Navigator Desk", {"is_active": True},
    )  # fmt: skip
    again = CliRunner().invoke(cli.app, ["log-in", "passwords-on"])
    assert "nothing changed" in again.output


def test_the_log_in_page_shows_what_is_on(session: Session, people: People, works: LoginProvider):
    visitor = Visitor(app)
    visitor.get("/log-in")
    assert [one.text(strip=True) for one in visitor.page.css("main a.nhsuk-button")] == ["Log in with Works"]
    assert visitor.page.css("main input[type=password]")
    works.is_active = False
    session.flush()
    visitor.get("/log-in")
    assert not visitor.page.css("main a.nhsuk-button")


def test_a_secret_is_typed_once_and_shown_nowhere(
    session: Session, ada_of_all: Visitor, works: LoginProvider
):
    ada_of_all.get("/settings/logging-in")
    assert "https://login.example.nhs.uk" not in ada_of_all.text  # what is typed there is ours
    ada_of_all.press("Keep it", password="canary-of-the-secret")
    assert ada_of_all.path == "/settings/logging-in"
    assert "canary" not in (ada_of_all.page.html or "")
    ada_of_all.get("/settings/provider/works")
    assert "canary" not in (ada_of_all.page.html or "")
    ada_of_all.get("/settings/changes")
    assert "Secret of a provider typed: Works" in ada_of_all.text
    assert "canary" not in str([row.model_dump() for row in session.exec(select(AuditEntry))])
    assert "canary" not in works.sealed_secret


@pytest.mark.both_engines
def test_whoever_came_by_a_provider_counts_among_those_who_can_log_in(
    session: Session, people: People, works: LoginProvider
):
    """The service takes reports while a clinician can log in, be it without a password."""
    for user_id in (people.cole.user_id, people.sid.user_id):
        session.get_one(User, user_id).password_hash = None
    session.flush()
    assert "clinician" not in reference_data(session).roles[people.north]
    came_in(session, works, people.cole.user_id)
    assert "clinician" in reference_data(session).roles[people.north]
    session.add(PasswordSetting(is_active=False))
    session.flush()
    assert reference_data(session).roles == {people.north: {"clinician"}}


def test_a_secret_is_of_its_issuer_alone(session: Session, works: LoginProvider):
    kind = kind_of("provider")
    setting = kind.read(session, ("works",))
    assert setting
    changed = kind.schema.model_validate(setting.model_dump() | {"issuer": "https://evil.example"})
    apply_change(session, SYSTEM, kind, ("works",), changed)
    assert works.sealed_secret == ""


def test_rules_are_of_ones_own_service_and_of_a_provider_that_there_is(
    session: Session, people: People, works: LoginProvider, enter: object
):
    visitor = Visitor(app)
    visitor.cookies.set("desk_log_in", login.open_session(session, people.ada.user_id or 0))
    session.flush()
    visitor.get("/settings/loginrule/north/new")
    visitor.press("Look at the change", title="Managers", provider="works", value="m", roles=["manager"])
    visitor.press("Save this change")
    assert visitor.path == "/settings/logging-in"
    assert "groups is or has “m”" in visitor.text
    assert visitor.get("/settings/loginrule/south/new").status_code == 404
    assert visitor.get("/settings/provider/works").status_code == 403
    assert visitor.post("/settings/logging-in/works/password", data={"password": "x"}).status_code == 403
    assert session.exec(select(User)).first()


def test_whoever_came_by_a_provider_is_not_said_to_be_invited_only(
    session: Session, ada_of_all: Visitor, people: People, works: LoginProvider
):
    tom = session.get_one(User, people.tom.user_id)
    tom.password_hash = None
    session.add(ProviderAccount(provider_id=works.id, issuer=works.issuer, subject="1", user_id=tom.id))
    session.flush()
    ada_of_all.get("/people")
    assert can_log_in(ada_of_all, "Tom Baker") == "Yes"
    works.is_active = False
    session.flush()
    ada_of_all.get("/people")
    assert can_log_in(ada_of_all, "Tom Baker") != "Yes"


def can_log_in(visitor: Visitor, name: str) -> str:
    row = next(row for row in visitor.page.css("tbody tr") if name in row.text())
    cell = row.css_first("[data-label='Can log in']")
    return cell.text() if cell else ""


@pytest.mark.both_engines
def test_an_administrator_whose_provider_is_off_is_no_other_one_either(
    session: Session, people: People, works: LoginProvider
):
    ada, sue = (session.get_one(User, each.user_id) for each in (people.ada, people.sue))
    administer_all(session, people)
    ada.password_hash = None
    came_in(session, works, ada.id)
    require = partial(last_of_role.require_others, session, sue.id, {people.south}, {*Role} - {Role.ADMIN})
    require()
    works.is_active = False
    session.flush()
    with pytest.raises(Conflict, match="needs an administrator who can log in"):
        require()


@pytest.fixture
def ada_by_provider(session: Session, people: People, works: LoginProvider) -> Visitor:
    """Ada, who has a password and came by the provider."""
    visitor, by_works = Visitor(app), (works.id, "")
    token = login.open_session(session, people.ada.user_id or 0, provider=by_works)
    visitor.cookies.set("desk_log_in", token)
    session.flush()
    return visitor


def test_a_password_unlocks_no_log_in_that_began_by_a_provider(ada_by_provider: Visitor):
    ada_by_provider.post("/account/lock")
    ada_by_provider.post("/unlock", data={"password": PASSWORD})
    assert ada_by_provider.problems == [sessions.BY_PROVIDER]
    assert ada_by_provider.get("/people").url.path == "/unlock"


def test_nor_does_it_prove_who_somebody_is_there(ada_by_provider: Visitor):
    ada_by_provider.post("/account/confirm", data={"password": PASSWORD})
    assert ada_by_provider.problems == [sessions.BY_PROVIDER]
    assert not ada_by_provider.page.css("main input[type=password]")
    assert ada_by_provider.get("/second-step/app").url.path == "/account/confirm"


@pytest.fixture
def ada_by_password(session: Session, people: People) -> str:
    """The token of Ada, who logged in by her password."""
    return login.open_session(session, people.ada.user_id or 0)


def test_whoever_came_by_a_password_is_logged_out_when_these_are_switched_off(
    session: Session, people: People, works: LoginProvider, ada_by_password: str
):
    administer_all(session, people)
    came_in(session, works, people.ada.user_id)
    by_works = login.open_session(session, people.ada.user_id or 0, provider=(works.id, ""))
    preview_change(session, SYSTEM, kind_of("passwords"), ("desk",), OFF)
    assert login.whoami(session, ada_by_password)
    switch_off(session)
    assert not login.whoami(session, ada_by_password)
    assert login.whoami(session, by_works)


@pytest.mark.parametrize("change", [{"is_active": False}, {"issuer": "https://another.example.nhs.uk"}])
def test_whoever_came_by_a_provider_that_is_switched_off_is_logged_out(
    session: Session,
    ada_by_provider: Visitor,
    works: LoginProvider,
    ada_by_password: str,
    change: dict[str, object],
):
    kind = kind_of("provider")
    setting = kind.read(session, ("works",))
    assert setting
    for changes, path in (({"owner": "Eve"}, "/people"), (change, "/log-in")):
        changed = kind.schema.model_validate(setting.model_dump() | changes)
        apply_change(session, SYSTEM, kind, ("works",), changed)
        assert ada_by_provider.get("/people").url.path == path
    assert login.whoami(session, ada_by_password)
