"""Pages beside the questions: whom to call at once, what is known already, and “I have this too” (11.E)."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.contact import Contact
from navigator.catalogue.service import Service
from navigator.jobs.retention import delete_old_rows
from navigator.outbox import delivery
from navigator.outbox.addresses import is_demonstration, services_of
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.reporter import ContactMethod, Reporter
from navigator.problems import affected
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.impact import impact_of
from navigator.problems.inputs import StatusInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.updates import change_status
from navigator.tickets.inputs import LinkInput
from navigator.tickets.reports import limits
from navigator.tickets.ticket import Ticket
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import report, tell
from web.app import app

RISK = "I want to end my life"
BOOK = {"words": {"text": "", "common": "divert.appointment"}}
WORSE = {"words": {"text": "", "common": "divert.clinical"}}


def names(session: Session, people: People, kind: str, email: str, phone: str = "", hours: str = "") -> None:
    contact = Contact(service_id=people.north, kind=kind, role_name=kind.title(), email=email)
    contact.phone, contact.hours = phone, hours
    session.add(contact)
    session.flush()


def test_who_wants_to_cancel_a_session_is_shown_the_number_before_the_whole_form(
    visitor: Visitor, session: Session, people: People
):
    """11.E: at once after the choice; they can still write, and read to whom that goes."""
    names(session, people, "booking", email="book@north.example", phone="01632 960105", hours="8am to 6pm")
    tell(visitor, "turn-to", **BOOK)
    assert visitor.one("main a[href='tel:01632960105']").text() == "01632 960105"
    assert "They are there: 8am to 6pm." in visitor.text
    assert "We send your message to: Booking." in visitor.text
    assert visitor.one(".nhsuk-back-link").attributes["href"] == "/report/words"
    report(visitor, **BOOK)
    assert "We have sent this to: Booking. You can call them: 01632 960105." in visitor.text


def test_who_chooses_it_among_the_likely_ones_is_told_whom_to_call(visitor: Visitor):
    """15.2: and goes on from there, not back to it."""
    words = {"text": "it is about my sessions on Tuesday", "common": ""}
    tell(visitor, "which", words=words)
    visitor.post("/report/which", data={"category": "divert.appointment"})
    assert visitor.path == "/report/turn-to"
    assert visitor.one(".nhsuk-back-link").attributes["href"] == "/report/which"
    visitor.get(visitor.one("main a.nhsuk-button--secondary").attributes["href"] or "")
    assert visitor.path == "/report/session"


def test_who_feels_worse_is_shown_whom_to_call_and_the_help(
    visitor: Visitor, session: Session, people: People
):
    """11.E: the service's own number where practitioners have none, not that of who is on duty for risk."""
    session.get_one(Service, people.north).phone = "01632 960100"
    names(session, people, "pwp", email="pwp@north.example")
    tell(visitor, "turn-to", **WORSE)
    visitor.one("main a[href='tel:01632960100']")
    visitor.one("main .nhsuk-card--care a[href='tel:999']")
    assert "We send your message to: Pwp." in visitor.text


def test_without_any_number_nothing_is_invented(visitor: Visitor):
    """11.E: and nobody is said to be written to where there is no address."""
    tell(visitor, "turn-to", **BOOK)
    assert "Please phone your service." in visitor.text
    assert "A digital navigator reads your message first, and passes it on." in visitor.text


def test_words_that_are_clearly_about_a_session_lead_there_too(visitor: Visitor):
    """11.E: whoever wrote it and tapped nothing; words of risk come first."""
    words = {"text": "I need to cancel my appointment on Monday and book another one", "common": ""}
    tell(visitor, "turn-to", words=words)
    assert visitor.one(".nhsuk-back-link").attributes["href"] == "/report/words"
    visitor.get(visitor.one("main a.nhsuk-button--secondary").attributes["href"] or "")
    assert visitor.path == "/report/session"  # what is clear is not asked again
    other = Visitor(app)
    tell(other, "help", words={"text": f"{RISK}. Cancel my session.", "common": ""})


