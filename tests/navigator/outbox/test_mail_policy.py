"""Headers of mail: as the standard library writes them, whether its parser is asked or not."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from navigator import clock
from navigator.outbox import addresses
from navigator.outbox.mail_policy import MAIL, is_plain
from navigator.outbox.outbox_message import DeliveryChannel
from navigator.outbox.render import RenderedText
from navigator.outbox.rendered_message import RenderedMessage, to_email

ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=90)
ANY = st.one_of(
    ASCII, st.text(max_size=90), st.sampled_from(["=?utf-8?q?a=0d=0ab?=", "Zoë " * 30, "x" * 200])
)


def written(policy: Any, name: str, value: object) -> bytes | str:
    mail = EmailMessage(policy=policy)
    try:
        mail[name] = value
        return mail.as_bytes()
    except Exception as error:
        return type(error).__name__


@given(words=ANY)
@pytest.mark.parametrize("name", ["Subject", "References", "From", "To"])
def test_every_header_is_what_the_parser_would_have_written(name: str, words: str):
    if words == words.strip() != "":
        assert written(MAIL, name, words) == written(SMTP, name, words)


@given(name=ANY)
def test_every_name_of_a_sender_is_what_the_parser_would_have_written(name: str):
    try:
        address = Address(name, addr_spec="desk@north.example")
    except ValueError:  # it holds the end of a line
        return
    assert written(MAIL, "From", address) == written(SMTP, "From", address)


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
@pytest.mark.parametrize("name", ["Subject", "From", "References"])
def test_no_header_begins_within_another(name: str, end: str):
    assert not is_plain(name, f"a{end}Bcc: all@home.example")
    with pytest.raises(ValueError, match="linefeed"):
        EmailMessage(policy=MAIL)[name] = f"a{end}Bcc: all@home.example"


def mail(subject: str, body: str) -> bytes:
    to = addresses.Address(DeliveryChannel.EMAIL, "pat@home.example")
    content = RenderedText(subject, body, "")
    return to_email(RenderedMessage(1, "answered", clock.now(), to, content, False)).as_bytes()


@pytest.mark.parametrize("subject", ["DN-000001: mamy Twoją wiadomość", "A long subject " * 12, "Short"])
@pytest.mark.parametrize("body", ["Plain.\n", "Zażółć gęślą jaźń.\n", "یہ لنک نجی ہے۔\n", "x" * 300 + "\n"])
def test_a_letter_is_what_the_standard_library_would_have_written(
    monkeypatch: pytest.MonkeyPatch, subject: str, body: str
):
    monkeypatch.setattr("navigator.outbox.rendered_message.token_hex", lambda _: "b" * 28)
    ours = mail(subject, body)
    monkeypatch.setattr("navigator.outbox.rendered_message.MAIL", SMTP)
    theirs = mail(subject, body).replace(b"alternative;\r\n boundary", b"alternative; boundary")
    assert ours == theirs


def test_nobody_can_foresee_what_ends_a_part():
    assert mail("Same", "Same\n") != mail("Same", "Same\n")
