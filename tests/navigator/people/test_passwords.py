"""What makes a password good enough."""

import pytest
from pydantic import SecretStr, ValidationError

from navigator.people import passwords
from navigator.people.passwords import NewPassword


def chosen(password: str) -> NewPassword:
    return NewPassword(password=password)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "password",
    [
        "seven wet umbrellas",
        "aaaaaaaaaaab",
        "пароль для работы",
        "🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘🐘x",
        "x" * 199 + "y",
        "only small letters",
    ],
)
def test_length_is_what_counts(password: str):
    assert chosen(password).password.get_secret_value() == password


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("eleven char", "12 characters or more"),
        ("   eleven char   ", "12 characters or more"),
        ("x" * 200 + "y", "200 characters or fewer"),
        ("password1234", "too easy"),
        ("PassWord1234", "too easy"),
        ("aaaaaaaaaaaaaaaa", "too easy"),
    ],
)
def test_what_is_refused(password: str, why: str):
    with pytest.raises(ValidationError, match=why):
        chosen(password)


def test_it_is_the_same_password_however_it_is_composed():
    kept = passwords.make_hash(SecretStr("caf\u00e9 by the river"))
    assert passwords.verify(SecretStr("cafe\u0301 by the river "), kept)[0]
    assert not passwords.verify(SecretStr("cafe by the river"), kept)[0]


def test_an_empty_hash_never_matches(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(passwords, "DUMMY_HASH", passwords.make_hash(SecretStr("anything at all")))
    for password in ("", "anything at all"):
        assert passwords.verify(SecretStr(password), None) == (False, None)
        assert passwords.verify(SecretStr(password), "") == (False, None)


def test_every_password_in_the_list_is_long_enough_to_need_it():
    assert len(passwords._COMMON) > 100
    assert min(map(len, passwords._COMMON)) >= passwords.MIN_LENGTH


def test_a_password_does_not_show_itself():
    assert "umbrellas" not in repr(chosen("seven wet umbrellas"))
