"""Passkeys: a challenge is used once by the log-in that asked for it, at our own site, by its owner."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Invalid
from navigator.people import passkeys, second_factor
from navigator.people.factor_tables import Passkey, PasskeyChallenge
from navigator.people.passkeys import NewPasskey, PasskeyAnswer
from navigator.settings import settings
from tests.authenticator import PRESENT, Authenticator
from tests.people import People

HERE, ELSEWHERE = "hash of a log-in", "hash of another"


@pytest.fixture(autouse=True)
def site(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NAVIGATOR_BASE_URL", "https://desk.example")
    settings.cache_clear()


@pytest.fixture
def ada(people: People) -> int:
    return people.ada.user_id or 0


def register(session: Session, user_id: int, authenticator: Authenticator) -> None:
    options = passkeys.new_options(session, user_id, HERE)
    new = NewPasskey(name="My laptop", credential=authenticator.make(options))
    passkeys.add(session, user_id, HERE, new)


@pytest.fixture
def key(session: Session, ada: int) -> Authenticator:
    """A passkey that Ada has registered."""
    authenticator = Authenticator()
    register(session, ada, authenticator)
    return authenticator


def shown(session: Session, user_id: int, key: Authenticator, at: str = HERE) -> str:
    signed = key.sign(passkeys.options(session, user_id, at))
    return second_factor.try_passkey(session, user_id, at, PasskeyAnswer(credential=signed))


def test_a_passkey_logs_in_each_time(session: Session, ada: int, key: Authenticator):
    assert [shown(session, ada, key) for _ in range(3)] == ["", "", ""]
    row = session.exec(select(Passkey)).one()
    assert (row.sign_count, row.used_at, row.transports) == (3, clock.now(), ["internal"])


def test_what_was_signed_counts_once(session: Session, ada: int, key: Authenticator):
    answer = PasskeyAnswer(credential=key.sign(passkeys.options(session, ada, HERE)))
    assert second_factor.try_passkey(session, ada, HERE, answer) == ""
    assert second_factor.try_passkey(session, ada, HERE, answer) == second_factor.WRONG_PASSKEY
    assert not session.exec(select(PasskeyChallenge)).all()


def test_a_challenge_is_for_the_log_in_that_asked_for_it(session: Session, ada: int, key: Authenticator):
    signed = key.sign(passkeys.options(session, ada, ELSEWHERE))
    passkeys.options(session, ada, HERE)
    answer = PasskeyAnswer(credential=signed)
    assert second_factor.try_passkey(session, ada, HERE, answer) == second_factor.WRONG_PASSKEY


def test_somebody_elses_passkey_opens_nothing(session: Session, people: People, ada: int, key: Authenticator):
    toms = Authenticator()
    register(session, people.tom.user_id or 0, toms)
    assert shown(session, ada, toms) == second_factor.WRONG_PASSKEY
    toms.id = key.id  # it says that it is hers, and cannot sign so
    assert shown(session, ada, toms) == second_factor.WRONG_PASSKEY


def test_a_challenge_to_register_is_none_to_log_in(session: Session, ada: int, key: Authenticator):
    signed = key.sign(passkeys.new_options(session, ada, HERE))
    answer = PasskeyAnswer(credential=signed)
    assert second_factor.try_passkey(session, ada, HERE, answer) == second_factor.WRONG_PASSKEY


def test_a_challenge_ends_after_five_minutes(session: Session, ada: int, key: Authenticator):
    answer = PasskeyAnswer(credential=key.sign(passkeys.options(session, ada, HERE)))
    clock.set_to(clock.now() + timedelta(minutes=5))
    assert second_factor.try_passkey(session, ada, HERE, answer) == second_factor.WRONG_PASSKEY


def wrong_origin(key: Authenticator) -> None:
    key.origin = "https://desk.example.evil.example"


def plain_http(key: Authenticator) -> None:
    key.origin = "http://desk.example"


def another_port(key: Authenticator) -> None:
    key.origin = "https://desk.example:8443"


def another_site(key: Authenticator) -> None:
    key.site = "evil.example"


def unverified(key: Authenticator) -> None:
    key.flags = PRESENT


def count_goes_back(key: Authenticator) -> None:
    key.count = 0


def count_stands_still(key: Authenticator) -> None:
    key.count -= 1


@pytest.mark.parametrize(
    "wrong",
    [wrong_origin, plain_http, another_port, another_site, unverified, count_goes_back, count_stands_still],
)
def test_what_is_signed_elsewhere_or_by_nobody_or_a_copy_is_refused(
    session: Session, ada: int, key: Authenticator, wrong: Callable[[Authenticator], None]
):
    assert [shown(session, ada, key), shown(session, ada, key)] == ["", ""]
    wrong(key)
    assert shown(session, ada, key) == second_factor.WRONG_PASSKEY


@pytest.mark.parametrize("wrong", [wrong_origin, another_site, unverified])
def test_one_that_is_made_elsewhere_or_by_nobody_is_not_taken(
    session: Session, ada: int, wrong: Callable[[Authenticator], None]
):
    key = Authenticator()
    wrong(key)
    with pytest.raises(Invalid):
        register(session, ada, key)
    assert not session.exec(select(Passkey)).all()


def test_one_is_registered_once_and_for_one_person(
    session: Session, people: People, ada: int, key: Authenticator
):
    for user_id in (ada, people.tom.user_id or 0):
        with pytest.raises(Invalid):
            register(session, user_id, key)


@pytest.mark.parametrize(
    "sent", ["", "{", "null", "[]", "[" * 10_000, '{"id": 1}', '{"id": "x"}', '{"id": "x", "response": []}']
)
def test_odd_answers_are_refused_and_no_more(session: Session, ada: int, key: Authenticator, sent: str):
    passkeys.options(session, ada, HERE)
    answer = PasskeyAnswer(credential=sent)
    assert second_factor.try_passkey(session, ada, HERE, answer) == second_factor.WRONG_PASSKEY
    whole = json.loads(key.sign(passkeys.options(session, ada, HERE)))
    whole["response"] = {"clientDataJSON": "%%", "authenticatorData": 7, "signature": None}
    answer = PasskeyAnswer(credential=json.dumps(whole))
    assert second_factor.try_passkey(session, ada, HERE, answer) == second_factor.WRONG_PASSKEY
    passkeys.new_options(session, ada, HERE)
    with pytest.raises(Invalid):
        passkeys.add(session, ada, HERE, NewPasskey(name="x", credential=sent))


@pytest.mark.parametrize(
    ("base_url", "works"),
    [
        ("https://desk.example", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1:8000", False),
        ("https://192.0.2.1", False),
        ("http://desk.example", False),
    ],
)
def test_passkeys_are_offered_where_browsers_allow_them(
    monkeypatch: pytest.MonkeyPatch, base_url: str, works: bool
):
    monkeypatch.setenv("NAVIGATOR_BASE_URL", base_url)
    settings.cache_clear()
    assert passkeys.work_here() is works
