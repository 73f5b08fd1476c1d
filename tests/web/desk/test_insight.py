"""The managers’ page: pictures with their tables, numbers that open tickets, and files that may leave."""

import csv
import re
from io import StringIO

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from navigator.insight.mail_choice import ReportMail
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.tables import managers_report
from navigator.people.actor import Actor
from tests.page_visitor import Visitor
from tests.people import People, token_of
from web.app import app
from web.kit import navigation
from web.kit.templating import TEMPLATES

SHEETS = (
    "recurs", "problems", "rising", "course", "whose", "sessions", "in_time", "first_answers", "time_to_end",
    "with_supplier", "training", "load", "busy_hours", "forecast_ahead", "calls", "safety", "minutes",
    "texts", "services",
)  # fmt: skip
"""Tables of the page in their order; those of others stand between them."""


def browser(session: Session, actor: Actor) -> Visitor:
    visitor = Visitor(app)
    visitor.cookies.set("desk_log_in", token_of(session, actor))
    return visitor


@pytest.fixture
def mo(session: Session, people: People, lived: None) -> Visitor:
    """The manager’s browser, after the story."""
    return browser(session, people.mo)


def rows(mo: Visitor, href: str) -> list[list[str]]:
    answer = mo.get(href)
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.text.startswith("\ufeff")
    read = list(csv.reader(StringIO(answer.text.removeprefix("\ufeff"))))
    return read[read.index([]) + 1 :]


def test_a_manager_is_led_here_and_nobody_else_comes_in(
    session: Session, people: People, mo: Visitor
) -> None:
    assert "/insight" in {link.href for link in navigation.navigation_bar(people.mo).links}
    for other in (people.amina, people.priya, people.cole, people.ada):
        visitor = browser(session, other)
        assert visitor.get("/insight").status_code == 403
        assert visitor.get("/insight/recurs.csv").status_code == 403


def test_each_picture_says_in_words_what_it_shows_and_has_its_table(mo: Visitor) -> None:
    mo.get("/insight")
    pictures = mo.page.css("svg.desk-chart")
    assert len(pictures) >= 2 * 10  # as it is, and as it may be printed
    for picture in pictures:
        assert len(picture.css("title, desc")) == 2
    for link in mo.page.css("svg.desk-chart a"):
        assert re.search(r"\w: \d+$", link.attributes["aria-label"] or "")
    assert not mo.page.css(".desk-shared svg a")  # what is printed leads nowhere
    for name in set(SHEETS) - {"problems", "services", "rising", "forecast_ahead"}:
        assert mo.page.css(f"section[aria-labelledby={name}-heading] table"), name


def test_every_link_of_a_number_opens_so_many_tickets(mo: Visitor) -> None:
    mo.get("/insight")
    links = [(one.text(), one.attributes["href"] or "") for one in mo.page.css("a.desk-exact")]
    assert len(links) > 30
    for number, href in {href: (number, href) for number, href in links}.values():
        mo.get(href)
        assert len(mo.page.css("th a[href^='/tickets/']")) == int(number.split()[0]), href


def test_the_list_says_what_is_shown_and_its_filter_keeps_it(mo: Visitor) -> None:
    mo.get("/desk?view=counted&figure=read_late&since=2026-05-13&until=2026-06-09")
    shown = [one.text(strip=True) for one in mo.page.css(".desk-asked li a")]
    assert [one.removeprefix("Remove").strip(" ×") for one in shown] == [
        "Read late",
        "From Wednesday 13 May",
        "Until Tuesday 9 June",
    ]
    mo.get(mo.one(".desk-tools a[data-deed]").attributes["href"] or "")
    mo.press("Filter", programme="fern")
    assert len(mo.page.css("th a[href^='/tickets/']")) == 2
    assert "Read late" in mo.text


def test_each_table_is_a_file_with_numbers_that_may_leave(mo: Visitor) -> None:
    mo.get("/insight?period=quarter")
    links = [one.attributes["href"] or "" for one in mo.page.css(".desk-take a[href$='quarter'][href*=csv]")]
    names = {re.sub(r"/insight/(\w+).csv.*", r"\1", href): href for href in links}
    others = [name for name in SHEETS if name != "services"]  # Mo manages one service: nothing to compare
    assert [name for name in names if name in SHEETS] == others
    for href in names.values():
        for row in rows(mo, href)[1:]:
            numbers = [
                int(word)
                for cell in row[1:-1]
                for word in re.findall(r"\b\d+\b(?!%| days?\b| hours?\b)", cell)
            ]
            assert all(number % 5 == 0 for number in numbers), row


