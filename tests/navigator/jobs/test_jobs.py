"""What the desk does by itself, and that doing it twice does no more."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, text, update
from sqlmodel import Session, col, select
from structlog.testing import capture_logs

from navigator import clock
from navigator.bulk.tables import Bulk, BulkItem
from navigator.catalogue.contact import Contact, ContactKind
from navigator.catalogue.service import DraftPolicy, Service
from navigator.jobs.registry import JOBS
from navigator.jobs.tables import JobRun
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, Reporter, ReporterLink
from navigator.people.user import User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import clinical_review, reporter, staff
from navigator.tickets.actions.no_concern import NoConcernInput, say_no_concern
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.actions.split import split
from navigator.tickets.idempotency_key import IdempotencyKey
from navigator.tickets.inputs import AssignInput, AttachInput, ResolveInput, SayInput, SnoozeInput, SplitInput
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.reports import drafts
from navigator.tickets.ticket import ClinicalReview, Event, Message, Resolution, Status, Ticket
from tests.navigator.tickets.report_factory import outcome
from tests.people import People

LONDON = ZoneInfo("Europe/London")
THURSDAY = date(2026, 6, 11)

Tell = Callable[..., Ticket]


@pytest.fixture
def tell(session: Session, people: People) -> Tell:
    """Call it with what a patient reports, on Tuesday 9 June 2026 at 10 in the morning."""

    def tell(**told: object) -> Ticket:
        contact = ContactInput(route=ContactMethod.EMAIL, email="pat@home.example")
        known = {"service": "north", "category": "access.forgotten_password", "contact": contact}
        ticket = staff.report(session, ANONYMOUS, ReportInput.model_validate(known | told)).ticket
        session.flush()
        return ticket

    return tell


def at(day: int, hour: int, minute: int = 0) -> None:
    """Move the clock to a day of June 2026, in London."""
    clock.set_to(datetime(2026, 6, day, hour, minute, tzinfo=LONDON))


def run(session: Session, job: str) -> int:
    """Do a job; what it must never do is log that something failed."""
    with capture_logs() as logs:
        done = JOBS[job].run()
    assert [log for log in logs if log["log_level"] == "error"] == []
    session.expire_all()
    return done


def letters(session: Session, template: str) -> list[tuple[str, str]]:
    """To whom a letter was queued: the kind of recipient, and the name or role."""
    rows = session.exec(
        select(OutboxMessage).where(OutboxMessage.template == template).order_by(col(OutboxMessage.id))
    )
    return [(letter.recipient, _name(session, letter)) for letter in rows]


def _name(session: Session, letter: OutboxMessage) -> str:
    if letter.recipient == Recipient.USER:
        return session.get_one(User, letter.recipient_id).name
    if letter.recipient == Recipient.CONTACT:
        return session.get_one(Contact, letter.recipient_id).kind
    return "reporter"


def events(session: Session, action: Action) -> list[Event]:
    return list(session.exec(select(Event).where(Event.action == action).order_by(col(Event.id))))


def test_every_job_can_be_run_when_there_is_nothing_to_do(session: Session, people: People):
    assert {name for name in JOBS if run(session, name)} == {"forget", "stock", "strays"}


def test_at_the_guard_the_practitioner_is_told_once(session: Session, people: People, tell: Tell):
    ticket = tell(next_session=THURSDAY)
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    at(10, 11, 59)
    assert run(session, "guards") == 0
    at(10, 12)
    assert [run(session, "guards"), run(session, "guards")] == [1, 0]
    assert letters(session, "guard_plan_without") == [("user", "Priya Shah")]
    (event,) = events(session, Action.GUARD)
    assert (event.actor_name, event.details) == ("Navigator Desk", {"phone": False})
    assert session.get_one(Ticket, ticket.number).session_warning_sent_at == clock.now()


def test_with_no_practitioner_confirmed_somebody_must_phone(session: Session, people: People, tell: Tell):
    tell(next_session=THURSDAY, practitioner="Priya").pwp_id = people.priya.user_id
    session.flush()
    at(10, 12)
    assert run(session, "guards") == 1
    assert letters(session, "guard_plan_without") == []
    assert [event.details for event in events(session, Action.GUARD)] == [{"phone": True}]


def test_a_practitioner_confirmed_late_is_told_then(session: Session, people: People, tell: Tell):
    ticket = tell(next_session=THURSDAY)
    at(10, 12)
    run(session, "guards")
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    assert run(session, "guards") == 1
    assert letters(session, "guard_plan_without") == [("user", "Priya Shah")]


def test_what_was_put_right_needs_no_guard(session: Session, people: People, tell: Tell):
    ticket = tell(next_session=THURSDAY)
    put_right(session, people, ticket)
    at(10, 12)
    assert (run(session, "guards"), run(session, "overdue")) == (0, 0)


def put_right(session: Session, people: People, ticket: Ticket) -> None:
    told = ResolveInput(body="We sent a new link.", resolution=Resolution.FIXED)
    staff.resolve(session, people.amina, ticket.number, told)
    session.flush()


def test_the_assignee_and_the_manager_are_told_once_of_an_overdue_ticket(session: Session, tell: Tell):
    ticket = tell()
    assignee = session.get_one(User, ticket.assignee_id).name
    clock.set_to(ticket.due_at - timedelta(seconds=1))
    assert run(session, "overdue") == 0
    clock.set_to(ticket.due_at)
    assert [run(session, "overdue"), run(session, "overdue")] == [1, 0]
    assert letters(session, "overdue") == [("user", assignee), ("contact", ContactKind.MANAGER)]
    assert len(events(session, Action.OVERDUE)) == 1


def test_an_unread_hand_over_goes_to_the_clinicians_the_deputy_and_the_manager(
    session: Session, people: People, tell: Tell
):
    tell(text="I want to end my life")
    clinicians = [("user", "Dr Cole"), ("contact", ContactKind.DUTY_CLINICIAN)]
    assert letters(session, "clinical_review") == clinicians
    expected = list(clinicians)
    for minute, told in ((15, []), (30, [ContactKind.DEPUTY]), (60, [ContactKind.MANAGER])):
        at(9, 10 + (minute - 1) // 60, (minute - 1) % 60)
        assert run(session, "hand-overs") == 0
        at(9, 10 + minute // 60, minute % 60)
        assert [run(session, "hand-overs"), run(session, "hand-overs")] == [1, 0]
        expected += [("contact", kind) for kind in told]
        assert letters(session, "clinical_review_unread") == expected
    handed = session.exec(select(ClinicalReview)).one()
    assert (handed.alerts, handed.next_alert_at) == (4, None)


def test_alerts_wait_until_the_service_is_open(session: Session, tell: Tell):
    at(12, 16, 50)  # a Friday
    tell(text="I want to end my life")
    at(15, 9, 4)
    assert run(session, "hand-overs") == 0
    at(15, 9, 5)
    assert run(session, "hand-overs") == 1


def test_an_alert_that_a_clock_which_stood_ahead_put_off_comes_in_time(session: Session, tell: Tell):
    """11.F5."""
    at(12, 16, 50)  # a Friday, and it is Tuesday
    tell(text="I want to end my life")
    at(9, 10)
    assert [run(session, "alerts_ahead"), run(session, "alerts_ahead")] == [1, 0]
    at(9, 10, 14)
    assert (run(session, "alerts_ahead"), run(session, "hand-overs")) == (0, 0)
    at(9, 10, 15)
    assert run(session, "hand-overs") == 1


def test_what_its_author_put_off_until_a_morning_is_not_brought_forward(
    session: Session, people: People, tell: Tell
):
    """11.A5 with 11.F5: a minute after "no concern" the alert came as if it had not been said."""
    number = tell().number
    staff.note(session, people.amina, number, SayInput(body="He will do it tonight"))
    review = session.exec(select(ClinicalReview)).one()
    say_no_concern(session, people.amina, review.id, NoConcernInput(reason="He resets his password."))
    morning = review.next_alert_at
    session.flush()
    assert run(session, "alerts_ahead") == 0
    assert review.next_alert_at == morning
    review.next_alert_at = clock.now() + timedelta(days=9)  # a clock that stood ahead
    session.flush()
    assert run(session, "alerts_ahead") == 1
    assert review.next_alert_at == morning


def test_whoever_has_read_is_left_in_peace(session: Session, people: People, tell: Tell):
    tell(text="I want to end my life")
    handed = session.exec(select(ClinicalReview)).one()
    clinical_review.acknowledge(session, people.cole, handed.id)
    session.flush()
    at(9, 16)
    assert run(session, "hand-overs") == 0


def test_a_quiet_ticket_is_warned_of_and_then_closed_in_working_days(
    session: Session, people: People, tell: Tell
):
    ticket = tell()
    put_right(session, people, ticket)
    at(22, 16)  # nine working days later
    assert (run(session, "warn"), run(session, "close")) == (0, 0)
    at(23, 7)  # ten, but nobody is written to before the service opens
    assert run(session, "warn") == 0
    at(23, 9)
    assert [run(session, "warn"), run(session, "warn"), run(session, "close")] == [1, 0, 0]
    assert letters(session, "quiet_warning") == [("reporter", "reporter")]
    at(25, 16)
    assert run(session, "close") == 0
    at(26, 9)
    assert [run(session, "close"), run(session, "close")] == [1, 0]
    ticket = session.get_one(Ticket, ticket.number)
    assert (ticket.status, ticket.closed_at) == (Status.CLOSED, clock.now())
    assert letters(session, "closed") == [("reporter", "reporter")]


def test_nobody_is_told_of_an_end_while_a_clinician_must_read_their_words(
    session: Session, people: People, tell: Tell
):
    """11.A3: the job that warns and closes leaves out open reviews, as bulk does."""
    ticket = tell(text="I want to end my life")
    put_right(session, people, ticket)
    at(23, 9)
    assert run(session, "warn") == 0
    review = session.exec(select(ClinicalReview)).one()
    clinical_review.conclude(session, people.cole, review.id, outcome("Called her, she is safe."))
    session.flush()
    clock.set_to(clock.now() + timedelta(days=14))
    assert run(session, "warn") == 1


def test_a_word_from_the_reporter_stops_the_close(session: Session, people: People, tell: Tell):
    ticket = tell()
    put_right(session, people, ticket)
    at(23, 9)
    run(session, "warn")
    own = private_links.mint(session, ticket.number)
    actor = reporter.reporter_by_link(session, own)
    assert actor
    reporter.reopen(session, actor, ticket.number, SayInput(body="It is still refused."))
    put_right(session, people, ticket)
    at(26, 9)
    assert run(session, "close") == 0


def test_a_weekly_session_rolls_on_and_its_guard_with_it(session: Session, tell: Tell):
    ticket = tell(next_session=THURSDAY, session_is_weekly=True)
    once = tell(next_session=THURSDAY)
    at(11, 23)
    assert run(session, "sessions") == 0
    at(12, 0, 1)
    assert [run(session, "sessions"), run(session, "sessions")] == [1, 0]
    ticket = session.get_one(Ticket, ticket.number)
    assert ticket.session_on == date(2026, 6, 18)
    assert ticket.session_deadline_at == datetime(2026, 6, 17, 12, tzinfo=LONDON)
    assert session.get_one(Ticket, once.number).session_on == THURSDAY


def test_drafts_are_dropped_after_an_hour(session: Session, people: People):
    draft, _token = drafts.start_draft(session)
    drafts.save_answers(draft, {"words": {"text": "It is broken"}})
    session.flush()
    at(9, 10, 59)
    assert run(session, "drafts") == 0
    at(9, 11)
    assert run(session, "drafts") == 1
    assert session.exec(select(ReportDraft)).all() == []


RISK = {
    "place": {"service": "north", "programme": "fern"},
    "words": {"text": "I want to end my life"},
    "reach": {"route": "email", "email": "pat@home.example", "phone": ""},
}


def abandon(session: Session, **answers: object) -> list[str]:
    """Let a draft lie for an hour; what was logged of it."""
    draft, _token = drafts.start_draft(session)
    drafts.save_answers(draft, RISK | answers)
    assert draft.is_of_concern
    session.flush()
    clock.set_to(clock.now() + timedelta(hours=1))
    with capture_logs() as logs:
        assert JOBS["drafts"].run() == 1
    session.expire_all()
    assert session.exec(select(ReportDraft)).all() == []
    assert "end my life" not in str(logs)
    return [log["event"] for log in logs if log["log_level"] in ("warning", "error")]


def test_words_of_risk_that_were_not_sent_are_counted(session: Session, people: People):
    assert abandon(session) == ["words of risk were not sent"]
    assert session.exec(select(Ticket)).all() == []


def test_a_service_may_want_them_handed_over(session: Session, people: People):
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    assert abandon(session) == ["words of risk were not sent"]
    handed = session.exec(select(ClinicalReview)).one()
    assert handed.reasons[-1] == "typed, and then not sent"
    assert session.exec(select(Message.body)).one() == "I want to end my life"
    assert letters(session, "clinical_review")[0] == ("user", "Dr Cole")
    assert letters(session, "received") == []


@pytest.mark.parametrize(("safe", "stored"), [({}, None), ({"safe": "yes"}, True), ({"safe": "no"}, False)])
def test_of_what_was_not_sent_nothing_is_stored_that_was_not_answered(
    session: Session, people: People, safe: dict[str, str], stored: bool | None
):
    """11.A9: "not safe" was stored, which nobody had said; and still no letter goes out, whatever follows."""
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    abandon(session, safe=safe)
    writer = session.exec(select(Reporter)).one()
    assert (writer.is_safe_to_contact, writer.is_unsent) == (stored, True)
    assert (writer.contact_method, writer.email) == ("email", "pat@home.example")
    number = session.exec(select(Ticket.number)).one()
    staff.reply(session, people.amina, number, SayInput(body="Hello"))
    split(session, people.amina, number, SplitInput(body="The chart is blank"))
    assert letters(session, "received") == letters(session, "answered") == []


def test_a_choice_of_no_way_is_kept_without_an_answer_on_safety(session: Session, people: People):
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    abandon(session, reach={"route": "none", "email": "", "phone": ""}, safe={"safe": "yes"})
    assert session.exec(select(Reporter)).one().is_safe_to_contact is None


def test_words_split_over_boxes_are_handed_over_too(session: Session, people: People):
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    abandon(session, words={"text": "The app"}, safe={"safe": "no", "needs": "I want to end my life"})
    assert len(session.exec(select(ClinicalReview)).all()) == 1


def test_words_that_were_changed_since_are_handed_over_all_the_same(session: Session, people: People):
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    draft, _token = drafts.start_draft(session)
    drafts.save_answers(draft, RISK)
    drafts.save_answers(draft, RISK | {"words": {"text": "The app is slow"}})
    session.flush()
    at(9, 11)
    assert run(session, "drafts") == 1
    assert session.exec(select(ClinicalReview)).one().reasons == ["typed, and then not sent"]


def test_a_draft_is_dropped_even_where_nobody_can_be_told(session: Session, people: People):
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    session.execute(delete(Contact))
    assert abandon(session)[-1] == "no clinical review could be opened for words of risk"


def test_somebody_who_can_phone_is_told_of_a_letter_that_was_refused(
    session: Session, people: People, tell: Tell
):
    ticket, nobodys = tell(), tell()
    staff.assign(session, people.mo, nobodys.number, AssignInput(assignee_id=None))
    session.flush()
    session.execute(update(OutboxMessage).values(failed_at=clock.now()))  # those to staff with them
    assert [run(session, "undelivered"), run(session, "undelivered")] == [2, 0]
    assignee = session.get_one(User, ticket.assignee_id).name
    assert letters(session, "undelivered") == [("user", assignee), ("contact", ContactKind.MANAGER)]


def test_what_has_run_out_is_forgotten_once_a_night(session: Session, people: People, tell: Tell):
    ticket = tell()
    private_links.mint(session, ticket.number)
    session.add(IdempotencyKey(caller_hash="x", key="y", body_hash="z"))
    session.execute(update(OutboxMessage).values(sent_at=clock.now()))
    session.flush()
    assert [run(session, "forget"), run(session, "forget")] == [1, 0]
    assert kept(session) == (1, 1, True)
    at(10, 2, 59)
    assert run(session, "forget") == 0
    at(10, 11)
    assert run(session, "forget") == 1
    assert kept(session) == (1, 0, True)
    clock.set_to(clock.now() + timedelta(days=100))
    assert run(session, "forget") == 1
    assert run(session, "retention") == 2
    assert kept(session) == (0, 0, False)
    slots = [run.slot_at.astimezone(LONDON).hour for run in session.exec(select(JobRun))]
    assert slots == [3, 3, 3, 3]


def kept(session: Session) -> tuple[int, int, bool]:
    return (
        len(session.exec(select(ReporterLink)).all()),
        len(session.exec(select(IdempotencyKey)).all()),
        bool(session.exec(select(OutboxMessage)).all()),
    )


def test_one_bad_row_stops_no_other(session: Session, people: People, tell: Tell):
    broken = Service(code="broken", name="Broken", hours={"mon": ["17:00", "09:00"]})
    session.add(broken)
    for _ in range(3):
        tell(text="I want to end my life")
    first = session.exec(select(ClinicalReview).order_by(col(ClinicalReview.id))).first()
    assert first
    first.service_id = broken.id
    session.flush()
    at(9, 11)
    with capture_logs() as logs:
        assert JOBS["hand-overs"].run() == 2
    (log,) = [log for log in logs if log["log_level"] == "error"]
    assert (log["job"], log["key"]) == ("send_next_alert", first.id)
    assert log["error"].startswith("ValueError at business_hours.py:")


@pytest.mark.only_on("sqlite")
def test_sqlite_knows_each_night_how_its_tables_have_grown(session: Session, tell: Tell):
    tell()
    assert run(session, "stock") == 1
    counted = session.execute(text("SELECT stat FROM sqlite_stat1 WHERE tbl = 'ticket'")).scalars().all()
    assert counted
    assert run(session, "stock") == 0


def test_what_was_done_to_many_is_forgotten_90_days_after_it_ended(session: Session, tell: Tell):
    now, ticket = clock.now(), tell()
    ago = {"old": now - timedelta(days=90), "new": now - timedelta(days=89)}
    made: dict[str, dict[str, Any]] = {
        "ended": {"ended_at": ago["old"]},
        "stopped": {"stopped_at": ago["old"]},
        "kept": {"ended_at": ago["new"]},
        "runs": {"created_at": ago["old"]},
    }
    for by, facts in made.items():
        bulk = Bulk(created_by=by, action="assign", size=1, **facts)
        session.add(bulk)
        session.flush()
        session.add(BulkItem(bulk_id=bulk.id, ticket_number=ticket.number, version=1))
    session.flush()
    assert run(session, "forget") == 1
    assert set(session.exec(select(Bulk.created_by))) == {"kept", "runs"}
    assert len(session.exec(select(BulkItem.id)).all()) == 2


def test_who_may_assign_is_told_once_of_a_ticket_that_nobody_took(
    session: Session, tell: Tell, people: People
):
    nobody_is_here(session, people)
    ticket = tell()
    at(9, 10, 59)
    assert run(session, "unclaimed") == 0
    at(9, 11)
    assert [run(session, "unclaimed"), run(session, "unclaimed")] == [1, 0]
    assert letters(session, "unassigned") == [("user", "Mo Ali")]
    at(9, 12)
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.tom.user_id))
    staff.assign(session, people.mo, ticket.number, AssignInput())
    session.flush()
    at(9, 14)
    assert run(session, "unclaimed") == 0  # once for each ticket


def test_a_ticket_put_back_has_its_time_again_and_one_that_is_had_or_aside_is_no_alarm(
    session: Session, tell: Tell, people: People
):
    held, put_back = tell(), tell()
    at(9, 15)
    staff.assign(session, people.mo, put_back.number, AssignInput())
    session.flush()
    at(9, 15, 59)
    assert run(session, "unclaimed") == 0
    at(9, 16)
    snooze(session, people.amina, put_back.number, SnoozeInput(until="morning"))
    session.flush()
    assert run(session, "unclaimed") == 0
    at(10, 9, 1)
    assert run(session, "unclaimed") == 1
    told = [("user", "Amina Yusuf"), ("user", "Tom Baker"), ("user", "Mo Ali")]
    assert letters(session, "unassigned") == told
    assert held.assignee_id is not None


def test_working_time_alone_counts_until_somebody_must_have_a_ticket(
    session: Session, tell: Tell, people: People
):
    nobody_is_here(session, people)
    session.get_one(Service, people.north).unassigned_minutes = 90
    at(9, 16)
    tell()
    at(10, 9, 29)
    assert run(session, "unclaimed") == 0
    at(10, 9, 30)
    assert run(session, "unclaimed") == 1


def nobody_is_here(session: Session, people: People) -> None:
    for one in (people.amina, people.tom):
        session.get_one(User, one.user_id).away_from_on = clock.today()
    session.flush()
