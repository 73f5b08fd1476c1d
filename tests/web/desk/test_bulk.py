"""One deed for many tickets, as people do it on the pages: choose, say what, check the list, watch, stop."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.bulk import run_items, selection
from navigator.bulk.tables import Bulk, BulkItem
from navigator.canned_replies.canned_reply import CannedReply
from navigator.jobs.registry import JOBS
from navigator.people.actor import SYSTEM
from navigator.people.reporter import Reporter, reference
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.ticket import Message, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

CHOSEN, ALL = "Go on with the chosen tickets", "Go on with all of this view"


@pytest.fixture
def tickets(session: Session, people: People) -> list[Ticket]:
    """Three tickets in North that nobody has, and one in South."""
    tell(session, service="south")
    told = [tell(session) for _ in range(3)]
    for one in told:
        staff.assign(session, people.mo, one.number, AssignInput())
    session.flush()
    return told


def listed(visitor: Visitor) -> list[int]:
    """The numbers of the tickets in the tables of a page."""
    links = visitor.page.css("th a[href^='/tickets/']")
    return [int((one.attributes["href"] or "").rsplit("/", 1)[1]) for one in links]


def work(session: Session) -> None:
    """Let the job run until there is nothing to do."""
    session.flush()
    clock.set_to(clock.now() + timedelta(seconds=10))  # what goes to reporters waits so long
    while JOBS["bulk"].run():
        pass
    session.expire_all()


def test_by_box_a_navigator_replies_to_the_chosen_and_sees_what_came_of_each(
    enter: Enter, session: Session, tickets: list[Ticket]
):
    amina, chosen = enter("amina"), [str(one.number) for one in tickets[:2]]
    amina.get("/desk")
    box = amina.one(f"input[name=tickets][value='{chosen[0]}']")
    assert box.attributes["aria-label"] == f"Choose {reference(int(chosen[0]))}"
    amina.press(CHOSEN, tickets=chosen)
    assert "2 tickets chosen" in amina.text
    amina.get(amina.one("a[href*='/bulk/new/reply']").attributes["href"] or "")
    amina.press("See the list first", body="Please try {reference} again.")
    assert [str(number) for number in listed(amina)] == chosen
    assert f"Please try {reference(tickets[0].number)} again." in amina.text
    assert session.exec(select(Bulk)).all() == []
    amina.press("Reply to 2 tickets")
    assert "0 of 2 tickets done, 2 to do." in amina.text
    work(session)
    amina.get(amina.path)
    assert "2 of 2 tickets done." in amina.text
    assert [str(number) for number in listed(amina)] == chosen
    said = session.exec(select(Message.ticket_number).where(Message.action == "reply")).all()
    assert sorted(map(str, said)) == chosen
    amina.get(f"/tickets/{chosen[0]}/history")
    assert "replied → open, as one of 2 tickets" in amina.text


def test_by_view_a_manager_assigns_all_of_it(
    enter: Enter, session: Session, people: People, tickets: list[Ticket]
):
    tell(session)  # somebody has it, so it is not in the view
    mo = enter("mo")
    mo.get("/desk?view=unassigned")
    mo.press(ALL)
    assert mo.page.css("a[href*='/bulk/new/assign']")
    assert not mo.page.css("a[href*='/bulk/new/reply']")
    mo.get(mo.one("a[href*='/bulk/new/assign']").attributes["href"] or "")
    mo.press("See the list first", assignee_id=str(people.tom.user_id))
    assert "Tom Baker" in mo.text
    mo.press("Assign 3 tickets")
    work(session)
    assert {one.assignee_id for one in tickets} == {people.tom.user_id}


def test_what_reporters_read_of_a_link_is_shown_before_many_are_linked(
    enter: Enter, session: Session, people: People, tickets: list[Ticket]
):
    """11.A4: the words stand on the page that is confirmed, can be changed, and are those that are sent."""
    what = {"service": "north", "programme": "fern", "category": "access.forgotten_password", "title": "Lost"}
    known = NewProblemInput.model_validate(what | {"workaround": "Use the web page."})
    problem = records.open_problem(session, people.amina, known)
    session.flush()
    amina = enter("amina")
    amina.get("/bulk/new/link?tickets=" + " ".join(str(one.number) for one in tickets))
    amina.press("See the list first", problem_id=str(problem.id))
    assert "Use the web page." in amina.text
    amina.press("See the list first", body="Use the web page today.")
    amina.press("Link 3 tickets to a known problem")
    work(session)
    sent = session.exec(select(Message.body).where(Message.action == "update")).all()
    assert sent == ["Use the web page today."] * 3


def test_what_is_left_out_is_listed_with_why(
    enter: Enter, session: Session, people: People, tickets: list[Ticket]
):
    request_review(session, SYSTEM, tickets[0], ["tried"])
    session.flush()
    amina = enter("amina")
    numbers = " ".join(str(one.number) for one in tickets)
    amina.get(f"/bulk/new/resolve?tickets={numbers}")
    amina.press("See the list first", resolution="fixed", body="It works.")
    assert "1 ticket left out" in amina.text
    assert "A clinician must finish with it first." in amina.text
    amina.press("Resolve 2 tickets")
    work(session)
    amina.get(amina.path)
    assert "2 of 2 tickets done, 1 left out." in amina.text
    assert tickets[0].status == "new"


def test_only_what_was_confirmed_goes(enter: Enter, session: Session, tickets: list[Ticket]):
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Hello")
    newer = tell(session).number
    amina.press("Reply to 3 tickets")
    assert newer not in session.exec(select(BulkItem.ticket_number)).all()


def test_it_is_stopped_and_the_rest_done_again(
    enter: Enter, session: Session, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(run_items, "BATCH_SIZE", 1)
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Hello")
    amina.press("Reply to 3 tickets")
    clock.set_to(clock.now() + timedelta(seconds=10))
    JOBS["bulk"].run()
    amina.get(amina.path)
    amina.press("Stop")
    assert "Stopped" in amina.text
    assert "1 of 3 tickets done, 2 not done." in amina.text
    work(session)
    amina.press("Do the rest again")
    assert len(listed(amina)) == 2
    amina.press("Reply to 2 tickets")
    work(session)
    said = session.exec(select(Message.ticket_number).where(Message.action == "reply")).all()
    assert sorted(said) == [one.number for one in tickets]


def test_refusals_stand_on_the_first_page(
    enter: Enter, session: Session, people: People, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Hello")
    amina.press("Reply to 3 tickets")
    path = amina.path
    staff.note(session, people.tom, tickets[0].number, SayInput(body="I am on it"))
    amina.get("/home")
    assert "Running Reply to 3 tickets" in amina.text
    work(session)
    amina.get("/home")
    assert "2 of 3 tickets done, 1 refused." in amina.text
    assert amina.get(path).status_code == 200
    assert "Somebody changed it after you looked at the list." in amina.text
    for who, status in (("mo", 200), ("tom", 404), ("cole", 404), ("sam", 404)):
        assert enter(who).get(path).status_code == status
        assert enter(who).post(f"{path}/stop").status_code == status


@pytest.mark.parametrize(("who", "status"), [("priya", 403), ("cole", 403), ("ada", 403)])
def test_others_choose_nothing(enter: Enter, tickets: list[Ticket], who: str, status: int):
    visitor = enter(who)
    assert visitor.get("/bulk/new?whole=yes").status_code == status
    assert visitor.get("/bulk/new/assign?whole=yes").status_code == status
    assert visitor.post("/bulk/new/assign", data={"seen": f"{tickets[0].number}:1"}).status_code == status
    assert not visitor.page.css("input[name=tickets]")


def test_nothing_chosen_is_said(enter: Enter, tickets: list[Ticket]):
    amina = enter("amina")
    amina.get("/desk")
    amina.press(CHOSEN)
    assert amina.one("h1").text() == "You chose no ticket"
    amina.get("/bulk/new/reply")
    amina.press("See the list first", body="Hello")
    assert amina.problems == ["Choose at least one ticket"]


def test_strangers_tickets_are_not_chosen(enter: Enter, session: Session, tickets: list[Ticket]):
    south = session.exec(select(Ticket.number).where(Ticket.number < tickets[0].number)).one()
    amina = enter("amina")
    amina.get(f"/bulk/new?tickets={south}")
    assert amina.one("h1").text() == "You chose no ticket"
    amina.post("/bulk/new/reply", data={"body": "Hello", "seen": f"{south}:2"})
    assert amina.problems == ["Choose at least one ticket"]
    assert session.exec(select(Bulk)).all() == []


def test_what_is_missing_is_asked_again_with_the_choice_kept(enter: Enter, tickets: list[Ticket]):
    amina = enter("amina")
    amina.get("/bulk/new/resolve?whole=yes")
    amina.press("See the list first", body="It works.")
    assert len(amina.problems) == 1
    amina.press("See the list first", resolution="fixed", body="Dear {name}")
    assert amina.problems == ["Nothing is known to fill in {name} with"]
    amina.press("See the list first", body="It works.")
    assert len(listed(amina)) == 3
    amina.press("See the list first", body="It works again.")  # changed once more, under “Change this”
    assert "It works again." in amina.text


def test_the_first_so_many_are_taken_and_this_is_said(
    enter: Enter, tickets: list[Ticket], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(selection, "MAX_TICKETS", 2)
    monkeypatch.setattr("web.desk.bulk.MAX_TICKETS", 2)
    amina = enter("amina")
    amina.get("/bulk/new?whole=yes")
    assert "You chose 3 tickets. This can be done to 2 at a time. These are the first 2" in amina.text


def test_a_reply_to_hand_is_used_for_all(
    enter: Enter, session: Session, people: People, tickets: list[Ticket]
):
    session.add(
        CannedReply(service_id=people.north, code="try", title="Try again", body="Please try {reference}.")
    )
    session.flush()
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("Try again")
    assert amina.one("textarea[name=body]").text().strip() == "Please try {reference}."
    amina.press("See the list first")
    assert f"Please try {reference(tickets[0].number)}." in amina.text
    assert [one.ticket_number for one in session.exec(select(BulkItem).order_by(col(BulkItem.id)))] == []


def test_what_is_easily_regretted_is_asked_about_before_it_goes_to_many(
    enter: Enter, session: Session, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Your password is Sunny-42")
    assert "There seems to be a password in it" in amina.text
    assert "not safe to contact" not in amina.text
    buttons = amina.page.css("main form .nhsuk-button:not(.nhsuk-button--small)")
    goes = f"Reply to {len(tickets)} tickets all the same"
    assert [one.text(strip=True) for one in buttons] == ["See the list first", goes]
    assert "secondary" in (buttons[1].attributes["class"] or "")
    assert amina.page.css("details[open] textarea[name=body]")
    session.get_one(Reporter, tickets[0].reporter_id).is_safe_to_contact = False
    session.flush()
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="It works again")
    assert "It is not safe to contact 1 of these people." in amina.text
    assert "There seems to be a password" not in amina.text
    amina.get("/bulk/new/triage?whole=yes")
    told = {"category": "notify.too_many", "impact": "4", "workaround": "Your password is Sunny-42"}
    amina.press("See the list first", **told)
    assert "There seems to be a password in it" in amina.text


def test_what_was_done_to_many_is_listed_for_whoever_may_know_of_it(
    enter: Enter, session: Session, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk")
    assert "Nothing yet" in amina.text
    amina.get("/desk")
    amina.press(CHOSEN, tickets=[str(tickets[0].number)])
    amina.get(amina.one("a[href*='/bulk/new/reply']").attributes["href"] or "")
    amina.press("See the list first", body="Please try {reference} again.")
    amina.press("Reply to 1 ticket")
    work(session)
    for name, is_theirs in {"amina": True, "mo": True, "tom": False, "sam": False}.items():
        visitor = enter(name)
        visitor.get("/bulk")
        assert bool(visitor.page.css("main a[href^='/bulk/']")) is is_theirs, name


def test_what_goes_to_reporters_can_be_stopped_before_any_of_it_is_sent(
    enter: Enter, session: Session, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Hello")
    amina.press("Reply to 3 tickets")
    session.flush()
    clock.set_to(clock.now() + timedelta(seconds=9))
    assert JOBS["bulk"].run() == 0
    amina.get(amina.path)
    assert "Nothing is sent yet. It begins 1 second from now" in amina.text
    amina.press("Stop")
    assert "Stopped. Nothing was sent." in amina.text
    work(session)
    assert session.exec(select(Message).where(Message.action == "reply")).all() == []


def test_what_was_begun_by_a_clock_that_stood_ahead_does_not_wait_for_it(
    enter: Enter, session: Session, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Hello")
    amina.press("Reply to 3 tickets")
    session.flush()
    clock.set_to(clock.now() - timedelta(hours=1))
    assert JOBS["bulk"].run() == 3
    assert session.exec(select(Bulk)).one().has_begun


def test_what_else_is_done_for_many_is_shown_before_it_is_done(
    enter: Enter, session: Session, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk/new/reply?whole=yes")
    amina.press("See the list first", body="Which phone?", does="wait", follow_up="5_days")
    assert "When it is sent Wait for their answer" in amina.text
    assert "Then Remind me in 5 working days" in amina.text
    amina.press("Reply to 3 tickets")
    work(session)
    assert {ticket.status for ticket in tickets} == {"waiting_for_reporter"}


def test_what_is_for_staff_alone_waits_for_nothing(
    enter: Enter, session: Session, people: People, tickets: list[Ticket]
):
    amina = enter("amina")
    amina.get("/bulk/new/assign?whole=yes")
    amina.press("See the list first", assignee_id=str(people.tom.user_id))
    amina.press("Assign 3 tickets")
    session.flush()
    assert JOBS["bulk"].run() == 3
