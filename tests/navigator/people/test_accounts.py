"""Accounts: who may invite, change and send away whom."""

from collections.abc import Callable

import pytest
from pydantic import ValidationError
from sqlmodel import Session, select
from typer.testing import CliRunner

from navigator import cli, clock
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.people import absence, accounts, directory, login, password_reset
from navigator.people.absence import Absence
from navigator.people.accounts import AccountDetails, DepartureInput, Invitation, MembershipInput
from navigator.people.actor import SYSTEM, Actor
from navigator.people.one_time_token import OneTimeToken, TokenPurpose
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession
from tests.people import People, actor_of, join, token_of

NOT_ADMINS = ("amina", "priya", "cole", "mo", "sue")


def invitation(service_id: int, **facts: object) -> Invitation:
    known = {"name": "Noor", "email": "Noor@North.example ", "roles": {Role.NAVIGATOR}}
    return Invitation.model_validate({"service_id": service_id, **known, **facts})


def roles(session: Session, user_id: int | None) -> dict[int, set[Role]]:
    return {service: set(held) for service, held in actor_of(session, user_id or 0).roles.items()}


def test_an_invitation_makes_an_account_without_a_password(session: Session, people: People):
    noor = accounts.invite(session, people.ada, invitation(people.north, capacity=5, languages=["Urdu"]))
    assert (noor.name, noor.email, noor.password_hash) == ("Noor", "noor@north.example", None)
    place = session.exec(select(Membership).where(Membership.user_id == noor.id)).one()
    assert (place.service_id, place.role, place.capacity) == (people.north, "navigator", 5)
    assert place.languages == ["Urdu"]


@pytest.mark.parametrize("who", NOT_ADMINS)
def test_only_an_administrator_of_the_service_invites(session: Session, people: People, who: str):
    with pytest.raises(Forbidden):
        accounts.invite(session, getattr(people, who), invitation(people.north))
    assert not session.exec(select(User).where(User.name == "Noor")).all()


def test_the_desk_itself_may_invite(session: Session, people: People):
    assert accounts.invite(session, SYSTEM, invitation(people.south)).is_active


def test_inviting_somebody_who_is_known_gives_another_place_and_touches_nothing_else(
    session: Session, people: People
):
    before = session.get_one(User, people.sam.user_id).model_dump()
    found = accounts.invite(
        session, people.ada, invitation(people.north, email="sam@south.example", name="X")
    )
    assert found.model_dump() == before
    assert roles(session, found.id) == {people.north: {Role.NAVIGATOR}, people.south: {Role.NAVIGATOR}}


def test_nobody_is_intake(people: People):
    with pytest.raises(ValidationError, match="key"):
        invitation(people.north, roles={Role.INTAKE})


@pytest.mark.parametrize(
    "email", ["", "noor", "noor@", "a b@north.example", "noor@north", "x" * 250 + "@n.example"]
)
def test_an_email_address_looks_like_one(people: People, email: str):
    with pytest.raises(ValidationError):
        invitation(people.north, email=email)


def test_a_place_is_changed_whole(session: Session, people: People):
    what = MembershipInput(service_id=people.north, roles=frozenset({Role.PWP, Role.MANAGER}), capacity=3)
    accounts.set_membership(session, people.ada, people.amina.user_id or 0, what)
    assert roles(session, people.amina.user_id) == {people.north: {Role.PWP, Role.MANAGER}}


def test_a_role_that_is_kept_keeps_its_turn(session: Session, people: People, moment):
    mine = Membership.user_id == people.amina.user_id
    session.exec(select(Membership).where(mine)).one().last_assigned_at = moment
    what = MembershipInput(service_id=people.north, roles=frozenset({Role.NAVIGATOR, Role.PWP}), capacity=3)
    accounts.set_membership(session, people.ada, people.amina.user_id or 0, what)
    kept = session.exec(select(Membership).where(mine, Membership.role == Role.NAVIGATOR)).one()
    assert (kept.last_assigned_at, kept.capacity) == (moment, 3)


@pytest.mark.parametrize("who", NOT_ADMINS)
def test_nobody_else_changes_a_place(session: Session, people: People, who: str):
    what = MembershipInput(service_id=people.north, roles=frozenset({Role.ADMIN}))
    with pytest.raises(Forbidden):
        accounts.set_membership(session, getattr(people, who), people.amina.user_id or 0, what)


