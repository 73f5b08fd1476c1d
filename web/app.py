"""The one application: pages, static files, and the API mounted beside them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from starlette.types import ASGIApp

from api.app import app as api
from navigator import schedule
from web import (
    absences,
    account,
    administration,
    beginning,
    bulk,
    changing,
    configuration,
    counter,
    follow,
    handovers,
    health,
    home,
    insight,
    keyring,
    live,
    login,
    outages,
    people,
    poster,
    problems,
    queue,
    report,
    saved_views,
    search,
    shares,
    start,
    ticket,
    training,
    training_sessions,
    writing,
)
from web.guard import LARGEST_BODY, Guard
from web.logbook import Logbook
from web.pages import PRODUCT
from web.refusals import put_up
from web.shelf import STATIC


class Desk(FastAPI):
    """An application whose guard and logbook stand outside everything, so that no error page escapes them."""

    def build_middleware_stack(self) -> ASGIApp:
        """FastAPI's own stack, with the guard and the logbook before it."""
        return Logbook(Guard(super().build_middleware_stack()))


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    scheduler = schedule.start()
    yield
    scheduler.stop()


app = Desk(title=PRODUCT, openapi_url=None, max_body_size=LARGEST_BODY, lifespan=_lifespan)
app.mount("/static", STATIC)
app.mount("/api/v1", api)
for place in (
    start,
    report,
    follow,
    login,
    home,
    poster,
    account,
    people,
    absences,
    beginning,
    administration,
    keyring,
    configuration,
    changing,
    outages,
    problems,
    counter,
    queue,
    shares,
    bulk,
    saved_views,
    search,
    writing,
    ticket,
    handovers,
    training,
    training_sessions,
    insight,
    live,
    health,
):
    app.include_router(place.router)
put_up(app)
