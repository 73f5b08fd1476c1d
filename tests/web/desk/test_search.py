"""The page of what is found: people apart from words, what found it, and nothing typed in a URL or a log."""

import re
from typing import Any

import pytest
from sqlmodel import Session, select
from structlog.testing import capture_logs

from navigator.people.reporter import Reporter
from navigator.phone_numbers import normalised
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AttachInput
from navigator.tickets.kept_forms import KeptForm
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

pytestmark = pytest.mark.both_engines

ADDRESS, NUMBER = "pat.doe@post.example", "01632 960 001"


def find(visitor: Visitor, sought: str) -> str:
    """Look for something by the box of the header, and read what is found."""
    visitor.post("/search", data={"sought": sought})
    return visitor.text


def by_pat(session: Session, **told: Any) -> Ticket:
    """A report of somebody with Pat's address and number."""
    ticket = tell(session, **told)
    reporter = session.get_one(Reporter, ticket.reporter_id)
    reporter.email, reporter.phone = ADDRESS, normalised(NUMBER)
    session.flush()
    return ticket


def test_a_mistyped_word_is_shown_as_it_is_spelt(enter: Enter, session: Session, people: People) -> None:
    ticket = tell(session, text="My password is wrong")
    amina = enter("amina")
    assert "Nothing for ‘pasword’. Showing ‘password’." in find(amina, "pasword")
    amina.one(f'a[href="/tickets/{ticket.number}"]')


def test_what_is_found_as_it_was_typed_is_not_put_otherwise(
    enter: Enter, session: Session, people: People
) -> None:
    tell(session, text="My password is wrong")
    tell(session, text="My pasword is wrong")
    amina = enter("amina")
    assert "Showing" not in find(amina, "pasword")
    assert "password" not in [mark.text() for mark in amina.page.css("mark")]


def test_what_is_like_nothing_is_said_not_to_be_found(enter: Enter, session: Session, people: People) -> None:
    tell(session, text="My password is wrong")
    found = find(enter("amina"), "elephant")
    assert "Nothing was found." in found
    assert "Showing" not in found


@pytest.mark.parametrize("sought", [ADDRESS, ADDRESS.upper(), NUMBER, "+44 1632 960001", "(01632) 960-001"])
def test_what_is_typed_stands_in_no_address_and_no_log(
    enter: Enter, session: Session, people: People, sought: str
) -> None:
    """14: it used to stay in `?sought=`, in the history of the browser and in what a proxy logs."""
    by_pat(session), by_pat(session)
    amina = enter("amina")
    with capture_logs() as logs:
        answer = amina.post("/search", data={"sought": sought})
        amina.get("/search/1")
    canaries = ("pat.doe", "960001", "960 001", "960-001")
    addresses = [str(each.url) for each in (*answer.history, answer)]
    assert addresses[-1].endswith("/search/1")
    said = " ".join([*addresses, str(logs), amina.one("title").text()]).lower()
    assert [one for one in canaries if one in said] == []
    assert "2 reports with the" in amina.text


def test_no_filter_finds_by_an_address_which_would_stay_in_its_own(
    enter: Enter, session: Session, people: People
) -> None:
    ticket = by_pat(session, support_code="QX-1")
    amina = enter("amina")
    for sought, is_found in ((ADDRESS, False), (NUMBER, False), ("QX-1", True), (str(ticket.number), True)):
        amina.get("/desk", params={"text": sought})
        assert bool(amina.page.css(f"#ticket-{ticket.number}")) == is_found, sought


def test_nothing_is_kept_of_a_search_that_is_sent_when_the_log_in_has_ended(
    enter: Enter, session: Session, people: People
) -> None:
    amina = enter("amina")
    amina.get("/search")
    amina.cookies.clear()
    answer = amina.press("Find", sought=ADDRESS)
    assert ADDRESS not in answer.text + str(answer.url)
    assert session.exec(select(KeptForm)).all() == []


def test_a_search_can_be_loaded_again_and_gone_back_to(
    enter: Enter, session: Session, people: People
) -> None:
    first, second = tell(session, text="No sound"), tell(session, text="No picture")
    amina = enter("amina")
    find(amina, "sound")
    find(amina, "picture")
    amina.get("/search/1")
    amina.one(f"#ticket-{first.number}")
    amina.get("/search/2")
    amina.one(f"#ticket-{second.number}")
    amina.get("/search/3")
    assert "This search is over" in amina.text


def test_only_so_many_searches_are_kept_and_only_until_the_log_out(
    enter: Enter, session: Session, people: People
) -> None:
    tell(session, text="No sound")
    amina = enter("amina")
    for length in range(1, 30):
        find(amina, "ж" * 7 * length)
    assert len(amina.cookies["desk_searches"]) <= 2100
    amina.get("/search/1")
    assert "This search is over" in amina.text
    amina.get("/search/29")
    assert "жжж" in amina.text
    amina.press("Log out")
    assert "desk_searches" not in amina.cookies


def test_nobody_else_sees_what_was_looked_for_in_their_browser(
    enter: Enter, session: Session, people: People
) -> None:
    by_pat(session)
    amina, tom = enter("amina"), enter("tom")
    find(amina, ADDRESS)
    tom.cookies.set("desk_searches", amina.cookies["desk_searches"])
    tom.get("/search/1")
    assert "This search is over" in tom.text
    assert ADDRESS not in str(tom.page.html)


