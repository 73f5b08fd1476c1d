"""What the palette finds beyond its page: every page that somebody may open, and no other."""

import pytest
from sqlmodel import Session

from navigator.people.user import Role
from navigator.tickets.inputs import ViewInput
from navigator.tickets.queue import saved_views
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join, token_of
from tests.web.conftest import Enter


def pages(visitor: object) -> dict[str, str]:
    found = visitor.get("/pages").json()  # type: ignore[attr-defined]
    return {page["text"]: page["href"] for page in found}


@pytest.mark.parametrize("who", ["amina", "priya", "cole", "mo", "ada"])
def test_every_page_of_the_list_may_be_opened(
    enter: Enter, session: Session, people: People, who: str
) -> None:
    somebody = enter(who)
    listed = pages(somebody)
    assert len(listed) >= 8
    for text, href in listed.items():
        assert somebody.get(href).status_code == 200, text


def test_a_list_names_the_pages_of_its_roles_alone(enter: Enter, people: People) -> None:
    ada, amina = pages(enter("ada")), pages(enter("amina"))
    assert ada["Settings of North Talking Therapies: opening hours"] == "/settings/hours/north"
    assert not [text for text in ada if "South" in text or text.startswith("Queue")]
    assert not [text for text in amina if "Settings" in text]
    assert amina["Queue: Mine"] == "/desk?view=mine"
    assert amina["Print a poster: North Talking Therapies"] == "/poster/north"
    assert amina["Share the work out again: North Talking Therapies"] == "/desk/shares/north"
    assert not [text for text in amina if "South" in text]
    assert not [text for text in pages(enter("cole")) if text.startswith(("Print", "Share"))]


def test_menu_list_and_page_name_the_same_page_alike(enter: Enter, people: People) -> None:
    for who, title in (("priya", "Your reports"), ("amina", "Queue")):
        somebody = enter(who)
        assert pages(somebody)[title] == "/desk"
        assert f"{title}: Ended" in pages(somebody)
        somebody.get("/desk")
        assert title in somebody.page.css(".desk-nav [href='/desk']")[0].text()
        assert somebody.page.css("h1")[0].text() == title


def test_a_manager_comes_to_the_records_of_a_person_without_scripts(enter: Enter, people: People) -> None:
    mo = enter("mo")
    mo.get("/home")
    assert [link.text() for link in mo.page.css("header a[href='/records']")] == ["Records of a person"]


def test_views_that_somebody_saved_are_theirs_alone(enter: Enter, session: Session, people: People) -> None:
    saved_views.save_view(session, people.amina, ViewInput(name="Log-ins", query="group=access"))
    assert pages(enter("amina"))["Queue: Log-ins"] == "/desk?group=access"
    assert "Queue: Log-ins" not in pages(enter("tom"))


def test_the_browser_keeps_the_list_for_one_person_and_asks_if_it_is_the_same(
    enter: Enter, session: Session, people: People
) -> None:
    amina, ada = enter("amina"), enter("ada")
    first = amina.get("/pages")
    assert first.headers["cache-control"] == "private, no-cache"
    tag = {"if-none-match": first.headers["etag"]}
    assert amina.get("/pages", headers=tag).status_code == 304
    assert ada.get("/pages", headers=tag).status_code == 200


def test_a_list_holds_nothing_of_a_reporter(enter: Enter, session: Session, people: People) -> None:
    tell(session, text="canary words", support_code="CANARY-1", practitioner="Canary Finch")
    everything = join(session, "Every One", "every@north.example", people.north, *set(Role) - {Role.INTAKE})
    visitor = enter("amina")
    visitor.cookies.set("desk_log_in", token_of(session, everything))
    shown = visitor.get("/pages").text.lower()
    assert not [word for word in ("canary", "pat@example.org", "/tickets/") if word in shown]
