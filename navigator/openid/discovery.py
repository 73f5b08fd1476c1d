"""What a provider says of itself (discovery), and the keys that it signs with (JWKS), kept for a while."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from navigator import clock
from navigator.openid.failures import Cause
from navigator.outgoing import Browser, Limits, Unreachable, check_url

KEPT_FOR = timedelta(hours=1)
ASKED_AGAIN_AFTER = timedelta(seconds=10)
"""After a failure, and for a key that nobody knew: so often a provider is asked at most."""
LIMITS = Limits(size=512 * 1024, seconds=10)
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
OFFERED = ("userinfo_endpoint", "end_session_endpoint")
"""Addresses that a provider may name besides."""


@dataclass(frozen=True)
class Source:
    """Whom to ask: the issuer as it was typed, and whether it lies in our own network."""

    issuer: str
    allows_private: bool = False


@dataclass(frozen=True)
class _Kept:
    document: Mapping[str, Any] | None
    at: datetime


_kept: dict[tuple[Source, str], _Kept] = {}


def metadata(source: Source) -> Mapping[str, Any]:
    """The metadata of a provider: its issuer is the one that was typed, its addresses may be asked."""
    url = source.issuer.rstrip("/") + "/.well-known/openid-configuration"
    return _document(source, url, lambda document: _check_metadata(source, document), KEPT_FOR)


def _check_metadata(source: Source, document: Mapping[str, Any]) -> None:
    if document.get("issuer") != source.issuer:
        raise Cause("metadata of another issuer")
    for name in ENDPOINTS:
        _check_endpoint(document.get(name))
    for name in OFFERED:
        if name in document:
            _check_endpoint(document[name])


def _check_endpoint(url: object) -> None:
    try:
        check_url(url if isinstance(url, str) else "")
    except ValueError:
        raise Cause("metadata without good addresses") from None


def keys(source: Source, url: str, key_id: str | None) -> KeySet:
    """The keys of a provider; read again, but not at once again, for a key that nobody knows (rotation)."""
    found = _keys(source, url, KEPT_FOR)
    if key_id is None or any(key.kid == key_id for key in found.keys):
        return found
    return _keys(source, url, ASKED_AGAIN_AFTER)


def _keys(source: Source, url: str, lasts: timedelta) -> KeySet:
    document = _document(source, url, _check_keys, lasts)
    return KeySet.import_key_set({"keys": _signing_keys(document)})


def _check_keys(document: Mapping[str, Any]) -> None:
    try:
        KeySet.import_key_set({"keys": _signing_keys(document)})
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise Cause("keys that cannot be read") from None


def _signing_keys(document: Mapping[str, Any]) -> Any:
    """Public keys for signatures of the kinds that the desk knows: others are not its business."""
    keys = document.get("keys")
    listed = keys if isinstance(keys, list) else []
    return [
        key
        for key in listed
        if isinstance(key, dict)
        and key.get("kty") in ("RSA", "EC", "OKP")
        and key.get("use", "sig") == "sig"
        and "d" not in key
    ]


def _document(
    source: Source, url: str, check: Callable[[Mapping[str, Any]], None], lasts: timedelta
) -> Mapping[str, Any]:
    kept, now = _kept.get((source, url)), clock.now()
    if kept and now - kept.at < (lasts if kept.document else ASKED_AGAIN_AFTER) and now >= kept.at:
        if kept.document is None:
            raise Cause("no answer a moment ago")
        return kept.document
    try:
        document = ask_json(source, url)
        check(document)
    except Cause:
        if kept is None or kept.document is None:
            _kept[source, url] = _Kept(None, now)
        raise
    _kept[source, url] = _Kept(document, now)
    return document


def ask_json(source: Source, url: str, token: str = "") -> Mapping[str, Any]:
    """A JSON object from a provider, with an access token where it wants one."""
    headers = {"accept": "application/json"} | ({"authorization": f"Bearer {token}"} if token else {})
    try:
        with Browser(LIMITS, source.allows_private) as browser:
            answer = browser.ask(url, headers=headers)
    except Unreachable:
        raise Cause("no answer") from None
    if answer.status != 200:
        raise Cause(f"answer {answer.status}")
    return json_object(answer.text)


def json_object(text: str) -> Mapping[str, Any]:
    """A text as a JSON object."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise Cause("no JSON object")
    return document


def forget() -> None:
    """Ask every provider again."""
    _kept.clear()
