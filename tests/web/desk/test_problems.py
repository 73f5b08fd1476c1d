"""Known problems on pages: kept by staff, linked from a ticket, told to everybody linked, and read by all."""

import pytest
from sqlmodel import Session, col, select

from navigator.people import private_links
from navigator.people.actor import SYSTEM
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.problem import Problem, ProblemUpdate
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.ticket import Message, Ticket
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web import report_journey
from tests.web.conftest import Enter
from web.app import app

SECRET = "INTERNAL"


def opened(session: Session, people: People, **told: object) -> Problem:
    usual = {
        "service": "north", "programme": "fern", "category": "access.forgotten_password",
        "title": "The app forgets passwords", "known": SECRET, "workaround": "Use the web page.",
    }  # fmt: skip
    return records.open_problem(session, people.amina, NewProblemInput.model_validate(usual | told))


@pytest.fixture
def problem(session: Session, people: People) -> Problem:
    return opened(session, people)


@pytest.fixture
def ticket(session: Session, people: People, problem: Problem) -> Ticket:
    """A ticket that is linked to the problem."""
    told = tell(session)
    return link_and_tell(session, people.amina, told, problem.id)


def test_a_problem_is_written_down_found_and_changed(enter: Enter, session: Session):
    amina = enter("amina")
    amina.get("/problems")
    assert "There are none yet" in amina.text
    amina.get("/problems/new")
    amina.press("Save", title="The app forgets passwords")
    assert len(amina.problems) == 1
    amina.press("Save", category="access.forgotten_password", workaround="Use the web page.", is_public="yes")
    problem = session.exec(select(Problem)).one()
    assert (amina.path, problem.title, problem.is_public) == (
        f"/problems/{problem.id}",
        "The app forgets passwords",
        True,
    )
    mo = enter("mo")
    mo.get(f"/problems/{problem.id}/edit")
    mo.press(
        "Save",
        known="Since version 4",
        **{"supplier_due_on-day": "1", "supplier_due_on-month": "7", "supplier_due_on-year": "2026"},
    )
    assert "Since version 4" in mo.text
    assert "Wednesday 1 July" in mo.text
    mo.get("/problems")
    assert "The app forgets passwords" in mo.text


def test_a_save_on_an_older_version_shows_both(enter: Enter, problem: Problem):
    amina, mo = enter("amina"), enter("mo")
    for one in (amina, mo):
        one.get(f"/problems/{problem.id}/edit")
    mo.press("Save", title="Theirs")
    amina.press("Save", title="Mine")
    assert amina.problems == ["This problem has changed since you opened it. Nothing was saved."]
    assert "Theirs" in amina.text
    assert amina.one("#title").attributes["value"] == "Mine"
    amina.press("Save")
    amina.get(f"/problems/{problem.id}")
    assert "Mine" in amina.text


def test_a_ticket_is_linked_from_its_page(enter: Enter, session: Session, problem: Problem):
    number = tell(session).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert f"/tickets/{number}/problem#asks" in {one.attributes["href"] for one in amina.page.css("main a")}
    amina.get(f"/tickets/{number}/problem")
    amina.press("Save", problem_id=str(problem.id))
    amina.press("Save and send this")
    assert amina.path == f"/tickets/{number}"
    assert "Use the web page." in amina.text
    assert f"Known problem {problem.id}" in amina.text
    amina.get(f"/tickets/{number}/problem")
    assert amina.page.css(f"[name=problem_id][value='{problem.id}'][checked]")
    amina.press("Save", problem_id="none")
    amina.press("Save, and send nothing")
    assert "lies behind this" not in amina.text


def test_a_link_that_its_reporter_reads_nothing_of_promises_no_look(
    enter: Enter, session: Session, people: People
):
    problem, number = opened(session, people, workaround=""), tell(session).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}/problem")
    assert "If the reporter would read something now, you see it first." in amina.text
    amina.press("Save", problem_id=str(problem.id))
    assert amina.path == f"/tickets/{number}"
    assert sent(session, number) == []


def test_where_no_problem_fits_nothing_is_asked(enter: Enter, session: Session):
    number = tell(session, programme=None).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}/problem")
    assert "The reporter named no programme, so no problem fits." in amina.text
    assert not amina.page.css("[name=problem_id], main form button")


