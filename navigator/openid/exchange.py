"""The authorisation code flow: where to send a browser (PKCE, state, nonce), and what its code is worth."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qsl

from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2 import OAuth2Client, OAuth2Error
from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import JoseError

from navigator import clock
from navigator.openid import discovery
from navigator.openid.discovery import LIMITS, Source, json_object
from navigator.openid.failures import Cause
from navigator.outgoing import Browser, Unreachable

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519")
"""Signatures by a key of which the desk knows the public half: neither "none" nor a shared secret."""
LEEWAY_SECONDS = 60
"""So far a provider's clock may be off."""
_METHODS = ("client_secret_post", "client_secret_basic")


@dataclass(frozen=True)
class Client:
    """This desk as a provider knows it, and where the browser comes back to."""

    source: Source
    client_id: str
    secret: str
    scopes: str
    redirect_uri: str
    logged_out_uri: str


@dataclass(frozen=True)
class Attempt:
    """What one attempt to log in is known by when the browser comes back: nothing that may be guessed."""

    state: str
    nonce: str
    verifier: str


def new_attempt() -> Attempt:
    """An attempt that nobody can guess."""
    return Attempt(state=generate_token(43), nonce=generate_token(43), verifier=generate_token(64))


class _AskingClient(OAuth2Client):  # type: ignore[misc]
    """Authlib's client; what it asks goes out by `outgoing` alone."""

    def __init__(self, client: Client, auth_method: str) -> None:
        self.source = client.source
        super().__init__(
            None,
            client_id=client.client_id,
            client_secret=client.secret,
            token_endpoint_auth_method=auth_method,
            scope=client.scopes,
            redirect_uri=client.redirect_uri,
            code_challenge_method="S256",
        )

    def _fetch_token(self, url: str, body: str = "", headers: Any = None, auth: Any = None, **_: Any) -> Any:
        url, headers, body = auth.prepare("POST", url, dict(headers), body)
        with Browser(LIMITS, self.source.allows_private) as browser:
            answer = browser.ask(url, dict(parse_qsl(body)), headers)
        document = dict(json_object(answer.text))
        response = SimpleNamespace(status_code=answer.status, json=lambda: document, raise_for_status=_refuse)
        return self.parse_response_token(response)


def _refuse() -> None:
    raise Cause("no token")


def _auth_method(client: Client, offered: Mapping[str, Any]) -> str:
    if not client.secret:
        return "none"
    named = offered.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    for method in _METHODS:
        if isinstance(named, list) and method in named:
            return method
    raise Cause("no way to show the secret")


def authorization_url(client: Client, attempt: Attempt) -> str:
    """The address at the provider to which a browser is sent."""
    offered = discovery.metadata(client.source)
    url, _ = _AskingClient(client, _auth_method(client, offered)).create_authorization_url(
        offered["authorization_endpoint"],
        state=attempt.state,
        nonce=attempt.nonce,
        code_verifier=attempt.verifier,
    )
    return str(url)


def claims_for(client: Client, attempt: Attempt, code: str, issuer: str) -> Mapping[str, Any]:
    """What the provider says of whoever came back with this code; `issuer` is what the answer names."""
    offered = discovery.metadata(client.source)
    names_issuer = offered.get("authorization_response_iss_parameter_supported") is True
    if (issuer or names_issuer) and issuer != client.source.issuer:
        raise Cause("answer of another issuer")
    token = _token(client, attempt, code, offered)
    claims = _verified(client, attempt, token, offered)
    return _with_userinfo(client, claims, token, offered)


def log_out_url(client: Client) -> str:
    """Where somebody logs out of the provider too (RP-initiated); "" where it offers no such page."""
    url = str(discovery.metadata(client.source).get("end_session_endpoint", ""))
    asked = {"client_id": client.client_id, "post_logout_redirect_uri": client.logged_out_uri}
    return str(add_params_to_uri(url, list(asked.items()))) if url else ""


def _token(client: Client, attempt: Attempt, code: str, offered: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        token = _AskingClient(client, _auth_method(client, offered)).fetch_token(
            offered["token_endpoint"],
            grant_type="authorization_code",
            code=code,
            code_verifier=attempt.verifier,
        )
    except OAuth2Error as error:
        known = next((word for word in _KNOWN_ERRORS if word == error.error), "for no known reason")
        raise Cause(f"code refused: {known}") from None
    except (Unreachable, ValueError, TypeError, AttributeError):
        raise Cause("no answer to a code") from None
    if not isinstance(token.get("id_token"), str):
        raise Cause("no id_token")
    return dict(token)


_KNOWN_ERRORS = ("invalid_grant", "invalid_client", "invalid_request", "unauthorized_client")


def _verified(
    client: Client, attempt: Attempt, token: Mapping[str, Any], offered: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The claims of an id_token: signed by the provider, for this desk, for this attempt, and not expired."""
    try:
        header = jws.extract_compact(token["id_token"].encode()).headers()
        keys = discovery.keys(client.source, offered["jwks_uri"], header.get("kid"))
        decoded = jwt.decode(token["id_token"], keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            options={
                "iss": {"essential": True, "value": client.source.issuer},
                "aud": {"essential": True, "value": client.client_id},
                "sub": {"essential": True},
            },
            params={
                "nonce": attempt.nonce,
                "client_id": client.client_id,
                "access_token": token.get("access_token"),
            },
        )
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_SECONDS)
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise Cause(f"id_token: {type(error).__name__}{_claim_of(error)}") from None
    if not (isinstance(claims["sub"], str) and 0 < len(claims["sub"]) <= MAX_SUBJECT):
        raise Cause("id_token: subject")
    return dict(claims)


MAX_SUBJECT = 255
"""Characters of a subject at most, by the standard."""


def _claim_of(error: Exception) -> str:
    """Which claim an error is about, where it is one of those that every token has."""
    claim = getattr(error, "claim", "")
    return f" {claim}" if claim in CodeIDToken.REGISTERED_CLAIMS else ""


def _with_userinfo(
    client: Client, claims: Mapping[str, Any], token: Mapping[str, Any], offered: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The claims with what the provider says at its userinfo address, of the same subject alone."""
    access_token = token.get("access_token")
    if "userinfo_endpoint" not in offered or not isinstance(access_token, str):
        return claims
    more = discovery.ask_json(client.source, offered["userinfo_endpoint"], access_token)
    if more.get("sub") != claims["sub"]:
        raise Cause("userinfo of another subject")
    return {**more, **claims}
