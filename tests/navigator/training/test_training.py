"""Training: asked for, answered or planned, and who came; each sees what is theirs."""

from datetime import time, timedelta

import pytest
from pydantic import ValidationError
from sqlmodel import Session, col, select

from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.user import Membership, Role
from navigator.tickets.ticket import ClinicalReview
from navigator.training import demand, requests, seats, session_list, sessions
from navigator.training.inputs import AnswerInput, AttendanceInput, TrainingRequestInput, TrainingSessionInput
from navigator.training.results import results
from navigator.training.tables import Attendance, TrainingRequest, TrainingSession
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People, actor_of, join

NEXT_WEEK = MOMENT.date() + timedelta(days=7)


def ask(session: Session, actor: Actor, **what: object) -> TrainingRequest:
    asked = TrainingRequestInput.model_validate(
        {"service": "north", "topic": "assign", "confidence": 3} | what
    )
    return requests.request_training(session, actor, asked)


def plan(session: Session, actor: Actor, *asked: TrainingRequest, **what: object) -> TrainingSession:
    usual = {"service": "north", "topic": "assign", "title": "Assigning", "on": NEXT_WEEK, "at": time(14)}
    chosen = {"requests": [one.id for one in asked]}
    return sessions.plan_session(session, actor, TrainingSessionInput.model_validate(usual | chosen | what))


def letters(session: Session) -> list[tuple[str, int]]:
    query = select(OutboxMessage.template, OutboxMessage.recipient_id).where(
        OutboxMessage.template.startswith("training")
    )
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


def test_a_practitioner_asks_and_sees_where_it_stands(session: Session, people: People) -> None:
    asked = ask(session, people.priya, words="how to release module 4", form="group")
    session.refresh(asked)
    assert (asked.details, asked.format) == ("how to release module 4", "group")
    assert requests.list_own(session, people.priya) == [asked]
    assert [one for one, _ in demand.list_open_requests(session, people.amina)] == [asked]
    requests.answer(session, people.amina, asked.id, AnswerInput(answer="Open the plan, then Release."))
    assert (asked.status, asked.answer) == ("answered", "Open the plan, then Release.")
    assert letters(session) == [("training_answered", people.priya.user_id)]
    assert demand.list_open_requests(session, people.amina) == []


def test_only_a_manager_asks_for_a_team_and_only_in_their_service(session: Session, people: People) -> None:
    assert ask(session, people.mo, is_for_team=True).is_for_team
    with pytest.raises(Forbidden):
        ask(session, people.priya, is_for_team=True)
    with pytest.raises(Forbidden):
        ask(session, people.sam)


@pytest.mark.parametrize(
    "wrong",
    [{"topic": "knitting"}, {"topic": "own_words", "words": ""}, {"confidence": 11}, {"confidence": -1}],
)
def test_what_cannot_be_meant_is_refused(session: Session, people: People, wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        ask(session, people.priya, **wrong)


def test_words_that_a_person_must_read_become_a_hand_over(session: Session, people: People) -> None:
    asked = ask(session, people.priya, topic="own_words", words="My patient wrote that she wants to die")
    assert session.exec(select(ClinicalReview.ticket_number)).one() == asked.ticket_number


def test_a_how_to_ticket_becomes_a_request_once(session: Session, people: People) -> None:
    ticket = tell(session, people.priya, reporter="pwp", category="use.how_to", text="How do I assign?")
    asked = requests.request_from_ticket(session, people.amina, ticket.number, "assign")
    assert (asked.asked_by, asked.ticket_number) == (people.priya.user_id, ticket.number)
    with pytest.raises(Conflict):
        requests.request_from_ticket(session, people.amina, ticket.number, "assign")


def test_a_patients_ticket_does_not(session: Session, people: People) -> None:
    ticket = tell(session)
    with pytest.raises(Conflict):
        requests.request_from_ticket(session, people.amina, ticket.number, "assign")


def test_a_session_has_its_places_and_who_came_is_done(session: Session, people: People) -> None:
    zoe = join(session, "Zoe", "zoe@north.example", people.north, Role.PWP)
    first, second = ask(session, people.priya), ask(session, zoe)
    planned = plan(session, people.amina, first, second)
    assert {one for _, one in letters(session)} == {people.priya.user_id, zoe.user_id}
    came = AttendanceInput(came=[people.priya.user_id or 0], confidence={str(people.priya.user_id): 8})
    sessions.record_attendance(session, people.amina, planned.id, came)
    assert (first.status, second.status, second.session_id) == ("done", "asked", None)
    seats = {
        seat.user_id: (seat.attended, seat.confidence_after) for seat in session.exec(select(Attendance))
    }
    assert seats == {people.priya.user_id: (True, 8), zoe.user_id: (False, None)}
    (result,) = results(session, people.mo)
    assert (result.training_session, result.attended, result.rated) == (planned, 1, 1)
    assert (result.confidence_before, result.confidence_after) == (first.confidence, 8)
    assert results(session, people.sam) == results(session, people.priya) == []
    with pytest.raises(Conflict):
        sessions.record_attendance(session, people.amina, planned.id, came)


def test_a_full_session_takes_nobody_more(session: Session, people: People) -> None:
    zoe = join(session, "Zoe", "zoe@north.example", people.north, Role.PWP)
    with pytest.raises(Conflict):
        plan(session, people.amina, ask(session, people.priya), ask(session, zoe), places=1)


def test_a_cancelled_session_lets_everybody_wait_again_and_says_so(session: Session, people: People) -> None:
    asked = ask(session, people.priya)
    planned = plan(session, people.amina, asked)
    sessions.cancel_session(session, people.amina, planned.id)
    assert (asked.status, asked.session_id) == ("asked", None)
    assert letters(session)[-1][0] == "training_cancelled"
    assert session_list.upcoming_sessions(session, people.priya) == []


def test_a_session_in_the_past_is_refused(session: Session, people: People) -> None:
    with pytest.raises(Invalid):
        plan(session, people.amina, on=MOMENT.date() - timedelta(days=1))


def test_demand_counts_by_topic_and_service_most_wanted_first(session: Session, people: People) -> None:
    zoe = join(session, "Zoe", "zoe@north.example", people.north, Role.PWP)
    ask(session, people.priya, topic="risk")
    for actor in (people.priya, zoe):
        ask(session, actor)
    rows = demand.demand(session, people.mo)
    assert [(row.topic, row.request_count) for row in rows] == [("assign", 2), ("risk", 1)]


def test_strangers_see_and_settle_nothing(session: Session, people: People) -> None:
    asked = ask(session, people.priya)
    planned = plan(session, people.amina)
    assert (
        demand.list_open_requests(session, people.sam)
        == session_list.upcoming_sessions(session, people.sam)
        == []
    )
    with pytest.raises(NotFound):
        requests.answer(session, people.sam, asked.id, AnswerInput(answer="x"))
    with pytest.raises(NotFound):
        requests.answer(session, people.priya, asked.id, AnswerInput(answer="x"))
    with pytest.raises(NotFound):
        seats.withdraw(session, people.amina, asked.id)
    with pytest.raises(NotFound):
        session_list.attendance_of(session, people.sam, planned.id)


def test_a_request_is_answered_in_its_own_service_alone(session: Session, people: People) -> None:
    """Who asked could not open a session elsewhere, and would be taken off its list as one who left."""
    asked = ask(session, people.priya)
    amina = people.amina.user_id or 0
    session.add(Membership(user_id=amina, service_id=people.south, role=Role.NAVIGATOR))
    session.flush()
    with pytest.raises(Conflict):
        plan(session, actor_of(session, amina), asked, service="south")
    assert letters(session) == []