def test_a_ticket_of_that_number_is_opened_and_comes_first(
    enter: Enter, session: Session, people: People
) -> None:
    first = tell(session, text="No sound")
    amina = enter("amina")
    find(amina, f"dn {first.number}")
    assert amina.path == f"/tickets/{first.number}"
    tell(session, text=f"The page says {first.number}")
    find(amina, str(first.number))
    assert amina.path.startswith("/search/")
    assert [part.text() for part in amina.page.css("main h2")] == ["The ticket of this number", "Tickets"]


def test_people_stand_apart_and_what_found_them_is_said(
    enter: Enter, session: Session, people: People
) -> None:
    mine = by_pat(session, support_code="QX-1")
    by_pat(session)
    tell(session, text=f"Write to {ADDRESS}")
    amina = enter("amina")
    assert f"2 reports with the email address {ADDRESS}" in find(amina, ADDRESS)
    assert "these may be different people" in amina.text
    assert [part.text() for part in amina.page.css("main h2")] == ["People", "Tickets"]
    assert "2 reports with the phone number 01632 960001" in find(amina, "+441632960001")
    assert "1 report with the support code QX-1" in find(amina, "QX-1")
    amina.one(f"#ticket-{mine.number}")


def test_a_practitioner_is_found_by_name_and_how_is_said(
    enter: Enter, session: Session, people: People
) -> None:
    confirmed = tell(session)
    staff.attach(session, people.amina, confirmed.number, AttachInput(pwp_id=people.priya.user_id or 0))
    own = tell(session, people.priya, reporter="pwp", text="I cannot see ratings")
    given = tell(session, practitioner="priya shah")
    tell(session, practitioner="Priya Shahid")
    amina = enter("amina")
    for sought in ("Priya", "shah priya", "PRIYA SHAH"):
        found = find(amina, sought)
        assert "Practitioner Priya Shah: 2 reports" in found, sought
        assert {confirmed.number, own.number, given.number} == {
            int(number) for number in re.findall(r'id="ticket-(\d+)"', amina.page.html or "")
        }
    assert "confirmed" in amina.one(f"#ticket-{confirmed.number}").text()
    assert "reported it" in amina.one(f"#ticket-{own.number}").text()
    assert "named by the reporter, not confirmed" in amina.one(f"#ticket-{given.number}").text()
    assert "Nothing was found" in find(enter("sam"), "Priya")


@pytest.mark.parametrize("sought", [ADDRESS, NUMBER, "QX-1", "Priya"])
def test_a_practitioner_finds_nobody_by_anothers_address(
    enter: Enter, session: Session, people: People, sought: str
) -> None:
    by_pat(session, support_code="QX-1", practitioner="Priya Shah")
    for who in ("priya", "sam", "cole", "ada", "mo"):
        somebody = enter(who)
        find(somebody, sought)
        is_named = (who, sought) == ("mo", "Priya")  # a manager reads on the ticket whom the reporter named
        assert bool(somebody.page.css("[id^=ticket-]")) == is_named, who


def test_a_practitioner_finds_the_reports_of_their_own_patients(
    enter: Enter, session: Session, people: People
) -> None:
    own, _other = by_pat(session), by_pat(session)
    staff.attach(session, people.amina, own.number, AttachInput(pwp_id=people.priya.user_id or 0))
    priya = enter("priya")
    assert "1 report with the email address" in find(priya, ADDRESS)
    priya.one(f"#ticket-{own.number}")


def test_earlier_reports_stand_beside_a_ticket_for_who_may_see_whose_they_are(
    enter: Enter, session: Session, people: People
) -> None:
    old = by_pat(session, category="use.mood_rating_sync")
    own = by_pat(session)
    tell(session)
    amina = enter("amina")
    amina.get(f"/tickets/{own.number}")
    shown = amina.one(".desk-earlier").text()
    assert [link.attributes["href"] for link in amina.page.css(".desk-earlier a")] == [
        f"/tickets/{old.number}"
    ]
    assert "same email address, same phone number" in shown
    assert "new" in shown
    mo = enter("mo")
    mo.get(f"/tickets/{own.number}")
    assert not mo.page.css(".desk-earlier")
    staff.attach(session, people.amina, own.number, AttachInput(pwp_id=people.priya.user_id or 0))
    priya = enter("priya")
    priya.get(f"/tickets/{own.number}")
    assert not priya.page.css(".desk-earlier"), "of another patient's, for all that anybody knows"


def test_all_earlier_reports_are_one_press_away(enter: Enter, session: Session, people: People) -> None:
    tickets = [by_pat(session) for _ in range(7)]
    amina = enter("amina")
    amina.get(f"/tickets/{tickets[-1].number}")
    links = [link.attributes["href"] for link in amina.page.css(".desk-earlier a")]
    assert links == [f"/tickets/{ticket.number}" for ticket in tickets[-2:0:-1]]
    amina.press("Find them all")
    assert f"7 reports with the email address {ADDRESS}" in amina.text
