"""An index of routes by the first part of their path: a request looks through few of them, not all."""

from collections.abc import Callable, Sequence
from threading import Lock

from anyio import to_thread
from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class PathIndex:
    """What answers a request: the routes that begin as its path does, in their order; else `otherwise`.

    `more` are routes that are imported, one part after the other, when somebody asks for a path that none
    of those before begins with.
    """

    def __init__(
        self,
        routes: Sequence[BaseRoute],
        otherwise: ASGIApp,
        more: Sequence[Callable[[], Sequence[BaseRoute]]] = (),
    ) -> None:
        self.otherwise = otherwise
        self.routers = _routers(routes)
        self._more, self._lock = list(more), Lock()

    def load(self, part: str) -> None:
        """Import other routes, once, until some begin with this part: none begins as one of the first."""
        with self._lock:
            while self._more and part not in self.routers:
                others = _routers(self._more[0]())
                if both := others.keys() & self.routers.keys():
                    raise ValueError(f"paths of which only some are found at once: {both}")
                self.routers = self.routers | others
                del self._more[0]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the routes that may answer it."""
        router = await self._router(first_part(scope["path"])) if scope["type"] == "http" else None
        await (router or self.otherwise)(scope, receive, send)

    async def _router(self, part: str) -> Router | None:
        if part not in self.routers and self._more:
            await to_thread.run_sync(self.load, part)
        return self.routers.get(part)


def _routers(routes: Sequence[BaseRoute]) -> dict[str, Router]:
    by_part: dict[str, list[BaseRoute]] = {}
    for route in routes:
        if not isinstance(route, Route | Mount) or (part := first_part(route.path)).startswith("{"):
            raise ValueError(f"a route whose path begins with nothing that is known: {route}")
        by_part.setdefault(part, []).append(route)
    return {part: Router(own_routes, redirect_slashes=False) for part, own_routes in by_part.items()}


def first_part(path: str) -> str:
    """What stands before the second slash of a path."""
    return path.split("/", 2)[1] if path.startswith("/") else path
