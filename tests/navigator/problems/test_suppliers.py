"""A problem and its supplier: sent, owed, promised, missed, chased, released, tried again and reopened."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from navigator.jobs.registry import JOBS
from navigator.outbox.addresses import address_of, is_demonstration, services_of, words_of
from navigator.outbox.outbox_message import OutboxMessage
from navigator.outbox.render import RenderedText
from navigator.outbox.rendered_message import RenderedMessage, to_email
from navigator.people.actor import Actor, reporter
from navigator.people.api_keys import actor_by_key, create
from navigator.people.user import Role
from navigator.problems import suppliers, updates
from navigator.problems.inputs import SaidInput, SendInput, StatusInput
from navigator.problems.late_suppliers import to_chase
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.supplier_clock import owed_by_contract
from navigator.problems.supplier_entry import SupplierEntry
from navigator.problems.trying_again import is_asked, tried_again
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput, SayInput
from navigator.tickets.ticket import Resolution, Ticket
from tests.navigator.problems.test_problems import linked, opened
from tests.people import People
from tests.web.test_query_budgets import asked

TO = "desk@fern.example"
TODAY = date(2026, 6, 9)


@pytest.fixture
def terms(session: Session) -> SupplierTerms:
    fern = session.exec(select(Programme).where(Programme.code == "fern")).one()
    days: dict[str, Any] = {"acknowledge_days": [1, 1, 2, 2], "answer_days": [2, 3, 5, None], "mend_days": []}
    row = SupplierTerms(programme_id=fern.id, email=TO, owner="Mo", review_on=date(2027, 1, 1), **days)
    session.add(row)
    session.flush()
    return row


@pytest.fixture
def problem(session: Session, people: People) -> Problem:
    return opened(session, people.amina, severity=2)


def at(day: int, hour: int = 9) -> None:
    clock.set_to(datetime(2026, 6, day, hour, 0, tzinfo=UTC))


def send(session: Session, actor: Actor, problem: Problem, **more: Any) -> SupplierEntry:
    return suppliers.send(session, actor, problem.id, SendInput(**more))


def said(session: Session, actor: Actor, problem: Problem, kind: str, **more: Any) -> None:
    told = {"kind": kind, "happened_on": clock.today()} | more
    suppliers.record_said(session, actor, problem.id, SaidInput.model_validate(told))
    session.flush()


def kinds(session: Session, problem: Problem) -> list[str]:
    query = select(SupplierEntry.kind).where(SupplierEntry.problem_id == problem.id)
    return list(session.exec(query.order_by(col(SupplierEntry.id))))


def mails(session: Session) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.recipient == "supplier")
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


def test_what_was_sent_is_kept_and_leaves_by_mail(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    entry = send(session, people.mo, problem, version=problem.version)
    assert (entry.kind, entry.to_address, entry.user_id) == ("sent", TO, people.mo.user_id)
    assert entry.happened_on == problem.reported_to_supplier_on == TODAY
    assert problem.status == ProblemStatus.WITH_SUPPLIER
    assert entry.subject == "Fern: The app forgets passwords"
    assert "Reports: fewer than 5" in entry.body
    (mail,) = mails(session)
    assert (mail.template, mail.context, mail.recipient_id) == ("supplier", {}, entry.id)
    address = address_of(session, mail.recipient, mail.recipient_id)
    assert address
    assert address.to == TO
    terms.email = "new@fern.example"
    assert words_of(session, mail)["body"] == entry.body
    assert not is_demonstration(services_of(session, mail))
    session.get_one(Service, people.north).is_demonstration = True
    assert is_demonstration(services_of(session, mail))  # so that it never leaves this machine
    (listed,) = suppliers.entries(session, problem)
    assert (listed.author, listed.has_left) == ("Mo Ali", False)


def test_it_goes_once_more_only_on_purpose(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    send(session, people.amina, problem)
    with pytest.raises(Conflict), session.begin_nested():
        send(session, people.amina, problem)
    session.refresh(problem)
    assert len(mails(session)) == 1
    again = send(session, people.amina, problem, again=True)
    assert (again.kind, len(mails(session))) == ("chased", 2)
    assert "You have known this problem since Tuesday 9 June." in again.body
    with pytest.raises(Stale):
        send(session, people.amina, problem, again=True, version=problem.version - 1)


def test_nobody_else_sends_it(session: Session, people: People, problem: Problem, terms: SupplierTerms):
    with pytest.raises(Forbidden):  # of another service that offers the programme
        send(session, people.sam, problem)
    for stranger in (people.priya, people.cole, people.ada):
        with pytest.raises(NotFound):
            send(session, stranger, problem)
    key = create(session, people.north, Role.NAVIGATOR, "Key")
    with pytest.raises(Forbidden):
        send(session, actor_by_key(session, key) or people.sam, problem)
    assert mails(session) == []


def test_without_an_address_nothing_is_sent(session: Session, people: People, problem: Problem):
    with pytest.raises(Invalid):
        send(session, people.amina, problem)


def test_the_clock_runs_by_the_contract_alone(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    assert owed_by_contract(session, problem) == []  # not told yet
    send(session, people.amina, problem)
    owed = {one.what: one.by for one in owed_by_contract(session, problem)}
    assert owed == {"Say that they have it": date(2026, 6, 10), "Say what it is": date(2026, 6, 12)}
    problem.severity = 4  # for which the contract has no days to answer
    assert [one.what for one in owed_by_contract(session, problem)] == ["Say that they have it"]
    problem.severity = None
    assert owed_by_contract(session, problem) == []
    problem.severity, terms.counts_working_days = 2, True
    at(12)
    problem.reported_to_supplier_on = date(2026, 6, 12)  # a Friday
    assert owed_by_contract(session, problem)[0].by == date(2026, 6, 15)


def test_what_they_say_stops_the_clock(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    send(session, people.amina, problem)
    at(11)
    assert [one.is_late for one in owed_by_contract(session, problem)] == [True, False]
    said(session, people.mo, problem, "acknowledged", happened_on=date(2026, 6, 10))
    said(session, people.amina, problem, "answered", body="A certificate has run out.")
    assert [(one.done_on, one.is_late) for one in owed_by_contract(session, problem)] == [
        (date(2026, 6, 10), False),
        (date(2026, 6, 11), False),
    ]
    assert kinds(session, problem) == ["sent", "acknowledged", "answered"]
    with pytest.raises(ValueError, match="still to come"):
        SaidInput(kind="answered", happened_on=clock.today() + timedelta(days=1))
    with pytest.raises(ValueError, match="Enter the day"):
        SaidInput(kind="promised", happened_on=clock.today())


def test_a_promise_that_is_missed_is_due_and_chased_once(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    terms.chases = True
    send(session, people.amina, problem)
    said(session, people.amina, problem, "promised", due_on=date(2026, 6, 11))
    assert (problem.supplier_due_on, problem.status) == (date(2026, 6, 11), ProblemStatus.FIX_PLANNED)
    at(11, 22)  # its day is not over in London
    assert JOBS["missed_promises"].run() == 0
    assert to_chase(session, people.amina) == []
    at(12)
    assert (JOBS["missed_promises"].run(), JOBS["missed_promises"].run()) == (1, 0)
    assert kinds(session, problem) == ["sent", "promised", "missed", "chased"]
    chaser = mails(session)[-1]
    asks = "You told us that this would be put right by Thursday 11 June."
    assert asks in words_of(session, chaser)["body"]
    (late,) = to_chase(session, people.mo)  # until a person chases, or there is a new day
    assert (late.problem.id, late.what, late.since) == (
        problem.id,
        "They promised to put it right",
        date(2026, 6, 11),
    )
    assert to_chase(session, people.sam) == to_chase(session, people.priya) == []
    said(session, people.amina, problem, "promised", due_on=date(2026, 6, 15))
    assert to_chase(session, people.amina) == []
    at(16)
    assert JOBS["missed_promises"].run() == 1  # the new day is missed by itself
    send(session, people.amina, problem, again=True)
    assert to_chase(session, people.amina) == []


def test_the_desk_writes_to_no_supplier_by_itself_unless_that_is_set(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    said(session, people.amina, problem, "promised", due_on=date(2026, 6, 10))
    at(11)
    JOBS["missed_promises"].run()
    assert (kinds(session, problem), mails(session)) == (["promised", "missed"], [])
    assert len(to_chase(session, people.amina)) == 1


def test_those_late_since_the_same_day_stand_in_the_order_in_which_they_were_opened(
    session: Session, people: People, terms: SupplierTerms
):
    problems = [opened(session, people.amina) for _ in range(3)]
    for problem in problems:
        said(session, people.amina, problem, "promised", due_on=date(2026, 6, 10))
    problems[0].title = "Changed since"
    session.flush()
    at(11)
    assert [late.problem.id for late in to_chase(session, people.amina)] == [each.id for each in problems]


@pytest.mark.parametrize("count", [0, 5])
def test_who_is_late_is_asked_of_all_at_once(
    session: Session, people: People, connection: Connection, count: int
):
    told = {"severity": 2, "reported_to_supplier_on": TODAY}
    for _ in range(count):
        opened(session, people.amina, **told)
    session.flush()
    with asked(connection) as statements:
        assert to_chase(session, people.amina) == []
    assert len([one for one in statements if "supplierterms" in one]) == bool(count)


def test_the_desk_never_writes_to_a_supplier_first(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    terms.chases = True
    said(session, people.amina, problem, "promised", due_on=date(2026, 6, 10))  # by telephone
    at(11)
    JOBS["missed_promises"].run()
    assert (kinds(session, problem), mails(session)) == (["promised", "missed"], [])  # nobody read the pack


def released(session: Session, people: People, problem: Problem) -> None:
    told = StatusInput(status=ProblemStatus.RELEASED, body="Please try again.")
    updates.change_status(session, people.amina, problem.id, told)
    session.flush()


def test_a_release_asks_everybody_and_the_share_that_confirms_is_told(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    tickets = [linked(session, people, problem) for _ in range(4)]
    send(session, people.amina, problem)
    assert tried_again(session, people.amina, problem).asked == 0
    assert not is_asked(session, tickets[0])
    at(10)
    released(session, people, problem)
    assert all(is_asked(session, ticket) for ticket in tickets)
    at(10, 10)
    for ticket in tickets[:2]:
        following.confirm(session, reporter(ticket.number), ticket.number)
    found = tried_again(session, people.mo, problem)
    assert (found.asked, found.works, found.fails) == (4, 2, 0)
    assert not is_asked(session, tickets[0])
    assert tried_again(session, people.sam, problem).asked == 0  # services see their own
    assert JOBS["failed_fixes"].run() == 0
    assert problem.status == ProblemStatus.RELEASED
    linked(session, people, problem)  # reported since: it was not asked
    assert tried_again(session, people.mo, problem).asked == 4


def test_what_is_released_is_asked_for_no_more(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
):
    send(session, people.amina, problem)
    said(session, people.amina, problem, "promised", due_on=date(2026, 6, 10))
    at(11)
    assert "Please tell us the new day." in suppliers.letter(problem, terms, "")
    released(session, people, problem)
    assert "Please tell us the new day." not in suppliers.letter(problem, terms, "")
    assert "Please answer us and name our reference, known problem" in suppliers.letter(problem, None, "")


@pytest.mark.parametrize("way", ["while it goes on", "after it was resolved"])
def test_what_fails_reopens_the_problem(
    session: Session, people: People, problem: Problem, terms: SupplierTerms, way: str
):
    ticket, other = linked(session, people, problem), linked(session, people, problem)
    staff.park(session, people.amina, ticket.number, SayInput(body="The company has to do it."))
    send(session, people.amina, problem)
    at(10)
    released(session, people, problem)
    at(10, 10)
    if way == "while it goes on":
        following.still_broken(session, reporter(ticket.number), ticket.number)
    else:
        done = ResolveInput(resolution=Resolution.FIXED, body="Done.")
        staff.resolve(session, people.amina, ticket.number, done)
        following.reopen(session, reporter(ticket.number), ticket.number)
    assert ticket.needs_answer_since_at
    assert not is_asked(session, ticket)
    found = tried_again(session, people.amina, problem)
    assert (found.asked, found.works, found.fails) == (2, 0, 1)
    assert (JOBS["failed_fixes"].run(), JOBS["failed_fixes"].run()) == (1, 0)
    session.refresh(problem)
    assert problem.status == ProblemStatus.WITH_SUPPLIER
    assert kinds(session, problem)[-2:] == ["released", "failed"]
    at(11)
    released(session, people, problem)  # the next try asks again
    assert is_asked(session, session.get_one(Ticket, ticket.number))
    assert is_asked(session, other)


def test_a_fix_that_fails_where_nobody_told_the_supplier_is_open(
    session: Session, people: People, problem: Problem
):
    ticket = linked(session, people, problem)
    released(session, people, problem)
    at(10)
    following.still_broken(session, reporter(ticket.number), ticket.number)
    JOBS["failed_fixes"].run()
    session.refresh(problem)
    assert problem.status == ProblemStatus.OPEN


def test_who_answers_the_mail_reaches_the_address_that_was_set(
    session: Session, people: People, problem: Problem, terms: SupplierTerms
) -> None:
    """And not the desk’s own, which nobody reads."""
    entry = send(session, people.amina, problem)
    address = address_of(session, "supplier", entry.id)
    assert address
    assert (address.to, address.reply_to) == (TO, "")
    terms.answer_to = "navigators@north.example"
    session.flush()
    address = address_of(session, "supplier", entry.id)
    assert address
    content = RenderedText("Fern", "Words", "")
    mail = to_email(RenderedMessage(1, "supplier", clock.now(), address, content, is_local_only=False))
    assert mail["Reply-To"] == "navigators@north.example"
