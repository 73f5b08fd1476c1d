"""Settings are found from their index: each link opens for whoever reads it, the palette knows it too."""

import pytest

from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter


def links(visitor: Visitor, path: str) -> list[str]:
    """The addresses of this desk to which the content of a page leads."""
    visitor.get(path)
    found = (link.attributes.get("href") or "" for link in visitor.page.css("main a"))
    return [href for href in found if href.startswith("/")]


@pytest.mark.parametrize("path", ["/settings", "/settings/services/north", "/settings/mail/north"])
def test_whoever_administers_one_service_may_open_each_link(enter: Enter, people: People, path: str) -> None:
    ada = enter("ada")
    found = links(ada, path)
    assert found
    assert {href: status for href in found if (status := ada.get(href).status_code) != 200} == {}


def test_the_palette_knows_each_page_of_the_index(ada_of_all: Visitor) -> None:
    listed = {page["href"] for page in ada_of_all.get("/pages").json()}
    of_all = [
        href for href in links(ada_of_all, "/settings") if "/services" not in href and "/new" not in href
    ]
    assert "/settings/access/desk" in of_all
    assert [href for href in of_all if href not in listed] == []


def test_a_setting_has_one_name_in_the_index_and_on_its_page(ada_of_all: Visitor) -> None:
    ada_of_all.get("/settings")
    name = ada_of_all.page.css("main [href='/settings/access/desk']")[0].text()
    ada_of_all.get("/settings/access/desk")
    assert ada_of_all.page.css("h1")[0].text() == name == "Second step and lock"
