"""SMS backend: text messages through NHS Notify, by one routing plan with one field, message.

The protocol is the published one (communications-manager-api): a token for a client assertion signed with
RS512, then one message by JSON:API. Its recipient is the number alone, as contact details: NHS Notify takes
that, without an NHS number, from accounts for which its onboarding team has agreed to both.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID, uuid4

import httpx
from pydantic import BaseModel, ValidationError

from navigator import clock
from navigator.outbox.rendered_message import BackendUnavailable, DeliveryRefused, RenderedMessage, SentText
from navigator.outbox.text_parts import parts_of
from navigator.settings import settings

TIMEOUT_SECONDS = 10
ASSERTION_LIFETIME = timedelta(minutes=5)
EARLY = timedelta(seconds=60)
"""So long before it ends a token is not used any more."""
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_JSON_API = "application/vnd.api+json"
_TAKEN_BEFORE = "CM_DUPLICATE_REQUEST"
_ID_BYTES = 4
_CODE = re.compile(r"[A-Z_]{1,60}")


class _Token(BaseModel):
    access_token: str
    expires_in: int


class _Created(BaseModel):
    id: str


class _Answer(BaseModel):
    data: _Created


class _Source(BaseModel):
    pointer: str = ""


class _Error(BaseModel):
    code: str = ""
    source: _Source = _Source()


class _Errors(BaseModel):
    errors: Sequence[_Error]


def send(rendered: RenderedMessage) -> SentText:
    """Send a message as SMS through NHS Notify; asked twice for the same try, it sends once."""
    response = _post("/comms/v1/messages", json=_body(rendered), headers=_headers())
    if response.status_code == httpx.codes.CREATED:
        return _taken(response, rendered.content.text)
    if response.status_code == httpx.codes.UNAUTHORIZED:
        forget_token()
    errors = _errors(response)
    if any(error.code == _TAKEN_BEFORE for error in errors):
        return SentText("", parts_of(rendered.content.text))  # its answer was lost, and its number with it
    if any(error.source.pointer.endswith("/contactDetails/sms") for error in errors):
        raise DeliveryRefused(f"NHS Notify: {response.status_code} no number for texts", is_permanent=True)
    # A wrong key, a missing agreement, a wrong plan or a spent quota is no fault of the message.
    codes = " ".join(sorted({error.code for error in errors if _CODE.fullmatch(error.code)}))
    raise BackendUnavailable(f"NHS Notify: {response.status_code} {codes}".rstrip())


def _body(rendered: RenderedMessage) -> dict[str, object]:
    attributes = {
        "routingPlanId": settings().nhs_notify_plan,
        "messageReference": reference_of(rendered.message_id, rendered.queued_at, rendered.tries),
        "recipient": {"contactDetails": {"sms": rendered.address.to.removeprefix("+")}},
        "personalisation": {"message": rendered.content.text},
    }
    return {"data": {"type": "Message", "attributes": attributes}}


def reference_of(message_id: int, queued_at: datetime, tries: int) -> str:
    """The reference of one try of a text: a UUID that begins with its number and is the desk’s own."""
    key, said = settings().signing_key().encode(), f"{message_id} {queued_at.isoformat()} {tries}"
    rest = hmac.new(key, said.encode(), hashlib.sha256).digest()[: 16 - _ID_BYTES]
    return str(UUID(bytes=message_id.to_bytes(_ID_BYTES) + rest, version=4))


def number_of(reference: UUID) -> int:
    """The number of the text with a reference."""
    return int.from_bytes(reference.bytes[:_ID_BYTES])


def _taken(response: httpx.Response, text: str) -> SentText:
    try:
        return SentText(_Answer.model_validate_json(response.content).data.id[:100], parts_of(text))
    except ValidationError:
        return SentText("", parts_of(text))


def _errors(response: httpx.Response) -> Sequence[_Error]:
    """The errors in a response; none if it names none."""
    try:
        return _Errors.model_validate_json(response.content).errors
    except ValidationError:
        return ()


def _headers() -> dict[str, str]:
    now = clock.now()
    token, ends_at = _token(settings().nhs_notify_url, settings().nhs_notify_key.get_secret_value())
    if not now < ends_at:
        forget_token()
        token, _ = _token(settings().nhs_notify_url, settings().nhs_notify_key.get_secret_value())
    return {"Authorization": f"Bearer {token}", "Content-Type": _JSON_API, "Accept": _JSON_API}


def forget_token() -> None:
    """Ask for another token the next time."""
    _token.cache_clear()


@lru_cache(maxsize=1)
def _token(url: str, key: str) -> tuple[str, datetime]:
    """An access token, and until when it is used; one that could not be had is not remembered."""
    asked_at = clock.now()
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": _ASSERTION,
        "client_assertion": _assertion(f"{url.rstrip('/')}/oauth2/token", key, asked_at),
    }
    response = _post("/oauth2/token", data=form)
    if response.status_code != httpx.codes.OK:
        raise BackendUnavailable(f"NHS Notify: no token, {response.status_code}")
    try:
        given = _Token.model_validate_json(response.content)
    except ValidationError:
        raise BackendUnavailable("NHS Notify: no token in the answer") from None
    return given.access_token, asked_at + timedelta(seconds=given.expires_in) - EARLY


def _assertion(audience: str, key: str, now: datetime) -> str:
    """Who we are, signed with the key whose public half they have."""
    import jwt  # with all of cryptography, of which a desk without texts needs nothing

    claims = {
        "iss": key,
        "sub": key,
        "aud": audience,
        "jti": str(uuid4()),
        "exp": int((now + ASSERTION_LIFETIME).timestamp()),
    }
    try:
        private_key = Path(settings().nhs_notify_private_key).read_text()
        headers = {"kid": settings().nhs_notify_key_id}
        return jwt.encode(claims, private_key, algorithm="RS512", headers=headers)
    except (OSError, ValueError, TypeError, jwt.PyJWTError):
        raise BackendUnavailable("NHS Notify: the private key cannot be read") from None


def _post(path: str, **of: object) -> httpx.Response:
    url = settings().nhs_notify_url.rstrip("/") + path
    try:
        return httpx.post(url, timeout=TIMEOUT_SECONDS, **of)  # type: ignore[arg-type]
    except httpx.HTTPError as error:
        raise BackendUnavailable(f"NHS Notify: {type(error).__name__}") from None
