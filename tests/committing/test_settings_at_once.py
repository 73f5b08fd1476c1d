"""Two people who change settings at one moment: whoever comes second is told so, and nothing is lost."""

from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from navigator import database
from navigator.administration.apply_change import NEW_KEY, apply_change, current_setting, etag, kind_of
from navigator.administration.log_in_schemas import LoginRuleSetting
from navigator.administration.role_setting import RoleSetting
from navigator.administration.schema import SettingSchema
from navigator.administration.service_schemas import NameSetting
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, Refused
from navigator.openid import log_in
from navigator.openid.claims import identity
from navigator.openid.place import changes_nothing
from navigator.openid.tables import LoginProvider
from navigator.outbox import account_emails
from navigator.people.accounts import Invitation, MembershipInput
from navigator.people.actor import SYSTEM
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import leavers
from tests.committing.test_lock_order import meet
from tests.people import People, settle

pytestmark = pytest.mark.slow

ROLE = ("north", "readers")


@pytest.fixture
def people(committing: str) -> People:
    """Everybody, committed."""
    with database.writing() as session:
        return settle(session)


def change(
    kind: str, key: tuple[str, ...], setting: SettingSchema | None, seen: str = ""
) -> Callable[[Session], object]:
    return lambda session: apply_change(session, SYSTEM, kind_of(kind), key, setting, seen)


def nothing(_: Session) -> None:
    """The first one has done all; the second waits for the commit."""


def refused(
    first: Callable[[Session], object], second: Callable[[Session], object], kind: type[Refused]
) -> str:
    with pytest.raises(kind) as refusal:
        meet(first, second, nothing)
    return " ".join([refusal.value.message, *refusal.value.fields.values()])


@pytest.mark.parametrize("kind", ["service", "programme"])
def test_a_name_is_given_once(people: People, kind: str):
    """Both succeeded on PostgreSQL: patients chose between two services of one name."""
    settings = (kind_of(kind).schema.model_validate({"name": name}) for name in ("Straße", "STRASSE"))
    first, second = (change(kind, (NEW_KEY,), setting) for setting in settings)
    assert f"There is a {kind} called STRASSE already" in refused(first, second, Invalid)


def test_a_form_that_two_have_open_is_saved_once(people: People):
    with database.reading() as session:
        seen = etag(current_setting(session, SYSTEM, kind_of("service"), ("north",)))
    first, second = (change("service", ("north",), NameSetting(name=name), seen) for name in ("A", "B"))
    assert "changed since you opened it" in refused(first, second, Conflict)
    with database.reading() as session:
        assert session.exec(select(Service.name).where(Service.code == "north")).one() == "A"


def with_role_and_provider() -> None:
    with database.writing() as session:
        change("role", ROLE, RoleSetting(name="Readers", rights=["insight:manager"]))(session)
        session.add(LoginProvider(code="trust", name="Trust"))


def rule() -> Callable[[Session], object]:
    setting = LoginRuleSetting(title="A", provider="trust", claim="g", value="v", composed=ROLE[1])
    return change("loginrule", ("north", NEW_KEY), setting)


def drop_role() -> Callable[[Session], object]:
    return change("role", ROLE, None)


def test_a_role_that_is_taken_away_meanwhile_is_given_by_no_rule(people: People):
    """The rule stood, and gave nothing."""
    with_role_and_provider()
    assert "Choose a role of this service" in refused(drop_role(), rule(), Invalid)


def test_a_role_that_a_rule_gives_meanwhile_is_not_taken_away(people: People):
    with_role_and_provider()
    assert "A rule for logging in gives this role: A" in refused(rule(), drop_role(), Conflict)


def give_role(people: People) -> Callable[[Session], object]:
    given = MembershipInput(service_id=people.north, composed=ROLE[1])
    return lambda session: leavers.set_membership(session, people.ada, people.priya.user_id or 0, given)


def invite_with_role(people: People) -> Callable[[Session], object]:
    given = Invitation(service_id=people.north, composed=ROLE[1], name="Priya", email="priya@north.example")
    return lambda session: account_emails.invite(session, people.ada, given)


@pytest.mark.parametrize("give", [give_role, invite_with_role])
def test_a_role_that_is_deleted_meanwhile_is_given_to_nobody(
    people: People, give: Callable[[People], Callable[[Session], object]]
):
    """It ended in an error of the database on PostgreSQL."""
    with_role_and_provider()
    assert "Choose a role of this service" in refused(drop_role(), give(people), Invalid)


def test_a_role_that_is_given_meanwhile_is_taken_away_from_them_too(people: People):
    with_role_and_provider()
    meet(give_role(people), drop_role(), nothing)
    with database.reading() as session:
        assert not session.exec(select(Membership.id).where(Membership.role == Role.COMPOSED)).all()


def test_a_first_log_in_and_a_change_of_its_provider_wait_for_each_other(people: People):
    """Each held what the other wanted next: on PostgreSQL one of them was thrown out."""
    key, its = ("trust",), {"name": "Trust", "issuer": "https://login.nhs.uk", "client_id": "desk"}
    setting = kind_of("provider").schema.model_validate(its | {"owner": "Ada", "review_on": "2027-01-01"})
    with database.writing() as session:
        change("provider", key, setting)(session)
        its_rule = {"title": "A", "provider": "trust", "claim": "g", "value": "v", "roles": ["manager"]}
        change("loginrule", ("north", NEW_KEY), LoginRuleSetting.model_validate(its_rule))(session)
        provider = session.exec(select(LoginProvider)).one()
        session.expunge(provider)
    claims = {"sub": "1", "name": "New", "email": "new@nhs.uk", "email_verified": True, "g": "v"}
    who = identity(provider, claims)

    def enters(session: Session) -> None:
        given = log_in._given(session, provider, claims)
        assert given
        assert isinstance(log_in._enter(session, provider, (who, given), ("", "10.0.0.1"), ""), str)

    with database.reading() as session:
        seen = etag(current_setting(session, SYSTEM, kind_of("provider"), key))
    renamed = change("provider", key, setting.model_copy(update={"name": "Trust 2"}), seen)
    meet(lambda session: log_in._lock(session, provider, who, claims), renamed, enters)
    with database.reading() as session:
        assert session.exec(select(LoginProvider.name)).one() == "Trust 2"
        assert session.exec(select(User.name).where(User.email == "new@nhs.uk")).one() == "New"
        north = session.exec(select(Service.id).where(Service.code == "north")).one()
        manager, other = {north: frozenset({Role.MANAGER})}, {north: frozenset({Role.NAVIGATOR})}
        settled = [changes_nothing(session, provider, who, given) for given in (manager, other, {})]
    assert settled == [True, False, False]  # who comes as before waits for no change of settings
