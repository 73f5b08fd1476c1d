"""One ticket on its page: what each person sees of it, can do to it, and loses nothing by."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.articles import Article
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS, SYSTEM
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems.inputs import NewProblemInput
from navigator.problems.linking import link
from navigator.problems.records import open_problem
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import staff
from navigator.tickets.actions.contact import stop_contact
from navigator.tickets.actions.merge import merge
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    LinkInput,
    MergeInput,
    ResolveInput,
    SayInput,
    TriageInput,
)
from navigator.tickets.lifecycle import act
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import ClinicalReview, Event, Message, Resolution, Status, Ticket
from tests.cases import each_case
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.desk.ticket import ON_THE_PAGE
from web.desk.ticket_actions import TICKET_ACTIONS
from web.kit.templating import environment


@pytest.fixture
def number(session: Session, people: People) -> int:
    """A patient's ticket that nobody has yet."""
    told = ReportInput(
        service="north",
        programme="fern",
        text="I forgot my password and the reset email never comes",
        category="access.forgotten_password",
        answers={"reset_tried": "no"},
        practitioner="Priya",
        contact=ContactInput(route=ContactMethod.EMAIL, email="pat@post.example", needs="large print"),
    )
    number = staff.report(session, ANONYMOUS, told).ticket.number
    staff.assign(session, people.mo, number, AssignInput())
    session.flush()
    return number


def ticket(session: Session, number: int) -> Ticket:
    session.expire_all()
    return session.get_one(Ticket, number)


def deeds(visitor: Visitor) -> set[str]:
    """The deeds that the page offers."""
    hrefs = [one.attributes["href"] or "" for one in visitor.page.css(".desk-actions a")]
    actions = [one.attributes["action"] or "" for one in visitor.page.css(".desk-actions form")]
    return {re.sub(r".*/|#asks$", "", one) for one in hrefs + actions}


