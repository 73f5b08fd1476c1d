"""Every sentence that promises something to a reporter, beside the state that makes it true (11.E)."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact, ContactKind
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import actor
from navigator.problems.inputs import NewProblemInput, UpdateInput
from navigator.problems.linking import link
from navigator.problems.records import open_problem
from navigator.problems.updates import send_update
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter, staff
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import AttachInput, LinkInput, ResolveInput, SayInput, TriageInput
from navigator.tickets.promises import Facts, promises, promises_to
from navigator.tickets.ticket import Resolution, Status, Ticket
from navigator.tickets.triage import NEVER
from tests.cases import each_case
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People

SOON, LATE = MOMENT + timedelta(hours=5), MOMENT - timedelta(hours=1)
SESSION = {"session_on": date(2026, 6, 19), "session_deadline_at": MOMENT + timedelta(days=9)}
TODAY = {"session_on": date(2026, 6, 9), "session_deadline_at": MOMENT - timedelta(days=1)}
BOOKING = Contact(
    service_id=1, kind="booking", role_name="Booking line", phone="01632 960105", hours="8 to 6"
)

NOBODY = "We have your report. Nobody has begun to work on it yet."
WE_TRY = "We try to put it right before your session on Friday 19 June."
WITHOUT = "Your session can go on without the online part."
NOT_READY = f"It may not be ready for your session on Friday 19 June. {WITHOUT}"
PAST = f"Your session is today. It may not be ready by then. {WITHOUT}"
WORKS = {"status": "open", "is_begun": True, "first_replied_at": LATE}
SUPPLIER = (
    "The company that makes the programme has to put this right. We have told you what you can do until then."
)
REOPENED = {"status": "open", "came_by": Action.REOPEN, "has_news": True}
TELL_THEM = "Please tell your practitioner about it. If you write us their name, we tell them too."

# What is so, what it says where it stands, and what it says of a session or a practitioner.
TABLE: list[tuple[dict[str, Any], str, str]] = [
    # who has begun
    ({}, NOBODY, ""),
    ({"has_news": True}, "There is news about this. You can read it below.", ""),
    ({"status": "open"}, NOBODY, ""),
    ({"status": "open", "is_begun": True}, "We are working on it.", ""),
    ({"status": "open", "is_begun": True, "has_news": True}, "We are working on it.", ""),
    ({"status": "open", "came_by": Action.ANSWER}, "We have your answer. It is on our list again.", ""),
    (REOPENED, "It is open again, and on our list.", ""),
    ({"status": "waiting_for_reporter"}, "We have asked you something. Please answer below.", ""),
    # how it ended
    ({"status": "resolved", "resolution": "fixed"},
     "We think that it is put right. Please tell us if it works.", ""),
    ({"status": "resolved", "resolution": "not_fixable"},
     "We cannot put this right. You can read why below.", ""),
    ({"status": "resolved", "resolution": "passed_on"},
     "We have passed this on. You can read to whom below.", ""),
    ({"status": "closed", "resolution": "withdrawn"}, "You asked us to stop. This is closed.", ""),
    ({"status": "closed", "resolution": "no_answer"}, "We have not heard from you. So this is closed.", ""),
    ({"status": "closed"}, "This is closed.", ""),
    # before the session: only what somebody here can put right
    ({"fixability": "navigator", **SESSION}, NOBODY, WE_TRY),
    ({"fixability": "service", **SESSION}, NOBODY, WE_TRY),
    ({"fixability": "supplier", **SESSION}, NOBODY, NOT_READY),
    ({"fixability": "navigator", "status": "waiting_for_supplier", **SESSION}, SUPPLIER, NOT_READY),
    ({"fixability": None, **SESSION}, NOBODY,
     "If we can put it right, we try to do it before your session on Friday 19 June."),
    ({"fixability": "none", **SESSION}, NOBODY, ""),
    ({"fixability": "navigator", **TODAY}, NOBODY, PAST),
    ({"fixability": "supplier", **TODAY}, NOBODY, PAST),
    ({"fixability": "navigator", "session_on": date(2026, 6, 8)}, NOBODY, ""),
    # by when, without a session
    ({"fixability": "navigator", **WORKS, "target_at": SOON},
     "We are working on it.", "We try to put it right by 3pm on Tuesday 9 June."),
    ({"fixability": "supplier", **WORKS, "target_at": SOON},
     "We are working on it.", ""),
    ({"fixability": "navigator", **WORKS, "target_at": LATE},
     "We are working on it.", ""),
    # a limit of the treatment reaches the practitioner and the clinical lead, or says so
    ({"fixability": "protocol", **SESSION}, NOBODY,
     f"{TELL_THEM} You can talk about it in your session on Friday 19 June."),
    ({"fixability": "protocol", "practitioner_name_given": "Priya"}, NOBODY,
     "First we check who your practitioner is. Then we write to them about it."),
    ({"fixability": "protocol", "practitioner_told_at": LATE, "lead_told_at": LATE}, NOBODY,
     "We have written to your practitioner about it. We have written to the clinical lead of your service."),
    ({"fixability": "protocol", "practitioner_is_confirmed": True}, NOBODY,
     "We could not write to your practitioner. Please tell them about it."),
    ({"fixability": "protocol", "reporter_kind": "pwp"}, NOBODY, ""),
    # a divert is with its contact, or with nobody yet
    ({"fixability": "divert", "contact": BOOKING, **SESSION}, "We have passed this on.",
     "We have sent this to: Booking line. You can call them: 01632 960105. They are there: 8 to 6."),
    ({"fixability": "divert", **SESSION}, NOBODY, "A digital navigator reads this first, and passes it on."),
    # “A clinician needs to read this, not a navigator”, says the reason of words of risk
    ({"fixability": "divert", "category": "divert.risk"}, NOBODY, ""),
]  # fmt: skip


def facts(is_so: dict[str, Any]) -> Facts:
    said = {"fixability_reason": "Why.", "next_step": "What now.", "fixability": "navigator"}
    columns = {name: value for name, value in is_so.items() if name in Ticket.model_fields}
    others = {name: value for name, value in is_so.items() if name not in columns}
    ticket = Ticket(service_id=1, reporter_id=1, due_at=NEVER, **said | columns)
    return Facts(ticket=ticket, now=MOMENT, **others)


@each_case(("is_so", "stands", "more"), TABLE)
def test_a_promise_is_what_the_state_makes_true(is_so: dict[str, Any], stands: str, more: str):
    """11.E: the sentence beside the data, one row each."""
    promised = promises(facts(is_so))
    assert promised.stands == stands
    if is_so.get("status") in ("resolved", "closed"):
        assert promised.happens == ()
    else:
        assert " ".join(promised.happens) == f"Why. What now. {more}".strip()


@each_case(
    ("is_so", "says"),
    [
        ({"first_reply_by_at": SOON}, "We try to answer you by 3pm on Tuesday 9 June."),
        ({"first_reply_by_at": LATE}, "Our answer is late. We are sorry."),
        ({"first_reply_by_at": SOON, "first_replied_at": LATE}, ""),
        ({"first_reply_by_at": SOON, "status": "waiting_for_reporter"}, ""),
        ({"first_reply_by_at": SOON, "contact": BOOKING, "fixability": "divert"}, ""),
        ({"first_reply_by_at": SOON, "status": "closed"}, ""),
    ],
)
def test_an_answer_is_promised_only_while_somebody_owes_it(is_so: dict[str, Any], says: str):
    """11.E: by the working hours of the service: never "the same working day" on a Saturday."""
    assert promises(facts(is_so)).answer_by == says


PROMISES = re.compile(
    "we (tell|ask) your practitioner|tell practitioners|working day|straight away|at once"
    "|we can (book|set it up)|before your next session"
)


@each_case("leaf", catalogue().leaves)
def test_the_catalogue_promises_nothing_that_the_desk_does_not_do_itself(leaf: Any):
    """11.E: no text says that somebody is told, nor when, nor offers what nothing can be pressed for."""
    for text in (leaf.reason, leaf.next_step, leaf.patient_workaround or ""):
        assert not PROMISES.search(text.lower()), text


def letters(session: Session) -> list[tuple[str, str]]:
    query = select(OutboxMessage).where(col(OutboxMessage.template).in_(("for_practitioner", "limit")))
    found = session.exec(query.order_by(col(OutboxMessage.id)))
    return [(letter.template, letter.recipient) for letter in found]


LIMIT: dict[str, Any] = {
    "category": "protocol.required_module",
    "text": "This part is not about me",
    "practitioner": "Priya",
}


@pytest.fixture
def lead(session: Session, people: People) -> Contact:
    contact = Contact(service_id=people.north, kind=ContactKind.CLINICAL_LEAD, role_name="Clinical lead")
    contact.email = "lead@north.example"
    session.add(contact)
    session.flush()
    return contact


def test_a_limit_reaches_the_clinical_lead_at_once_and_the_practitioner_once_confirmed(
    session: Session, people: People, lead: Contact
):
    """11.E: by the desk itself, once each; whoever is confirmed instead is written to as well."""
    ticket = tell(session, **LIMIT)
    assert letters(session) == [("limit", "contact")]
    assert (ticket.lead_told_at, ticket.practitioner_told_at) == (clock.now(), None)
    for _ in range(2):
        staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
        session.flush()
    assert letters(session) == [("limit", "contact"), ("for_practitioner", "user")]
    assert ticket.practitioner_told_at == clock.now()


def test_what_is_no_limit_and_not_theirs_is_not_sent_to_a_practitioner(
    session: Session, people: People, lead: Contact
):
    """11.E: until a navigator finds that it is."""
    ticket = tell(session, practitioner="Priya")
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    assert letters(session) == []
    found = TriageInput(category="use.correct_entry", impact=4, fixability=None)
    staff.triage(session, people.amina, ticket.number, found)
    session.flush()
    assert letters(session) == [("for_practitioner", "user")]


def test_a_practitioner_who_reported_a_limit_is_not_written_to_about_it(
    session: Session, people: People, lead: Contact
):
    """11.E: the clinical lead is."""
    tell(session, people.priya, **LIMIT | {"reporter": "pwp"})
    assert letters(session) == [("limit", "contact")]


def test_a_divert_without_an_address_stays_with_the_navigators(session: Session, people: People):
    """11.E: "this goes to the booking line" was said where nothing went, and nobody had the ticket."""
    session.add(Contact(service_id=people.north, kind="booking", role_name="Booking", phone="01632 960105"))
    session.flush()
    ticket = tell(session, category="divert.appointment", text="I must cancel")
    assert ticket.diverted_to is None
    assert ticket.assignee_id


def test_a_letter_asks_whether_it_works_only_if_that_can_be(session: Session, people: People):
    """11.E: "does it work now?" clashed with "nobody can put that right"."""
    letters = {"fixed": "resolved", "workaround": "resolved", "not_fixable": "answered"}
    for resolution, template in letters.items():
        ticket = tell(session)
        resolve = ResolveInput(resolution=Resolution(resolution), body="This is why.")
        staff.resolve(session, people.amina, ticket.number, resolve)
        session.flush()
        query = select(OutboxMessage.template).where(
            OutboxMessage.ticket_number == ticket.number, OutboxMessage.recipient == "reporter"
        )
        assert session.exec(query.order_by(col(OutboxMessage.id).desc())).first() == template


def stands(session: Session, ticket: Ticket) -> str:
    session.flush()
    detail = ticket_detail(session, actor.reporter(ticket.number, frozenset({ticket.number})), ticket.number)
    return promises_to(session, detail).stands


def test_where_it_stands_is_read_from_what_was_done(session: Session, people: People):
    """11.E: "we are working on it" on a ticket that nobody has touched since it came back."""
    ticket = tell(session)
    me = actor.reporter(ticket.number, frozenset({ticket.number}))
    assert stands(session, ticket) == NOBODY
    staff.note(session, people.amina, ticket.number, SayInput(body="Looks odd."))
    assert stands(session, ticket) == NOBODY
    staff.claim(session, people.amina, ticket.number)
    assert stands(session, ticket) == "We are working on it."
    reporter.answer(session, me, ticket.number, SayInput(body="One thing more."))
    assert stands(session, ticket) == "We are working on it."
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which phone?"))
    reporter.answer(session, me, ticket.number, SayInput(body="An old one."))
    assert stands(session, ticket) == "We have your answer. It is on our list again."
    staff.reply(session, people.amina, ticket.number, SayInput(body="Try this."))
    assert stands(session, ticket) == "We are working on it."
    resolve = ResolveInput(resolution=Resolution.FIXED, body="Done.")
    staff.resolve(session, people.amina, ticket.number, resolve)
    reporter.reopen(session, me, ticket.number)
    assert stands(session, ticket) == "It is open again, and on our list."


def test_news_of_a_problem_is_said_where_it_stands(session: Session, people: People):
    """11.E: "nobody has begun to work on it yet" after news went out."""
    ticket = tell(session)
    problem = open_problem(
        session,
        people.amina,
        NewProblemInput(service="north", programme="fern", category="use.outage_or_error", title="Down"),
    )
    link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id))
    assert stands(session, ticket) == NOBODY
    send_update(session, people.amina, problem.id, UpdateInput(body="They look for the cause."))
    assert ticket.status == Status.NEW
    assert stands(session, ticket) == "There is news about this. You can read it below."


@pytest.mark.parametrize("kind", ["patient", "pwp"])
@pytest.mark.parametrize(
    "category", ["staff.cannot_see_progress", "staff.record_integration", "training.request"]
)
def test_what_a_category_says_to_practitioners_is_not_said_to_a_patient(
    session: Session, people: People, category: str, kind: str
):
    """A patient read "What you can do until then: Ask the patient to show the screen in session"."""
    ticket = tell(session, reporter=kind, category=None, text="Something else")
    staff.triage(session, people.amina, ticket.number, TriageInput(category=category))
    leaf = catalogue().category(category)
    told = {ticket.fixability_reason, ticket.next_step, ticket.workaround}
    theirs = {leaf.reason, leaf.next_step, leaf.workaround}
    assert told & theirs == (theirs if kind == "pwp" else set())
    if kind == "patient":
        said = " ".join(promises(Facts(ticket, MOMENT, is_begun=True)).happens)
        assert said
        assert not re.search(r"\bpatient|practitioners|Colleague|PWP", said)