def test_an_administrator_does_not_reach_into_another_service(session: Session, people: People):
    sam = people.sam.user_id or 0
    with pytest.raises(NotFound):
        accounts.set_membership(
            session, people.ada, sam, MembershipInput(service_id=people.north, roles=frozenset({Role.ADMIN}))
        )
    with pytest.raises(Forbidden):
        accounts.set_membership(
            session, people.ada, sam, MembershipInput(service_id=people.south, roles=frozenset({Role.ADMIN}))
        )
    with pytest.raises(NotFound):
        accounts.deactivate(session, people.ada, sam)
    with pytest.raises(NotFound):
        directory.find(session, people.ada, sam)
    assert roles(session, sam) == {people.south: {Role.NAVIGATOR}}


def test_the_last_administrator_stays(session: Session, people: People):
    ada, only_pwp = (
        people.ada.user_id or 0,
        MembershipInput(service_id=people.north, roles=frozenset({Role.PWP})),
    )
    accounts.invite(session, people.ada, invitation(people.north, roles={Role.ADMIN}))  # cannot log in yet
    for actor in (people.ada, SYSTEM):
        with pytest.raises(Conflict):
            accounts.deactivate(session, actor, ada)
        with pytest.raises(Conflict):
            accounts.set_membership(session, actor, ada, only_pwp)
    join(session, "Second", "second@north.example", people.north, Role.ADMIN)
    accounts.set_membership(session, people.ada, ada, only_pwp)
    assert roles(session, ada) == {people.north: {Role.PWP}}


NAMED = (
    "Dr Cole is the last clinician of North Talking Therapies who can log in. "
    "Without one, North Talking Therapies takes no reports."
)


def test_the_last_clinician_does_not_leave_unnoticed(session: Session, people: People):
    """11.D7: by leaving, by another role, or by an invitation to another role."""
    cole, only = people.cole.user_id or 0, {"service_id": people.north, "roles": frozenset({Role.MANAGER})}
    accounts.invite(
        session, people.ada, invitation(people.north, roles={Role.CLINICIAN})
    )  # cannot log in yet
    ways: list[Callable[[], object]] = [
        lambda: accounts.deactivate(session, people.ada, cole),
        lambda: accounts.deactivate(session, SYSTEM, cole, DepartureInput()),
        lambda: accounts.set_membership(session, people.ada, cole, MembershipInput.model_validate(only)),
        lambda: accounts.invite(
            session, people.ada, invitation(people.north, email="cole@north.example", roles={Role.MANAGER})
        ),
    ]
    for leave in ways:
        with pytest.raises(Conflict) as refused, session.begin_nested():
            leave()
        assert NAMED in refused.value.fields["confirm_last"]
    assert roles(session, cole) == {people.north: {Role.CLINICIAN}}
    accounts.deactivate(session, people.ada, cole, DepartureInput(confirm_last=True))
    assert session.exec(select(Membership).where(Membership.user_id == cole)).all() == []


def test_an_invitation_does_not_take_the_last_administrators_role(session: Session, people: People):
    """11.D7: an invitation to another role took it away."""
    with pytest.raises(Conflict, match="needs an administrator"):
        accounts.invite(session, people.ada, invitation(people.north, email="ada@north.example"))


def test_where_another_can_log_in_nobody_is_held_up(session: Session, people: People):
    """11.D7."""
    join(session, "Second", "second@north.example", people.north, Role.CLINICIAN)
    accounts.deactivate(session, people.ada, people.cole.user_id or 0)
    accounts.deactivate(session, people.ada, people.tom.user_id or 0)
    with pytest.raises(Conflict) as refused:
        accounts.deactivate(session, people.ada, people.amina.user_id or 0)
    assert "Amina Yusuf is the last navigator of North" in refused.value.fields["confirm_last"]


def test_the_command_line_names_whom_an_invitation_takes_away(session: Session, people: People):
    """11.D7."""
    words = ["user", "add", "--service", "north", "--role", "manager", "--name", "Dr Cole"]
    words += ["--email", "cole@north.example"]
    refused = CliRunner().invoke(cli.app, words)
    assert (refused.exit_code, NAMED in refused.output.replace("\n", " ")) == (2, True)
    assert CliRunner().invoke(cli.app, [*words, "--confirm-last"]).exit_code == 0
    assert roles(session, people.cole.user_id or 0) == {people.north: {Role.MANAGER}}


