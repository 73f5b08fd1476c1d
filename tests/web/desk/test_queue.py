"""The queue: everybody's own part of it, in one order, with filters that the address keeps."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ReporterKind
from navigator.people.user import User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.queue import queue
from navigator.tickets.queue.counts import Counts
from navigator.tickets.queue.filters import Filters
from navigator.tickets.report_input import ReportInput
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app
from web.desk import queue_rows
from web.kit.templating import environment


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
    numbers = {name: staff.report(session, ANONYMOUS, one).ticket.number for name, one in told.items()}
    own = ReportInput(service="north", text="I cannot see her answers", reporter=ReporterKind.PWP)
    numbers["own"] = staff.report(session, people.priya, own).ticket.number
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
    staff.assign(session, people.mo, reported["strange"], AssignInput())
    session.flush()
    amina = enter("amina")
    assert set(shown(amina, f"/desk?{query}")) == {reported[name] for name in names}
    name, value = query.split("=")
    amina.get(f"/desk/filter?{query}")
    chosen = amina.page.css_first(f"select[name={name}] option[selected], input[name={name}]")
    assert value in ("nothing", "south") or (chosen and chosen.attributes["value"] == value)


def test_mine_is_what_i_have(enter: Enter, session: Session, people: People, reported: dict[str, int]):
    for name in reported.keys() - {"south"}:
        staff.assign(session, people.mo, reported[name], AssignInput(assignee_id=people.tom.user_id))
    staff.assign(session, people.mo, reported["later"], AssignInput(assignee_id=people.amina.user_id))
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
    monkeypatch.setattr(queue.queue, "__defaults__", (None, 2))
    rows, path = [], "/desk?fixable="
    while path:
        rows += shown(amina, path)
        onward = amina.page.css_first("a[rel=next]")
        path = onward.attributes["href"] or "" if onward else ""
    assert rows == everything


@pytest.mark.parametrize(
    "query", ["after=nonsense", "after=W10", "view=nothing", "service=%C3%A9", "status=x"]
)
def test_an_address_that_nobody_links_to_is_a_page_that_says_so(
    enter: Enter, reported: dict[str, int], query: str
):
    assert enter("amina").get(f"/desk?{query}").status_code in (404, 422)


def test_an_empty_queue_says_so(enter: Enter, people: People):
    amina = enter("amina")
    amina.get("/desk")
    assert "There is nothing here." in amina.text


WHOLE = {
    "view": "unassigned",
    "service": "north",
    "programme": "fern",
    "group": "access",
    "category": "access.forgotten_password",
    "fixable": "yes",
    "status": "open",
    "assignee": "-",
    "practitioner": "-",
    "due": "3",
    "due_by": "2026-06-12",
    "session": "0",
    "need": "language",
    "reporter": "pwp",
    "text": "a “b” & c=d #é",
    "since": "2026-06-01",
    "until": "2026-06-09",
    "sort": "age",
}


def test_the_address_is_the_view_and_the_form_keeps_all_of_it(enter: Enter, reported: dict[str, int]):
    amina = enter("amina")
    there = amina.get("/desk", params=WHOLE)
    assert dict(parse_qsl(there.url.query.decode())) == WHOLE
    amina.get(amina.one(".desk-tools a[data-deed]").attributes["href"] or "")
    again = amina.press("Filter")
    assert dict(parse_qsl(again.url.query.decode())) == WHOLE
    assert without_marks(again.text) == without_marks(there.text)


def without_marks(html: str) -> str:
    """A page without the marks by which each of its forms is done once."""
    return re.sub(r'name="once" value="[^"]+"', "", html)


def test_a_form_without_choices_leads_to_the_plain_address(enter: Enter, reported: dict[str, int]):
    amina = enter("amina")
    amina.get("/desk/filter")
    assert str(amina.press("Filter").url).endswith("/desk")
    amina.get("/desk/filter")
    day = {"due_by-day": "12", "due_by-month": "6", "due_by-year": "2026"}
    assert str(amina.press("Filter", group="access", **day).url).endswith(
        "/desk?group=access&due_by=2026-06-12"
    )


def test_what_is_shown_is_said_in_words_and_each_can_be_taken_away(
    enter: Enter, people: People, reported: dict[str, int]
):
    amina = enter("amina")
    amina.get("/desk", params=WHOLE | {"assignee": str(people.tom.user_id)})
    links = amina.page.css(".desk-asked li a")
    words = [" ".join(link.text().split()) for link in links]
    assert words == [
        f"Remove {said} ×"
        for said in (
            "North Talking Therapies",
            "Fern",
            "Getting in",
            "Forgotten password, username or app PIN",
            "Fixable here",
            "Open",
            "Tom Baker has it",
            "Not known who",
            "Due within 3 working days",
            "Due by Friday 12 June",
            "Session today",
            "Says a language",
            "A practitioner reported it",
            "“a “b” & c=d #é”",
            "From Monday 1 June",
            "Until Tuesday 9 June",
        )
    ]
    named = [name for name in WHOLE if name not in ("view", "sort")]
    for name, link in zip(named, links, strict=True):
        left = dict(parse_qsl(urlsplit(link.attributes["href"] or "").query))
        assert left.keys() == WHOLE.keys() - {name}
    assert amina.one("title").text().startswith("(3) Queue: North Talking Therapies, Fern")


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "There is no filter called colour."),
        ("group=a&group=b", "This address names a filter twice: group."),
        ("view=nothing", "This address is no view of the queue."),
        ("since=yesterday", "This address is no view of the queue."),
        ("due=soon", "Choose when it is due from the list"),
        ("session=99", "The next session must be 20 or less"),
        ("fixable=perhaps", "Choose who can fix it from the list"),
        ("after=nonsense", "This page of the list does not exist."),
    ],
)
def test_an_address_that_cannot_be_understood_is_refused_in_words(
    enter: Enter, people: People, query: str, said: str
):
    amina = enter("amina")
    assert amina.get(f"/desk?{query}").status_code == 422
    assert said in amina.text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("due_by-day=31&due_by-month=2&due_by-year=2026", "The day by which it is due must be a real date"),
        (f"text={'x' * 201}", "The words must be 200 characters or fewer"),
    ],
)
def test_what_a_box_can_put_right_is_said_at_the_box(
    enter: Enter, reported: dict[str, int], query: str, said: str
):
    amina = enter("amina")
    assert amina.get(f"/desk?{query}&group=access").status_code == 422
    assert [problem for problem in amina.problems if problem.startswith(said)]
    assert amina.page.css("form[action='/desk'] .nhsuk-error-message")
    assert not amina.page.css("th a[href^='/tickets/']")


@pytest.mark.parametrize("who", ["amina", "mo", "cole", "priya", "ada"])
def test_each_number_at_a_view_is_the_length_of_its_list(enter: Enter, reported: dict[str, int], who: str):
    visitor = enter(who)
    visitor.get("/desk?group=access")
    for link in visitor.page.css(".desk-views a"):
        count = link.css_first(".desk-count")
        if "view=ended" not in (link.attributes["href"] or ""):
            listed = shown(enter(who), link.attributes["href"] or "")
            assert len(listed) == int(count.text() if count else 0), link.text()


def test_only_those_who_may_know_are_offered_what_reporters_need(enter: Enter, reported: dict[str, int]):
    for who, is_offered in {"amina": True, "cole": True, "priya": True, "mo": False}.items():
        visitor = enter(who)
        visitor.get("/desk/filter")
        assert bool(visitor.page.css("select[name=need]")) is is_offered, who


def test_back_from_a_ticket_leads_to_the_view_and_the_row(
    enter: Enter, reported: dict[str, int], monkeypatch: pytest.MonkeyPatch
):
    """Through a deed too, and from the second page to the second page."""
    monkeypatch.setattr(queue.queue, "__defaults__", (None, 2))
    amina, number = enter("amina"), reported["soon"]
    amina.get("/desk?service=north")
    second = amina.one("a[rel=next]").attributes["href"] or ""
    amina.get(second)
    amina.get(f"/tickets/{number}")
    amina.post(f"/tickets/{number}/notes", data={"body": "Called."})
    assert amina.path == f"/tickets/{number}"
    href = amina.one("a.nhsuk-back-link").attributes["href"] or ""
    assert href == f"{second}#ticket-{number}"
    amina.get(href.partition("#")[0])
    assert amina.page.css("tr[id^=ticket-]")


def test_back_leads_nowhere_but_to_the_queue(enter: Enter, reported: dict[str, int]):
    amina, number = enter("amina"), reported["soon"]
    for cookie in ("", "//evil.example", '"><script>', "view=all"):
        amina.cookies.set("desk_queue", cookie, domain="testserver.local", path="/")
        amina.get(f"/tickets/{number}")
        href = amina.one("a.nhsuk-back-link").attributes["href"] or ""
        assert urlsplit(href)[:3] == ("", "", "/desk")


def test_a_script_that_looks_again_moves_nobody(enter: Enter, reported: dict[str, int]):
    amina, number = enter("amina"), reported["soon"]
    amina.get("/desk?group=access")
    amina.get("/desk?group=use", headers={"sec-fetch-dest": "empty"})
    amina.get(f"/tickets/{number}")
    assert amina.one("a.nhsuk-back-link").attributes["href"] == f"/desk?group=access#ticket-{number}"


def test_whoever_logs_in_first_comes_to_the_same_view(people: People):
    visitor = Visitor(app, follow_redirects=False)
    there = visitor.get("/desk?group=access&due=3").headers["location"]
    assert dict(parse_qsl(urlsplit(there).query)) == {"next": "/desk?group=access&due=3"}


def test_the_next_ticket_stands_after_where_this_one_stood(enter: Enter, session: Session):
    first, second, third = (tell(session).number for _ in range(3))
    amina = enter("amina")
    amina.get("/desk")
    amina.get(f"/tickets/{first}")
    amina.post(f"/tickets/{first}/waiting", data={"body": "What do you see?"})
    amina.get(f"/desk/after/{first}")
    assert amina.path == f"/tickets/{second}"
    amina.get(f"/desk/after/{third}")
    assert amina.path == f"/tickets/{first}"
    amina.get(f"/desk/after/{first}")
    assert "That was the last one in this view" in amina.text


def test_a_cursor_of_before_an_upgrade_is_forgotten(enter: Enter, session: Session):
    first, second = (tell(session).number for _ in range(2))
    amina = enter("amina")
    amina.cookies.set(
        "desk_place", f"{first}.WyIyMDI2LTA2LTA5VDA5OjAwOjAwWiJd", domain="testserver.local", path="/"
    )
    amina.get(f"/desk/after/{first}")
    assert amina.path == f"/tickets/{second}"


def test_the_next_ticket_is_one_of_the_view_that_somebody_came_from(enter: Enter, session: Session):
    first, _, third = (
        tell(session, category=category).number
        for category in ("access.forgotten_password", "notify.too_many", "access.forgotten_password")
    )
    amina, sam = enter("amina"), enter("sam")
    amina.get("/desk?group=access")
    amina.get(f"/tickets/{first}")
    amina.get(f"/desk/after/{first}")
    assert amina.path == f"/tickets/{third}"
    assert sam.get(f"/desk/after/{first}").status_code == 404


def test_a_row_that_was_drawn_before_says_what_is_true_now(
    enter: Enter, session: Session, people: People, reported: dict[str, int]
):
    """Rows are kept as they were drawn: not past a new name, a change, another day, or for another page."""
    number = reported["soon"]
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()

    def row() -> str:
        visitor = enter("amina")
        visitor.get("/desk")
        return " ".join(visitor.one(f"#ticket-{number}").text().split())

    assert "Amina" in row()
    assert "late" not in row()
    with clock.stopped_at(clock.now() + timedelta(days=20)):
        assert "late" in row()
    with clock.stopped_at(clock.now() + timedelta(days=300)):
        assert " 2026, " in row()
    session.get_one(User, people.amina.user_id).name = "Amina Newname"
    session.exec(select(Programme).where(Programme.code == "fern")).one().name = "Bracken"
    session.flush()
    assert "Amina Newname" in row()
    assert "Bracken" in row()
    staff.wait(session, people.amina, number, SayInput(body="Which?"))
    session.flush()
    assert "Waiting for reporter" in row()


def test_no_more_of_what_was_typed_is_kept_than_a_filter_is_long(enter: Enter, reported: dict[str, int]):
    amina, kept = enter("amina"), getattr(environment.globals["filter_select"], "cache_info")  # noqa: B009

    def sizes() -> Iterator[int]:
        for ending in ("one", "two"):
            amina.post(
                "/desk/views", data={"name": "", "query": "group=access", "group": "x" * 50_000 + ending}
            )
            yield kept().currsize

    first, second = sizes()
    assert first == second


def test_whoever_is_renamed_is_called_so_at_once(enter: Enter, session: Session, people: People) -> None:
    amina, page = enter("amina"), f"/desk?assignee={people.tom.user_id}"
    assert "Tom" in amina.get(page).text
    session.get_one(User, people.tom.user_id).name = "Toma Bell"
    session.flush()
    assert "Toma Bell has it" in amina.get(page).text
    assert "Toma Bell" in amina.get("/desk/filter").text


def test_both_numbers_of_a_line_are_counted_in_the_same_moment(session: Session, people: People) -> None:
    """The tabs’ are kept for some seconds, in which the time alone brings back what was snoozed."""
    for _ in range(5):
        tell(session)
    session.flush()
    first = queue.queue(session, people.amina, Filters(), limit=2)
    second = queue.queue(session, people.amina, Filters(), first.next_cursor, limit=2)
    kept = Counts({"all": 3}, {})
    asked = session, people.amina, Filters()
    assert queue_rows.range_text(*asked, first.next_cursor, second, kept) == "3–4 of 5"
    for wrong in (1, 2):  # fewer than there are on the first page, or as many though another follows
        assert queue_rows.range_text(*asked, None, first, Counts({"all": wrong}, {})) == "1–2 of 5"
