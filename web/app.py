"""The FastAPI application: pages, static files, middleware, and the API mounted beside them."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from threading import Event, Timer
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.gzip import GZipMiddleware
from starlette.routing import BaseRoute, Mount
from starlette.types import ASGIApp

from navigator import database, safe_logging
from navigator.problems.public_list import problems_on_home_page
from navigator.settings import close_data_dir
from navigator.settings import settings as own_settings
from navigator.triage.load_once import load_once
from web.kit import connection, health, metrics, observation, stored_files
from web.kit.deps import identity_first
from web.kit.error_pages import register_error_handlers
from web.kit.imported_later import ImportedLater
from web.kit.path_index import PathIndex
from web.kit.process import Process
from web.kit.request_log import RequestLog
from web.kit.security import SecurityMiddleware
from web.kit.static_files import STATIC
from web.kit.templating import PRODUCT, compile_all
from web.kit.whole_body import WholeBody
from web.public import home, security_txt

log = structlog.get_logger("desk.schedule")

AGAIN = 5.0
"""Seconds until jobs that did not begin are tried again."""
LEAST_COMPRESSED = 2_000
"""Bytes of a page or an answer that is compressed."""
COMPRESSION = 6
"""Of gzip: a tenth less is sent than at 3, for 0.06 ms more of a ticket’s page and 0.2 ms of the queue."""


@load_once
def public_routes() -> list[BaseRoute]:
    """The routes for everybody but the first pages, which wait for none of them."""
    import navigator.models  # noqa: F401 - every table, a fifth of all that is imported
    from web.kit import api_docs
    from web.public_pages import routes

    routes = [*api_docs.router.routes, *routes, Mount("/api/v1", api)]  # the last is above the first
    identity_first(routes)
    return routes


@load_once
def staff_routes() -> list[BaseRoute]:
    """The routes of staff and administrators, whom those for everybody do not wait for."""
    import navigator.models  # noqa: F401 - as above
    from navigator import readiness  # noqa: F401 - each of their menus asks it
    from web.staff_pages import routes

    identity_first(routes)
    return routes


def _import_api() -> FastAPI:
    import navigator.models  # noqa: F401 - as above
    from api.app import app as api  # a fifth of all that is imported: pages do not wait for it

    identity_first(api.routes)
    return api


api = ImportedLater(_import_api)


def _api_document() -> dict[str, Any]:
    """What the API says of itself, for its page."""
    loaded: Any = api.load()
    document: dict[str, Any] = loaded.openapi()
    return document


FIRST_PAGES = 0.3
"""Seconds in which whoever asks first has the process to themselves."""


class Desk(FastAPI):
    """An application whose security middleware and access log are outermost, around the error pages too.

    It is called once the whole body of a request is here.
    """

    @property
    def routes(self) -> list[BaseRoute]:
        """All routes: those that come later are imported for whoever looks at them."""
        return [*self.router.routes, *public_routes(), *staff_routes()]

    def build_middleware_stack(self) -> ASGIApp:
        """FastAPI's own middleware stack, inside the security middleware and the access log."""
        router = self.router
        self.router = PathIndex(router.routes, router, (public_routes, staff_routes))  # type: ignore[assignment]
        app = GZipMiddleware(super().build_middleware_stack(), LEAST_COMPRESSED, COMPRESSION)
        self.router = router
        return RequestLog(SecurityMiddleware(WholeBody(app)))


def load_all() -> None:
    """Load everything that pages and jobs need, for whoever is forked from this process: one without threads.

    It has no connection then. What fails is tried again by each of them."""
    from navigator.jobs import registry  # noqa: F401
    from navigator.triage.warm_up import warm_up

    public_routes()
    staff_routes()
    api.load()
    database.configure_tables()
    try:
        warm_up()
    except Exception as error:
        log.warning("loaded without the database", error=safe_logging.exception_location(error))
    compile_all()
    with suppress(Exception):  # whoever answers meanwhile goes on
        database.close()
    gc.collect()


def _get_ready() -> None:
    """Load what the first pages can do without, so that whoever needs it does not wait for it either."""
    from navigator.triage.warm_up import warm_up

    public_routes()
    staff_routes()
    api.load()
    warm_up()
    problems_on_home_page()  # with which languages the first pages are offered in
    gc.freeze()  # what is loaded stays: it is not looked through for garbage any more
    gc.set_threshold(10_000, 20, 100)


def _begin_work(begun: list[Any], ending: Event) -> None:
    """Begin with the jobs, which are all rooms of the desk, and load what the first pages did without.

    Jobs that do not begin are tried again until they do: a desk without them sends nothing and alerts nobody.
    """
    is_begun = _begin_jobs(begun)
    try:
        _get_ready()
    except Exception as error:  # whoever asks for it loads it then
        log.error("not all is loaded", error=safe_logging.exception_location(error))
    while not is_begun and not ending.wait(AGAIN):
        is_begun = _begin_jobs(begun)


def _begin_jobs(begun: list[Any]) -> bool:
    try:
        import navigator.models  # noqa: F401 - as above
        from navigator import scheduler

        begun.append(scheduler.start())
    except Exception as error:
        log.error("jobs do not begin", error=safe_logging.exception_location(error), again_in=AGAIN)
        return False
    return True


@asynccontextmanager
async def _lifespan(_: FastAPI) -> AsyncIterator[None]:
    safe_logging.configure(own_settings().log_level, own_settings().log_format)
    connection.allow_connections()
    close_data_dir()
    begun: list[Any] = []
    ending = Event()
    getting_ready = Timer(FIRST_PAGES, _begin_work, [begun, ending])
    if Process.serves_first_pages:
        getting_ready = Timer(FIRST_PAGES, public_routes)
    getting_ready.daemon = True
    getting_ready.start()
    with observation.observing():
        yield
    ending.set()
    getting_ready.cancel()
    getting_ready.join()  # it has not begun, or is soon done
    for running in begun:
        running.stop()
    database.close()


_NO_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""FastAPI’s own would tell whole paths, and so private links, to whatever collector a host has set up."""
app = Desk(
    title=PRODUCT, openapi_url=None, redirect_slashes=False, lifespan=_lifespan, telemetry=_NO_TELEMETRY
)
app.mount("/static", STATIC)
app.state.api_document = _api_document
for module in (home, stored_files, health, metrics, security_txt):
    app.router.routes.extend(module.router.routes)  # they are whole, and so found at once
identity_first(app.router.routes)
register_error_handlers(app)