def test_a_leaver_is_out_at_once(session: Session, people: People):
    tom = people.tom.user_id or 0
    token, link = token_of(session, people.tom), password_reset.mint_token(session, tom, TokenPurpose.RESET)
    session.flush()
    assert accounts.deactivate(session, people.ada, tom) == {people.north}
    assert login.whoami(session, token) is None
    assert login.actor_of(session, tom) is None
    with pytest.raises(NotFound):
        password_reset.user_by_token(session, link)
    assert not session.exec(select(OneTimeToken)).all()
    assert not session.exec(select(UserSession)).all()
    assert session.get_one(User, tom).password_hash is None


def test_somebody_who_also_works_elsewhere_goes_on_there(session: Session, people: People):
    accounts.invite(session, people.sue, invitation(people.south, email="tom@north.example"))
    token = token_of(session, people.tom)
    accounts.deactivate(session, people.ada, people.tom.user_id or 0)
    tom = login.whoami(session, token)
    assert tom
    assert tom.roles == {people.south: {Role.NAVIGATOR}}


def test_somebody_who_comes_back_is_invited_anew(session: Session, people: People):
    accounts.deactivate(session, people.ada, people.tom.user_id or 0)
    tom = accounts.invite(session, people.ada, invitation(people.north, email="tom@north.example"))
    assert (tom.id, tom.is_active, tom.password_hash) == (people.tom.user_id, True, None)


def test_an_administrator_sees_their_own_services_only(session: Session, people: People):
    accounts.invite(session, people.sue, invitation(people.south, email="tom@north.example"))
    seen = directory.list_staff(session, people.ada)
    assert [one.user.name for one in seen] == sorted(
        actor.name
        for actor in vars(people).values()
        if isinstance(actor, Actor) and people.north in actor.roles
    )
    assert {service for one in seen for service in one.memberships} == {people.north}
    assert directory.list_staff(session, people.mo) == []


def test_somebody_may_be_away(session: Session, people: People):
    absence.set_absence(session, people.tom, people.tom.user_id or 0, Absence(away_from_on=clock.today()))
    away = [one.name for one in session.exec(select(User)) if one.is_away]
    assert away == ["Tom Baker"]


def details(**facts: str) -> AccountDetails:
    return AccountDetails.model_validate({"name": "Tom Miller", "email": "Tom.Miller@north.example"} | facts)


def test_a_name_and_an_address_are_corrected_and_old_links_end(session: Session, people: People):
    tom = people.tom.user_id or 0
    link, token = password_reset.mint_token(session, tom, TokenPurpose.RESET), token_of(session, people.tom)
    session.flush()
    accounts.update_details(session, people.ada, tom, details())
    session.flush()
    user = session.get_one(User, tom)
    assert (user.name, user.email) == ("Tom Miller", "tom.miller@north.example")
    assert login.whoami(session, token)
    with pytest.raises(NotFound):
        password_reset.user_by_token(session, link)


def test_a_name_alone_ends_nothing(session: Session, people: People):
    tom = people.tom.user_id or 0
    link = password_reset.mint_token(session, tom, TokenPurpose.RESET)
    session.flush()
    accounts.update_details(session, people.ada, tom, details(email="tom@north.example"))
    assert password_reset.user_by_token(session, link).name == "Tom Miller"


def test_two_people_have_two_addresses(session: Session, people: People):
    with pytest.raises(Invalid) as refused:
        accounts.update_details(
            session, people.ada, people.tom.user_id or 0, details(email="sam@south.example")
        )
    assert set(refused.value.fields) == {"email"}


def test_nobody_takes_over_an_account_of_another_service(session: Session, people: People):
    """By changing the address of somebody with power elsewhere, to forget their password for them."""
    accounts.invite(session, people.ada, invitation(people.north, email="sue@south.example"))
    with pytest.raises(Conflict):
        accounts.update_details(session, people.ada, people.sue.user_id or 0, details())
    with pytest.raises(NotFound):
        accounts.update_details(session, people.ada, people.sam.user_id or 0, details())
    for who in ("tom", "mo", "amina"):
        with pytest.raises(NotFound):
            accounts.update_details(session, getattr(people, who), people.tom.user_id or 0, details())
    accounts.update_details(session, SYSTEM, people.sue.user_id or 0, details())
    assert session.get_one(User, people.sue.user_id).name == "Tom Miller"
