"""The API application: its routers, and the check of the content type."""

import re

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from api import (
    absences,
    admin_settings,
    api_keys,
    bulk,
    categories,
    clinical_reviews,
    insight,
    known_problems,
    next_sessions,
    people,
    reports,
    services,
    ticket_actions,
    tickets,
    training,
    workload,
)
from api.errors import error_responses, register_error_handlers
from api.json_body import JsonBody
from api.openapi import DESCRIPTION, TAGS, Api

_JSON = re.compile(r"application/([^+]+\+)?json")


async def _json_only(request: Request) -> None:
    """Refuse a body whose content type is not JSON, rather than ignore it."""
    length = request.headers.get("content-length", "0")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not _JSON.fullmatch(kind) and (length != "0" or "transfer-encoding" in request.headers):
        raise HTTPException(415)


def _operation_id(route: APIRoute) -> str:
    return route.name


app = Api(
    title="Navigator Desk API",
    version="1",
    description=DESCRIPTION,
    openapi_tags=[{"name": name, "description": text} for name, text in TAGS.items()],
    docs_url=None,  # its page would be fetched from elsewhere
    redoc_url=None,
    redirect_slashes=False,
    generate_unique_id_function=_operation_id,
    dependencies=[Depends(_json_only)],
    responses=error_responses(400, 408, 413, 415, 422, 500, 503),
)
for module in (
    services,
    categories,
    reports,
    tickets,
    ticket_actions,
    bulk,
    workload,
    clinical_reviews,
    known_problems,
    next_sessions,
    training,
    insight,
    admin_settings,
    people,
    absences,
    api_keys,
):
    app.include_router(module.router)
register_error_handlers(app)
app.add_middleware(JsonBody)
