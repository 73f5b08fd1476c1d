"""The API: its rooms, and what it takes at all."""

import re

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import (
    absences,
    appointments,
    bulk,
    categories,
    hand_overs,
    insight,
    keys,
    people,
    places,
    problem_records,
    reports,
    settings,
    shares,
    tickets,
    training,
    verbs,
)
from api.description import DESCRIPTION, TAGS, Api
from api.problems import problems, put_up

_JSON = re.compile(r"application/([^+]+\+)?json")


def _json_only(request: Request) -> None:
    """Refuse a body that is not JSON, rather than overlook it."""
    length = request.headers.get("content-length", "0")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not _JSON.fullmatch(kind) and (length != "0" or "transfer-encoding" in request.headers):
        raise HTTPException(415)


def _name(route: APIRoute) -> str:
    return route.name


app = Api(
    title="Navigator Desk API",
    version="1",
    description=DESCRIPTION,
    openapi_tags=[{"name": name, "description": said} for name, said in TAGS.items()],
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
    bulk,
    shares,
    hand_overs,
    problem_records,
    appointments,
    training,
    insight,
    settings,
    people,
    absences,
    keys,
):
    app.include_router(room.router)
put_up(app)
