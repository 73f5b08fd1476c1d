"""A second factor: codes of an app by a set clock, recovery codes, and how often anybody may try."""

from datetime import date, timedelta

import pyotp
import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Invalid
from navigator.people import access_rules, half_login, login, recovery_codes, second_factor, totp
from navigator.people.access_rules import AccessRules
from navigator.people.factor_tables import RecoveryCode, Totp
from navigator.people.login import Credentials
from navigator.settings import settings
from tests.people import PASSWORD, People

STEP = timedelta(seconds=30)


def code_at(secret: str, ago: timedelta = timedelta()) -> str:
    return pyotp.TOTP(secret).at(int((clock.now() - ago).timestamp()))


@pytest.fixture
def ada(people: People) -> int:
    return people.ada.user_id or 0


@pytest.fixture
def secret(session: Session, ada: int) -> str:
    """The secret of Ada's app, which she has just set up."""
    proposal = totp.propose(ada)
    secret = totp.secret_of(proposal, ada)
    totp.set_up(session, ada, proposal, code_at(secret))
    clock.set_to(clock.now() + 4 * STEP)
    return secret


def test_the_secret_is_sealed_and_for_its_owner_alone(session: Session, people: People, secret: str):
    row = session.exec(select(Totp)).one()
    assert secret not in str(row.model_dump())
    session.add(Totp(user_id=people.tom.user_id or 0, sealed_secret=row.sealed_secret))
    session.flush()
    assert not totp.is_right(session, people.tom.user_id or 0, code_at(secret))


def test_an_app_is_set_up_by_a_code_that_it_shows_and_a_proposal_of_today(session: Session, ada: int):
    proposal = totp.propose(ada)
    with pytest.raises(Invalid):
        totp.set_up(session, ada, proposal, "000000")
    with pytest.raises(Invalid):
        totp.set_up(session, ada + 1, proposal, code_at(totp.secret_of(proposal, ada)))
    secret = totp.secret_of(proposal, ada)
    clock.set_to(clock.now() + timedelta(minutes=31))
    with pytest.raises(Invalid):
        totp.set_up(session, ada, proposal, code_at(secret))
    assert not session.exec(select(Totp)).all()


@pytest.mark.parametrize(("steps", "counts"), [(0, True), (1, True), (-1, True), (2, False), (-2, False)])
def test_the_clock_of_a_phone_may_be_wrong_by_half_a_minute(
    session: Session, ada: int, secret: str, steps: int, counts: bool
):
    assert (second_factor.try_code(session, ada, code_at(secret, steps * STEP)) == "") is counts


def test_no_code_counts_twice_nor_one_that_was_shown_before_it(session: Session, ada: int, secret: str):
    assert second_factor.try_code(session, ada, code_at(secret)) == ""
    assert second_factor.try_code(session, ada, code_at(secret)) == second_factor.WRONG
    assert second_factor.try_code(session, ada, code_at(secret, STEP)) == second_factor.WRONG
    clock.set_to(clock.now() + STEP)
    assert second_factor.try_code(session, ada, code_at(secret)) == ""


def test_the_code_that_set_it_up_does_not_log_in(session: Session, ada: int):
    proposal = totp.propose(ada)
    code = code_at(totp.secret_of(proposal, ada))
    totp.set_up(session, ada, proposal, code)
    assert second_factor.try_code(session, ada, code) == second_factor.WRONG


@pytest.mark.parametrize(
    "typed", ["", "0", "1234567890123456", "１２３４５６", "<b>", "\0", "abcd-efgh-jkmn"]
)
def test_odd_codes_are_wrong_and_no_more(session: Session, ada: int, secret: str, typed: str):
    assert second_factor.try_code(session, ada, typed) == second_factor.WRONG


@pytest.mark.usefixtures("any_clock")
def test_guessing_is_counted_and_a_right_code_does_not_help_after_it(session: Session, ada: int, secret: str):
    """T22 of the peers, too: what is said tells nothing of how near a guess was."""
    said = {second_factor.try_code(session, ada, f"{guess:06}") for guess in range(5)}
    assert said == {second_factor.WRONG}
    assert second_factor.try_code(session, ada, code_at(secret)) == second_factor.TOO_MANY
    clock.set_to(clock.now() + timedelta(minutes=16))
    assert second_factor.try_code(session, ada, code_at(secret)) == ""


