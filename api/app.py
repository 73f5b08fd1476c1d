"""The API: its rooms, what it says of itself, and what it takes at all."""

import re
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import (
    appointments,
    categories,
    hand_overs,
    insight,
    keys,
    people,
    places,
    problem_records,
    reports,
    settings,
    tickets,
    training,
    verbs,
)
from api.problems import MEDIA_TYPE, problems, put_up

DESCRIPTION = """
Report problems with an online programme, follow them, and put them right: the same use cases as the pages.

* `GET /services`, `GET /categories` and `POST /reports` need no key.
* Everything else needs a service's key, sent as `Authorization: Bearer ndk_…`. A key acts in one service with
  one role. The last part of a reporter's private link is a key to that reporter's one ticket.
* What cannot be done is answered by a problem body (RFC 9457) that names the fields at fault.
* Times are UTC. Text may be up to 5,000 characters long.
* Any text may be about risk. It is read by a screen, never refused for it, and a clinician is told.
"""


_JSON = re.compile(r"application/([^+]+\+)?json")


def _json_only(request: Request) -> None:
    """Refuse a body that is not JSON, rather than overlook it."""
    length = request.headers.get("content-length", "0")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not _JSON.fullmatch(kind) and (length != "0" or "transfer-encoding" in request.headers):
        raise HTTPException(415)


class Api(FastAPI):
    """An application that describes its refusals as what they are: problem bodies."""

    def openapi(self) -> dict[str, Any]:
        """The description of all routes, made once."""
        if self.openapi_schema is None:
            described = super().openapi()
            for path in described["paths"].values():
                for operation in path.values():
                    _as_problems(operation["responses"])
            for schema in described["components"]["schemas"].values():
                _without_words_of_forms(schema)
        return super().openapi()


def _as_problems(responses: dict[str, Any]) -> None:
    for status, response in responses.items():
        if status >= "400":
            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}


def _without_words_of_forms(schema: dict[str, Any]) -> None:
    for field in schema.get("properties", {}).values():
        field.pop("words", None)


def _name(route: APIRoute) -> str:
    return route.name


app = Api(
    title="Navigator Desk API",
    version="1",
    description=DESCRIPTION,
    docs_url=None,  # its page would be fetched from elsewhere
    redoc_url=None,
    redirect_slashes=False,
    generate_unique_id_function=_name,
    dependencies=[Depends(_json_only)],
    responses=problems(400, 413, 415, 422, 500, 503),
)
for room in (
    places,
    categories,
    reports,
    tickets,
    verbs,
    hand_overs,
    problem_records,
    appointments,
    training,
    insight,
    settings,
    people,
    keys,
):
    app.include_router(room.router)
put_up(app)
