"""Field types: what is an email address."""

import pytest
from pydantic import TypeAdapter, ValidationError

from navigator.fields import Email
from navigator.people.accounts import AccountDetails

EMAIL = TypeAdapter(Email)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "pat@home.example",
        "Pat.O'Brien+desk@NHS.net",
        "pat/team!#%@home.example",
        "pat@trust.local",
        "pat@home.test",
        "pat@münchen.example",
        "pat@xn--mnchen-3ya.example",
        "pät@home.example",
        "用户@例子.广告",
        f"{'p' * 241}@home.example",
    ],
)
def test_an_email_address_is_kept_as_it_was_typed(typed):
    assert EMAIL.validate_python(f" {typed} ") == typed


@pytest.mark.parametrize(
    "typed",
    [
        "pat",
        "pat@home",
        "pat@localhost",
        "pat@@home.example",
        "@home.example",
        "Pat <pat@home.example>",
        "pat@home.example,sam@home.example",
        '"pat smith"@home.example',
        "pat@[192.0.2.1]",
        "pat@192.0.2.1",
        ".pat@home.example",
        "pat.@home.example",
        "p..t@home.example",
        "pat@home.example.",
        "pat@home..example",
        "pat@-home.example",
        "pat@home_1.example",
        "pat@home.123",
        "pat@home.example/",
        "p\u200bt@home.example",
        f"pat@{'h' * 64}.example",
        f"{'p' * 242}@home.example",
    ],
)
def test_what_no_mail_server_could_be_given_is_refused(typed):
    with pytest.raises(ValidationError):
        EMAIL.validate_python(typed)


def test_who_logs_in_with_an_address_has_it_in_small_letters():
    assert AccountDetails(name="Tom", email=" Tom.B@North.Example ").email == "tom.b@north.example"
    with pytest.raises(ValidationError):
        AccountDetails(name="Tom", email="")
