"""Views kept by name, on the pages: saved from the queue, found beside it, renamed, shared and deleted."""

import pytest
from sqlmodel import Session

from navigator.tickets.inputs import ViewInput
from navigator.tickets.queue import saved_views
from navigator.tickets.queue.saved_views import SavedView
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def view(session: Session, people: People) -> SavedView:
    """A view of Amina's that she shares with North, and a ticket in it."""
    tell(session)
    what = ViewInput(name="Log-ins", query="group=access&due=5", share=people.north)
    return saved_views.save_view(session, people.amina, what)


def tabs(visitor: Visitor) -> list[str]:
    visitor.get("/desk")
    return [" ".join(link.text().split()) for link in visitor.page.css(".desk-views ul + ul a")]


def test_a_view_is_saved_from_the_queue_and_found_beside_it(enter: Enter, session: Session, people: People):
    tell(session)
    amina = enter("amina")
    amina.get("/desk?group=access&due=5")
    there = amina.press("Save view", name="Log-ins soon")
    assert there.url.query == b"group=access&due=5"
    assert "The view is saved." in amina.page.css_first(".nhsuk-notification-banner").text()  # type: ignore[union-attr]
    here = amina.one(".desk-views a[aria-current]")
    assert " ".join(here.text().split()) == "Log-ins soon 1"
    assert tabs(amina) == ["Log-ins soon 1"]
    assert tabs(enter("tom")) == []


def test_a_shared_view_is_found_by_colleagues(enter: Enter, view: SavedView):
    assert {who: tabs(enter(who)) for who in ("amina", "tom", "mo", "cole", "priya", "ada", "sam")} == {
        "amina": ["Log-ins shared 1"],
        "tom": ["Log-ins shared 1"],
        "mo": ["Log-ins shared 1"],
        "cole": ["Log-ins shared"],  # nothing in it was handed to her
        "priya": [],
        "ada": [],
        "sam": [],
    }


def test_its_number_is_the_length_of_its_list(enter: Enter, session: Session, view: SavedView):
    for _ in range(3):
        tell(session)
    tell(session, category="use.outage_or_error")
    tom = enter("tom")
    assert tabs(tom) == ["Log-ins shared 4"]
    tom.get(f"/desk?{view.query}")
    assert len(tom.page.css("tr[id^=ticket-]")) == 4


@pytest.mark.parametrize(
    ("who", "status"), [("amina", 200), ("mo", 200), ("tom", 404), ("priya", 404), ("sam", 404)]
)
def test_only_its_owner_and_managers_change_it(enter: Enter, view: SavedView, who: str, status: int):
    visitor = enter(who)
    assert visitor.get(f"/desk/views/{view.id}").status_code == status
    visitor.get(f"/desk?{view.query}")
    assert bool(visitor.page.css(f"a[href='/desk/views/{view.id}']")) is (status == 200)
    if status == 404:
        assert visitor.post(f"/desk/views/{view.id}", data={"name": "Mine"}).status_code == 404
        assert visitor.post(f"/desk/views/{view.id}/deletion").status_code == 404
        assert tabs(enter("amina")) == ["Log-ins shared 1"]


def test_its_owner_renames_it_keeps_it_and_deletes_it(enter: Enter, view: SavedView):
    amina, tom = enter("amina"), enter("tom")
    amina.get(f"/desk/views/{view.id}")
    amina.press("Save", name="Getting in", share="")
    assert (tabs(amina), tabs(tom)) == (["Getting in 1"], [])
    amina.get(f"/desk/views/{view.id}")
    amina.press("Delete this view")
    assert tabs(amina) == []


def test_a_manager_renames_it_and_it_stays_shared(enter: Enter, view: SavedView):
    mo = enter("mo")
    mo.get(f"/desk/views/{view.id}")
    assert not mo.page.css("[name=share]")
    mo.press("Save", name="Access")
    assert tabs(enter("tom")) == ["Access shared 1"]


def test_a_name_that_will_not_do_is_said_at_the_box_and_the_view_stays(enter: Enter, view: SavedView):
    amina = enter("amina")
    for name, said in (
        ("", "Enter a name for the view"),
        ("x" * 41, "A name for the view must be 40 characters or fewer"),
        ("log-ins", "There is a view called log-ins already"),
    ):
        amina.get("/desk?group=access")
        assert amina.press("Save view", name=name).status_code == 422
        assert amina.problems == [said]
        assert "Getting in" in amina.one(".desk-asked").text()
        assert amina.page.css("tr[id^=ticket-]")
        assert amina.one("[name=name]").attributes["value"] == name
    amina.get(f"/desk/views/{view.id}")
    assert amina.press("Save", name="").status_code == 422
    assert amina.problems == ["Enter a name for the view"]


@pytest.mark.parametrize("query", ["colour=red", "view=nothing"])
def test_only_a_view_of_the_queue_is_saved(enter: Enter, people: People, query: str):
    amina = enter("amina")
    assert amina.post("/desk/views", data={"name": "Odd", "query": query}).status_code == 422
    assert amina.problems == ["This is no view of the queue. Open it again, then save it."]
    assert tabs(amina) == []


def test_a_view_is_not_shared_with_a_service_of_others(enter: Enter, people: People):
    amina = enter("amina")
    sent = {"name": "Odd", "query": "due=late", "share": str(people.south)}
    assert amina.post("/desk/views", data=sent).status_code == 422
    assert amina.problems == ["Choose a service that you work in"]
    assert tabs(enter("sam")) == []


def test_a_practitioner_keeps_views_but_shares_none(enter: Enter, people: People):
    priya = enter("priya")
    priya.get("/desk?due=late")
    assert not priya.page.css("[name=share]")
    priya.press("Save view", name="Late ones")
    assert tabs(priya) == ["Late ones"]


def test_what_is_saved_already_is_not_saved_again(enter: Enter, view: SavedView):
    tom = enter("tom")
    tom.get(f"/desk?{view.query}")
    assert not tom.page.css("form[action='/desk/views']")
    tom.get("/desk")
    assert not tom.page.css("form[action='/desk/views']")