def sent(session: Session, number: int) -> list[str]:
    query = select(Message.body).where(Message.ticket_number == number, Message.action == "update")
    return list(session.exec(query.order_by(col(Message.id))))


def link_like_reports(session: Session, people: People, problem: Problem) -> None:
    """Enough reports linked to a problem for it to be suggested on the next one."""
    for _ in range(3):
        link_and_tell(session, people.amina, tell(session), problem.id)


def test_nothing_is_sent_by_a_link_before_its_words_were_shown(
    enter: Enter, session: Session, people: People, problem: Problem
):
    """11.A4: one click on a suggested problem shows the words; what was confirmed is what is sent."""
    link_like_reports(session, people, problem)
    number = tell(session).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Link to this problem")
    assert "Nothing is saved yet" in amina.text
    assert "Use the web page." in amina.one("textarea[name=body]").text()
    assert sent(session, number) == []
    assert session.get_one(Ticket, number).problem_id is None
    amina.press("Save and send this", body=" ")
    assert amina.problems == ["Write what they will read, or tell them nothing"]
    amina.press("Save and send this", body="Use the web page today.")
    assert sent(session, number) == ["Use the web page today."]
    session.expire_all()
    assert session.get_one(Ticket, number).problem_id == problem.id


def test_who_was_told_of_the_wrong_problem_is_offered_a_correction(
    enter: Enter, session: Session, problem: Problem, ticket: Ticket
):
    """11.A4: unlinking offers words that take back what was sent; they are sent only if confirmed."""
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}/problem")
    amina.press("Save", problem_id="none")
    assert "it is not the same as yours" in amina.one("textarea[name=body]").text()
    amina.press("Save and send this")
    session.expire_all()
    assert session.get_one(Ticket, ticket.number).problem_id is None
    assert "it is not the same as yours" in sent(session, ticket.number)[-1]


def test_a_password_in_the_words_of_a_link_is_warned_of(
    enter: Enter, session: Session, people: People, problem: Problem
):
    """11.A4: the words of a link pass the same checks as a reply."""
    link_like_reports(session, people, problem)
    number = tell(session).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Link to this problem")
    amina.press("Save and send this", body="Your password is Blue5kies!")
    assert "There seems to be a password in it" in amina.text
    assert sent(session, number) == []


@pytest.mark.parametrize("status", ["", "released"])
def test_who_is_left_out_for_a_clinician_is_shown_before_and_after(
    enter: Enter, session: Session, problem: Problem, ticket: Ticket, status: str
):
    """11.A3: the page of news and of a released fix names whom a clinician must read first."""
    request_review(session, SYSTEM, ticket, ["tried"])
    session.flush()
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/update?status={status}")
    amina.press("See it first", body="Try again.")
    assert "Nobody will be written to" in amina.text
    assert "Left out for a clinician" in amina.text
    assert f"DN-{ticket.number:06}" in amina.text
    amina.press("Save it now")
    assert f"Not written to, for a clinician: DN-{ticket.number:06}." in amina.text
    if not status:
        assert "1 ticket left out, for a clinician." in amina.page.text()


def test_everybody_linked_is_shown_before_anything_is_sent(
    enter: Enter, session: Session, problem: Problem, ticket: Ticket
):
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/update")
    amina.press("See it first")
    assert len(amina.problems) == 1
    amina.press("See it first", body="It takes\n\na week.")
    assert "1 reporter will find it" in amina.text
    assert [one.text() for one in amina.page.css("main .desk-public + p + ul li")] == [
        f"DN-{ticket.number:06}"
    ]
    assert session.exec(select(ProblemUpdate)).all() == []
    amina.press("Send it now")
    assert amina.path == f"/problems/{problem.id}"
    assert "Sent. 1 reporter can read it." in amina.text
    reader = Visitor(app)
    token = private_links.mint(session, ticket.number)
    session.flush()
    reader.get(f"/t/{token}")
    assert "It takes a week." in reader.text
    assert SECRET not in reader.text


