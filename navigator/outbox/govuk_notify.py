"""SMS backend: text messages through GOV.UK Notify, by one template with one field, ((message)).

The protocol is the published one of its REST API: the last part of the key signs a token, which names the
service in the part before; errors are distinguished by status and type, as their wording may change.
"""

import hmac

import httpx

from navigator import clock
from navigator.outbox.rendered_message import BackendUnavailable, DeliveryRefused, RenderedMessage, SentText
from navigator.outbox.text_parts import parts_of
from navigator.settings import settings

TIMEOUT_SECONDS = 10
_UUID_LENGTH = 36


def send(rendered: RenderedMessage) -> SentText:
    """Send a message as SMS through Notify."""
    payload = {
        "phone_number": rendered.address.to,
        "template_id": settings().notify_template,
        "personalisation": {"message": rendered.content.text},
        "reference": str(rendered.message_id),
    }
    try:
        response = httpx.post(
            settings().notify_url.rstrip("/") + "/v2/notifications/sms",
            json=payload,
            headers={"Authorization": f"Bearer {_token()}"},
            timeout=TIMEOUT_SECONDS,
        )
    except httpx.HTTPError as error:
        raise BackendUnavailable(f"Notify: {type(error).__name__}") from None
    if response.status_code == httpx.codes.CREATED:
        return _taken(response, rendered.content.text)
    if "ValidationError" in _error_types(response):
        raise DeliveryRefused(f"Notify: {response.status_code} ValidationError", is_permanent=True)
    # A wrong key, a service on trial or a spent allowance is no fault of the message.
    raise BackendUnavailable(f"Notify: {response.status_code} {' '.join(_error_types(response))}".rstrip())


def _taken(response: httpx.Response, text: str) -> SentText:
    """Its id, and its parts: counted in what Notify says that it sends, which may begin with our name."""
    try:
        told = response.json()
        return SentText(str(told["id"])[:100], parts_of(str(told.get("content", {}).get("body") or text)))
    except (ValueError, KeyError, TypeError, AttributeError):
        return SentText("", parts_of(text))


def is_theirs(authorization: str) -> bool:
    """Whether a callback has the bearer token that was given to Notify, compared in constant time."""
    token = settings().notify_callback_token.get_secret_value()
    return bool(token) and hmac.compare_digest(authorization.encode(), f"Bearer {token}".encode())


def _token() -> str:
    key = settings().notify_key.get_secret_value()
    service, secret = key[-2 * _UUID_LENGTH - 1 : -_UUID_LENGTH - 1], key[-_UUID_LENGTH:]
    import jwt  # with all of cryptography, of which a desk without texts needs nothing

    return jwt.encode({"iss": service, "iat": int(clock.now().timestamp())}, secret, algorithm="HS256")


def _error_types(response: httpx.Response) -> list[str]:
    """The types of the errors in a response; none if it names none."""
    try:
        return [str(error["error"]) for error in response.json()["errors"]]
    except (ValueError, KeyError, TypeError):
        return []
