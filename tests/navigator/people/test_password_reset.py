"""One-use links for invitations and forgotten passwords, and changing a password."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Invalid, NotFound, NotLoggedIn, TooMany
from navigator.people import accounts, login, password_reset
from navigator.people.actor import SYSTEM
from navigator.people.login import Credentials
from navigator.people.one_time_token import OneTimeToken, TokenPurpose
from navigator.people.password_reset import PasswordChange
from navigator.people.passwords import NewPassword
from navigator.people.rate_limit import Limit
from navigator.people.user import User
from tests.people import PASSWORD, People, token_of

ANOTHER = "nine dry umbrellas"


def new(password: str = ANOTHER) -> NewPassword:
    return NewPassword(password=password)  # type: ignore[arg-type]


def change(old: str, password: str = ANOTHER) -> PasswordChange:
    return PasswordChange(old=old, password=password)  # type: ignore[arg-type]


def enter(email: str, password: str) -> str:
    return login.log_in(Credentials(email=email, password=password), "192.0.2.1").token  # type: ignore[arg-type]


def minted(session: Session, user_id: int | None, purpose: TokenPurpose = TokenPurpose.RESET) -> str:
    token = password_reset.mint_token(session, user_id or 0, purpose)
    session.flush()
    return token


def test_a_link_sets_a_password(session: Session, people: People):
    password_reset.set_password(minted(session, people.tom.user_id), new())
    assert enter("tom@north.example", ANOTHER)
    with pytest.raises(Invalid):
        enter("tom@north.example", PASSWORD)


def test_a_link_works_once(session: Session, people: People):
    """T7 of the peers."""
    token = minted(session, people.tom.user_id)
    password_reset.set_password(token, new())
    with pytest.raises(NotFound):
        password_reset.set_password(token, new("ten dry umbrellas!"))
    assert enter("tom@north.example", ANOTHER)


def test_only_a_hash_of_the_link_is_kept(session: Session, people: People):
    """T8 of the peers."""
    token = minted(session, people.tom.user_id)
    assert token not in str(session.exec(select(OneTimeToken)).one().model_dump())
    assert len(token) >= 22


@pytest.mark.parametrize(
    ("purpose", "lasts"), [(TokenPurpose.INVITE, timedelta(days=7)), (TokenPurpose.RESET, timedelta(hours=1))]
)
def test_a_link_expires(session: Session, people: People, purpose: TokenPurpose, lasts: timedelta):
    """T7 of the peers."""
    token = minted(session, people.tom.user_id, purpose)
    clock.set_to(clock.now() + lasts - timedelta(seconds=1))
    assert password_reset.user_by_token(session, token).id == people.tom.user_id
    clock.set_to(clock.now() + timedelta(seconds=1))
    with pytest.raises(NotFound):
        password_reset.set_password(token, new())


def test_wrong_used_expired_and_revoked_look_the_same(session: Session, people: People):
    used, late, left = (minted(session, who.user_id) for who in (people.tom, people.amina, people.priya))
    password_reset.set_password(used, new())
    clock.set_to(clock.now() + timedelta(hours=2))
    accounts.deactivate(session, people.ada, people.priya.user_id or 0)
    said = set()
    for token in ("", "wrong", used, late, left):
        with pytest.raises(NotFound) as refused:
            password_reset.user_by_token(session, token)
        said.add((refused.value.message, refused.value.status))
    assert len(said) == 1


def test_a_link_of_somebody_inactive_is_nobodys(session: Session, people: People):
    token = minted(session, people.tom.user_id)
    session.get_one(User, people.tom.user_id).is_active = False
    session.flush()
    with pytest.raises(NotFound):
        password_reset.user_by_token(session, token)


def test_an_empty_hash_matches_nothing(session: Session, people: People):
    """T7 of the peers."""
    session.add(
        OneTimeToken(
            token_hash="",
            user_id=people.tom.user_id or 0,
            purpose="reset",
            expires_at=clock.now() + timedelta(1),
        )
    )
    session.flush()
    with pytest.raises(NotFound):
        password_reset.user_by_token(session, "")


def test_setting_a_password_ends_all_log_ins_and_links_of_that_user(session: Session, people: People):
    mine, others = token_of(session, people.tom), token_of(session, people.amina)
    first, second = (
        minted(session, people.tom.user_id, TokenPurpose.INVITE),
        minted(session, people.tom.user_id),
    )
    theirs = minted(session, people.amina.user_id)
    password_reset.set_password(second, new())
    assert login.whoami(session, mine) is None
    assert login.whoami(session, others)
    assert password_reset.user_by_token(session, theirs).id == people.amina.user_id
    with pytest.raises(NotFound):
        password_reset.user_by_token(session, first)


def test_whoever_knows_the_old_password_may_change_it_and_stays_logged_in(session: Session, people: People):
    here, there = token_of(session, people.tom), token_of(session, people.tom)
    password_reset.change_password(people.tom, change(PASSWORD), here)
    assert login.whoami(session, here)
    assert login.whoami(session, there) is None
    assert enter("tom@north.example", ANOTHER)


@pytest.mark.usefixtures("any_clock")
def test_whoever_does_not_may_not_and_not_try_for_ever(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(login, "PER_ACCOUNT", Limit(2, timedelta(minutes=15)))
    for _ in range(2):
        with pytest.raises(Invalid) as refused:
            password_reset.change_password(people.tom, change("not it"), "")
        assert set(refused.value.fields) == {"old"}
    with pytest.raises(TooMany):
        password_reset.change_password(people.tom, change(PASSWORD), "")


def test_nobody_else_has_a_password_to_change(session: Session, people: People):
    accounts.deactivate(session, SYSTEM, people.tom.user_id or 0)
    for actor in (people.tom, SYSTEM):
        with pytest.raises(NotLoggedIn):
            password_reset.change_password(actor, change(PASSWORD), "")
    assert session.get_one(User, people.tom.user_id).password_hash is None
