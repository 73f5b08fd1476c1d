"""Every page is found by the first part of its path, as it would be among all routes."""

from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Host, Match, Route
from starlette.testclient import TestClient

from tests.cases import each_case
from tests.web.test_route_access import DOORS, filled
from web.app import app
from web.kit.path_index import PathIndex, first_part

INDEX = PathIndex(app.routes, app.router)


@each_case(("method", "path", "route"), [door for door in DOORS if not door[1].startswith("/api/")])
def test_the_same_route_answers(method: str, path: str, route: Any):
    assert first_match(INDEX.routers[first_part(path)].routes, method, filled(path)) is first_match(
        app.routes, method, filled(path)
    )


def first_match(routes: Any, method: str, path: str) -> Any:
    scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
    return next(route for route in routes if route.matches(scope)[0] is Match.FULL)


def test_what_begins_with_nothing_known_goes_on():
    index = PathIndex([Route("/here", PlainTextResponse("here"))], PlainTextResponse("elsewhere"))
    client = TestClient(index)
    assert [client.get(path).text for path in ("/here", "/there", "/")] == ["here", "elsewhere", "elsewhere"]


@pytest.mark.parametrize(
    "route", [Route("/{any}", PlainTextResponse("x")), Host("x", PlainTextResponse("x"))]
)
def test_a_route_that_could_answer_everything_is_refused(route: Any):
    with pytest.raises(ValueError, match="begins with nothing that is known"):
        PathIndex([route], PlainTextResponse("elsewhere"))


def test_other_routes_are_imported_once_somebody_asks_for_one():
    """13: and what is found at once waits for none of them."""
    asked: list[str] = []

    def part(name: str) -> list[Route]:
        asked.append(name)
        return [Route(f"/{name}", PlainTextResponse(name))]

    parts = [lambda: part("there"), lambda: part("beyond")]
    index = PathIndex([Route("/here", PlainTextResponse("here"))], PlainTextResponse("elsewhere"), parts)
    client = TestClient(index)
    assert (client.get("/here").text, asked) == ("here", [])
    assert (client.get("/there").text, asked) == ("there", ["there"])
    for path, says in (
        ("/nowhere", "elsewhere"),
        ("/beyond", "beyond"),
        ("/there", "there"),
        ("/x", "elsewhere"),
    ):
        assert (client.get(path).text, asked) == (says, ["there", "beyond"])


def test_a_path_that_is_only_partly_found_is_refused():
    """13: what is imported later would never answer."""
    here = Route("/here", PlainTextResponse("here"))
    index = PathIndex([here], PlainTextResponse("elsewhere"), [lambda: [here]])
    with pytest.raises(ValueError, match="only some"):
        index.load("there")
