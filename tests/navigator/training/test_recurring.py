"""How-to questions that recur, by practitioner and topic, until training on them is asked for or booked."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.people.actor import Actor
from navigator.training.recurring import recurring_of, recurring_topics
from navigator.training.topics import topic_of
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.navigator.training.test_seats import book, colleagues
from tests.navigator.training.test_training import ask, plan
from tests.people import People

ASSIGN, PROGRESS = "How do I assign module 3?", "Where do I see the progress of a patient?"


def wonder(session: Session, actor: Actor, *texts: str, **what: object) -> None:
    usual = {"reporter": "pwp", "category": "use.how_to"}
    for text in texts:
        tell(session, actor, **(usual | {"text": text} | what))
    session.flush()


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        (ASSIGN, "assign"),
        ("Can I change the order of the modules, and where?", "assign"),
        ("How do I release module 3 for a patient who skipped a week?", "assign"),
        (PROGRESS, "progress"),
        ("How do I reply to a patient?", "feedback"),
        ("How do I send the welcome link again?", "first_log_in"),
        ("Where do I turn off reminders?", "reminders"),
        ("", "own_words"),
        ("How?", "own_words"),
        ("Where do I find the unread messages that may speak of risk?", "risk"),
    ],
)
def test_the_topic_is_guessed_from_the_words(question: str, topic: str) -> None:
    assert topic_of(question) == topic


def test_the_third_question_on_a_topic_is_a_pattern(session: Session, people: People) -> None:
    wonder(session, people.priya, ASSIGN, ASSIGN, PROGRESS)
    assert recurring_of(session, people.priya, people.priya.user_id or 0) == []
    wonder(session, people.priya, ASSIGN)
    (again,) = recurring_of(session, people.priya, people.priya.user_id or 0)
    assert (again.topic, again.questions, again.people, again.session) == ("assign", 3, 1, None)
    (seen,) = recurring_of(session, people.amina, people.priya.user_id or 0)
    assert seen == again
    assert recurring_of(session, people.sam, people.priya.user_id or 0) == [], "not of another service"
    assert recurring_of(session, people.priya, people.amina.user_id or 0) == []


@pytest.mark.parametrize("what", [{"category": "use.outage_or_error"}, {"reporter": "patient"}])
def test_other_reports_are_none(session: Session, people: People, what: dict[str, object]) -> None:
    wonder(session, people.amina, ASSIGN, ASSIGN, ASSIGN, **what)
    assert recurring_of(session, people.priya, people.priya.user_id or 0) == []


def test_a_month_later_it_is_over(session: Session, people: People) -> None:
    wonder(session, people.priya, ASSIGN, ASSIGN, ASSIGN)
    clock.set_to(MOMENT + timedelta(days=30, minutes=1))
    assert recurring_of(session, people.priya, people.priya.user_id or 0) == []


def test_the_session_to_come_is_offered_until_it_is_booked(session: Session, people: People) -> None:
    wonder(session, people.priya, ASSIGN, ASSIGN, ASSIGN)
    planned = plan(session, people.amina)
    (again,) = recurring_of(session, people.priya, people.priya.user_id or 0)
    assert again.session is planned
    book(session, people.priya, planned)
    assert recurring_of(session, people.priya, people.priya.user_id or 0) == []


def test_it_is_not_offered_to_who_has_asked_for_it(session: Session, people: People) -> None:
    wonder(session, people.priya, ASSIGN, ASSIGN, ASSIGN)
    ask(session, people.priya, topic="risk")
    assert recurring_of(session, people.priya, people.priya.user_id or 0)
    ask(session, people.priya, topic="assign")
    assert recurring_of(session, people.priya, people.priya.user_id or 0) == []


def test_a_topic_recurs_when_several_ask(session: Session, people: People) -> None:
    wonder(session, people.priya, *[ASSIGN] * 5)
    assert recurring_topics(session, people.amina, [people.north]) == [], "one person alone"
    (other,) = colleagues(session, people, 1)
    wonder(session, other, ASSIGN, PROGRESS)
    (topic,) = recurring_topics(session, people.mo, [people.north])
    assert (topic.service_id, topic.topic, topic.questions, topic.people) == (people.north, "assign", 6, 2)
    assert recurring_topics(session, people.mo, [people.south]) == []
    assert recurring_topics(session, people.sam, [people.north]) == []
