"""Error responses of the API: problem details (RFC 9457), never a stack trace or a value."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from api.schemas import EventOut
from navigator import database
from navigator.errors import NotLoggedIn, Refused, Stale, TooMany, Unavailable
from navigator.people.reporter import number_of
from navigator.tickets.detail import changes_since

MEDIA_TYPE = "application/problem+json"
MAX_ERRORS = 50
_HEADERS: dict[type[Refused], dict[str, str]] = {
    NotLoggedIn: {"WWW-Authenticate": "Bearer"},
    TooMany: {"Retry-After": "3600"},
    Unavailable: {"Retry-After": "300"},
}
_PLAIN_MESSAGES = {
    "missing": "This is needed.",
    "extra_forbidden": "There is no such field.",
    "string_pattern_mismatch": "This is not in the right format.",
    "string_too_short": "This must not be empty.",
}

log = structlog.get_logger("desk.api")


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457): why a request was refused. Nothing was changed."""

    type: str = "about:blank"
    title: str = Field(examples=["Unprocessable Entity"])
    status: int = Field(examples=[422])
    detail: str | None = Field(default=None, examples=["There is a problem"])
    errors: dict[str, str] | None = Field(
        default=None,
        description="What is wrong, by field",
        examples=[{"contact.email": "Enter the email address that we should write to"}],
    )
    changes: list[EventOut] | None = Field(
        default=None, description="409 for an old `version`: what others did to the ticket since"
    )


def error_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For a route's `responses`: the error responses that it may return."""
    return {
        status: {"model": ProblemDetails, "description": HTTPStatus(status).phrase} for status in statuses
    }


def register_error_handlers(app: FastAPI) -> None:
    """Register the exception handlers of the application."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(Stale, _stale)
    app.add_exception_handler(HTTPException, _by_status)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Exception, _internal_error)
    for error_type in database.STORAGE_DOWN:
        app.add_exception_handler(error_type, _database_down)


def problem_response(status: int, headers: Mapping[str, str] | None = None, **members: Any) -> Response:
    """A response with problem details."""
    body = ProblemDetails(title=HTTPStatus(status).phrase, status=status, **members).model_dump(mode="json")
    said = {name: value for name, value in body.items() if value is not None}
    return JSONResponse(said, status, headers, media_type=MEDIA_TYPE)


def _refused(_request: Request, refused: Any) -> Response:
    headers = next(
        (headers for error_type, headers in _HEADERS.items() if isinstance(refused, error_type)), None
    )
    return problem_response(refused.status, headers, detail=refused.message, errors=refused.fields or None)


def _stale(request: Request, stale: Any) -> Response:
    if (number := number_of(str(request.path_params.get("number", "")))) is None:
        return _refused(request, stale)
    with database.reading() as session:
        events = changes_since(session, request.state.actor, number, stale.seen)
        changes = [EventOut.model_validate(event) for event in events]
    return problem_response(stale.status, detail=stale.message, changes=changes)


def _by_status(_request: Request, error: Any) -> Response:
    return problem_response(error.status_code, error.headers)


def _invalid(_request: Request, invalid: Any) -> Response:
    errors = invalid.errors()
    if any(error["type"] == "json_invalid" for error in errors):
        return problem_response(400, detail="The body is not JSON.")
    fields = {_field_name(error["loc"]): _message(error) for error in reversed(errors[:MAX_ERRORS])}
    return problem_response(422, detail="There is a problem", errors=fields)


def _field_name(loc: tuple[Any, ...]) -> str:
    """The name of a field, cut and cleaned: the name of an unknown one comes from the caller."""
    name = ".".join(map(str, loc[1:])) or str(loc[0])
    return name[:100].encode("utf-8", "replace").decode()


def _message(error: Mapping[str, Any]) -> str:
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    return _PLAIN_MESSAGES.get(error["type"]) or str(error["msg"])


def _database_down(_request: Request, error: Exception) -> Response:
    log.error("storage is down", error=type(error).__name__)
    return problem_response(503, _HEADERS[Unavailable], detail="The desk is not working at the moment.")


def _internal_error(_request: Request, _raised: Exception) -> Response:
    return problem_response(500)
