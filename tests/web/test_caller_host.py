"""No host comes from the caller: not in a redirect, a page, a header or a letter (11.D3, 11.F12)."""

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from navigator.outbox.outbox_message import OutboxMessage
from tests.cases import each_case
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import report
from tests.web.test_route_access import ENDING, OURS, UNSAFE, everything, filled, stranger
from web.app import app

__all__ = ["everything", "stranger"]

EVIL = "evil.example"
FOREIGN = {"host": EVIL, "x-forwarded-host": EVIL, "x-forwarded-proto": "gopher", "forwarded": f"host={EVIL}"}


@each_case("path", [path + end for path in ENDING for end in ("", "/") if path != "/"])
def test_no_page_says_the_host_that_it_was_asked_by(everything: TestClient, path: str):
    answer = everything.get(filled(path), headers=FOREIGN)
    assert EVIL not in str(answer.headers) + answer.text
    assert answer.headers.get("location", "/").startswith("/")


@each_case(("method", "path"), [(method, path + "/") for method, path, _ in UNSAFE])
def test_no_answer_to_a_form_does(everything: TestClient, method: str, path: str):
    answer = everything.request(method, filled(path), headers=FOREIGN | OURS)
    assert EVIL not in str(answer.headers) + answer.text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("/report/", "/report"),
        ("/report/?service=north", "/report?service=north"),
        ("/t/TOKEN/", "/t/TOKEN"),
        ("/report//", "/report"),
        ("//evil.example/", "/evil.example"),
        ("/%5Cevil.example/", "/%5Cevil.example"),
        ("/%0D%0Aset-cookie=x/", "/%0D%0Aset-cookie%3Dx"),
        ("/a%3Fb%25/", "/a%3Fb%25"),
    ],
)
def test_a_slash_too_many_leads_to_the_page_itself(path: str, leads_to: str):
    visitor = TestClient(app, follow_redirects=False, base_url="http://testserver")
    answer = visitor.get(f"http://testserver{path}")
    assert (answer.status_code, answer.headers["location"]) == (307, leads_to)


@pytest.mark.parametrize("host", ["evil.example/elsewhere?", "x//evil.example/", "evil.example#", ""])
def test_a_host_that_is_none_changes_no_address_of_ours(host: str):
    """A path was cut out of an address that began with whatever the caller says that our name is."""
    visitor = TestClient(app, follow_redirects=False)
    asked = visitor.get("/desk?view=mine", headers={"host": host})
    assert asked.headers["location"] == "/log-in?next=%2Fdesk%3Fview%3Dmine"
    old = visitor.get("/hand-overs?only=open", headers={"host": host})
    assert old.headers["location"] == "/clinical-reviews?only=open"


def test_neither_the_receipt_nor_a_letter_says_it(session: Session, people: People):
    visitor = Visitor(app)
    visitor.headers["host"] = EVIL
    link = report(visitor)
    assert link.startswith("/t/")
    assert EVIL not in visitor.text
    letters = session.exec(select(OutboxMessage)).all()
    assert letters
    assert EVIL not in str([letter.model_dump() for letter in letters])
