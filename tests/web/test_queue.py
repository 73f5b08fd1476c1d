"""The queue: everybody's own part of it, in one order, with filters that the address keeps."""

from datetime import date

import pytest
from sqlmodel import Session

from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ReporterKind
from navigator.tickets import desk, inbox
from navigator.tickets.inputs import AssignInput, ReportInput
from tests.pages import Visitor
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def reported(session: Session, people: People) -> dict[str, int]:
    """A few tickets in North, one in South and one that a practitioner reported."""
    told = {
        "later": ReportInput(service="north", programme="fern", category="access.forgotten_password"),
        "soon": ReportInput(
            service="north",
            programme="fern",
            category="access.forgotten_password",
            next_session=date(2026, 6, 10),
        ),
        "reminders": ReportInput(service="north", category="notify.too_many"),
        "strange": ReportInput(service="north", text="it is all a bit odd"),
        "south": ReportInput(service="south", category="access.forgotten_password"),
    }
    numbers = {name: desk.report(session, ANONYMOUS, one).ticket.number for name, one in told.items()}
    own = ReportInput(service="north", text="I cannot see her answers", reporter=ReporterKind.PWP)
    numbers["own"] = desk.report(session, people.priya, own).ticket.number
    session.flush()
    return numbers


def shown(visitor: Visitor, path: str = "/desk") -> list[int]:
    """The numbers of the tickets on a page of the queue, in their order."""
    assert visitor.get(path).status_code == 200
    links = visitor.page.css("th a[href^='/tickets/']")
    return [int((one.attributes["href"] or "").rsplit("/", 1)[1]) for one in links]


def test_the_soonest_due_stands_first_and_south_is_not_there(enter: Enter, reported: dict[str, int]):
    rows = shown(enter("amina"))
    assert rows[0] == reported["soon"]
    assert set(rows) == set(reported.values()) - {reported["south"]}
    assert shown(enter("sam")) == [reported["south"]]


@pytest.mark.parametrize(("who", "name"), [("priya", "own"), ("cole", None), ("ada", None)])
def test_others_see_what_is_theirs(enter: Enter, reported: dict[str, int], who: str, name: str | None):
    visitor = enter(who)
    assert shown(visitor) == ([reported[name]] if name else [])


def test_a_practitioner_sees_no_views_of_other_peoples_work(enter: Enter, reported: dict[str, int]):
    priya = enter("priya")
    priya.get("/desk")
    assert priya.one("h1").text() == "Your reports"
    assert "Nobody’s" not in priya.text


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("group=notify", {"reminders"}),
        ("group=nothing", set()),
        ("programme=fern", {"later", "soon"}),
        ("service=south", set()),
        ("fixable=no", {"reminders"}),
        ("view=today", {"soon"}),
        ("view=unassigned", {"strange"}),
        ("view=ended", set()),
    ],
)
def test_filters_narrow_it_and_stay_in_the_form(
    enter: Enter, session: Session, people: People, reported: dict[str, int], query: str, names: set[str]
):
    desk.assign(session, people.mo, reported["strange"], AssignInput())
    session.flush()
    amina = enter("amina")
    assert set(shown(amina, f"/desk?{query}")) == {reported[name] for name in names}
    name, value = query.split("=")
    chosen = amina.page.css_first(f"select[name={name}] option[selected], input[name={name}]")
    assert value in ("nothing", "south") or (chosen and chosen.attributes["value"] == value)


def test_mine_is_what_i_have(enter: Enter, session: Session, people: People, reported: dict[str, int]):
    for name in reported.keys() - {"south"}:
        desk.assign(session, people.mo, reported[name], AssignInput(assignee_id=people.tom.user_id))
    desk.assign(session, people.mo, reported["later"], AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    assert shown(enter("amina"), "/desk?view=mine") == [reported["later"]]


def test_counts_stand_beside_the_views(enter: Enter, reported: dict[str, int]):
    amina = enter("amina")
    amina.get("/desk")
    assert "To do 5" in amina.text
    amina.get("/desk?group=notify")
    assert "To do 1" in amina.text


def test_the_next_page_goes_on_where_this_one_ends(
    enter: Enter, reported: dict[str, int], monkeypatch: pytest.MonkeyPatch
):
    amina = enter("amina")
    everything = shown(amina)
    monkeypatch.setattr(inbox.queue, "__defaults__", (None, 2))
    rows, path = [], "/desk?fixable="
    while path:
        rows += shown(amina, path)
        onward = amina.page.css_first("a[rel=next]")
        path = onward.attributes["href"] or "" if onward else ""
    assert rows == everything


@pytest.mark.parametrize("query", ["after=nonsense", "after=W10", "view=nothing", "service=%C3%A9", "status=x"])
def test_an_address_that_nobody_links_to_is_a_page_that_says_so(
    enter: Enter, reported: dict[str, int], query: str
):
    assert enter("amina").get(f"/desk?{query}").status_code in (404, 422)


def test_an_empty_queue_says_so(enter: Enter, people: People):
    amina = enter("amina")
    amina.get("/desk")
    assert "There is nothing here." in amina.text