def test_nothing_goes_to_somebody_who_was_not_shown(
    enter: Enter, session: Session, people: People, problem: Problem
):
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/update")
    amina.press("See it first", body="News")
    assert "Nobody will be written to" in amina.text
    late = tell(session)
    link_and_tell(session, people.amina, late, problem.id)
    session.flush()
    amina.press("Save it now")
    assert "The list of tickets has changed" in amina.problems[0]
    assert f"DN-{late.number:06}" in amina.text
    amina.press("Send it now")
    assert session.exec(select(ProblemUpdate)).one().recipients == 1


def test_a_released_fix_asks_for_the_words_first(
    enter: Enter, session: Session, problem: Problem, ticket: Ticket
):
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/status")
    amina.press("Continue", status="released")
    assert "Ask everybody to try again" in amina.text
    amina.press("See it first", body="Please try again.")
    amina.press("Send it now")
    session.refresh(problem)
    assert problem.status == "released"
    assert "wrote to 1 reporter" in amina.text


def test_a_manager_moves_it_on_but_writes_to_nobody(enter: Enter, session: Session, problem: Problem):
    mo = enter("mo")
    mo.get(f"/problems/{problem.id}")
    assert "Write to everybody linked" not in mo.text
    mo.get(f"/problems/{problem.id}/status")
    assert not mo.page.css("[value=released]")
    mo.press("Continue", status="with_supplier")
    assert "With the supplier" in mo.text
    assert mo.get(f"/problems/{problem.id}/update").status_code == 403


def test_another_service_reads_and_does_not_change(enter: Enter, problem: Problem):
    sam = enter("sam")
    assert sam.get(f"/problems/{problem.id}").status_code == 200
    assert "Another service looks after this" in sam.text
    assert sam.get(f"/problems/{problem.id}/edit").status_code == 403


@pytest.mark.parametrize("who", ["priya", "cole", "ada"])
def test_others_see_no_problems(enter: Enter, problem: Problem, who: str):
    visitor = enter(who)
    assert visitor.get("/problems").status_code == 403
    visitor.get("/account")
    assert "Known problems" not in (visitor.page.body.text() if visitor.page.body else "")


@pytest.mark.parametrize("path", ["/", "/known", "/known?programme=fern"])
def test_everybody_reads_what_is_public(session: Session, people: People, path: str):
    opened(session, people, title="Kept inside")
    opened(session, people, title="Shown to all", is_public=True)
    anybody = Visitor(app)
    assert anybody.get(path).status_code == 200
    assert "Shown to all" in anybody.text
    assert "Use the web page." in anybody.text
    assert "Who can fix it: A digital navigator in your service." in anybody.text
    assert "Kept inside" not in anybody.text
    assert SECRET not in anybody.text
    anybody.get("/known?programme=oak")
    assert "Shown to all" not in anybody.text


def test_the_entrance_shows_three_and_leads_to_the_rest(session: Session, people: People):
    for name in "abcd":
        opened(session, people, title=f"Problem {name}", is_public=True)
    anybody = Visitor(app)
    anybody.get("/")
    assert [one.text() for one in anybody.page.css("main h3")] == ["Problem d", "Problem c", "Problem b"]
    assert "All 4 problems" in anybody.text


def test_who_tells_of_a_known_problem_reads_of_it_and_can_still_tell(session: Session, people: People):
    opened(session, people, title="Shown to all", is_public=True)
    pat = Visitor(app)
    report_journey.tell(pat, until="known")
    assert "We know about this" in pat.text
    assert "Use the web page." in pat.text
    assert SECRET not in pat.text
    report_journey.tell(pat)
    other = Visitor(app)
    report_journey.tell(other, until="session", words={"text": "Zzz", "common": ""})
    assert "We know about this" not in other.text


def test_news_for_everybody_is_warned_of_like_a_reply(enter: Enter, session: Session, people: People):
    """11.B4, by the page."""
    problem = opened(session, people).id
    ticket = tell(session)
    link_and_tell(session, people.amina, ticket, problem)
    session.flush()
    amina = enter("amina")
    amina.get(f"/problems/{problem}/update")
    amina.press("See it first", body="Your password is Sunny-42")
    assert "There seems to be a password in it" in amina.text
    buttons = amina.page.css("main form .nhsuk-button:not(.nhsuk-button--small)")
    assert [one.text(strip=True) for one in buttons] == ["See it first", "Send it now all the same"]
    amina.press("Send it now all the same")
    assert amina.path == f"/problems/{problem}"
