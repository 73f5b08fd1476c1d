"""A notice in the browser: written once, read on the status page, and messages asked for and ended."""

from typing import Any

import pytest
from sqlmodel import select

from navigator import database
from navigator.people import login
from navigator.people.notice_subscriber import CONFIRM, LEAVE, NoticeSubscriber, subscriber_token
from navigator.people.user import User
from navigator.problems import publish_notice, records
from navigator.problems.inputs import NewProblemInput
from navigator.problems.notice import ProblemNotice
from tests.browser.conftest import NARROW, WIDE, Come

WORDS = "Write on paper for now."


@pytest.fixture
def problem(address: str) -> int:
    """A known problem of North, that nobody was told of."""
    told = NewProblemInput(
        service="north", programme="fern", category="use.outage_or_error", title="Fern is down"
    )
    with database.writing() as session:
        amina = session.exec(select(User).where(User.email == "amina@north.example")).one()
        actor = login.actor_of(session, amina.id)
        assert actor is not None
        return records.open_problem(session, actor, told).id


@pytest.mark.parametrize(("screen", "scripts"), [(NARROW, False), (WIDE, True)])
def test_a_notice_is_written_read_and_followed(come: Come, problem: int, screen: Any, scripts: bool) -> None:
    amina, pat = come(screen, scripts), come(screen, scripts)
    amina.log_in("amina")
    amina.go(f"/problems/{problem}/notice")
    amina.choose("Identified")
    amina.write("What everybody will read", WORDS)
    amina.press("See it first")
    assert "1 practitioner, on their Today" in amina.words
    amina.press("Send it now")
    amina.press("Take it back")
    assert WORDS in amina.page.input_value("#body")
    amina.press("See it first")
    amina.press("Send it now")
    with database.writing() as session:
        notice = session.exec(select(ProblemNotice)).one()
        actor = login.actor_of(session, notice.author_id or 0)
        assert actor is not None
        publish_notice.publish(session, actor, notice)
    pat.go("/status/fern")
    assert WORDS in pat.words
    pat.write("Your email address", "pat@post.example")
    pat.press("Send me the link")
    assert "We sent a link" in pat.words
    with database.reading() as session:
        (subscriber,) = session.exec(select(NoticeSubscriber)).all()
        confirm, leave = (subscriber_token(purpose, subscriber) for purpose in (CONFIRM, LEAVE))
    pat.go(f"/status/confirm/{confirm}")
    pat.press("Yes, write to me")
    pat.go(f"/status/leave/{leave}")
    pat.press("End the messages")
    assert "You get no more messages" in pat.words
