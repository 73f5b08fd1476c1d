"""Several people at once at the doors, with real commits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from time import sleep

import pytest
from sqlmodel import Session, func, select

from navigator import clock, database
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, NotFound, Refused
from navigator.openid import log_in
from navigator.openid.claims import Identity
from navigator.openid.tables import LoginProvider
from navigator.people import accounts, ended_sessions, last_of_role, login, password_reset, rate_limit
from navigator.people.audit_log import Act, AuditEntry
from navigator.people.login import Credentials
from navigator.people.one_time_token import TokenPurpose
from navigator.people.provider_account import ProviderAccount
from navigator.people.rate_limit import Limit, RateLimitCounter
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession
from tests.openid.provider import set_up
from tests.people import People, join, settle

AT_ONCE = 6


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        return settle(session)


def together(*acts: Callable[[], object]) -> list[object]:
    """Do all at the same moment; what each answered or refused with."""
    start = Barrier(len(acts))

    def one(act: Callable[[], object]) -> object:
        start.wait()
        try:
            return act()
        except Refused as refused:
            return type(refused)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def in_writing(act: Callable[[Session], object]) -> object:
    with database.writing() as session:
        return act(session)


def test_two_administrators_cannot_send_each_other_away(people: People):
    with database.writing() as session:
        other = join(session, "Second", "second@north.example", people.north, Role.ADMIN)
    pairs = ((people.ada, other), (other, people.ada))
    answers = together(
        *(
            lambda who=who, whom=whom: in_writing(lambda s: accounts.deactivate(s, who, whom.user_id or 0))
            for who, whom in pairs
        )
    )
    assert sorted(map(str, answers)) == sorted(map(str, [frozenset({people.north}), Conflict]))
    with database.reading() as session:
        admins = select(Membership).where(
            Membership.role == Role.ADMIN, Membership.service_id == people.north
        )
        assert len(session.exec(admins).all()) == 1


def act_during(begun: list[Callable[[Session], object]], act: Callable[[Session], object]) -> None:
    """Begin a transaction, have somebody else begin to act, and go on: both end well."""
    with ThreadPoolExecutor(1) as pool:
        with database.writing() as session:
            begun[0](session)
            other = pool.submit(in_writing, act)
            sleep(0.3)  # until it has what it takes first, and waits for the rest
            begun[1](session)
        other.result()


def test_who_changes_two_services_and_who_changes_one_wait_for_each_other(people: People):
    def phone(session: Session, service_id: int) -> None:
        session.get_one(Service, service_id).phone = "01632 960 001"
        session.flush()

    act_during(
        [lambda s: phone(s, people.north), lambda s: phone(s, people.south)], lambda s: phone(s, people.south)
    )
    with database.reading() as session:
        assert set(session.exec(select(Service.phone))) == {"01632 960 001"}


def test_somebody_new_is_invited_while_roles_change(people: People):
    tom, details = people.tom.user_id or 0, {"service_id": people.north, "roles": [Role.PWP]}
    invitation = accounts.Invitation.model_validate(details | {"name": "New", "email": "new@north.example"})
    change = accounts.MembershipInput.model_validate(details | {"confirm_last": True})
    roles_change: list[Callable[[Session], object]] = [
        lambda s: last_of_role.require_others(s, tom, {people.north}, is_confirmed=True),
        lambda s: accounts.set_membership(s, people.ada, tom, change),
    ]
    act_during(roles_change, lambda s: accounts.invite(s, people.ada, invitation))
    with database.reading() as session:
        assert session.exec(select(User.name).where(User.email == invitation.email)).one() == "New"


@pytest.mark.parametrize("_again", range(5))  # a race shows itself only now and then
def test_a_one_use_link_is_used_once(people: People, _again: int):
    with database.writing() as session:
        token = password_reset.mint_token(session, people.tom.user_id or 0, TokenPurpose.RESET)
    # Past the hashing, which lets only two in at a time and so hides the race.
    answers = together(*[lambda: in_writing(lambda s: password_reset._consume_token(s, token))] * AT_ONCE)
    assert answers.count(people.tom.user_id) == 1
    assert answers.count(NotFound) == AT_ONCE - 1


def test_everything_is_counted(people: People):
    limit = Limit(4, timedelta(hours=1))
    tries = [lambda: in_writing(lambda s: rate_limit.hit(s, "report", "192.0.2.1", limit))] * AT_ONCE
    answers = together(*tries) + together(*tries)
    assert answers.count(True) == 4


def test_a_failed_log_in_is_counted_though_it_is_refused(people: People):
    wrong = Credentials.model_validate({"email": "tom@north.example", "password": "wrong"})
    assert together(*[lambda: login.log_in(wrong, "192.0.2.1")] * 3) == [Invalid] * 3
    with database.reading() as session:
        assert set(session.exec(select(RateLimitCounter.count))) == {3}
        assert session.exec(select(func.count()).select_from(UserSession)).one() == 0


def test_somebody_new_who_comes_twice_at_once_by_a_provider_is_one_person(people: People):
    """Two tabs, or a phone and a desk: each comes with the same subject, which nobody knew."""
    with database.writing() as session:
        set_up(session, "https://login.example.nhs.uk")
    with database.reading() as session:
        provider = session.exec(select(LoginProvider)).one()
        session.expunge(provider)
    nia = Identity("https://login.example.nhs.uk", "7", "Nia New", "nia@north.example")

    def come(session: Session) -> object:
        given = log_in._lock(session, provider, nia, {"groups": ["desk-navigators"]})
        return log_in._enter(session, provider, (nia, given), ("", ""), "")

    answers = together(*(lambda: in_writing(come) for _ in range(AT_ONCE)))
    assert all(isinstance(token, str) for token in answers), answers
    with database.reading() as session:
        assert len(session.exec(select(User).where(User.email == "nia@north.example")).all()) == 1
        assert len(session.exec(select(ProviderAccount)).all()) == 1
        assert len(session.exec(select(UserSession)).all()) == AT_ONCE


@pytest.mark.parametrize("again", range(3))
def test_the_end_of_a_log_in_is_written_down_once(people: People, again: int):
    """The night deletes expired ones while their owner comes back to that browser and is logged out there."""
    with database.writing() as session:
        token = login.open_session(session, people.amina.user_id or 0)
        ends_at = session.exec(select(UserSession.expires_at)).one()
    clock.set_to(ends_at)
    acts = (lambda s: ended_sessions.end_expired(s, ends_at), lambda s: login.log_out(s, token))
    together(*(lambda act=act: in_writing(act) for act in acts * 3))
    with database.reading() as session:
        is_end = AuditEntry.act == Act.LOGGED_OUT
        assert session.exec(select(AuditEntry.title).where(is_end)).all() == ["Ended by itself"]
