"""NHS Notify for tests: a real server on loopback that speaks its published API, and signs its calls.

After NHSDigital/communications-manager-api: a token for a client assertion in RS512, one message by JSON:API,
errors with a code and a pointer, one message for each reference, callbacks with a key and an HMAC.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from navigator import clock
from tests.loopback_server import served

KEY, KEY_ID = "an-api-key-of-the-tests", "desk-1"
PLAN = "b838b13c-f98c-4def-93f0-515d4e4f4ee1"
CALLBACK_KEY, CALLBACK_SECRET = "0bb04a0e-of-the-tests", "an-application.a-secret-of-the-tests"
_SMS = re.compile(r"(07\d{9}|447\d{9}|[1-9]\d{9,14})")


@dataclass
class NhsNotify:
    """What it was asked and how it is to answer; `takes_contacts`: its onboarding team has agreed."""

    public_key: rsa.RSAPublicKey
    takes_contacts: bool = True
    is_busy: bool = False
    lifetime: int = 599
    url: str = ""
    tokens: list[str] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    asked: list[dict[str, Any]] = field(default_factory=list)
    made: dict[str, str] = field(default_factory=dict)

    def give_token(self, form: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        """A token for whoever signed who they are."""
        (assertion,) = form["client_assertion"]
        if form["grant_type"] != ["client_credentials"] or not form["client_assertion_type"][0].endswith(
            ":client-assertion-type:jwt-bearer"
        ):
            return 400, {"error": "invalid_request"}
        try:
            claims = jwt.decode(
                assertion, self.public_key, algorithms=["RS512"], audience=f"{self.url}/oauth2/token",
                options={"require": ["iss", "sub", "exp", "jti"], "verify_exp": False},
            )  # fmt: skip
        except jwt.PyJWTError:
            return 401, {"error": "invalid_client"}
        now = clock.now().timestamp()
        is_known = (
            claims["iss"] == claims["sub"] == KEY and jwt.get_unverified_header(assertion)["kid"] == KEY_ID
        )
        if not is_known or claims["jti"] in self.seen or not now < claims["exp"] <= now + 300:
            return 401, {"error": "invalid_client"}
        self.seen.add(claims["jti"])
        self.tokens.append(f"token-{len(self.tokens)}")
        return 200, {
            "access_token": self.tokens[-1],
            "expires_in": str(self.lifetime),
            "token_type": "Bearer",
        }

    def take(self, authorization: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """A message; the same reference makes no other one, and is refused."""
        if authorization.removeprefix("Bearer ") not in self.tokens[-1:]:
            return _error(401, "CM_DENIED")
        if self.is_busy:
            return _error(429, "CM_QUOTA")
        said = body["data"]["attributes"]
        assert body["data"]["type"] == "Message"
        assert str(UUID(said["messageReference"])) == said["messageReference"]
        if said["routingPlanId"] != PLAN:
            return _error(404, "CM_NO_SUCH_ROUTING_PLAN", "/data/attributes/routingPlanId")
        assert said["recipient"].keys() == {"contactDetails"}, "nothing but the number is told"
        if not self.takes_contacts:
            return _error(400, "CM_CANNOT_SET_CONTACT_DETAILS", "/data/attributes/recipient/contactDetails")
        if not _SMS.fullmatch(said["recipient"]["contactDetails"]["sms"]):
            return _error(400, "CM_INVALID_VALUE", "/data/attributes/recipient/contactDetails/sms")
        return self._make(said)

    def _make(self, said: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(said)
        if said["messageReference"] in self.made:
            return _error(422, "CM_DUPLICATE_REQUEST", "/data/attributes/messageReference")
        id = self.made[said["messageReference"]] = f"2WL3qFTEFM0qMY8xjRbt{len(self.made):07}"
        made = {"messageReference": said["messageReference"], "messageStatus": "created"}
        return 201, {"data": {"type": "Message", "id": id, "attributes": made}}

    def message_status(self, status: str, of: int = -1) -> dict[str, Any]:
        """A call about a message, the last one if none is named."""
        return self._call("MessageStatus", of, messageStatus=status)

    def channel_status(
        self, status: str, supplier: str, of: int = -1, channel: str = "sms"
    ) -> dict[str, Any]:
        """A call about the channel of a message."""
        facts = {"channel": channel, "channelStatus": status, "supplierStatus": supplier, "retryCount": 0}
        return self._call("ChannelStatus", of, **facts)

    def _call(self, kind: str, of: int, **facts: Any) -> dict[str, Any]:
        reference = self.asked[of]["messageReference"]
        ids = {"messageId": self.made[reference], "messageReference": reference}
        item = {
            "type": kind,
            "attributes": ids | facts | {"timestamp": "2026-06-09T09:00:00.000Z"},
            "links": {"message": f"{self.url}/comms/v1/messages/{self.made[reference]}"},
            "meta": {"idempotencyKey": hashlib.sha256(json.dumps(facts).encode()).hexdigest()},
        }
        return {"data": [item]}


def signed(body: bytes, secret: str = CALLBACK_SECRET) -> dict[str, str]:
    """The headers of a call."""
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "x-api-key": CALLBACK_KEY,
        "x-hmac-sha256-signature": signature,
        "content-type": "application/vnd.api+json",
    }


def _error(status: int, code: str, pointer: str = "") -> tuple[int, dict[str, Any]]:
    error = {"id": "rrt-1", "code": code, "status": str(status), "source": {"pointer": pointer}}
    return status, {"errors": [error]}


@contextmanager
def nhs_notify_server(folder: Path) -> Iterator[tuple[NhsNotify, Path]]:
    """NHS Notify, and the file of the private key whose public half it has."""
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = folder / "nhs-notify.pem"
    file.write_bytes(pem)
    notify = NhsNotify(key.public_key())

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/oauth2/token":
                status, words = notify.give_token(parse_qs(body.decode()))
            elif self.path == "/comms/v1/messages":
                status, words = notify.take(self.headers["Authorization"], json.loads(body))
            else:
                status, words = 404, {}
            self.send_response(status)
            self.send_header("Content-Type", "application/vnd.api+json")
            self.end_headers()
            self.wfile.write(json.dumps(words).encode())

        def log_message(self, *_: object) -> None:
            pass

    with served(Door) as notify.url:
        yield notify, file
