"""OAuth 2.0 for a mailbox: a token by client credentials (RFC 6749, 4.4), for XOAUTH2 over IMAP."""

import json

from navigator.outgoing import Browser, Limits, Unreachable

_LIMITS = Limits(64_000, 20)


class NoToken(Exception):
    """The token service refused; the message names nothing of what was sent."""


def access_token(url: str, client_id: str, secret: str, scope: str) -> str:
    """A token for one log-in: none is kept."""
    form = {
        "grant_type": "client_credentials",
        "client_id": client_id,
        "client_secret": secret,
        "scope": scope,
    }
    try:
        with Browser(_LIMITS) as browser:
            answer = browser.ask(url, form)
        token = json.loads(answer.text).get("access_token", "")
    except Unreachable:
        raise
    except (ValueError, AttributeError):
        raise NoToken("no token") from None
    if answer.status != 200 or not isinstance(token, str) or not token:
        raise NoToken(f"status {answer.status}")
    return token
