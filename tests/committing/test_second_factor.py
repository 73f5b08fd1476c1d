"""Second factors shown twice at the same moment, with real commits: each counts once."""

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from sqlmodel import Session, func, select

from navigator import clock, database
from navigator.errors import Conflict, NotFound, NotLoggedIn
from navigator.outbox import factor_changes
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import (
    factor_reset,
    half_login,
    login,
    passkeys,
    recovery_codes,
    second_factor,
    totp,
)
from navigator.people.factor_reset import ResetInput
from navigator.people.passkeys import NewPasskey, PasskeyAnswer
from navigator.people.user import Role
from navigator.people.user_session import UserSession
from navigator.settings import settings
from tests.authenticator import Authenticator
from tests.committing.test_accounts import in_writing, together
from tests.people import People, join, settle

AT_ONCE = 4
AGAIN = pytest.mark.parametrize("again", range(3))  # a race shows itself only now and then


@pytest.fixture
def people(committing: str) -> People:
    with database.writing() as session:
        return settle(session)


@pytest.fixture
def tom(people: People) -> int:
    return people.tom.user_id or 0


@pytest.fixture
def secret(tom: int) -> str:
    with database.writing() as session:
        proposal = totp.propose(tom)
        secret = totp.secret_of(proposal, tom)
        code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
        totp.set_up(session, tom, proposal, code)
    clock.set_to(clock.now() + timedelta(minutes=2))
    return secret


# Past the count of tries, whose row lets one in at a time and so hides the race.
def at_once(act: Callable[[Session], object]) -> list[object]:
    return together(*[lambda: in_writing(act)] * AT_ONCE)


@AGAIN
def test_a_recovery_code_counts_once(tom: int, secret: str, again: int):
    with database.writing() as session:
        code = recovery_codes.make(session, tom)[0]
    answers = at_once(lambda s: recovery_codes.use(s, tom, code))
    assert sorted(answers, key=bool) == [*[False] * (AT_ONCE - 1), True]


@AGAIN
def test_a_code_of_an_app_counts_once(tom: int, secret: str, again: int):
    code = pyotp.TOTP(secret).at(int(clock.now().timestamp()))
    answers = at_once(lambda s: totp.is_right(s, tom, code))
    assert sorted(answers, key=bool) == [*[False] * (AT_ONCE - 1), True]


@AGAIN
def test_what_a_passkey_signed_counts_once(
    tom: int, secret: str, monkeypatch: pytest.MonkeyPatch, again: int
):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example")
    settings.cache_clear()
    key = Authenticator()
    with database.writing() as session:
        made = key.make(passkeys.new_options(session, tom, "here"))
        passkeys.add(session, tom, "here", NewPasskey(name="Mine", credential=made))
        answer = PasskeyAnswer(credential=key.sign(passkeys.options(session, tom, "here")))
    answers = at_once(lambda s: passkeys.is_right(s, tom, "here", answer))
    assert sorted(answers, key=bool) == [*[False] * (AT_ONCE - 1), True]


@AGAIN
def test_half_a_log_in_is_finished_once(tom: int, secret: str, again: int):
    with database.writing() as session:
        token = half_login.begin(session, tom)
    answers = at_once(lambda s: bool(login.finish(s, token)))
    assert sorted(map(str, answers)) == sorted(map(str, [True, *[NotLoggedIn] * (AT_ONCE - 1)]))
    with database.reading() as session:
        assert session.exec(select(func.count()).select_from(UserSession)).one() == 1


def test_every_guess_at_once_is_counted(tom: int, secret: str):
    guesses = [lambda: in_writing(lambda s: second_factor.try_code(s, tom, "000000"))] * AT_ONCE
    answers = together(*guesses) + together(*guesses)
    assert answers.count(second_factor.WRONG) == second_factor.PER_ACCOUNT.times
    assert answers.count(second_factor.TOO_MANY) == 2 * AT_ONCE - second_factor.PER_ACCOUNT.times


@AGAIN
def test_a_reset_is_asked_for_once_and_confirmed_once(people: People, tom: int, secret: str, again: int):
    with database.writing() as session:
        admins = [
            people.ada,
            join(session, "Eve", "eve@north.example", people.north, Role.ADMIN),
            join(session, "Una", "una@north.example", people.north, Role.ADMIN),
        ]
    why = ResetInput(reason="He phoned")

    def asking(who: int) -> Callable[[], object]:
        return lambda: in_writing(lambda s: factor_changes.ask_reset(s, admins[who], tom, why))

    def confirming(who: int, reset_id: int) -> Callable[[], object]:
        return lambda: in_writing(lambda s: factor_changes.confirm_reset(s, admins[who], tom, reset_id))

    answers = together(asking(0), asking(1))
    assert sorted(map(str, answers)) == sorted(map(str, [None, Conflict]))
    with database.reading() as session:
        reset = factor_reset.own_reset(session, tom)
    assert reset
    others = [who for who in range(3) if admins[who].user_id != reset.asked_by]
    answers = together(*(confirming(who, reset.id) for who in others))
    assert sorted(map(str, answers)) == sorted(map(str, [None, NotFound]))
    with database.reading() as session:
        told = [row.context.get("what") for row in session.exec(select(OutboxMessage))]
    assert told.count("reset_done") == 1
