"""An index of routes by the first part of their path: a request looks through few of them, not all."""

from collections.abc import Sequence

from starlette.routing import BaseRoute, Mount, Route, Router
from starlette.types import ASGIApp, Receive, Scope, Send


class PathIndex:
    """What answers a request: the routes that begin as its path does, in their order; else `otherwise`."""

    def __init__(self, routes: Sequence[BaseRoute], otherwise: ASGIApp) -> None:
        self.otherwise = otherwise
        by_part: dict[str, list[BaseRoute]] = {}
        for route in routes:
            if not isinstance(route, Route | Mount) or (part := first_part(route.path)).startswith("{"):
                raise ValueError(f"a route whose path begins with nothing that is known: {route}")
            by_part.setdefault(part, []).append(route)
        self.routers = {
            part: Router(own_routes, redirect_slashes=False) for part, own_routes in by_part.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the routes that may answer it."""
        router = self.routers.get(first_part(scope["path"])) if scope["type"] == "http" else None
        await (router or self.otherwise)(scope, receive, send)


def first_part(path: str) -> str:
    """What stands before the second slash of a path."""
    return path.split("/", 2)[1] if path.startswith("/") else path
