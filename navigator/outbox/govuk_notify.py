"""Text messages through GOV.UK Notify: one template with one field, ((message)).

The protocol is the published one of its REST API: the last part of the key signs a token, which names the
service that stands in the part before; errors are told apart by status and type, for their words may change.
"""

import httpx
import jwt

from navigator import clock
from navigator.outbox.rendered_message import BackendUnavailable, DeliveryRefused, RenderedMessage
from navigator.settings import settings

TIMEOUT = 10
_UUID = 36


def send(parcel: RenderedMessage) -> None:
    """Hand a parcel to Notify, to be sent as a text message."""
    asked = {
        "phone_number": parcel.address.to,
        "template_id": settings().notify_template,
        "personalisation": {"message": parcel.words.text},
        "reference": str(parcel.letter_id),
    }
    try:
        answer = httpx.post(
            settings().notify_url.rstrip("/") + "/v2/notifications/sms",
            json=asked,
            headers={"Authorization": f"Bearer {_token()}"},
            timeout=TIMEOUT,
        )
    except httpx.HTTPError as failed:
        raise BackendUnavailable(f"Notify: {type(failed).__name__}") from None
    if answer.status_code == httpx.codes.CREATED:
        return
    if "ValidationError" in _errors(answer):
        raise DeliveryRefused(f"Notify: {answer.status_code} ValidationError", for_good=True)
    # A wrong key, a service on trial or a spent allowance is no fault of the letter.
    raise BackendUnavailable(f"Notify: {answer.status_code} {' '.join(_errors(answer))}".rstrip())


def _token() -> str:
    key = settings().notify_key.get_secret_value()
    service, secret = key[-2 * _UUID - 1 : -_UUID - 1], key[-_UUID:]
    return jwt.encode({"iss": service, "iat": int(clock.now().timestamp())}, secret, algorithm="HS256")


def _errors(answer: httpx.Response) -> list[str]:
    """The types of the errors in an answer; none if it does not say."""
    try:
        return [str(error["error"]) for error in answer.json()["errors"]]
    except (ValueError, KeyError, TypeError):
        return []
