"""The page of the API: everything that the document says is on it, without anything from elsewhere."""

import re

import pytest

from api.app import app as api
from tests.page_visitor import Visitor
from web.app import app
from web.kit.api_reference import groups

DOCUMENT = api.openapi()


def test_every_operation_is_listed_and_described(people: object) -> None:
    visitor = Visitor(app)
    visitor.get("/api/v1/docs")
    index = visitor.text
    for group in groups(DOCUMENT):
        page = visitor.get(f"/api/v1/docs/{group.slug}").text
        assert 'src="http' not in page
        for operation in group.operations:
            assert f'id="{operation.id}"' in page
            assert operation.path in page
            assert operation.path in index
        anchors = set(re.findall(r'href="#shape-(\w+)"', page))
        assert anchors <= {shape.name for shape in group.shapes}
    assert sum(len(group.operations) for group in groups(DOCUMENT)) == sum(
        map(len, DOCUMENT["paths"].values())
    )


def test_the_document_is_read_once_however_often_anybody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    groups(DOCUMENT)
    monkeypatch.delattr("web.kit.api_reference.json")
    assert groups(DOCUMENT) is groups(DOCUMENT)


def test_it_is_searched_by_words(people: object) -> None:
    visitor = Visitor(app)
    assert "/tickets/{number}/snooze" in visitor.get("/api/v1/docs?find=SNOOZE+aside").text
    assert "/tickets/{number}/merge" not in visitor.text
    assert "Nothing is called so." in visitor.get("/api/v1/docs?find=zzz").text
    assert visitor.get("/api/v1/docs?find=zzz&utm_source=x").status_code == 200


def test_limits_and_former_names_are_told(people: object) -> None:
    visitor = Visitor(app)
    visitor.get("/api/v1/docs")
    assert "30 reports from one internet address" in visitor.text
    assert "2027-11-29" in visitor.text


def test_there_is_no_other_group(people: object) -> None:
    assert Visitor(app).get("/api/v1/docs/nothing").status_code == 404


def test_a_curl_that_is_shown_can_be_typed() -> None:
    (merge,) = (each for group in groups(DOCUMENT) for each in group.operations if each.id == "merge")
    words = merge.curl("https://desk.example")
    assert words.startswith("curl -X POST https://desk.example/api/v1/tickets/DN-000123/merge \\\n  -H 'Auth")
    assert "'\"" not in words.replace("'{", "")
