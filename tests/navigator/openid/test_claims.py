"""Claims: what they mean, and the roles that come and go with them."""

from typing import Any

import pytest
from sqlmodel import Session, select

from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.log_in_schemas import LoginRuleSetting
from navigator.administration.role_setting import RoleSetting
from navigator.errors import Conflict, Invalid
from navigator.openid.claims import Given, Identity, identity, roles_given
from navigator.openid.place import NoPlace, find_user, give_roles, turn_away
from navigator.openid.tables import LoginProvider, LoginRule
from navigator.people import login
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import AuditEntry
from navigator.people.composed_role import ComposedRole
from navigator.people.directory import composed_ids
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from tests.navigator.tickets.report_factory import tell
from tests.openid.provider import set_up
from tests.people import People


def rule(claim: str = "groups", value: str = "desk", role: Role = Role.PWP) -> LoginRule:
    of_works: dict[str, Any] = {"service_id": 1, "code": "x", "title": "x", "provider": "works"}
    return LoginRule(**of_works, claim=claim, value=value, roles=[role])


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("claims", "given"),
    [
        ({"groups": ["other", "desk"]}, True),
        ({"groups": "desk"}, True),
        ({"groups": "desk-admins"}, False),  # the whole word alone
        ({"groups": ["Desk"]}, False),
        ({"groups": ["desk "]}, False),
        ({"groups": []}, False),
        ({"groups": None}, False),
        ({"groups": {"desk": True}}, False),
        ({"groups": [["desk"]]}, False),
        ({"groups": [{"name": "desk"}]}, False),
        ({}, False),
    ],
)
def test_a_rule_gives_roles_for_the_whole_value_alone(claims: dict[str, Any], given: bool):
    assert roles_given([rule()], claims) == ({1: {Role.PWP}} if given else {})


@pytest.mark.sqlite_is_enough
def test_claims_lie_within_others_and_rules_add_up():
    rules = [
        rule("realm_access.roles", "7"),
        rule("realm_access.roles", "true", Role.MANAGER),
        rule("a.b", "c", Role.NAVIGATOR),
    ]
    assert roles_given(rules, {"realm_access": {"roles": [7, True]}, "a.b": "c"}) == {
        1: {Role.PWP, Role.MANAGER, Role.NAVIGATOR}
    }


@pytest.mark.sqlite_is_enough
@pytest.mark.parametrize(
    ("email", "known_as"),
    [
        ("Amina@North.Example", "amina@north.example"),
        ("\u212aate@north.example", "kate@north.example"),  # by the standard K and the sign of kelvin are one
        ("am\u0131na@north.example", ""),  # looks alike
        ("amina@north.example, tom@north.example", ""),
        (["amina@north.example"], ""),
        ("", ""),
        (None, ""),
    ],
)
def test_an_address_is_of_nobody_who_only_looks_alike(email: Any, known_as: str):
    """T3 of the peers."""
    provider = LoginProvider(
        code="w", name_claim="name", email_claim="email", verified_claim="email_verified"
    )
    claims = {"sub": "1", "email": email, "email_verified": True, "name": "A\nB"}
    assert identity(provider, claims).email == known_as
    assert identity(provider, claims).name == "A B"


@pytest.fixture
def works(session: Session, people: People) -> LoginProvider:
    set_up(session, "https://login.example.nhs.uk")
    return session.exec(select(LoginProvider)).one()


def who(email: str = "amina@north.example", subject: str = "1") -> Identity:
    return Identity("https://login.example.nhs.uk", subject, "Amina Yusuf", email)


def roles(session: Session, user: User) -> set[tuple[int, str]]:
    rows = session.exec(select(Membership).where(Membership.user_id == user.id))
    return {(row.service_id, row.role) for row in rows}


@pytest.mark.both_engines
def test_what_a_person_gave_stays_whatever_claims_take_away(
    session: Session, people: People, works: LoginProvider
):
    given = {people.north: frozenset({Role.NAVIGATOR, Role.MANAGER}), people.south: frozenset({Role.PWP})}
    amina = find_user(session, works, who(), given)
    give_roles(session, works, amina, given)
    assert roles(session, amina) == {
        (people.north, "navigator"),
        (people.north, "manager"),
        (people.south, "pwp"),
    }
    turn_away(session, works, who())
    assert roles(session, amina) == {(people.north, "navigator")}


def test_two_providers_take_away_only_what_each_gave(session: Session, people: People, works: LoginProvider):
    other = LoginProvider(**works.model_dump(exclude={"id"}) | {"code": "other", "issuer": "https://other"})
    session.add(other)
    session.flush()
    amina = find_user(session, works, who(), {people.south: frozenset({Role.PWP})})
    give_roles(session, works, amina, {people.south: frozenset({Role.PWP})})
    give_roles(session, other, amina, {people.south: frozenset({Role.MANAGER})})
    give_roles(session, works, amina, {})
    assert roles(session, amina) == {(people.north, "navigator"), (people.south, "manager")}


def test_tickets_of_whoever_claims_make_no_navigator_any_more_are_handed_on(
    session: Session, people: People, works: LoginProvider
):
    given = {people.north: frozenset({Role.NAVIGATOR})}
    nia = find_user(session, works, who("nia@north.example", "2"), given)
    give_roles(session, works, nia, given)
    ticket = tell(session, people.priya)
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=nia.id))
    turn_away(session, works, who("nia@north.example", "2"))
    session.refresh(ticket)
    assert ticket.assignee_id not in (None, nia.id)


