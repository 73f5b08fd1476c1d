"""Every door of an application: its methods, paths and routes, for tests that try all of them."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import FastAPI
from fastapi.routing import RouteContext, iter_route_contexts
from starlette.routing import Mount


def doors(of: FastAPI) -> Iterator[tuple[str, str, RouteContext]]:
    """Every method, path and route of an application and of what is mounted in it."""
    yield from _doors(of.routes, "")


def _doors(routes: Iterable[Any], under: str) -> Iterator[tuple[str, str, RouteContext]]:
    for route in iter_route_contexts(list(routes)):
        original = route.original_route
        if isinstance(original, Mount):
            yield from _doors(getattr(original.app, "routes", ()), under + original.path)
        for method in sorted(route.methods or ()):
            yield method, under + (route.path or ""), route
