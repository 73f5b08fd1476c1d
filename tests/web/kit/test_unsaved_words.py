"""Words that could not be saved stand on the page that says so, to be sent again; no secret does."""

from collections.abc import Iterator
from datetime import date
from typing import Literal

import pytest
from pydantic import BaseModel, Field
from sqlalchemy.exc import OperationalError

from navigator.fields import Id
from navigator.people.access_rules import LOCK_MINUTES
from tests.page_visitor import Visitor
from web.app import Desk
from web.kit import form_marks
from web.kit.error_pages import register_error_handlers
from web.kit.forms import ReadForm

pytestmark = pytest.mark.sqlite_is_enough

WORDS = "She tried it twice."
STILL_HERE = "Your words are still here."
WITH_WORDS = ("/tickets/1/reply", "/log-in-alarms/1/outage")
READ = "/tickets/1/move"
WITH_SECRETS = {
    "/account/password": {"old": "s3cret"},
    "/people/1": {"name": "Ada", "password": "s3cret"},
    "/second-step/check": {"code": "s3cret"},
    "/unlock": {"code": "s3cret"},
    "/unlock/passkey": {"answer": "s3cret"},
    "/log-in/with/nhs/answer": {"code": "s3cret", "state": "s3cret"},
}


class Moved(BaseModel):
    """A form with a field of each sort."""

    body: str = Field(default="", title="the reply")
    reach_by: Literal["text", "secure_mail"] = Field(default="text", title="how to write to them")
    on: date | None = Field(default=None, title="the day")
    share: Id | None = Field(default=None, title="who sees it")
    support_code: str = Field(default="", title="the support code")
    hours: list[str] = Field(default_factory=list)


@pytest.fixture
def visitor() -> Iterator[Visitor]:
    desk = Desk()
    register_error_handlers(desk)

    def save(form: ReadForm) -> None:
        raise OperationalError("disk full", {}, Exception())

    def save_read(form: ReadForm) -> None:
        form.read(Moved)
        save(form)

    desk.post(READ)(save_read)
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


def shown(visitor: Visitor) -> list[tuple[str, str]]:
    """What stands on the page of what was written, each with its label."""
    texts = visitor.page.css("main form .nhsuk-inset-text")
    labels = [each.prev.text(strip=True) if each.prev and each.prev.tag == "p" else "" for each in texts]
    return list(zip(labels, (each.text(strip=True) for each in texts), strict=True))


def test_each_stands_under_its_label_single_words_and_choices_too(visitor: Visitor):
    visitor.post(READ, data={
        "body": "Reset", "reach_by": "secure_mail", "on-day": "3", "on-month": "5", "on-year": "2026",
        "share": "7", "support_code": "s3cret", "hours": ["9 to 5", "10 to 2"], "version": "3", "once": "m1",
    })  # fmt: skip
    assert shown(visitor) == [
        ("The reply", "Reset"),
        ("How to write to them", "secure mail"),
        ("The day", "3 5 2026"),
        ("Hours", "9 to 5, 10 to 2"),
    ]


def test_where_the_form_was_not_read_the_file_of_its_route_says_the_labels(visitor: Visitor):
    """The database failed before the route began; what has no label there is shown without one."""
    visitor.post("/tickets/1/reply", data={"body": "Reset", "other": "Tomorrow", "more": "7"})
    assert shown(visitor) == [("The reply", "Reset"), ("", "Tomorrow")]


def test_the_page_of_a_colleague_locks_and_says_where_its_words_are_kept(visitor: Visitor):
    mark = form_marks.mint("user 1")
    visitor.post("/tickets/1/reply", data={"body": WORDS, "once": mark})
    lock = visitor.one("[data-locks-after]")
    assert lock.attributes["data-locks-after"] == str(60 * LOCK_MINUTES)
    assert "data-unsaved" in visitor.one("main form").attributes
    visitor.post("/tickets/1/reply", data={"body": WORDS, "once": form_marks.mint("reporter 1")})
    assert not visitor.page.css("[data-locks-after]")