def test_everything_is_at_hand(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    for words in (
        "I forgot my password and the reset email never comes",
        "They chose",
        "The desk suggests",
        "because they wrote",
        "Usual fix",
        "Workaround",
        "Pass it on when",
        "pat@post.example",
        "large print",
        "Priya (not confirmed)",
        "Never take or set a password for somebody",
        "Fixable by us",
    ):
        assert words in amina.text
    assert amina.page.css("details[open]")  # the identity check stands open where it is about access


@pytest.mark.parametrize("who", ["sam", "sue", "priya", "cole", "ada"])
def test_for_strangers_there_is_no_such_ticket(enter: Enter, number: int, who: str):
    visitor = enter(who)
    assert visitor.get(f"/tickets/{number}").status_code == 404
    for name in TICKET_ACTIONS:
        assert visitor.post(f"/tickets/{number}/{name}", data={"body": "x", "reason": "x"}).status_code == 404


def test_a_manager_does_not_learn_how_to_reach_the_reporter(enter: Enter, number: int):
    mo = enter("mo")
    mo.get(f"/tickets/{number}")
    assert "pat@post.example" not in (mo.page.html or "")
    assert deeds(mo) == {"notes", "assignment", "practitioner", "clinical-review"}


def test_a_practitioner_is_offered_only_what_they_may_do(
    enter: Enter, session: Session, people: People, number: int
):
    staff.attach(session, people.amina, number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    priya = enter("priya")
    priya.get(f"/tickets/{number}")
    assert deeds(priya) == {"#body", "notes", "session", "confirmation", "clinical-review"}
    assert priya.get(f"/tickets/{number}/triage").status_code == 403
    assert priya.post(f"/tickets/{number}/replies", data={"body": "x"}).status_code == 403
    priya.get(f"/tickets/{number}")
    priya.press("Send", body="She told me that it is a new phone")
    assert "She told me that it is a new phone" in priya.text


NOT_NOW = ("answers", "unmerging", "problem", "call-time")
"""Of a reporter; of a ticket into which one was merged, or with a booked call; and where a problem fits."""

ANSWERS_AS_THEY_STAND = ("assignment", "contact", "links", "needs", "session", "triage")


@each_case("name", [name for name in TICKET_ACTIONS if name not in ON_THE_PAGE and name not in NOT_NOW])
def test_each_deed_has_its_page(enter: Enter, session: Session, people: People, number: int, name: str):
    has: dict[str, Any] = {"usual": ["device"], "owner": "Mo", "review_on": date(2027, 1, 1)}
    session.merge(InclusionSetting(service_id=people.north, **has))
    private_links.mint(session, number)  # else there is none to end
    session.flush()
    amina = enter("amina")
    before = ticket(session, number).model_dump()
    does = "form.desk-main button:not([formaction])"  # another one leads to its pictures
    assert amina.get(f"/tickets/{number}/{name}").status_code == 200
    amina.one(does)
    assert ticket(session, number).model_dump() == before
    if name not in ANSWERS_AS_THEY_STAND:
        amina.press(amina.one(does).text(strip=True))
        assert amina.problems
        assert ticket(session, number).model_dump() == before


@each_case(
    ("name", "words"),
    [
        ("practitioner", "Choose the practitioner"),
        ("clinical-review", "Enter what they should look at"),
        ("resolution", "Choose how it ended"),
    ],
)
def test_what_is_missing_is_named_as_its_box_asks_for_it(enter: Enter, number: int, name: str, words: str):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/{name}")
    amina.press(amina.one("form.desk-main button").text(strip=True))
    assert words in amina.problems


@pytest.mark.parametrize(
    ("name", "button", "typed", "says", "becomes"),
    [
        ("notes", "Save note for staff", {"body": "seems cross"}, "Only staff see it", "new"),
        ("calls", "Save call for staff", {"came": "no_answer"}, "Only staff see it", "open"),
        (
            "waiting",
            "Send and wait for them",
            {"body": "Which phone?"},
            "waits for an answer",
            "waiting_for_reporter",
        ),
        (
            "parking",
            "Send and leave it to the supplier",
            {"body": "Theirs"},
            "waits for the supplier",
            "waiting_for_supplier",
        ),
        (
            "resolution",
            "Send and resolve",
            {"resolution": "fixed", "body": "Done"},
            "We ask if it works",
            "resolved",
        ),
        ("triage", "Save", {"category": "notify.too_many", "impact": "4"}, "Sorted", "open"),
        (
            "clinical-review",
            "Ask a clinician to read it",
            {"reason": "please look"},
            "A clinician is told",
            "new",
        ),
    ],
)
def test_what_is_done_is_said_and_kept(  # noqa: PLR0917 - one example is so wide
    enter: Enter,
    session: Session,
    number: int,
    name: str,
    button: str,
    typed: dict[str, str],
    says: str,
    becomes: str,
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/{name}")
    amina.press(button, **typed)
    assert amina.path == f"/tickets/{number}"
    assert says in amina.page.text()
    assert ticket(session, number).status == becomes


def test_taking_assigning_checking_and_ending_it(enter: Enter, session: Session, people: People, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Take it")
    assert ticket(session, number).assignee_id == people.amina.user_id
    amina.press("I have checked the person")
    assert ticket(session, number).identity_checked_at
    amina.get(f"/tickets/{number}/assignment")
    amina.press("Assign", assignee_id=str(people.tom.user_id))
    assert ticket(session, number).assignee_id == people.tom.user_id
    amina.get(f"/tickets/{number}/practitioner")
    amina.press("Confirm", pwp_id=str(people.priya.user_id))
    assert ticket(session, number).practitioner_is_confirmed
    amina.get(f"/tickets/{number}/session")
    amina.press(
        "Change the session",
        **{"next_session-day": "1", "next_session-month": "7", "next_session-year": "2026"},
    )
    assert str(ticket(session, number).session_on) == "2026-07-01"
    amina.get(f"/tickets/{number}/resolution")
    amina.press("Send and resolve", resolution="fixed", body="Done")
    amina.press("Take it up again")
    assert ticket(session, number).status == Status.OPEN


def test_a_stale_save_shows_the_others_change_and_keeps_what_was_typed(
    enter: Enter, session: Session, number: int
):
    amina, tom = enter("amina"), enter("tom")
    amina.get(f"/tickets/{number}/triage")
    tom.get(f"/tickets/{number}")
    tom.press("Take it")
    answer = amina.press("Save", category="notify.too_many", impact="3", workaround="Turn them off")
    assert answer.status_code == 409
    assert "Nothing was saved" in amina.problems[0]
    assert "Tom Baker took it" in amina.text
    assert amina.one("textarea").text() == "Turn them off"
    assert ticket(session, number).category == "access.forgotten_password"
    assert amina.press("Save").status_code == 200
    assert ticket(session, number).category == "notify.too_many"


def test_a_workaround_is_asked_about_like_a_reply_and_once_for_each_wording(
    enter: Enter, session: Session, number: int
):
    """11.B4: the reporter reads it on their page; another system is asked about it too."""
    amina = enter("amina")
    amina.get(f"/tickets/{number}/triage")
    amina.press("Save", category="notify.too_many", workaround="Your password is Sunny-42")
    assert "There seems to be a password in it" in amina.text
    assert ticket(session, number).category == "access.forgotten_password"
    amina.press("Save all the same", workaround="Call 07700 900123")
    assert "There is a phone number in it" in amina.text
    assert ticket(session, number).workaround != "Call 07700 900123"
    amina.press("Save all the same")
    assert ticket(session, number).workaround == "Call 07700 900123"


def test_one_of_two_takes_it(enter: Enter, session: Session, people: People, number: int):
    amina, tom = enter("amina"), enter("tom")
    for one in (amina, tom):
        one.get(f"/tickets/{number}")
    amina.press("Take it")
    assert tom.press("Take it").status_code == 409
    assert "Amina Yusuf took it" in tom.text
    assert ticket(session, number).assignee_id == people.amina.user_id
    assert not [one for one in tom.page.css("button") if one.text(strip=True) == "Take it"]


def test_a_deed_whose_time_is_over_says_so_and_gives_back_what_was_typed(
    enter: Enter, session: Session, people: People, number: int
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/parking")
    staff.resolve(session, people.tom, number, ResolveInput(resolution=Resolution.FIXED, body="Done"))
    session.flush()
    answer = amina.press("Send and leave it to the supplier", body="A long careful text")
    assert answer.status_code == 409
    assert "This cannot be done now" in amina.text
    assert "The ticket is resolved" in amina.text
    assert "A long careful text" in amina.text
    assert len(session.exec(select(Message)).all()) == 2
    assert amina.get(f"/tickets/{number}/parking").status_code == 200
    assert "This cannot be done now" in amina.text


@pytest.mark.parametrize(
    "body", ["x" * 5000, "\u0645\u0631\u062d\u0628\u0627 \U0001f642\0", "<script>alert(1)</script>"]
)
def test_any_text_is_shown_as_it_was_typed(enter: Enter, session: Session, number: int, body: str):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Send", body=body)
    assert body.replace("\0", "") in amina.text


def test_too_long_or_empty_a_reply_is_not_sent(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Send", body="y" * 5001)
    assert "5,000 characters or fewer" in amina.problems[0]
    assert amina.one("textarea").text() == "y" * 5001
    amina.press("Send", body=" ")
    assert amina.problems == ["Enter what you want to say"]
    assert len(session.exec(select(Message)).all()) == 1


def test_a_note_of_concern_opens_a_hand_over(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/calls")
    amina.press("Save call for staff", came="spoke", body="She said that she wants to end her life")
    session.exec(select(ClinicalReview)).one()
    assert "A clinician must read this" in amina.text


def reported_again(session: Session) -> int:
    """The number of another report of the same person."""
    told = ReportInput(
        service="north",
        text="me again",
        contact=ContactInput(route=ContactMethod.EMAIL, email="pat@post.example"),
    )
    number = staff.report(session, ANONYMOUS, told).ticket.number
    session.flush()
    return number


def test_a_merged_ticket_leads_to_the_one_that_goes_on(
    enter: Enter, session: Session, people: People, number: int
):
    other = reported_again(session)
    amina = enter("amina")
    amina.get(f"/tickets/{number}/merge")
    amina.press("Look at what happens", into=str(other))
    assert ticket(session, number).status == Status.NEW, "nothing is done before it was looked at"
    assert f"DN-{other:06d} goes on" in amina.text
    amina.press(f"Merge into DN-{other:06d}")
    assert amina.path == f"/tickets/{other}"
    assert "I forgot my password" in amina.text
    amina.get(f"/tickets/{number}/notes")
    assert "The ticket is merged" in amina.text


def test_only_the_same_persons_tickets_are_merged(
    enter: Enter, session: Session, people: People, number: int
):
    told = ReportInput(service="north", text="somebody else")
    other = staff.report(session, ANONYMOUS, told).ticket.number
    session.flush()
    amina = enter("amina")
    for into, says in ((other, "same reporter"), (number, "with itself"), (4711, "cannot find")):
        amina.get(f"/tickets/{number}/merge")
        answer = amina.press("Look at what happens", into=str(into))
        assert says in amina.text
        assert answer.status_code in (404, 422)
    assert ticket(session, number).status == Status.NEW


def test_the_other_ticket_is_named_as_references_are_written(
    enter: Enter, session: Session, people: People, number: int
):
    """The page said “Into must be a whole number” of a reference that was copied from another page."""
    other = reported_again(session)
    amina = enter("amina")
    for into in ("hello", "9" * 20, ""):
        amina.get(f"/tickets/{number}/merge")
        assert amina.press("Look at what happens", into=into).status_code == 422
        assert amina.problems == ["Enter the number of a ticket, like DN-000123"]
    amina.get(f"/tickets/{number}/merge")
    amina.press("Look at what happens", into=f"dn-{other:06}")
    amina.press(f"Merge into DN-{other:06d}")
    assert amina.path == f"/tickets/{other}"


@pytest.mark.parametrize(
    "path", ["/tickets/0", f"/tickets/{10**30}", "/tickets/x", "/tickets/4711", "/tickets/1/nothing"]
)
def test_no_such_ticket_or_deed(enter: Enter, people: People, path: str):
    assert enter("amina").get(path).status_code == 404


def test_what_is_done_is_listed_without_what_was_said(
    enter: Enter, session: Session, people: People, number: int
):
    staff.note(session, people.amina, number, SayInput(body="seems cross"))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}/history")
    listed = amina.one(".desk-events").text()
    assert "Amina Yusuf wrote a note" in " ".join(listed.split())
    assert "cross" not in listed
    assert len(amina.page.css(".desk-events li")) == len(session.exec(select(Event)).all())


def test_merged_into_the_merged(session: Session, people: People, enter: Enter, number: int):
    told = ReportInput(
        service="north",
        text="me again",
        contact=ContactInput(route=ContactMethod.EMAIL, email="pat@post.example"),
    )
    other = staff.report(session, ANONYMOUS, told).ticket.number
    merge(session, people.amina, number, MergeInput(into=other))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert amina.path == f"/tickets/{other}"


def test_reports_like_it_are_linked_or_merged_in_a_click(
    enter: Enter, session: Session, people: People, number: int
):
    told = ReportInput(
        service="north",
        programme="fern",
        text="No reset email for my password",
        category="access.forgotten_password",
        contact=ContactInput(route=ContactMethod.EMAIL, email="pat@post.example"),
    )
    near = staff.report(session, ANONYMOUS, told).ticket.number
    what = NewProblemInput(
        service="north", programme="fern", category="access.forgotten_password", title="Mail is late"
    )
    problem = open_problem(session, people.amina, what)
    for _ in range(3):
        like = staff.report(session, ANONYMOUS, told.model_copy(update={"contact": ContactInput()})).ticket
        link(session, people.amina, like.number, LinkInput(problem_id=problem.id))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert "Mail is late" in amina.text
    assert "No reset email for my password" in amina.text
    amina.get(amina.one("a[href*='?into=']").attributes["href"] or "")
    assert amina.one("#into").attributes["value"] == str(near)
    amina.get(f"/tickets/{number}")
    amina.press("Link to this problem")
    assert ticket(session, number).problem_id == problem.id
    assert "Link to this problem" not in amina.text


def test_a_first_answer_that_did_not_come_is_late_until_it_comes(enter: Enter, session: Session, number: int):
    def first_answer() -> str:
        amina.get(f"/tickets/{number}")
        pairs = (pair.text(separator=" ", strip=True) for pair in amina.page.css(".desk-pairs > div"))
        return next(pair for pair in pairs if pair.startswith("First answer"))

    amina = enter("amina")
    assert "(late)" not in first_answer()
    ticket(session, number).first_reply_by_at = clock.now() - timedelta(minutes=1)
    session.flush()
    assert first_answer().endswith("(late)")
    amina.press("Send", body="We look at it.")
    assert "(late)" not in first_answer()


def test_not_safe_to_contact_stands_beside_the_title_and_before_every_channel(
    enter: Enter, session: Session, number: int
):
    """11.A10: and the advice to call the details on record changes."""
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert "Call or write to the contact details that the service already has on record" in amina.text
    session.get_one(Reporter, ticket(session, number).reporter_id).is_safe_to_contact = False
    session.flush()
    amina.get(f"/tickets/{number}")
    assert "Not safe to contact" in amina.one(".desk-title").text()
    assert "Not safe to contact" in amina.one("form[action$='/replies']").text()
    assert "Call or write to the contact details" not in amina.text
    assert "do not use the contact details on record either" in amina.text
    for channel in ("waiting", "parking", "resolution", "calls"):
        amina.get(f"/tickets/{number}/{channel}")
        assert "Not safe to contact" in amina.text, channel


def test_what_people_are_told_to_try_is_at_hand(enter: Enter, session: Session, number: int):
    leaf = "access.forgotten_password"
    session.add(Article(code="a", title="Look in spam", category=leaf, body="It *may* be there."))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert "People are told to try: Look in spam" in amina.text
    assert amina.one(".nhsuk-details__text em").text() == "may"


def test_it_says_why_somebody_has_it(enter: Enter, session: Session, people: People, number: int):
    amina = enter("amina")
    told = ReportInput(service="north", text="it is slow", category="device.slow_connection")
    given = staff.report(session, ANONYMOUS, told).ticket
    has_it = "Amina Yusuf" if given.assignee_id == people.amina.user_id else "Tom Baker"
    session.flush()
    amina.get(f"/tickets/{given.number}")
    assert f"{has_it} had the most room: 0 of 20 tickets." in amina.text
    assert "Of the 2 people who could take it" in amina.text
    amina.get(f"/tickets/{number}")
    assert "Mo Ali put it back into the queue" in amina.text
    staff.claim(session, people.tom, number)
    session.flush()
    amina.get(f"/tickets/{number}")
    assert "Tom Baker took it on" in amina.text
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    amina.get(f"/tickets/{number}")
    assert "Mo Ali gave it to Amina Yusuf on" in amina.text


def test_the_form_of_a_call_says_first_who_must_not_be_called(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/calls")
    assert "Not safe to contact" not in amina.text
    session.get_one(Reporter, session.get_one(Ticket, number).reporter_id).is_safe_to_contact = False
    session.flush()
    amina.get(f"/tickets/{number}/calls")
    assert amina.text.index("Not safe to contact") < amina.text.index("What came of it?")
    form = amina.one("main form").text()
    assert form.index("Do not call") < form.index("What came of it?")
    amina.press("Save call for staff", came="no_answer", minutes="241")
    assert "Minutes must be 240 or less" in amina.text


def test_a_navigator_changes_how_to_reach_a_reporter_and_ends_their_links(
    enter: Enter, session: Session, people: People, number: int
):
    """11.F3, 11.B2: as actions on the ticket, which its history lists."""
    private_links.mint(session, number)
    amina = enter("amina")
    amina.get(f"/tickets/{number}/contact")
    amina.press("Change it", route="email", email="new@post.example", is_safe="no")
    assert "Not safe to contact" in amina.text
    amina.get(f"/tickets/{number}/links")
    assert "Shown after a report" in amina.text
    amina.press("End all private links")
    assert private_links.live_links(session, [number]) == []
    amina.get(f"/tickets/{number}/history")
    done = " ".join(amina.one(".desk-events").text().split())
    assert "Amina Yusuf changed how to reach them" in done
    assert "Amina Yusuf ended the private links" in done
    assert "new@post.example" not in done


def test_nobody_is_said_to_be_called_where_that_may_not_be_safe(
    enter: Enter, session: Session, people: People, number: int
):
    stop_contact(session, people.amina, number)
    act(session, SYSTEM, Action.UNDELIVERED, number, by="text", next="call")
    amina = enter("amina")
    amina.get(f"/tickets/{number}/history")
    done = " ".join(amina.one(".desk-events").text().split())
    assert "could not deliver a message by text: there is no other way left to write to them" in done
    assert "to be called" not in done


def test_a_session_of_today_is_said_as_such_and_not_as_late(enter: Enter, session: Session, people: People):
    """11.D10: the queue and the page say what is to be done, not that somebody is late."""
    number = tell(session, next_session=clock.today()).number
    clock.set_to(clock.now() + timedelta(minutes=5))
    amina = enter("amina")
    for path, said in (
        ("/desk", "session today: plan without it"),
        (f"/tickets/{number}", "Now Session today: plan without it"),
    ):
        amina.get(path)
        assert said in amina.text
        assert "late" not in [one.text(strip=True)[:4] for one in amina.page.css("td strong")]
        assert "Late" not in [one.text(strip=True) for one in amina.page.css(".nhsuk-tag--red")]


def test_a_suggestion_points_at_a_ticket_that_was_sorted_so(enter: Enter, session: Session, people: People):
    """12.8: a reason that says something; the ticket is one that its reader may open."""
    other = tell(session, text="The reset link for my password never comes, not once")
    number = tell(session, text="The reset link for my password never comes").number
    suggested = session.get_one(Ticket, number).suggested_category or ""
    staff.triage(session, people.amina, other.number, TriageInput(category=suggested))
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    assert f", like DN-{other.number:06}" in amina.text
    assert (
        amina.get(amina.one(f"dd a[href='/tickets/{other.number}']").attributes["href"] or "").status_code
        == 200
    )


def test_what_is_new_is_never_folded(session: Session, people: People, number: int):
    """14: of a long conversation the first and the newest are shown; from what is new on, all of it."""
    for n in range(2, 13):
        staff.note(session, people.amina, number, SayInput(body=f"Words {n}."))
    session.flush()
    detail = ticket_detail(session, people.amina, number)
    conversation: Any = environment.globals["conversation"]
    for new_at, folded in ((None, 6), (9, 6), (3, 2), (1, 0), (0, 0)):
        new_from = None if new_at is None else detail.messages[new_at].id
        page = HTMLParser(str(conversation(detail, folds=True, new_from=new_from)))
        assert len(page.css("details li")) == folded
        assert len(page.css("li:not(.desk-new-since)")) == len(detail.messages)
        assert len(page.css(".desk-new-since")) == (new_at is not None)
        assert not page.css("details .desk-new-since")


def test_what_those_need_who_were_merged_stands_on_the_page(
    session: Session, people: People, enter: Enter
) -> None:
    given: dict[str, Any] = {"route": "email", "email": "pat@home.example", "is_safe": True}
    kept, further = (tell(session, contact=given | {"access_needs": need}) for need in ([], ["no_phone"]))
    merge(session, people.amina, further.number, MergeInput(into=kept.number))
    session.flush()
    amina, mo = enter("amina"), enter("mo")
    amina.get(f"/tickets/{kept.number}")
    assert "They need: No phone calls." in amina.text
    mo.get(f"/tickets/{kept.number}")
    assert "No phone calls" not in mo.text