def test_guessing_all_day_ends_for_the_day(session: Session, ada: int, secret: str):
    start = clock.now().replace(hour=0, minute=0)
    for quarter in range(7):
        clock.set_to(start + timedelta(minutes=15 * quarter))
        for _ in range(5):
            second_factor.try_code(session, ada, "000000")
    clock.set_to(start + timedelta(hours=3))
    assert second_factor.try_code(session, ada, code_at(secret)) == second_factor.TOO_MANY_A_DAY


def test_a_right_code_is_not_counted(session: Session, ada: int, secret: str):
    for _ in range(8):
        assert second_factor.try_code(session, ada, code_at(secret)) == ""
        clock.set_to(clock.now() + STEP)


def test_each_recovery_code_counts_once_however_it_is_typed(session: Session, ada: int, secret: str):
    first, second, *_ = recovery_codes.make(session, ada)
    assert second_factor.try_code(session, ada, first.upper().replace("-", " ")) == ""
    assert second_factor.try_code(session, ada, first) == second_factor.WRONG
    assert second_factor.factors_of(session, ada).codes_left == 9
    kept = str([row.model_dump() for row in session.exec(select(RecoveryCode))])
    assert second not in kept
    assert second.replace("-", "") not in kept


def test_new_codes_end_the_old_and_no_others_count(session: Session, people: People, ada: int, secret: str):
    old = recovery_codes.make(session, ada)[0]
    toms = recovery_codes.make(session, people.tom.user_id or 0)[0]
    recovery_codes.make(session, ada)
    assert second_factor.try_code(session, ada, old) == second_factor.WRONG
    assert second_factor.try_code(session, ada, toms) == second_factor.WRONG


def test_recovery_codes_alone_are_no_second_factor(session: Session, ada: int):
    code = recovery_codes.make(session, ada)[0]
    assert second_factor.try_code(session, ada, code) == second_factor.WRONG
    assert not second_factor.factors_of(session, ada).is_set_up


def test_with_another_secret_of_the_installation_the_code_is_wrong_and_nothing_falls(
    session: Session, ada: int, secret: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("NAVIGATOR_SECRET", "another one than before, as after a lost folder")
    settings.cache_clear()
    assert second_factor.try_code(session, ada, code_at(secret)) == second_factor.WRONG


def log_in() -> login.Admission:
    return login.log_in(Credentials(email="ada@north.example", password=PASSWORD), "192.0.2.1")  # type: ignore[arg-type]


def test_a_password_alone_leads_to_half_a_log_in_that_opens_nothing(session: Session, ada: int, secret: str):
    admission = log_in()
    assert not admission.is_whole
    assert login.whoami(session, admission.token) is None
    token = login.finish(session, admission.token)
    actor = login.whoami(session, token)
    assert actor
    assert actor.user_id == ada
    assert half_login.user_of(session, admission.token) is None


def test_half_a_log_in_ends_after_ten_minutes_and_with_the_password(session: Session, ada: int, secret: str):
    late, ended = log_in().token, log_in().token
    login.end_sessions(session, ada, "Tried")
    assert half_login.user_of(session, ended) is None
    late = log_in().token
    clock.set_to(clock.now() + half_login.LASTS)
    assert half_login.user_of(session, late) is None


@pytest.mark.parametrize(
    ("roles", "from_on", "is_whole", "due_on"),
    [
        (["admin"], None, False, None),
        (["admin"], date(2026, 6, 9), False, None),
        (["admin"], date(2026, 6, 10), True, date(2026, 6, 10)),
        (["navigator"], None, True, None),
        ([], None, True, None),
    ],
)
def test_a_role_needs_one_from_its_day(
    session: Session,
    people: People,
    roles: list[str],
    from_on: date | None,
    is_whole: bool,
    due_on: date | None,
):
    session.add(AccessRules(factor_roles=roles, factor_from_on=from_on))
    session.flush()
    admission = log_in()
    assert (admission.is_whole, admission.factor_due_on) == (is_whole, due_on)
    assert access_rules.needs_factor(session, people.ada.user_id or 0) is not is_whole