def test_the_file_is_named_after_what_it_holds(mo: Visitor) -> None:
    answer = mo.get("/insight/whose.csv?period=own&since=2026-05-13&until=2026-05-31")
    name = "whose_north_2026-05-13_to_2026-05-31.csv"
    assert answer.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert answer.text.splitlines()[1:6] == [
        "Period,13 May to 31 May",
        "Period before,24 April to 12 May",
        "Service,North Talking Therapies",
        "Programme,All",
        "Who reported,Everybody",
    ]


def test_on_the_screen_the_numbers_are_exact_and_on_paper_they_are_not(mo: Visitor) -> None:
    mo.get("/insight")
    for cell in mo.page.css("section table td"):
        assert (len(cell.css(".desk-exact")), len(cell.css(".desk-shared"))) == (1, 1)
    for picture in mo.page.css("div.desk-shared svg text"):
        assert not picture.text().isdigit() or int(picture.text()) % 5 == 0
    style = (TEMPLATES.parent / "static" / "insight.css").read_text()
    assert re.search(r"@media print \{\s*\.desk-exact,[^}]*display: none", style)


def test_own_days_are_asked_for_and_what_is_wrong_is_said(mo: Visitor) -> None:
    mo.get("/insight")
    assert mo.one("input[name=since-month]").attributes["value"] == "5"
    mo.press("Show", period="own", **{"since-day": "", "since-month": "", "since-year": ""})
    assert "Enter the first day and the last day" in mo.problems[0]
    days = {"since-day": "13", "since-month": "5", "since-year": "2026"}
    mo.press("Show", period="own", **days, **{name.replace("since", "until"): v for name, v in days.items()})
    assert not mo.problems
    assert "13 May , compared with the 1 day before (12 May)" in mo.text


@pytest.mark.parametrize(
    "path", ["/insight?service=south", "/insight/whose.csv?period=x", "/insight?programme=x"]
)
def test_what_is_not_theirs_is_refused(mo: Visitor, path: str) -> None:
    assert TestClient(app, cookies=mo.cookies).get(path).status_code == 422


def test_a_table_that_is_not_there_is_not_found(mo: Visitor) -> None:
    assert mo.get("/insight/nothing.csv").status_code == 404


def test_nothing_reported_is_a_page_too(session: Session, people: People) -> None:
    visitor = browser(session, people.mo)
    assert visitor.get("/insight").status_code == 200
    assert "Nothing in this period." in visitor.text


def test_managers_and_navigators_see_how_good_suggestions_are(
    session: Session, people: People, lived: None
) -> None:
    for actor in (people.mo, people.amina):
        visitor = browser(session, actor)
        assert visitor.get("/insight/triage").status_code == 200
        assert "The version that came with the desk is in use" in visitor.text
        assert visitor.page.css("#mixed-heading, #sure-heading")
    for actor in (people.priya, people.cole, people.ada):
        assert browser(session, actor).get("/insight/triage").status_code == 403


def test_the_one_screen_and_all_of_it_are_files(mo: Visitor) -> None:
    mo.get("/insight")
    links = {one.attributes["href"] for one in mo.page.css("[aria-label='Take it with you'] a")}
    assert links == {"/insight/report.pdf", "/insight/decisions.pdf", "/insight/decisions.csv"}
    shown = [one.text() for one in mo.page.css(".desk-finding strong .desk-shared")]
    assert [row[0] for row in rows(mo, "/insight/decisions.csv")[1:]] == shown
    assert shown
    for href in ("/insight/report.pdf", "/insight/decisions.pdf", "/insight/whose.pdf?period=week"):
        answer = mo.get(href)
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF")


def test_a_manager_chooses_how_often_it_is_sent(session: Session, people: People, mo: Visitor) -> None:
    mo.get("/insight")
    mo.press("Save", every="week")
    assert "The report will be sent to you every Monday." in mo.text
    assert mo.one("select[name=every] option[selected]").attributes["value"] == "week"
    mo.press("Save", every="")
    assert "The report is not sent to you." in mo.text
    assert session.get(ReportMail, people.mo.user_id) is None
    amina = browser(session, people.amina)
    assert amina.post("/insight/mail", data={"every": "week"}).status_code == 403


@pytest.mark.parametrize("name", ["excluded", "offers", "usability", "suppliers"])
def test_what_is_not_compared_does_not_name_the_period_before(
    session: Session, people: People, mo: Visitor, name: str
) -> None:
    table = managers_report(session, people.mo, PeriodFilter()).table(name)
    assert table.number_before is None
    mo.get("/insight")
    (section,) = mo.page.css(f"section[aria-labelledby={name}-heading]")
    assert "in the period before" not in section.text()
    assert table.before_label or "period before" not in section.text().lower()


def test_each_place_on_the_page_that_is_linked_is_there(mo: Visitor) -> None:
    mo.get("/insight")
    places = [(link.attributes["href"] or "").partition("#") for link in mo.page.css("main a[href*='#']")]
    assert places
    for _, _, place in places:
        assert mo.page.css(f"[id='{place}']"), place
