"""Confidence before, after and six to eight weeks later: asked, reminded once, told by a tap, forgotten."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Conflict, NotFound
from navigator.jobs.registry import JOBS
from navigator.people.actor import Actor
from navigator.people.user import Membership, User
from navigator.training import confidence, sessions
from navigator.training.inputs import AttendanceInput, ConfidenceInput
from navigator.training.results import results
from navigator.training.tables import Attendance, TrainingSession
from tests.conftest import MOMENT
from tests.navigator.training.test_seats import book, colleagues
from tests.navigator.training.test_training import letters, plan
from tests.people import People


def held(session: Session, people: People, *came: Actor, **told: int) -> TrainingSession:
    """A session to which these came, an hour after it began."""
    planned = plan(session, people.amina)
    for one in came:
        book(session, one, planned, 3)
    clock.set_to(planned.starts_at + timedelta(hours=1))
    ids = [one.user_id or 0 for one in came]
    rated = {str(id): told["after"] for id in ids} if told else {}
    sessions.record_attendance(session, people.amina, planned.id, AttendanceInput(came=ids, confidence=rated))
    return planned


def at(planned: TrainingSession, **after: int) -> None:
    clock.set_to(planned.starts_at + timedelta(**after))


def ask_due(session: Session) -> int:
    """Do what is due of asking; how many sessions were looked after."""
    due = session.scalars(confidence.sessions_to_ask_about(clock.now())).all()
    for id in due:
        confidence.ask_later(session, clock.now(), id)
    session.flush()
    return len(due)


def tell(session: Session, actor: Actor, planned: TrainingSession, number: int) -> None:
    confidence.tell_confidence(session, actor, planned.id, ConfidenceInput(confidence=number))


def told_of(session: Session) -> tuple[int | None, int | None, int | None]:
    seat = session.exec(select(Attendance)).one()
    return seat.confidence_before, seat.confidence_after, seat.confidence_later


def test_who_came_is_asked_unless_the_trainer_noted_it(session: Session, people: People) -> None:
    held(session, people, people.priya)
    assert letters(session)[-1] == ("training_after", people.priya.user_id)
    clock.set_to(MOMENT)
    held(session, people, people.mo, after=8)
    assert letters(session)[-1] == ("training_planned", people.mo.user_id)


def test_each_moment_has_its_answer(session: Session, people: People) -> None:
    planned = held(session, people, people.priya)
    tell(session, people.priya, planned, 5)
    at(planned, weeks=5, days=6)
    tell(session, people.priya, planned, 7)
    at(planned, weeks=6)
    tell(session, people.priya, planned, 9)
    assert told_of(session) == (3, 7, 9)
    at(planned, weeks=8)
    with pytest.raises(Conflict):
        tell(session, people.priya, planned, 1)


def test_the_question_is_for_who_came_alone(session: Session, people: People) -> None:
    planned = held(session, people, people.priya)
    for actor in (people.mo, people.amina, people.sam):
        with pytest.raises(NotFound):
            tell(session, actor, planned, 9)


def test_it_is_asked_after_six_weeks_and_reminded_once(session: Session, people: People) -> None:
    planned = held(session, people, people.priya, after=8)
    asked = []
    for days in (41, 42, 43, 49, 50, 55):
        at(planned, days=days)
        asked.append(ask_due(session))
    assert asked == [0, 1, 0, 1, 0, 0]
    mine = [template for template, _ in letters(session) if template == "training_later"]
    assert len(mine) == 2
    assert "training_confidence" in JOBS


@pytest.mark.parametrize("days", [42, 49])
def test_who_has_answered_is_not_asked(session: Session, people: People, days: int) -> None:
    planned = held(session, people, people.priya, after=8)
    at(planned, days=42)
    tell(session, people.priya, planned, 9)
    at(planned, days=days)
    assert ask_due(session) == 0


def test_nobody_is_asked_once_it_is_closed(session: Session, people: People) -> None:
    planned = held(session, people, people.priya)
    at(planned, weeks=8)
    assert ask_due(session) == 0


def test_who_did_not_come_is_not_asked(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    clock.set_to(planned.starts_at + timedelta(hours=1))
    sessions.record_attendance(session, people.amina, planned.id, AttendanceInput())
    at(planned, weeks=7)
    assert ask_due(session) == 0


def test_means_are_of_no_fewer_than_five(session: Session, people: People) -> None:
    came = colleagues(session, people, 5)
    planned = held(session, people, *came)
    for n, one in enumerate(came):
        assert confidence.means(session, [planned.id]) == (None, None)
        tell(session, one, planned, 5 + n)
    after, later = confidence.means(session, [planned.id])
    assert (after, later) == (confidence.Means(5, 3.0, 7.0), None)
    (result,) = results(session, people.mo)
    assert (result.rated, result.confidence_before, result.confidence_after) == (5, 3.0, 7.0)
    assert (result.rated_later, result.confidence_later) == (0, None)


@pytest.mark.parametrize(("days", "is_kept"), [(729, True), (731, False)])
def test_what_one_person_told_is_forgotten_in_time(
    session: Session, people: People, days: int, is_kept: bool
) -> None:
    planned = held(session, people, people.priya, after=8)
    at(planned, days=days)
    confidence.forget_confidence(session, clock.now())
    session.expire_all()
    assert told_of(session) == ((3, 8, None) if is_kept else (None, None, None))
    seat = session.exec(select(Attendance)).one()
    assert seat.attended, "that they came is their record"


def test_it_is_forgotten_of_who_has_left(session: Session, people: People) -> None:
    held(session, people, people.priya, after=8)
    session.get_one(User, people.priya.user_id).is_active = False
    session.flush()
    confidence.forget_confidence(session, clock.now())
    session.expire_all()
    assert told_of(session) == (None, None, None)


def test_who_left_the_service_is_not_asked_what_they_cannot_open(session: Session, people: People) -> None:
    planned = held(session, people, people.priya, after=7)
    at(planned, weeks=6)
    membership = session.exec(select(Membership).where(Membership.user_id == people.priya.user_id)).one()
    membership.service_id = people.south
    session.flush()
    assert ask_due(session) == 0
    assert letters(session)[-1][0] == "training_planned"
