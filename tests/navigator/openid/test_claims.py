"""Claims: what they mean, and the roles that come and go with them."""

from typing import Any

import pytest
from sqlmodel import Session, select

from navigator.openid.claims import Identity, identity, roles_given
from navigator.openid.place import NoPlace, find_user, give_roles, turn_away
from navigator.openid.tables import LoginProvider, LoginRule
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
