"""What GOV.UK Notify calls: receipts of texts that we sent, and texts that people sent.

It proves itself by the bearer token that was given to it. What it says is noted or kept, committed, and then
it is told so; else it calls again. Nothing of it is in an address, a log or an answer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, ValidationError
from sqlmodel import Session
from starlette.responses import Response

from navigator.errors import Unavailable
from navigator.mail_in.texts import ReceivedText, take_text
from navigator.outbox.govuk_notify import is_theirs
from navigator.outbox.receipts import Receipt, note_receipt
from navigator.people.rate_limit import Limit, hit
from navigator.request_dependencies import open_to_write
from web.kit.deps import Address, Router, public

router = Router(prefix="/api/notify", dependencies=[public])

WRONG_TOKENS = Limit(30, timedelta(hours=1))
LARGEST_CALL = 50_000
Said = TypeVar("Said", bound=BaseModel)


@dataclass(frozen=True)
class Call:
    """A call as it came."""

    authorization: str
    address: str
    body: bytes

    def answer(self, session: Session, model: type[Said], take: Callable[[Session, Said], None]) -> Response:
        """Do what it says, if it is Notify’s, and say by the status alone what became of it."""
        if not is_theirs(self.authorization):
            return Response(status_code=401 if self._may_try(session) else 429)
        if len(self.body) > LARGEST_CALL:
            return Response(status_code=413)
        try:
            take(session, model.model_validate_json(self.body))
        except ValidationError:
            return Response(status_code=400)
        except Unavailable:
            return Response(status_code=503)
        return Response(status_code=204)

    def _may_try(self, session: Session) -> bool:
        return hit(session, "notify callback", self.address, WRONG_TOKENS)


async def _call(request: Request, address: Address) -> Call:
    return Call(request.headers.get("authorization", ""), address, await request.body())


Called = Annotated[Call, Depends(_call)]
Noting = Annotated[Session, Depends(open_to_write)]


@router.post("/receipts")
def receipt(call: Called, session: Noting) -> Response:
    """What became of a text."""
    return call.answer(session, Receipt, note_receipt)


@router.post("/texts")
def text(call: Called, session: Noting) -> Response:
    """A text that somebody sent."""
    return call.answer(session, ReceivedText, take_text)