def test_a_crafted_order_of_answers_leads_to_the_next_question(visitor: Visitor):
    """11.E: a divert that was chosen before a service."""
    visitor.post("/report/words", data=BOOK["words"])
    for name in ("turn-to", "known"):
        assert visitor.get(f"/report/{name}").status_code == 200
        assert visitor.path == "/report/place"


def test_an_outage_is_said_before_anything_more_is_typed(visitor: Visitor, outage: Problem):
    """11.E: right after the programme is chosen, with what to do and one tap."""
    tell(visitor, "known")
    assert "Fern is down" in visitor.text
    assert "Write on paper." in visitor.text
    assert "INTERNAL" not in visitor.text
    visitor.press("I have this too")
    assert visitor.path == f"/known/{outage.id}"
    assert "You are counted" in visitor.text


def test_what_is_known_of_a_kind_of_problem_is_said_once_it_is_chosen(
    visitor: Visitor, session: Session, outage: Problem
):
    """11.E: before its questions; what they went on from is not shown again."""
    outage.is_outage, outage.category = False, "access.forgotten_password"
    session.flush()
    tell(visitor, "known")
    assert visitor.one(".nhsuk-back-link").attributes["href"] == "/report/words"
    tell(visitor)
    outage.is_outage = True
    session.flush()
    other = Visitor(app)
    tell(other, "known")
    assert other.one(".nhsuk-back-link").attributes["href"] == "/report/place"
    shown = 0
    for _ in range(12):
        step = other.path.rsplit("/", 1)[1]
        shown += step == "known"
        if step == "try":
            break
        tell(other, step) if step == "check" else _next(other, step)
    assert shown == 1


def _next(visitor: Visitor, step: str) -> None:
    if step == "known":
        visitor.get(visitor.one("main a.nhsuk-button--secondary").attributes["href"] or "")
    else:
        assert step == "words"
        visitor.press("I forgot my password or PIN")


@pytest.mark.parametrize("change", [{"is_public": False}, {"status": "closed"}, {"status": "released"}])
def test_what_is_not_public_or_over_can_not_be_counted(
    visitor: Visitor, session: Session, outage: Problem, change: dict[str, str | bool]
):
    """11.E: and is not told as an outage."""
    for name, value in change.items():
        setattr(outage, name, value)
    session.flush()
    tell(visitor, "words")
    assert visitor.post(f"/report/known/{outage.id}").status_code == 404
    assert session.exec(select(AffectedPerson)).all() == []


def counted(session: Session, people: People, problem: Problem) -> int:
    session.flush()
    session.expire_all()
    return impact_of(session, people.amina, problem).affected


def tap(visitor: Visitor, problem: Problem) -> None:
    tell(visitor, "known")
    assert visitor.post(f"/report/known/{problem.id}").url.path == f"/known/{problem.id}"


