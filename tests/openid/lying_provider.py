"""A provider of OpenID Connect on loopback that lies as it is told, and a person who comes back from it."""

import base64
import hmac
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from time import sleep
from typing import Any
from urllib.parse import parse_qs, urlsplit

import uvicorn
from authlib.oidc.core.util import create_half_hash
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID = "navigator-desk"


def rsa_key(name: str) -> RSAKey:
    """A pair of keys of this name."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig"}, auto_kid=False)


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@dataclass
class LyingProvider:
    """What it says: `claims` over what is true, `metadata` over what it offers, and how it signs."""

    key: RSAKey
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=dict)
    signing_key: Any = None
    hmac_key: bytes = b""
    published: list[RSAKey] = field(default_factory=list)
    userinfo: dict[str, Any] | None = None
    token_answer: Response | None = None
    nonce: str = ""
    now: int = 0
    asked: list[str] = field(default_factory=list)
    sent: list[Mapping[str, str]] = field(default_factory=list)

    def tell_the_truth(self, key: RSAKey) -> None:
        """Forget all lies."""
        issuer = self.issuer
        self.__init__(key, issuer)  # type: ignore[misc]

    def discovery(self, _: Request) -> Response:
        """Its metadata."""
        self.asked.append("metadata")
        said = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }
        if self.userinfo is not None:
            said["userinfo_endpoint"] = f"{self.issuer}/userinfo"
        return JSONResponse(said | self.metadata)

    def keys(self, _: Request) -> Response:
        """Its public keys."""
        self.asked.append("keys")
        return JSONResponse({"keys": [key.as_dict(private=False) for key in self.published or [self.key]]})

    async def token(self, request: Request) -> Response:
        """An id_token for a code."""
        self.sent.append({name: str(value) for name, value in (await request.form()).items()})
        if self.token_answer is not None:
            return self.token_answer
        return JSONResponse(
            {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": self.id_token()}
        )

    def id_token(self) -> str:
        """The id_token that it gives now."""
        header = {"alg": "RS256", "kid": self.key.kid} | self.header
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": "subject-1",
            "iat": self.now,
            "exp": self.now + 300,
            "nonce": self.nonce,
            "at_hash": create_half_hash("access", "RS256").decode(),
            "name": "Amina Yusuf",
            "email": "amina@north.example",
            "email_verified": True,
            "groups": ["desk-navigators"],
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.hmac_key:
            return self._by_hand(header | {"alg": "HS256"}, claims)
        algorithms = ["RS256", "none"]
        return jwt.encode(header, claims, self.signing_key or self.key, algorithms=algorithms)

    def _by_hand(self, *parts: dict[str, Any]) -> str:
        """A token with a shared secret, be it the public key itself, as attackers make it."""
        signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
        return f"{signed}.{_base64(hmac.digest(self.hmac_key, signed.encode(), 'sha256'))}"

    def said_of_them(self, request: Request) -> Response:
        """What its userinfo address says."""
        assert request.headers["authorization"] == "Bearer access"
        return JSONResponse(self.userinfo)

    def elsewhere(self, _: Request) -> Response:
        """A redirect, which nobody follows."""
        self.asked.append("elsewhere")
        return RedirectResponse(f"{self.issuer}/.well-known/openid-configuration")

    def come(self, url: str) -> tuple[str, str]:
        """The code and state with which a browser comes back that was sent to this address."""
        asked = parse_qs(urlsplit(url).query)
        self.nonce = asked["nonce"][0]
        return "a-code", asked["state"][0]


@contextmanager
def lying_provider(key: RSAKey) -> Iterator[LyingProvider]:
    """A provider that is served for a while."""
    provider = LyingProvider(key)
    routes = [
        Route("/.well-known/openid-configuration", provider.discovery),
        Route("/keys", provider.keys),
        Route("/token", provider.token, methods=["POST"]),
        Route("/userinfo", provider.said_of_them),
        Route("/elsewhere", provider.elsewhere),
    ]
    config = uvicorn.Config(Starlette(routes=routes), port=0, log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = Thread(target=server.run)
    thread.start()
    while not server.started:
        sleep(0.01)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    server.should_exit = True
    thread.join()
