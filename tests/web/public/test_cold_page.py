"""What a phone that was never here loads for its first page: few bytes, and no script that is not used."""

import re

import pytest

from tests.page_visitor import Visitor
from tests.people import People
from web.app import app

MOST_BYTES = 60_000
"""Of the first page with all that it loads, compressed as it is sent."""
FOR_EVERY_PAGE = "desk.js"


def sent_bytes(visitor: Visitor, path: str) -> int:
    """How many bytes of an address are sent to a browser that takes them compressed."""
    with visitor.stream("GET", path, headers={"accept-encoding": "gzip"}) as response:
        assert response.status_code == 200
        return sum(len(part) for part in response.iter_raw())


@pytest.mark.parametrize("path", ["/", "/report", "/help", "/check", "/card", "/lost-link", "/privacy"])
def test_the_first_page_is_small_and_loads_one_script(people: People, path: str) -> None:
    visitor = Visitor(app)
    page = visitor.get(path).text
    loaded = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page))
    assert loaded
    assert sum(sent_bytes(visitor, each) for each in {path, *loaded}) <= MOST_BYTES
    scripts = {each.rpartition("/")[2] for each in loaded if each.endswith(".js")}
    assert scripts <= {FOR_EVERY_PAGE}
