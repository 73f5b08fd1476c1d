"""The rows of the policy of tickets: who reads what is written, and that the safety screen hears it."""

from collections.abc import Callable, Mapping

import pytest
from sqlmodel import Session, select

from navigator.people.actor import Actor, reporter
from navigator.tickets.action_rules import ACTION_RULES, Action, ActionRule
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.messages import add_message
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.actions.split import split
from navigator.tickets.enums import Audience, CallOutcome
from navigator.tickets.inputs import CallInput, ResolveInput, SayInput, SnoozeInput, SplitInput
from navigator.tickets.ticket import ClinicalReview
from tests.navigator.tickets.report_factory import tell
from tests.people import People

RISK = "I want to end my life"

READ_BY = {
    "report": "public",
    "reply": "public",
    "answer": "public",
    "note": "staff",
    "call": "staff",
    "wait": "public",
    "park": "public",
    "resolve": "public",
    "reopen": "public",
    "split": "public",
    "link": "public",
    "update": "public",
    "write_to_person": "public",
    "join_mail": "staff",
    "snooze": "staff",
}
"""Who reads the message of each action that has one: written by hand, and not taken from the rules."""


def test_who_reads_a_message_is_written_here_too():
    assert {action: rule.audience for action, rule in ACTION_RULES.items() if rule.audience} == READ_BY


@pytest.mark.parametrize("input", [SayInput, SnoozeInput, ResolveInput, CallInput, SplitInput])
def test_an_action_with_words_must_say_who_reads_them(input):
    """Without an audience a reason for staff alone would have been read by the reporter."""
    with pytest.raises(ValueError, match="Say who reads"):
        ActionRule(frozenset(), frozenset(), input=input)
    assert ActionRule(frozenset(), frozenset(), input=input, audience=Audience.STAFF).takes_text


def test_an_action_without_an_audience_has_no_message(session: Session, people: People):
    with pytest.raises(LookupError):
        add_message(session, people.amina, tell(session), Action.CLAIM, "Words for nobody in particular")


Say = Callable[[Session, Actor, int], object]

SAID: Mapping[Action, Say] = {
    Action.ANSWER: lambda session, _, number: following.answer(
        session, reporter(number), number, SayInput(body=RISK)
    ),
    Action.NOTE: lambda session, actor, number: staff.note(session, actor, number, SayInput(body=RISK)),
    Action.CALL: lambda session, actor, number: calls.call(
        session, actor, number, CallInput(came=CallOutcome.SPOKE, body=RISK)
    ),
    Action.SNOOZE: lambda session, actor, number: snooze(
        session, actor, number, SnoozeInput(until="morning", body=RISK)
    ),
    Action.SPLIT: lambda session, actor, number: split(session, actor, number, SplitInput(body=RISK)),
}
"""Each action for which something is written that is not checked before it goes out, as it is done."""


def test_each_action_that_takes_words_is_heard():
    """A new action is one that nobody hears, until it stands among those of the next test."""
    heard = {action for action, rule in ACTION_RULES.items() if rule.takes_text and not rule.goes_out}
    assert heard == SAID.keys(), "let the safety screen hear what is written for it, and do it here"


@pytest.mark.parametrize("action", SAID)
def test_what_is_written_for_it_is_heard(session: Session, people: People, action: Action):
    number = tell(session).number
    SAID[action](session, people.amina, number)
    session.exec(select(ClinicalReview)).one()


@pytest.mark.parametrize(
    "action", [action for action, rule in ACTION_RULES.items() if rule.audience and not rule.goes_out]
)
def test_no_message_is_stored_unheard(session: Session, people: People, action: Action):
    add_message(session, people.amina, tell(session), action, RISK)
    session.exec(select(ClinicalReview)).one()
