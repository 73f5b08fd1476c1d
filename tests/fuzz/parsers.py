"""The parsers that read what strangers, other desks and browsers send; each may refuse, and nothing else.

A parser is called with bytes. `REFUSALS` are the ways in which it may say no: any other exception, and
anything that takes seconds, is a finding.
"""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from datetime import UTC, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from starlette.requests import Request

from api.json_body import _problem, whole_signs
from api.schemas import ReportBody
from navigator.administration.configuration_file import parse_configuration
from navigator.attachments import check
from navigator.attachments.attachment import Kind
from navigator.attachments.reencode import reencode
from navigator.catalogue.browsers import device_of, parse_browser
from navigator.desk_import import formats
from navigator.desk_import.formats import FORMATS
from navigator.desk_import.mapping import read_mapping
from navigator.errors import Invalid
from navigator.login_watch.html_forms import forms_of
from navigator.login_watch.recipe import parse_recipe
from navigator.mail_in import automatic, bounces, headers, html_text, reply_text
from navigator.mail_in.read_mail import NotReadable, fingerprint, read_mail
from navigator.openid import log_in as openid
from navigator.openid.discovery import json_object
from navigator.openid.failures import Cause
from navigator.people import passkeys, totp
from navigator.seal import SealBroken, unseal
from navigator.shared_problems.read_feed import BadFeed, ReadFeed
from navigator.shared_problems.read_feed import read as read_feed
from navigator.support_cards.csv_lines import lines_of
from web.auth.entering import safe_next
from web.kit import cookies, page_language

REFUSALS = (Invalid, ValidationError, NotReadable, SealBroken, BadFeed, Cause)
SPENT = 10
"""Seconds of the processor in one call after which it is a finding."""
HUNG = 300
"""Seconds of the clock after which a call is one, on a machine that has other work."""


def _words(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def report(data: bytes) -> None:
    """A report in JSON, as the API reads it."""
    body = whole_signs(data)
    if not _problem(body):
        try:
            content = json.loads(body)
        except ValueError:
            return
        ReportBody.model_validate(content)


def settings_file(data: bytes) -> None:
    """The configuration as YAML."""
    parse_configuration(_words(data))


def recipe(data: bytes) -> None:
    """The steps of a log-in watch; ValueError is how it refuses."""
    try:
        parse_recipe(_words(data))
    except ValidationError as unworded:
        raise RuntimeError("refused without words") from unworded
    except ValueError:
        return


def import_mapping(data: bytes) -> None:
    """What is what in another desk, as YAML."""
    read_mapping(_words(data))


def card_list(data: bytes) -> None:
    """A list of people as CSV."""
    list(lines_of(_words(data), ("name", "email", "day"), ("name",)))


def desk_export(data: bytes) -> None:
    """An export of another desk; the first byte says which."""
    sources = [*FORMATS]
    formats.read_export(_words(data[1:]), sources[data[0] % len(sources)] if data else sources[0])


def picture(data: bytes) -> None:
    """A picture or PDF, up to where another process reads it."""
    file = BytesIO(data)
    if check._kind(data[:64], len(data)) is Kind.PDF:
        check._require_whole_pdf(file, len(data))


def picture_made_anew(data: bytes) -> None:
    """A picture, made anew in a process of its own."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        with check.checked(file):
            pass


def picture_opened(data: bytes) -> None:
    """The same within this process, steered by what it reaches: any way of refusing is good, but no crash."""
    nowhere = Path(os.devnull)
    with (
        suppress(Exception),
        redirect_stdout(StringIO()),
        nowhere.open("wb") as full,
        nowhere.open("wb") as small,
    ):
        reencode(BytesIO(data), full.fileno(), small.fileno())  # which closes them, if it comes so far


def accept_language(data: bytes) -> None:
    """Which languages a browser prefers."""
    page_language.suggested(_asking((b"accept-language", data)))


def user_agent(data: bytes) -> None:
    """What a browser says that it is."""
    said = _asking((b"user-agent", data)).headers["user-agent"]
    device_of(said)
    parse_browser(said)


def browser_cookies(data: bytes) -> None:
    """Cookies: nothing that the desk did not sign is believed."""
    request = _asking((b"cookie", data))
    for name in (cookies.QUEUE_POSITION, cookies.SEARCHES):
        assert cookies.unsign(cookies.read_cookie(request, name), name) is None
    cookies.read_cookie(request, cookies.LOG_IN)
    openid._opened(cookies.read_cookie(request, cookies.ATTEMPT))


def _asking(header: tuple[bytes, bytes]) -> Request:
    return Request({"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [header]})


def sealed(data: bytes) -> None:
    """What was signed or sealed for a browser to keep."""
    words = _words(data)
    assert cookies.unsign(words, "queue") is None
    unseal(words, "attempt")


def next_page(data: bytes) -> None:
    """Where to go after logging in: never another site (T23)."""
    href = safe_next(_words(data))
    assert not href or (href[0] == "/" and href[1:2] not in ("/", "\\"))
    assert href.isprintable()


def mail(data: bytes) -> None:
    """A mail of anybody."""
    fingerprint(data)
    read = read_mail(data)
    bounces.bounce(read.message, read.whole)
    automatic.machine(read.message)
    automatic.wants_no_answer(read.message)
    headers.references(read.message)
    reply_text.new_words(read.whole)
    read.whole.encode()


def mail_html(data: bytes) -> None:
    """The HTML of a mail: what is left holds no script."""
    html_text.text_of(_words(data))
    assert "<script" not in html_text.clean(_words(data)).lower()


def page_forms(data: bytes) -> None:
    """The forms of a page of a supplier."""
    forms_of(_words(data))


def provider_answer(data: bytes) -> None:
    """What a log-in provider answers."""
    json_object(_words(data))


def passkey_answer(data: bytes) -> None:
    """What a browser says that a passkey signed."""
    credential = _words(data)
    passkeys._json(credential)
    passkeys._transports(credential)
    passkeys._verified(_registered, credential=credential)


def _registered(credential: str, **_: Any) -> None:
    from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json

    parse_registration_credential_json(credential)
    parse_authentication_credential_json(credential)


def feed(data: bytes) -> None:
    """A feed of another desk, unsigned and as if it were signed."""
    with suppress(ValidationError):
        ReadFeed.model_validate_json(data)
    read_feed(_words(data), "A" * 43, datetime(2026, 6, 9, tzinfo=UTC), None)


def second_step_secret(data: bytes) -> None:
    """A proposal for an app, as a form sends it back."""
    assert totp.secret_of(_words(data), 1) is None


PARSERS: dict[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        report,
        settings_file,
        recipe,
        import_mapping,
        card_list,
        desk_export,
        picture,
        picture_made_anew,
        picture_opened,
        accept_language,
        user_agent,
        browser_cookies,
        sealed,
        next_page,
        mail,
        mail_html,
        page_forms,
        provider_answer,
        passkey_answer,
        feed,
        second_step_secret,
    )
}


def call(name: str, data: bytes) -> None:
    """Call a parser; whatever is no refusal is raised."""
    with suppress(*REFUSALS):
        PARSERS[name](data)


def settle() -> None:
    """A place of its own for what a parser keeps on the disk, and nothing in its log."""
    os.environ.setdefault("NAVIGATOR_DATA_DIR", tempfile.mkdtemp(prefix="fuzz"))
