"""What carriers of texts call: what became of texts that we sent, and texts that people sent.

GOV.UK Notify proves itself by the bearer token that was given to it, NHS Notify by a key and a signature.
What they say is noted or kept, committed, and then they are told so; else they call again. Nothing of it is
in an address, a log or an answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.datastructures import Headers
from starlette.responses import Response

from navigator.errors import Unavailable
from navigator.mail_in.texts import ReceivedText, take_text
from navigator.outbox import nhs_notify_statuses
from navigator.outbox.govuk_notify import is_theirs
from navigator.outbox.nhs_notify_statuses import Statuses, note_statuses
from navigator.outbox.receipts import Receipt, note_receipt
from navigator.people.rate_limit import Limit, hit
from navigator.request_dependencies import open_to_write
from web.kit.deps import Address, Router, public

router = Router(prefix="/api", dependencies=[public])

WRONG_TOKENS = Limit(30, timedelta(hours=1))
LARGEST_CALL = 50_000
Said = TypeVar("Said", bound=BaseModel)


@dataclass(frozen=True)
class Call:
    """A call as it came."""

    headers: Headers
    address: str
    body: bytes

    @property
    def has_token(self) -> bool:
        """Whether it has the token of GOV.UK Notify."""
        return is_theirs(self.headers.get("authorization", ""))

    @property
    def has_key(self) -> bool:
        """Whether it has the key of NHS Notify."""
        return nhs_notify_statuses.has_key(self.headers.get("x-api-key", ""))

    @property
    def is_signed(self) -> bool:
        """Whether it has NHS Notify’s signature of these very bytes."""
        signature = self.headers.get("x-hmac-sha256-signature", "")
        return nhs_notify_statuses.is_signed(self.body, signature)

    def refuse(self, session: Session, status: int) -> Response:
        """Refuse somebody else; whoever guesses is refused otherwise."""
        may_try = hit(session, "notify callback", self.address, WRONG_TOKENS)
        return Response(status_code=status if may_try else 429)

    def answer(
        self, session: Session, model: type[Said], take: Callable[[Session, Said], None], done: int = 204
    ) -> Response:
        """Do what it says, and say by the status alone what became of it."""
        if len(self.body) > LARGEST_CALL:
            return Response(status_code=413)
        try:
            take(session, model.model_validate_json(self.body))
        except ValidationError:
            return Response(status_code=400)
        except Unavailable:
            return Response(status_code=503)
        return Response(status_code=done)


async def _call(request: Request, address: Address) -> Call:
    return Call(request.headers, address, await request.body())


Called = Annotated[Call, Depends(_call)]
Noting = Annotated[Session, Depends(open_to_write)]


@router.post("/notify/receipts")
def receipt(call: Called, session: Noting) -> Response:
    """What became of a text."""
    return call.answer(session, Receipt, note_receipt) if call.has_token else call.refuse(session, 401)


@router.post("/notify/texts")
def text(call: Called, session: Noting) -> Response:
    """A text that somebody sent."""
    return call.answer(session, ReceivedText, take_text) if call.has_token else call.refuse(session, 401)


@router.post("/nhs-notify/statuses")
def statuses(call: Called, session: Noting) -> Response:
    """What became of texts, as NHS Notify says it: the key first, then the signature, as it asks."""
    if not (call.has_key and call.is_signed):
        return call.refuse(session, 403 if call.has_key else 401)
    return call.answer(session, Statuses, note_statuses, done=202)
