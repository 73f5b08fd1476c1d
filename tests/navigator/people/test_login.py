"""Logging in: who gets in, who does not, and what nobody can tell from the answer."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, select

from navigator import clock, database
from navigator.errors import Invalid, TooMany
from navigator.people import accounts, login, password_reset, passwords
from navigator.people.login import Credentials
from navigator.people.password_reset import PasswordChange
from navigator.people.rate_limit import Limit, RateLimitCounter
from navigator.people.user import Membership, Role, User
from navigator.people.user_session import UserSession
from tests.people import PASSWORD, People, token_of

HERE = "192.0.2.1"
REAL_HASHER, REAL_DUMMY = passwords._HASHER, passwords.DUMMY_HASH  # in tests they are quicker ones


def enter(email: str, password: str = PASSWORD, address: str = HERE) -> str:
    return login.log_in(Credentials(email=email, password=password), address).token  # type: ignore[arg-type]


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hashes that passwords were compared with."""
    seen: list[str] = []
    real = PasswordHash.verify_and_update

    def count(self: PasswordHash, password: str, kept: str) -> tuple[bool, str | None]:
        seen.append(kept)
        return real(self, password, kept)

    monkeypatch.setattr(PasswordHash, "verify_and_update", count)
    return seen


def test_the_right_password_lets_in(session: Session, people: People):
    token = enter("Amina@North.example ")
    assert login.whoami(session, token) == people.amina


def test_only_a_hash_of_the_token_is_kept(session: Session, people: People):
    token = enter("amina@north.example")
    kept = session.exec(select(UserSession)).one().model_dump()
    assert token not in str(kept)
    assert len(token) >= 22  # 128 bits


def test_the_hash_of_a_password_opens_nothing(session: Session, people: People):
    with pytest.raises(Invalid):
        enter("amina@north.example", str(session.exec(select(User.password_hash)).first()))


@pytest.mark.parametrize(
    "who", ["nobody@north.example", "gone@north.example", "new@north.example", "amina@north.example"]
)
def test_every_wrong_try_gets_one_answer_for_one_look(
    session: Session, people: People, verified: list[str], who: str
):
    """T22 of the peers."""
    session.add(
        User(name="Gone", email="gone@north.example", password_hash=passwords.DUMMY_HASH, is_active=False)
    )
    session.add(User(name="New", email="new@north.example"))
    session.flush()
    with pytest.raises(Invalid) as refused:
        enter(who, "not the password")
    assert refused.value.message == "Your email address or password is not right. Check them and try again."
    assert refused.value.fields == {}
    assert len(verified) == 1


@pytest.mark.usefixtures("people")
def test_nobody_gets_in_by_the_hash_for_nobody(session: Session, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "DUMMY_HASH", passwords._HASHER.hash("known to somebody"))
    with pytest.raises(Invalid):
        enter("nobody@north.example", "known to somebody")


def test_an_inactive_user_stays_out_with_the_right_password(session: Session, people: People):
    session.get_one(User, people.tom.user_id).is_active = False
    session.flush()
    with pytest.raises(Invalid):
        enter("tom@north.example")


def send_away(session: Session, people: People) -> None:
    accounts.deactivate(session, people.ada, people.tom.user_id or 0)


def change_password(session: Session, people: People) -> None:
    session.get_one(User, people.tom.user_id).password_hash = passwords.DUMMY_HASH


@pytest.mark.parametrize("happens", [send_away, change_password])
def test_what_happens_while_a_password_is_checked_counts(
    session: Session,
    people: People,
    monkeypatch: pytest.MonkeyPatch,
    happens: Callable[[Session, People], None],
):
    real = passwords.verify

    def meanwhile(*args: object) -> tuple[bool, str | None]:
        with database.writing() as another:
            happens(another, people)
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(passwords, "verify", meanwhile)
    with pytest.raises(Invalid):
        enter("tom@north.example")
    assert session.exec(select(UserSession)).all() == []


@pytest.mark.sqlite_is_enough
@pytest.mark.usefixtures("any_clock")
@pytest.mark.parametrize("who", ["amina@north.example", "nobody@north.example"])
def test_an_account_is_throttled_from_many_addresses_whether_or_not_it_exists(
    people: People, verified: list[str], monkeypatch: pytest.MonkeyPatch, who: str
):
    monkeypatch.setattr(login, "PER_ACCOUNT", Limit(3, timedelta(minutes=15)))
    for number in range(login.PER_ACCOUNT.times):
        with pytest.raises(Invalid):
            enter(who, "wrong", f"192.0.2.{number}")
    with pytest.raises(TooMany):
        enter(who, PASSWORD, "198.51.100.7")
    assert len(verified) == login.PER_ACCOUNT.times
    clock.set_to(clock.now() + login.PER_ACCOUNT.per)
    with pytest.raises(Invalid):
        enter(who, "wrong")


