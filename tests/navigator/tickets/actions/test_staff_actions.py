"""The desk's verbs: what a report becomes, and what each verb changes."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import Fixability
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Invalid, Stale, Unavailable
from navigator.jobs.deadlines import notify_missed_session
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import SYSTEM, reporter
from navigator.people.user import Membership, User
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import calls, next_session, reassign, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    CallInput,
    RescheduleInput,
    ResolveInput,
    SayInput,
    TriageInput,
)
from navigator.tickets.ticket import ClinicalReview, Event, Message, Resolution, Status, Ticket
from navigator.tickets.triage import NEVER
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People

TOMORROW = MOMENT.date() + timedelta(days=1)


def letters(session: Session, ticket: Ticket) -> list[str]:
    """The templates of all letters about a ticket, in order."""
    query = (
        select(OutboxMessage.template)
        .where(OutboxMessage.ticket_number == ticket.number)
        .order_by(col(OutboxMessage.id))
    )
    return list(session.exec(query))


def test_a_report_is_sorted_timed_assigned_and_acknowledged(session: Session, people: People) -> None:
    ticket = tell(session, next_session=TOMORROW)
    assert (ticket.category, ticket.fixability) == ("access.forgotten_password", "navigator")
    assert ticket.status == "new"
    assert ticket.fixability_reason
    # blocked, and the session is within a working day; one person: P3; the guard is today at noon
    assert (ticket.impact, ticket.urgency, ticket.priority) == (4, 1, 3)
    assert clock.local(ticket.session_deadline_at or NEVER).isoformat() == "2026-06-09T12:00:00+01:00"
    assert ticket.due_at == ticket.session_deadline_at
    assert ticket.assignee_id in (people.amina.user_id, people.tom.user_id)
    assert letters(session, ticket) == ["received", "assigned"]


def test_both_the_reporters_choice_and_the_suggestion_are_kept(session: Session, people: People) -> None:
    ticket = tell(session, category="notify.too_many", text="I forgot my password and cannot log in")
    assert ticket.category == ticket.reported_category == "notify.too_many"
    assert ticket.suggested_category != "notify.too_many"


def test_what_nobody_can_place_waits_for_a_person(session: Session, people: People) -> None:
    ticket = tell(session, category=None, text="?!")
    assert (ticket.category, ticket.fixability) == (None, None)
    assert "navigator will read" in ticket.fixability_reason


def test_cues_in_the_answers_move_the_fix_on(session: Session, people: People) -> None:
    ticket = tell(session, text="The app logs me out since the update", category="access.signed_out")
    assert ticket.fixability == "supplier"
    assert ticket.cues == ["after_update"]


def test_routing_shares_by_spare_capacity(session: Session, people: People) -> None:
    tom = session.exec(select(Membership).where(Membership.user_id == people.tom.user_id)).one()
    tom.capacity = 10
    given = [tell(session).assignee_id for _ in range(9)]
    assert (given.count(people.amina.user_id), given.count(people.tom.user_id)) == (6, 3)


def test_nobody_at_work_leaves_it_in_the_queue(session: Session, people: People) -> None:
    for actor in (people.amina, people.tom):
        session.get_one(User, actor.user_id).away_from_on = clock.today()
    ticket = tell(session)
    assert ticket.assignee_id is None
    assert letters(session, ticket) == ["received"]


def test_a_divert_that_was_chosen_goes_to_the_named_contact(session: Session, people: People) -> None:
    ticket = tell(session, category="divert.clinical", text="")
    assert ticket.fixability == "divert"
    assert ticket.assignee_id is None
    assert ticket.diverted_to == "duty_clinician"
    assert "passed_on" in letters(session, ticket)


def test_the_first_contact_comes_before_the_one_to_fall_back_on(session: Session, people: People) -> None:
    session.add(
        Contact(service_id=people.north, kind="pwp", role_name="The PWP team", email="pwps@n.example")
    )
    session.flush()
    ticket = tell(session, category="divert.clinical", text="")
    assert ticket.diverted_to == "pwp"


def test_a_divert_that_goes_to_nobody_stays_with_the_navigators(session: Session, people: People) -> None:
    """North names nobody for bookings: nobody would read it if it left the queue."""
    ticket = tell(session, category="divert.appointment", text="")
    assert ticket.diverted_to is None
    assert ticket.assignee_id is not None


def test_sorting_again_falls_back_in_the_same_way(session: Session, people: People) -> None:
    ticket = tell(session)
    staff.triage(session, people.amina, ticket.number, TriageInput(category="divert.clinical"))
    assert ticket.diverted_to == "duty_clinician"
    staff.triage(session, people.amina, ticket.number, TriageInput(category="access.forgotten_password"))
    assert ticket.diverted_to is None


def test_a_service_without_reviewed_crisis_wording_takes_no_reports(session: Session, people: People) -> None:
    session.delete(session.get_one(CrisisWording, people.north))
    session.flush()
    with pytest.raises(Unavailable):
        tell(session)
    assert not session.exec(select(Ticket)).all()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"service": "west"}, "service"),
        ({"programme": "oak"}, "programme"),
        ({"category": "no.such"}, "category"),
    ],
)
def test_what_does_not_exist_is_refused_by_field(
    session: Session, people: People, told: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        tell(session, **told)
    assert list(refused.value.fields) == [field]


def test_words_of_risk_open_a_hand_over_whatever_the_category(session: Session, people: People) -> None:
    ticket = tell(session, text="The password page fails and I want to die")
    handed = session.exec(select(ClinicalReview)).one()
    assert ticket.has_open_review
    assert (handed.ticket_number, handed.alerts) == (ticket.number, 1)
    assert (
        letters(session, ticket).count("clinical_review") == 2
    )  # Dr Cole and the duty clinician's own address


def test_words_of_risk_in_another_box_or_split_over_two_count_too(session: Session, people: People) -> None:
    assert tell(session, practitioner="I want to kill myself").has_open_review
    assert tell(session, contact={"route": "none", "needs": "I want to end my life"}).has_open_review


def test_one_report_opens_one_hand_over(session: Session, people: People) -> None:
    tell(session, text="I want to die", practitioner="I want to die")
    assert len(session.exec(select(ClinicalReview)).all()) == 1


def test_an_ordinary_report_opens_none(session: Session, people: People) -> None:
    assert not tell(session, text="This app is killing my battery").has_open_review


def test_claiming_takes_what_nobody_has_and_not_what_somebody_has(session: Session, people: People) -> None:
    ticket = tell(session)
    staff.assign(session, people.mo, ticket.number, AssignInput())
    staff.claim(session, people.tom, ticket.number)
    assert (ticket.assignee_id, ticket.status) == (people.tom.user_id, "open")
    with pytest.raises(Conflict):
        staff.claim(session, people.amina, ticket.number)


def test_assigning_to_somebody_who_is_no_navigator_here_is_refused(session: Session, people: People) -> None:
    ticket = tell(session)
    for stranger in (people.sam, people.priya):
        with pytest.raises(Invalid):
            staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=stranger.user_id))


def test_a_reply_is_public_told_by_letter_and_stops_the_first_clock(session: Session, people: People) -> None:
    ticket = tell(session)
    staff.reply(session, people.amina, ticket.number, SayInput(body="Try the reset page"))
    assert ticket.first_replied_at == clock.now()
    assert letters(session, ticket)[-1] == "answered"
    said = ticket_detail(session, reporter(ticket.number), ticket.number).messages
    assert [message.body for message in said] == ["I forgot my password", "Try the reset page"]


def test_notes_and_calls_never_reach_the_reporter(session: Session, people: People) -> None:
    ticket = tell(session)
    before = letters(session, ticket)
    staff.note(session, people.amina, ticket.number, SayInput(body="sounded tired"))
    calls.call(session, people.amina, ticket.number, CallInput(came=CallOutcome.SPOKE, body="no answer"))
    seen = ticket_detail(session, reporter(ticket.number), ticket.number)
    assert [message.body for message in seen.messages] == ["I forgot my password"]
    assert (seen.events, seen.reviews) == ([], [])
    assert letters(session, ticket) == before


def test_a_note_is_screened_too(session: Session, people: People) -> None:
    ticket = tell(session)
    calls.call(
        session,
        people.amina,
        ticket.number,
        CallInput(came=CallOutcome.SPOKE, body="He said he wants to kill himself"),
    )
    assert ticket.has_open_review


def test_waiting_stops_the_target_but_never_the_guard(session: Session, people: People) -> None:
    ticket = tell(session, next_session=MOMENT.date() + timedelta(days=7))
    guard, target = ticket.session_deadline_at, ticket.target_at
    staff.wait(session, people.amina, ticket.number, SayInput(body="Which phone?"))
    assert (ticket.status, ticket.target_at, ticket.session_deadline_at, ticket.due_at) == (
        Status.WAITING_FOR_REPORTER, None, guard, guard,
    )  # fmt: skip
    clock.set_to(MOMENT + timedelta(days=1))
    following.answer(session, reporter(ticket.number), ticket.number, SayInput(body="A blue one"))
    assert ticket.status == "open"
    assert target
    assert ticket.target_at == target + timedelta(days=1)


def test_parking_stops_the_target_until_it_is_taken_up_again(session: Session, people: People) -> None:
    ticket = tell(session, category="use.feature_fault", next_session=None)
    staff.park(session, people.amina, ticket.number, SayInput(body="Use paper until then"))
    assert ticket.has_workaround
    assert ticket.urgency == 4
    assert (ticket.target_at, ticket.due_at.year) == (None, 9999)
    clock.set_to(MOMENT + timedelta(days=30))
    following.reopen(session, people.amina, ticket.number)
    assert ticket.target_at
    assert ticket.due_at == ticket.target_at > clock.now()


def test_what_is_parked_is_due_by_its_guard_until_that_was_told(session: Session, people: People) -> None:
    ticket = tell(session, category="use.feature_fault", next_session=MOMENT.date() + timedelta(days=7))
    staff.park(session, people.amina, ticket.number, SayInput(body="Use paper until then"))
    guard = ticket.session_deadline_at
    assert guard
    assert ticket.due_at == guard
    clock.set_to(guard)
    notify_missed_session(session, clock.now(), ticket.number)
    assert (ticket.session_deadline_at, ticket.due_at.year) == (guard, 9999)
    staff.attach(session, people.mo, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    assert ticket.due_at == guard  # the new practitioner is to be told
    notify_missed_session(session, clock.now(), ticket.number)
    following.reopen(session, people.amina, ticket.number)
    assert ticket.due_at == guard


def test_resolving_asks_whether_it_works_and_a_confirmation_closes(session: Session, people: People) -> None:
    ticket = tell(session)
    staff.resolve(
        session, people.amina, ticket.number, ResolveInput(resolution=Resolution.FIXED, body="Reset done")
    )
    assert (ticket.status, letters(session, ticket)[-1]) == ("resolved", "resolved")
    following.confirm(session, reporter(ticket.number), ticket.number)
    assert (ticket.status, ticket.resolution, ticket.closed_at) == ("closed", "fixed", clock.now())


def test_still_broken_opens_it_again_with_fresh_clocks(session: Session, people: People) -> None:
    ticket = tell(session)
    staff.resolve(
        session, people.amina, ticket.number, ResolveInput(resolution=Resolution.FIXED, body="Done")
    )
    clock.set_to(MOMENT + timedelta(days=2))
    following.reopen(session, reporter(ticket.number), ticket.number, SayInput(body="No, I want to die"))
    assert (ticket.status, ticket.resolution, ticket.resolved_at) == ("open", None, None)
    assert ticket.target_at
    assert ticket.target_at > clock.now()
    assert ticket.has_open_review


def test_nothing_but_an_outcome_ends_a_hand_over(session: Session, people: People) -> None:
    one, two, three = (tell(session, text="I want to die") for _ in range(3))
    following.confirm(session, reporter(one.number), one.number)
    following.withdraw(session, reporter(two.number), two.number)
    staff.resolve(session, people.amina, three.number, ResolveInput(resolution=Resolution.FIXED, body="Done"))
    staff.close(session, people.amina, three.number)
    assert all(ticket.status == "closed" and ticket.has_open_review for ticket in (one, two, three))
    assert all(handed.ended_at is None for handed in session.exec(select(ClinicalReview)))


def test_sorting_again_keeps_both_values_and_who_did_it(session: Session, people: People) -> None:
    ticket = tell(session)
    what = TriageInput(category="use.outage_or_error", impact=1, fixability=Fixability.SUPPLIER)
    staff.triage(session, people.amina, ticket.number, what)
    assert (ticket.category, ticket.impact, ticket.fixability) == ("use.outage_or_error", 1, "supplier")
    told = [
        event
        for event in session.exec(select(Event))
        if event.action == "triage" and "before" in event.details
    ]
    assert told[0].details["before"] == ["access.forgotten_password", "navigator"]
    assert told[0].actor_name == "Amina Yusuf"


def test_an_older_version_changes_nothing(session: Session, people: People) -> None:
    ticket = tell(session)
    seen = ticket.version
    staff.note(session, people.tom, ticket.number, SayInput(body="I am on it"))
    with pytest.raises(Stale):
        staff.resolve(
            session,
            people.amina,
            ticket.number,
            ResolveInput(resolution=Resolution.FIXED, body="Done", version=seen),
        )
    assert ticket.status == "new"
    assert "Done" not in session.exec(select(Message.body)).all()


def test_a_moved_session_moves_the_guard_and_lets_it_be_told_again(session: Session, people: People) -> None:
    ticket = tell(session, next_session=TOMORROW)
    ticket.session_warning_sent_at = clock.now()
    friday = date(2026, 6, 19)
    next_session.reschedule(
        session, reporter(ticket.number), ticket.number, RescheduleInput(next_session=friday)
    )
    assert clock.local(ticket.session_deadline_at or NEVER).isoformat() == "2026-06-18T12:00:00+01:00"
    assert ticket.session_warning_sent_at is None


def test_a_leavers_tickets_are_handed_on(session: Session, people: People) -> None:
    ticket = tell(session)
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.amina.user_id))
    session.exec(select(Membership).where(Membership.user_id == people.amina.user_id)).one().capacity = 0
    assert people.amina.user_id
    reassign.reassign_all(session, people.amina.user_id, {people.north})
    assert ticket.assignee_id == people.tom.user_id


def test_of_a_leavers_tickets_the_most_urgent_finds_somebody_first(session: Session, people: People) -> None:
    first, second, third = [tell(session) for _ in range(3)]
    for ticket, hours in ((first, 30), (second, 10), (third, 20)):
        staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=people.amina.user_id))
        ticket.due_at = clock.now() + timedelta(hours=hours)
    reassign.reassign_all(session, people.amina.user_id or 0, {people.north})
    left = select(Event).where(Event.action == Action.ASSIGN, Event.actor_name == SYSTEM.name)
    handed_on = [event.ticket_number for event in session.exec(left.order_by(col(Event.id)))]
    assert handed_on[-3:] == [second.number, third.number, first.number]


def test_a_practitioner_sees_what_they_reported_for_a_patient(session: Session, people: People) -> None:
    ticket = tell(session, people.priya)
    assert (ticket.pwp_id, ticket.practitioner_is_confirmed) == (people.priya.user_id, True)
    assert ticket_detail(session, people.priya, ticket.number).reporter


def test_an_outsider_who_reports_does_not_become_the_practitioner(session: Session, people: People) -> None:
    assert tell(session, people.sam).pwp_id is None


def test_closed_days_of_the_service_count(session: Session, people: People) -> None:
    session.get_one(Service, people.north).closed_days = [
        "2026-06-09",
        "2026-06-10",
        "2026-06-11",
        "2026-06-12",
    ]
    session.flush()
    target = tell(session).target_at
    assert target
    assert target.date() >= date(2026, 6, 15)
