"""Words that could not be saved stand on the page that says so, to be sent again; no secret does."""

from collections.abc import Iterator

import pytest
from sqlalchemy.exc import OperationalError

from tests.page_visitor import Visitor
from web.app import Desk
from web.kit.error_pages import register_error_handlers
from web.kit.forms import ReadForm

pytestmark = pytest.mark.sqlite_is_enough

WORDS = "She tried it twice."
STILL_HERE = "Your words are still here."
WITH_WORDS = ("/tickets/1/reply", "/log-in-alarms/1/outage")
WITH_SECRETS = {
    "/account/password": {"old": "s3cret"},
    "/people/1": {"name": "Ada", "password": "s3cret"},
    "/second-step/check": {"code": "s3cret"},
    "/unlock": {"code": "s3cret"},
    "/unlock/passkey": {"answer": "s3cret"},
    "/log-in/with/nhs/answer": {"code": "s3cret", "state": "s3cret"},
}


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    desk = Desk()
    register_error_handlers(desk)

    def save(form: ReadForm) -> None:
        raise OperationalError("disk full", {}, Exception())

    for path in (*WITH_SECRETS, *WITH_WORDS):
        desk.post(path)(save)

    with Visitor(desk, raise_server_exceptions=False) as visitor:
        yield visitor


def test_what_was_said_is_sent_again_with_its_mark(visitor: Visitor):
    said = {"body": WORDS, "once": "m1", "version": "3"}
    assert visitor.post("/tickets/1/reply", data=said).status_code == 503
    assert STILL_HERE in visitor.text
    boxes = {box.attributes["name"]: box.attributes["value"] for box in visitor.page.css("main form input")}
    assert said.items() <= boxes.items()
    assert [each.text(strip=True) for each in visitor.page.css("main .nhsuk-inset-text")] == [WORDS]


@pytest.mark.parametrize("path", WITH_SECRETS)
def test_nothing_by_which_somebody_proves_who_they_are_stands_there(visitor: Visitor, path: str):
    assert visitor.post(path, data=WITH_SECRETS[path]).status_code == 503
    assert "s3cret" not in visitor.text
    assert STILL_HERE not in visitor.text


def test_it_says_that_files_have_to_be_chosen_again(visitor: Visitor):
    """Of them digests alone came here: the words went without them, and nobody was told."""
    visitor.post("/tickets/1/reply", data={"body": WORDS, "files": "0" * 64})
    assert f"The pictures were not sent. {STILL_HERE}" in visitor.text
    assert not visitor.page.css("main form input[name=files]")
    visitor.post("/log-in-alarms/1/outage", data={"body": WORDS})
    assert "The pictures were not sent." not in visitor.text
    assert STILL_HERE in visitor.text