@pytest.mark.usefixtures("any_clock")
def test_an_address_is_throttled_over_many_accounts(people: People, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(login, "PER_ADDRESS", Limit(3, timedelta(minutes=15)))
    for number in range(3):
        with pytest.raises(Invalid):
            enter(f"{number}@north.example", "wrong")
    with pytest.raises(TooMany):
        enter("amina@north.example")
    assert enter("amina@north.example", address="198.51.100.7")


@pytest.mark.usefixtures("any_clock")
def test_a_clinic_that_logs_in_rightly_is_not_throttled(
    people: People, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(login, "PER_ACCOUNT", Limit(1, timedelta(minutes=15)))
    for _ in range(3):
        enter("amina@north.example")
    assert {one.count for one in session.exec(select(RateLimitCounter))} == {0}


def test_a_log_in_that_ends_in_the_next_window_takes_no_other_try_off_there(
    people: People, session: Session, monkeypatch: pytest.MonkeyPatch
):
    real = passwords.verify

    def slowly(*args: object) -> tuple[bool, str | None]:
        clock.set_to(clock.now() + login.PER_ACCOUNT.per)
        monkeypatch.setattr(passwords, "verify", real)
        with pytest.raises(Invalid):
            enter("amina@north.example", "wrong")
        return real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(passwords, "verify", slowly)
    begun_at = clock.now()
    enter("amina@north.example")
    counts = {(row.window_at == begun_at, row.count) for row in session.exec(select(RateLimitCounter))}
    assert counts == {(True, 0), (False, 1)}


def test_no_address_or_email_is_kept_in_a_count(people: People, session: Session):
    with pytest.raises(Invalid):
        enter("amina@north.example", "wrong")
    kept = str([one.model_dump() for one in session.exec(select(RateLimitCounter))])
    assert len(session.exec(select(RateLimitCounter)).all()) == 2
    assert "amina" not in kept
    assert HERE not in kept


def test_an_old_hash_is_made_anew(people: People, session: Session):
    amina = session.get_one(User, people.amina.user_id)
    amina.password_hash = old = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=1024),)).hash(PASSWORD)
    session.flush()
    enter("amina@north.example")
    session.refresh(amina)
    assert amina.password_hash != old
    assert enter("amina@north.example")


def test_the_hash_for_nobody_takes_as_long_as_a_new_one():
    """T22 of the peers."""
    assert not REAL_HASHER.current_hasher.check_needs_rehash(REAL_DUMMY)


def test_a_real_hash_takes_as_much_as_the_library_advises():
    assert REAL_HASHER.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_log_in_ends_after_a_day_of_work(session: Session, people: People):
    token = enter("amina@north.example")
    clock.set_to(clock.now() + login.SESSION_LIFETIME - timedelta(seconds=1))
    assert login.whoami(session, token)
    clock.set_to(clock.now() + timedelta(seconds=1))
    assert login.whoami(session, token) is None


def test_logging_out_ends_this_log_in_alone(session: Session, people: People):
    here, there = token_of(session, people.amina), token_of(session, people.amina)
    login.log_out(session, here)
    assert login.whoami(session, here) is None
    assert login.whoami(session, there)


def test_everywhere_else_can_be_logged_out(session: Session, people: People):
    here, there, others = (token_of(session, who) for who in (people.amina, people.amina, people.tom))
    login.end_sessions(session, people.amina.user_id or 0, "Tried", except_token=here)
    assert [bool(login.whoami(session, token)) for token in (here, there, others)] == [True, False, True]


def test_roles_are_those_of_now_and_of_each_service(session: Session, people: People):
    token = token_of(session, people.amina)
    session.add(Membership(user_id=people.amina.user_id or 0, service_id=people.north, role=Role.PWP))
    session.add(Membership(user_id=people.amina.user_id or 0, service_id=people.south, role=Role.MANAGER))
    session.flush()
    amina = login.whoami(session, token)
    assert amina
    assert amina.roles == {people.north: {Role.NAVIGATOR, Role.PWP}, people.south: {Role.MANAGER}}


def test_somebody_without_a_place_is_logged_in_and_may_do_nothing(session: Session, people: People):
    session.add(user := User(name="Nobody yet", email="x@north.example"))
    session.flush()
    actor = login.actor_of(session, user.id)
    assert actor
    assert actor.is_staff
    assert actor.roles == {}


@pytest.mark.parametrize("token", ["", "x", "€" * 50, "\ud800", "a" * 10_000])
def test_nonsense_is_nobody(session: Session, people: People, token: str):
    token_of(session, people.amina)
    assert login.whoami(session, token) is None


@pytest.mark.sqlite_is_enough
@pytest.mark.usefixtures("any_clock")
def test_exactly_as_many_wrong_tries_are_checked_as_are_allowed(session: Session, people: People):
    """11.C3: of 70 wrong log-ins 56 were checked, since one window had many beginnings."""
    answers: list[type[Exception]] = []
    for n in range(25):
        with pytest.raises((Invalid, TooMany)) as refused:
            enter("tom@north.example", f"wrong {n}")
        answers.append(refused.type)
    assert answers == [Invalid] * login.PER_ACCOUNT.times + [TooMany] * 15


@pytest.mark.sqlite_is_enough
@pytest.mark.usefixtures("any_clock")
def test_a_rightful_try_is_always_given_back(session: Session, people: People):
    """11.C3: by logging in, and by changing the password with the old one."""
    for _ in range(login.PER_ACCOUNT.times + 5):
        assert enter("tom@north.example", PASSWORD)
    assert set(session.exec(select(RateLimitCounter.count))) == {0}
    change = PasswordChange.model_validate({"old": PASSWORD, "password": "another wet umbrella"})
    password_reset.change_password(people.tom, change, "")
    assert set(session.exec(select(RateLimitCounter.count))) == {0}
