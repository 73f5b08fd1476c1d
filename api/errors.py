"""What a caller is told when it cannot be done: a problem body (RFC 9457), never a trace or a value."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.schemas import Change
from navigator import database
from navigator.errors import NotLoggedIn, Refused, Stale, TooMany, Unavailable
from navigator.tickets.detail import changes_since

MEDIA_TYPE = "application/problem+json"
MOST_ERRORS = 50
_HEADERS: dict[type[Refused], dict[str, str]] = {
    NotLoggedIn: {"WWW-Authenticate": "Bearer"},
    TooMany: {"Retry-After": "3600"},
    Unavailable: {"Retry-After": "300"},
}
_PLAINER = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "string_pattern_mismatch": "This is not in the right format.",
    "string_too_short": "This must not be empty.",
}

log = structlog.get_logger("desk.api")


class Problem(BaseModel):
    """Why a request was refused. Nothing was changed."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str | None = Field(default=None, examples=["There is a problem"])
    errors: dict[str, str] | None = Field(
        default=None,
        description="What is wrong, by field",
        examples=[{"contact.email": "Enter the email address that we should write to"}],
    )
    changes: list[Change] | None = Field(
        default=None, description="409 for an old `version`: what others did to the ticket since"
    )


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the refusals that it may answer with."""
    return {status: {"model": Problem, "description": HTTPStatus(status).phrase} for status in statuses}


def register_error_handlers(app: FastAPI) -> None:
    """Tell an application how to answer whatever may go wrong in it."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Stale, _stale)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _our_mistake)
    for down in database.STORAGE_DOWN:
        app.add_exception_handler(down, _storage_is_down)


def answer(status: int, headers: Mapping[str, str] | None = None, **more: Any) -> Response:
    """A problem body."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, **more).model_dump(
        mode="json", exclude_none=True
    )
    return JSONResponse(body, status, headers, media_type=MEDIA_TYPE)


def _refused(_request: Request, refused: Any) -> Response:
    headers = next((given for kind, given in _HEADERS.items() if isinstance(refused, kind)), None)
    return answer(refused.status, headers, detail=refused.message, errors=refused.fields or None)


def _stale(request: Request, stale: Any) -> Response:
    if (number := request.path_params.get("number")) is None:
        return _refused(request, stale)
    with database.reading() as session:
        events = changes_since(session, request.state.actor, int(number), stale.seen)
        changes = [Change.model_validate(event) for event in events]
    return answer(stale.status, detail=stale.message, changes=changes)


def _by_status(_request: Request, raised: Any) -> Response:
    return answer(raised.status_code, raised.headers)


def _invalid(_request: Request, invalid: Any) -> Response:
    errors = invalid.errors()
    if any(error["type"] == "json_invalid" for error in errors):
        return answer(400, detail="The body is not JSON.")
    fields = {_field(error["loc"]): _words(error) for error in reversed(errors[:MOST_ERRORS])}
    return answer(422, detail="There is a problem", errors=fields)


def _field(loc: tuple[Any, ...]) -> str:
    """The name of a field, as far as an answer can hold it: whoever sends an unknown one named it."""
    name = ".".join(map(str, loc[1:])) or str(loc[0])
    return name[:100].encode("utf-8", "replace").decode()


def _words(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _PLAINER.get(error["type"]) or str(error["msg"])


def _storage_is_down(_request: Request, raised: Exception) -> Response:
    log.error("storage is down", error=type(raised).__name__)
    return answer(503, _HEADERS[Unavailable], detail="The desk is not working at the moment.")


def _our_mistake(_request: Request, _raised: Exception) -> Response:
    return answer(500)