def test_one_browser_counts_once_however_often_it_is_pressed(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: pressed twice, on the way back, after the draft is over, or told again from the start."""
    tap(visitor, outage)
    visitor.post(f"/report/known/{outage.id}")
    clock.set_to(clock.now() + timedelta(hours=2))
    tap(visitor, outage)
    assert counted(session, people, outage) == 1
    tap(Visitor(app), outage)
    assert counted(session, people, outage) == 2


def test_a_double_press_before_the_first_answer_counts_once(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: without a cookie of the first one, the draft tells that it is the same browser."""
    tell(visitor, "known")
    draft = visitor.cookies["desk_draft"]
    visitor.post(f"/report/known/{outage.id}")
    second = Visitor(app, cookies={"desk_draft": draft})
    second.post(f"/report/known/{outage.id}")
    assert counted(session, people, outage) == 1


def test_who_then_reports_it_counts_as_that_report_once_it_is_linked(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: no double counting of one person by a tap and a ticket."""
    tap(visitor, outage)
    visitor.press("Tell me", email="pat@post.example")
    report(visitor)
    assert counted(session, people, outage) == 1
    ticket = session.exec(select(Ticket)).one()
    link(session, people.amina, ticket.number, LinkInput(problem_id=outage.id, tell=False))
    assert counted(session, people, outage) == 0
    assert impact_of(session, people.amina, outage).tickets == 1
    over(session, people, outage)
    assert letters(session) == []  # the ticket has the news


def over(session: Session, people: People, problem: Problem, status: str = "released") -> None:
    told = StatusInput(status=ProblemStatus(status), body="Please try again." if status == "released" else "")
    change_status(session, people.amina, problem.id, told)
    session.flush()


def letters(session: Session) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.template == "try_again")
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


@pytest.mark.parametrize("status", ["released", "closed"])
def test_who_leaves_an_address_is_told_once_when_it_is_over(
    visitor: Visitor, session: Session, people: People, outage: Problem, status: str
):
    """11.E: nothing else is asked; what was promised is kept, released or closed without a word."""
    tap(visitor, outage)
    asked = {one.attributes["name"] for one in visitor.page.css("main form input")}
    assert asked <= {"email", "phone"}
    visitor.press("Tell me", email="pat at post", phone="")
    assert visitor.problems == ["Enter your email address, like name@example.com"]
    visitor.press("Tell me", email="", phone="")
    assert visitor.problems == ["Enter where we should write to"]
    visitor.press("Tell me", email="", phone="020 7946 0000")
    assert visitor.problems == ["Enter a mobile phone number for a text, or your email address"]
    visitor.press("Tell me", email="pat@post.example", phone="")
    assert "We write to you once, when it is put right." in visitor.text
    over(session, people, outage, status)
    (letter,) = letters(session)
    assert (letter.recipient, letter.channel, letter.ticket_number) == ("reporter", "email", None)
    over(session, people, outage, "closed")
    assert len(letters(session)) == 1


def test_one_address_counts_once_and_is_written_to_once(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: from a phone and a computer; another address at the same device is another person."""
    browser = Visitor(app)
    for email in ("pat@post.example", "PAT@post.example"):
        browser = Visitor(app)
        tap(browser, outage)
        browser.press("Tell me", email=email)
    assert counted(session, people, outage) == 1
    browser.post(f"/report/known/{outage.id}/contact", data={"email": "sam@post.example"})
    assert counted(session, people, outage) == 2
    over(session, people, outage)
    assert len(letters(session)) == 2


def test_the_next_person_at_the_device_sees_nothing_of_it(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E, 11.B1: no more than that the device is counted; they may leave an address of their own."""
    tap(visitor, outage)
    visitor.press("Tell me", email="pat@post.example")
    del visitor.cookies["desk_draft"]
    visitor.get(f"/known/{outage.id}")
    assert "This phone or computer is counted." in visitor.text
    assert "We write to you once, when" not in visitor.text
    assert "pat@" not in (visitor.page.html or "")
    tap(visitor, outage)
    assert "We write to you once, when" not in visitor.text
    visitor.press("Tell me", email="sam@post.example")
    assert counted(session, people, outage) == 2


def test_taps_use_up_nobodys_reports(visitor: Visitor, session: Session, people: People, outage: Problem):
    """11.E, 11.F4: many at one connection may have it too, and a stranger may type somebody's address."""
    for _ in range(limits.PER_ADDRESS.times):
        tap(Visitor(app), outage)
    report(visitor)
    assert len(session.exec(select(Ticket)).all()) == 1


def test_a_demonstration_sends_nothing_to_the_world(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: a letter without a ticket knows its service too."""
    tap(visitor, outage)
    visitor.press("Tell me", email="pat@post.example")
    over(session, people, outage)
    (letter,) = letters(session)
    assert not is_demonstration(services_of(session, letter))
    session.get_one(Service, people.north).is_demonstration = True
    session.flush()
    assert is_demonstration(services_of(session, letter))


def test_addresses_are_forgotten_a_week_after_they_were_told(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: the count stays."""
    tap(visitor, outage)
    visitor.press("Tell me", email="pat@post.example")
    over(session, people, outage)
    delete_old_rows(session, clock.now() + timedelta(days=6))
    assert len(session.exec(select(Reporter)).all()) == 1
    delete_old_rows(session, clock.now() + timedelta(days=8))
    assert session.exec(select(Reporter)).all() == []
    assert counted(session, people, outage) == 1


def test_taps_and_addresses_pass_the_limits_of_reports(
    visitor: Visitor, session: Session, people: People, outage: Problem, monkeypatch: pytest.MonkeyPatch
):
    """11.E: a flood of taps counts no more, and nobody's address is aimed at."""
    for _ in range(limits.PER_ADDRESS.times):
        tap(Visitor(app), outage)
    tell(visitor, "known")
    answer = visitor.post(f"/report/known/{outage.id}")
    assert answer.status_code == 429
    visitor.one("footer a[href='tel:999']")
    assert counted(session, people, outage) == limits.PER_ADDRESS.times
    clock.set_to(clock.now() + timedelta(hours=2))
    tap(visitor, outage)
    for n in range(affected.PER_RECIPIENT.times + 1):
        answer = visitor.post(f"/report/known/{outage.id}/contact", data={"email": "victim@post.example"})
        assert answer.status_code == (200 if n < affected.PER_RECIPIENT.times else 429)


def test_a_number_that_gets_no_texts_is_said_to_be_none(
    visitor: Visitor, session: Session, outage: Problem, monkeypatch: pytest.MonkeyPatch
):
    """11.E: a landline, or any number where no text can be sent; nobody is promised a letter."""
    tap(visitor, outage)
    visitor.press("Tell me", phone="01632 960001")
    assert visitor.problems == ["Enter a mobile phone number for a text, or your email address"]
    monkeypatch.setattr(delivery, "works", lambda route: route != ContactMethod.TEXT)
    answer = visitor.post(f"/report/known/{outage.id}/contact", data={"phone": "07700 900982"})
    assert answer.status_code == 422
    assert "We cannot send text messages. Enter your email address." in visitor.text
    assert session.exec(select(Reporter)).all() == []


def test_addresses_from_one_device_pass_the_limit_of_taps(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: each further address is a further person; a script invents no crowd, and writes to nobody."""
    tap(visitor, outage)
    answers = [
        visitor.post(f"/report/known/{outage.id}/contact", data={"email": f"one{n}@post.example"}).status_code
        for n in range(limits.PER_ADDRESS.times + 1)
    ]
    assert answers[-2:] == [200, 429]
    assert counted(session, people, outage) == limits.PER_ADDRESS.times


def test_who_is_linked_reads_of_the_problem_on_their_page(
    visitor: Visitor, session: Session, people: People, outage: Problem
):
    """11.E: what is known, as it stands now, and nothing of it that is not public."""
    page = report(visitor)
    ticket = session.exec(select(Ticket)).one()
    visitor.get(page)
    assert "Fern is down" not in visitor.text
    link(session, people.amina, ticket.number, LinkInput(problem_id=outage.id, tell=False))
    session.flush()
    visitor.get(f"/follow/{ticket.number}")
    assert "We know about this: Fern is down" in visitor.text
    assert "INTERNAL" not in visitor.text
    outage.is_public = False
    session.flush()
    visitor.get(f"/follow/{ticket.number}")
    assert "Fern is down" not in visitor.text


def test_a_day_that_has_passed_is_no_promise_any_more(visitor: Visitor, session: Session, outage: Problem):
    """11.E: "it should be ready on" a day of last week."""
    outage.status, outage.supplier_due_on = "fix_planned", clock.today()
    session.flush()
    tell(visitor, "known")
    assert "It should be ready on Tuesday 9 June" in visitor.text
    clock.set_to(clock.now() + timedelta(days=1))
    tell(Visitor(app), "known")
    visitor.get("/known")
    assert "It should be ready" not in visitor.text


def test_a_look_at_these_pages_changes_nothing(visitor: Visitor, session: Session, outage: Problem):
    """11.E: only the tap counts."""
    tell(visitor, "known")
    for path in ("/report/known", f"/known/{outage.id}", "/report/turn-to"):
        visitor.get(path)
    assert session.exec(select(AffectedPerson)).all() == []
    assert visitor.path != "/report/turn-to"
    assert session.exec(select(col(Reporter.id))).all() == []
