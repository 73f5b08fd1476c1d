"""Splitting: two problems of one reporter become two tickets; nothing is lost, nobody else learns of it."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import reporter
from navigator.people.reporter import Reporter, ReporterKind
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import AttachInput, MergeInput, SayInput, SplitInput
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People, number_by_token

BOTH = "I forgot my password. And I get far too many reminders."


def public(session: Session, ticket: Ticket) -> list[str]:
    """What the reporter of a ticket reads by their link."""
    return [one.body for one in ticket_detail(session, reporter(ticket.number), ticket.number).messages]


def messages(session: Session, ticket: Ticket) -> list[Message]:
    query = select(Message).where(Message.ticket_number == ticket.number)
    return list(session.exec(query.order_by(col(Message.id))))


def halve(session: Session, people: People, ticket: Ticket, **what: Any) -> Ticket:
    ids = [messages(session, ticket)[0].id]
    asked = SplitInput.model_validate({"messages": ids, "category": "notify.too_many"} | what)
    second = split(session, people.amina, ticket.number, asked)
    session.flush()
    return second


def test_the_second_is_of_the_same_reporter_programme_session_and_practitioner(
    session: Session, people: People
) -> None:
    told = {"route": "email", "email": "pat@example.org", "needs": "large print", "language": "Welsh"}
    session_on = date(2026, 6, 18)
    first = tell(session, text=BOTH, contact=told, next_session=session_on, support_code="RTT-77")
    staff.attach(session, people.amina, first.number, AttachInput(pwp_id=people.priya.user_id or 0))
    second = halve(session, people, first)
    same = (
        "service_id",
        "programme_id",
        "session_on",
        "pwp_id",
        "practitioner_is_confirmed",
        "reporter_kind",
        "channel",
    )
    assert {name: getattr(second, name) for name in same} == {name: getattr(first, name) for name in same}
    assert (first.category, second.category) == ("access.forgotten_password", "notify.too_many")
    one, other = (session.get_one(Reporter, ticket.reporter_id).model_dump() for ticket in (first, second))
    assert one.pop("id") != other.pop("id")
    assert one == other
    assert second.due_at > first.due_at  # sorted and timed by itself


def test_addresses_that_were_accepted_once_are_not_asked_again(session: Session, people: People) -> None:
    first = tell(session, text=BOTH)
    row = session.get_one(Reporter, first.reporter_id)
    row.contact_method, row.email, row.phone = "text", "pat.@example.org", "07700 900 9821"
    again = session.get_one(Reporter, halve(session, people, first).reporter_id)
    assert (again.contact_method, again.email, again.phone) == ("text", row.email, row.phone)


def test_what_was_said_stays_and_is_said_again(session: Session, people: People) -> None:
    first = tell(session, text=BOTH)
    second = halve(session, people, first, body="Too many reminders, day and night")
    assert public(session, first)[0] == BOTH
    assert f"DN-{second.number:06}" in public(session, first)[-1]
    assert public(session, second) == [BOTH, "Too many reminders, day and night"]
    again, summary = messages(session, second)
    assert (again.author, again.author_id, again.origin_number) == ("reporter", None, first.number)
    assert (summary.author, summary.author_id) == ("staff", people.amina.user_id)


def test_each_names_the_other(session: Session, people: People) -> None:
    first = tell(session, text=BOTH)
    second = halve(session, people, first)
    events = session.exec(select(Event).where(Event.action == Action.SPLIT)).all()
    assert {(one.ticket_number, one.actor_name, str(one.details)) for one in events} == {
        (first.number, "Amina Yusuf", f"{{'into': {second.number}}}"),
        (second.number, "Amina Yusuf", f"{{'out_of': {first.number}}}"),
    }


@pytest.mark.parametrize(
    ("contact", "letters"),
    [
        ({"route": "email", "email": "pat@example.org"}, ["received", "received"]),
        ({"route": "email", "email": "pat@example.org", "is_safe": False}, []),
        ({"route": "none"}, []),
    ],
)
def test_the_reporter_gets_a_letter_of_their_own_only_where_that_is_safe(
    session: Session, people: People, contact: dict[str, Any], letters: list[str]
) -> None:
    first = tell(session, text=BOTH, contact=contact)
    second = halve(session, people, first)
    sent = session.exec(
        select(OutboxMessage).where(OutboxMessage.recipient == "reporter").order_by(col(OutboxMessage.id))
    ).all()
    assert [one.template for one in sent] == letters
    if sent:
        assert (sent[-1].ticket_number, sent[-1].recipient_id) == (second.number, second.reporter_id)


def test_each_link_opens_its_own_ticket_and_the_first_leads_to_the_second(
    session: Session, people: People
) -> None:
    first, stranger = tell(session, text=BOTH, contact={"route": "none"}), tell(session)
    second = halve(session, people, first)
    own = reporter(first.number)
    with pytest.raises(NotFound):
        ticket_detail(session, own, second.number)
    assert following.split_tickets(session, own) == [second.number]
    assert (
        number_by_token(session, following.link_to_split_ticket(session, own, second.number)) == second.number
    )
    assert following.split_tickets(session, reporter(second.number)) == []
    for who, number in ((own, stranger.number), (reporter(stranger.number), second.number)):
        with pytest.raises(NotFound):
            following.link_to_split_ticket(session, who, number)


def test_a_hand_over_stays_and_the_text_is_screened_again(session: Session, people: People) -> None:
    first = tell(session, text="The app is slow and I want to end my life")
    following.answer(session, reporter(first.number), first.number, SayInput(body="Too many reminders"))
    kept = session.exec(select(ClinicalReview)).one()
    plain = halve(session, people, first, messages=[messages(session, first)[-1].id])
    assert not plain.has_open_review
    assert session.exec(select(ClinicalReview)).all() == [kept]
    assert (kept.ticket_number, first.has_open_review) == (first.number, True)
    grave = halve(session, people, first)
    assert grave.has_open_review
    assert ticket_detail(session, people.cole, grave.number).reviews


def test_the_summary_is_screened_too(session: Session, people: People) -> None:
    second = halve(session, people, tell(session), messages=[], body="She wants to end her life")
    assert second.has_open_review


def test_a_summary_alone_is_enough_and_the_desk_sorts_it(session: Session, people: People) -> None:
    told = {"messages": [], "category": "", "body": "They get far too many reminders from the app"}
    second = halve(session, people, tell(session), **told)
    assert public(session, second) == [told["body"]]
    assert second.suggested_category == second.category == "notify.too_many"


def test_a_practitioners_second_ticket_is_theirs(session: Session, people: People) -> None:
    first = tell(session, people.priya, text=BOTH, reporter=ReporterKind.PWP)
    second = halve(session, people, first)
    assert (second.reporter_user_id, second.pwp_id) == (people.priya.user_id, people.priya.user_id)
    assert session.get_one(Reporter, second.reporter_id).user_id == people.priya.user_id
    assert ticket_detail(session, people.priya, second.number).allowed >= {Action.ANSWER, Action.WITHDRAW}


def test_what_was_split_can_be_merged_again(session: Session, people: People) -> None:
    first = tell(session, text=BOTH)
    second = halve(session, people, first)
    assert merge(session, people.amina, second.number, MergeInput(into=first.number)) is first


@pytest.mark.parametrize("ids", [[4711], "note", "stranger"])
def test_only_what_the_reporter_wrote_here_is_chosen(session: Session, people: People, ids: Any) -> None:
    first, stranger = tell(session), tell(session)
    staff.note(session, people.amina, first.number, SayInput(body="seems cross"))
    known = {"note": messages(session, first)[-1].id, "stranger": messages(session, stranger)[0].id}
    with pytest.raises(Invalid), session.begin_nested():
        halve(session, people, first, messages=[known[ids]] if isinstance(ids, str) else ids)
    assert len(session.exec(select(Ticket)).all()) == 2


def test_whoever_saw_an_older_state_splits_nothing(session: Session, people: People) -> None:
    first = tell(session, text=BOTH)
    seen = first.version
    halve(session, people, first, version=seen)
    with pytest.raises(Stale), session.begin_nested():
        halve(session, people, first, version=seen)
    assert len(session.exec(select(Ticket)).all()) == 2


def test_only_navigators_split_and_only_what_lives(session: Session, people: People) -> None:
    first = tell(session, text=BOTH)
    with pytest.raises(Forbidden), session.begin_nested():
        split(session, people.mo, first.number, SplitInput(body="More"))
    following.withdraw(session, reporter(first.number), first.number)
    with pytest.raises(Conflict), session.begin_nested():
        split(session, people.amina, first.number, SplitInput(body="More"))
    assert len(session.exec(select(Ticket)).all()) == 1
