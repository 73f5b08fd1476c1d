"""Why a log-in by a provider failed: plain words for the person, the cause for the log, a code for both."""

import secrets

import structlog

from navigator.errors import Invalid

log = structlog.get_logger("desk.openid")


class Cause(Exception):
    """What was wrong with an answer, in a word or two for the log: nothing that was sent, nobody's data."""


class ProviderFailed(Invalid):
    """The log-in by a provider did not work; the message has a reference that stands in the log."""


def failed(provider: str, cause: str, words: str) -> ProviderFailed:
    """Log the cause of a failure, and make the refusal that its person reads."""
    reference = secrets.token_hex(3)
    log.warning("log-in by a provider failed", provider=provider, cause=cause, reference=reference)
    return ProviderFailed(f"{words} If it happens again, tell your administrator the code {reference}.")
