"""A followed ticket, asked for in few questions, tells what any ticket’s detail tells its reporter."""

from dataclasses import fields

import pytest
from sqlmodel import Session

from navigator import database
from navigator.errors import NotFound
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS, reporter
from navigator.people.reporter import ContactMethod
from navigator.tickets.actions import reporter as reporter_actions
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.detail import TicketDetail, ticket_detail
from navigator.tickets.followed import followed_ticket, reporter_to_follow
from navigator.tickets.inputs import MergeInput, SayInput, SplitInput
from navigator.tickets.promises import promises_after, promises_to
from navigator.tickets.report_input import ContactInput, ReportInput
from tests.navigator.tickets.report_factory import tell
from tests.people import People

TEXT = "I cannot log in. The video stops."
PAT = ContactInput(route=ContactMethod.EMAIL, email="pat@post.example")
SAME = {field.name for field in fields(TicketDetail)} - {"names", "service", "programme", "contact"}
"""`names` are of those alone who wrote; the others are rows of another session."""


@pytest.mark.parametrize("said", ["nothing", "a reply", "an answer", "a divert", "a split", "a merge"])
def test_it_tells_the_same(session: Session, people: People, said: str) -> None:
    category = "divert.appointment" if said == "a divert" else None
    told = ReportInput(service="north", programme="fern", text=TEXT, category=category, contact=PAT)
    number = staff.report(session, ANONYMOUS, told).ticket.number
    actor = reporter(number, reads=frozenset({number}))
    if said in ("a reply", "an answer", "a split"):
        staff.reply(session, people.amina, number, SayInput(body="Which phone is it?"))
    if said == "an answer":
        reporter_actions.answer(session, actor, number, SayInput(body="An old one"))
    if said == "a split":
        split(session, people.amina, number, SplitInput(body="The video stops."))
    if said == "a merge":
        other = staff.report(session, ANONYMOUS, told).ticket.number
        merge(session, people.amina, other, MergeInput(into=number))
    session.flush()
    followed, detail = followed_ticket(session, actor), ticket_detail(session, actor, number)
    assert {name: getattr(followed, name) for name in SAME} == {name: getattr(detail, name) for name in SAME}
    assert (followed.service.name, bool(followed.contact)) == (detail.service.name, bool(detail.contact))
    assert {message.author_id for message in detail.messages} - {None} == followed.names.keys()
    assert followed.names.items() <= detail.names.items()
    assert promises_after(followed, followed.last_action) == promises_to(session, detail)
    assert followed.is_split == bool(reporter_actions.split_tickets(session, actor)) == (said == "a split")


def test_nobody_follows_what_is_not_theirs(session: Session, people: People) -> None:
    tell(session)
    with pytest.raises(NotFound):
        followed_ticket(session, people.amina)


def test_what_was_read_with_a_link_is_shown_to_whoever_has_it(session: Session, people: People) -> None:
    """Two who were let in by one session each follow their own."""
    numbers = [tell(session).number for _ in range(2)]
    tokens = [private_links.mint(session, number) for number in numbers]
    session.flush()
    with database.reading() as reading:
        links = [private_links.link_by_token(reading, token) for token in tokens]
        let_in = [reporter_to_follow(reading, link.id, link.ticket_number) for link in links if link]
        assert [actor and followed_ticket(reading, actor).ticket.number for actor in let_in] == numbers