@pytest.mark.parametrize("lets_in", [True, False])
def test_whoever_was_invited_comes_without_a_rule_where_the_setting_says_so(
    session: Session, people: People, works: LoginProvider, lets_in: bool
):
    works.lets_invited_in = lets_in
    if lets_in:
        assert find_user(session, works, who(), {}).id == people.amina.user_id
    else:
        with pytest.raises(NoPlace):
            find_user(session, works, who(), {})


def test_no_account_is_made_where_the_setting_says_so(session: Session, people: People, works: LoginProvider):
    works.makes_accounts = False
    given = {people.north: frozenset({Role.NAVIGATOR})}
    with pytest.raises(NoPlace):
        find_user(session, works, who("nia@north.example", "2"), given)
    assert find_user(session, works, who(), given).id == people.amina.user_id


def composed(session: Session, code: str = "trainer", right: str = "training:navigator") -> int:
    """A composed role of North, and a rule of the provider that gives it to the group of its name."""
    setting = RoleSetting(name=code.title(), rights=[right])
    apply_change(session, SYSTEM, kind_of("role"), ("north", code), setting)
    rule = LoginRuleSetting(title=code, provider="works", value=code, composed=code)
    apply_change(session, SYSTEM, kind_of("loginrule"), ("north", code), rule)
    return session.exec(select(ComposedRole.id).where(ComposedRole.code == code)).one()


def given_by(session: Session, *groups: str) -> dict[int, frozenset[Given]]:
    rules = session.exec(select(LoginRule).order_by(LoginRule.code)).all()
    return roles_given(rules, {"groups": [*groups]}, composed_ids(session))


def rights_of(session: Session, user: User, service: int) -> set[str]:
    actor = login.actor_of(session, user.id)
    assert actor
    return {f"{area}:{role}" for area, own in actor.rights.get(service, {}).items() for role in own}


@pytest.mark.both_engines
def test_a_rule_gives_a_composed_role_and_no_more_than_it_is_composed_of(
    session: Session, people: People, works: LoginProvider
):
    composed(session)
    given = given_by(session, "trainer")
    nia = find_user(session, works, who("nia@north.example", "2"), given)
    give_roles(session, works, nia, given)
    assert rights_of(session, nia, people.north) == {"training:navigator"}
    actor = login.actor_of(session, nia.id)
    assert actor
    assert actor.services(Role.NAVIGATOR, Role.ADMIN) == set()
    setting = RoleSetting(name="Trainer", rights=["training:pwp"])
    apply_change(session, SYSTEM, kind_of("role"), ("north", "trainer"), setting)
    assert rights_of(session, nia, people.north) == {"training:pwp"}
    titles = session.exec(select(AuditEntry.title).where(AuditEntry.subject == "person")).all()
    assert titles == ["Roles by Works: Amina Yusuf (Trainer)"]
    turn_away(session, works, who("nia@north.example", "2"))
    assert roles(session, nia) == set()


@pytest.mark.both_engines
def test_of_two_composed_roles_the_first_counts_and_another_takes_its_place(
    session: Session, people: People, works: LoginProvider
):
    composed(session, "analyst", "insight:manager")
    composed(session)
    for groups, right in (
        (("trainer", "analyst"), "insight:manager"),
        (("trainer",), "training:navigator"),
        (("analyst", "desk-navigators"), "insight:manager"),
    ):
        given = given_by(session, *groups)
        nia = find_user(session, works, who("nia@north.example", "2"), given)
        give_roles(session, works, nia, given)
        assert rights_of(session, nia, people.north) == {right}
    user = session.exec(select(User).where(User.email == "nia@north.example")).one()
    assert roles(session, user) == {(people.north, "composed"), (people.north, "navigator")}


def test_a_composed_role_that_a_person_gave_stays(session: Session, people: People, works: LoginProvider):
    composed(session)
    by_hand = composed(session, "analyst", "insight:manager")
    row = Membership(user_id=people.amina.user_id or 0, service_id=people.north, role=Role.COMPOSED)
    row.composed_role_id = by_hand
    session.add(row)
    session.flush()
    for groups in (("trainer",), ()):
        given = given_by(session, *groups)
        amina = session.get_one(User, people.amina.user_id)
        give_roles(session, works, amina, given)
        assert rights_of(session, amina, people.north) == {"insight:manager"}


def test_a_rule_names_a_composed_role_of_its_own_service_and_holds_it(
    session: Session, people: People, works: LoginProvider
):
    composed(session)
    elsewhere = LoginRuleSetting(title="x", provider="works", value="x", composed="trainer")
    with pytest.raises(Invalid):
        apply_change(session, SYSTEM, kind_of("loginrule"), ("south", "x"), elsewhere)
    with pytest.raises(Conflict, match="trainer"):
        apply_change(session, SYSTEM, kind_of("role"), ("north", "trainer"), None)
    apply_change(session, SYSTEM, kind_of("loginrule"), ("north", "trainer"), None)
    apply_change(session, SYSTEM, kind_of("role"), ("north", "trainer"), None)


@pytest.mark.sqlite_is_enough
def test_a_rule_whose_composed_role_is_gone_gives_nothing_and_lets_nobody_in():
    gone = rule()
    gone.roles, gone.composed = [], "trainer"
    assert roles_given([gone], {"groups": "desk"}, {(2, "trainer"): 5}) == {}
    with pytest.raises(ValueError, match="Choose a role"):
        LoginRuleSetting(title="x", provider="works", value="x")
