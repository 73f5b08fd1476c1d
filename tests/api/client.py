"""A caller of the API: every answer it gets is held against what the API says of itself."""

import re
from functools import cache
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from api.app import app as api
from web.app import app

HERE = "/api/v1"


class Caller(TestClient):
    """Another system, with a key or without; it fails a test that answers what was never promised.

    Do not use it in a `with`: that would start the jobs.
    """

    def __init__(self, key: str | None = None, **kwargs: Any) -> None:
        headers = {"authorization": f"Bearer {key}"} if key else {}
        super().__init__(app, base_url=f"http://testserver{HERE}", headers=headers, **kwargs)

    def request(self, *args: Any, **kwargs: Any) -> Response:
        """Ask, and check the answer."""
        response = super().request(*args, **kwargs)
        checked(response)
        return response


def checked(response: Response) -> None:
    """Hold an answer against the description of its route, and a refusal against RFC 9457."""
    kind = response.headers.get("content-type", "") if response.content else ""
    if response.status_code >= 400:
        body = response.json()
        assert kind == "application/problem+json", response.text
        assert (body["type"], body["status"]) == ("about:blank", response.status_code)
        assert body["title"]
    promised = _promised(response.request.method, response.request.url.path.removeprefix(HERE))
    assert promised is None or (str(response.status_code), kind) in promised, (promised, response.text)


def _promised(method: str, path: str) -> set[tuple[str, str]] | None:
    """The statuses and kinds of answer that a route is described with; None where there is no such route."""
    for pattern, operations in _paths():
        if pattern.fullmatch(path) and method.lower() in operations:
            responses = operations[method.lower()]["responses"]
            return {(status, kind) for status, one in responses.items() for kind in one.get("content", [""])}
    return None


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    paths = api.openapi()["paths"]
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), paths[path]) for path in paths]
