"""Changing how a reporter is reached, and ending private links: written down, nothing goes the old way."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Forbidden, NotFound
from navigator.outbox.outbox_message import OutboxMessage, Recipient
from navigator.people import private_links
from navigator.people.actor import Actor, reporter
from navigator.people.reporter import LinkChannel, Reporter, ReporterLink
from navigator.tickets.actions import contact, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import reporter_by_link
from navigator.tickets.contact_inputs import ChangeContactInput, EndLinksInput
from navigator.tickets.detail import links_to, ticket_detail
from navigator.tickets.inputs import AttachInput, MergeInput, SayInput
from navigator.tickets.ticket import Event, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People, number_by_token

OLD, NEW = "pat@example.org", "new@post.example"


def change(**values: object) -> ChangeContactInput:
    return ChangeContactInput.model_validate({"route": "email", "email": NEW, "is_safe": True} | values)


def sent_to(session: Session, ticket: Ticket, address: str) -> str:
    token = private_links.mint(session, ticket.number, LinkChannel.EMAIL, address)
    session.flush()
    return token


def letters(session: Session, ticket: Ticket) -> list[str]:
    query = select(OutboxMessage).where(OutboxMessage.recipient == Recipient.REPORTER)
    query = query.where(
        OutboxMessage.recipient_id == ticket.reporter_id, col(OutboxMessage.sent_at).is_(None)
    )
    return [letter.template for letter in session.exec(query.order_by(col(OutboxMessage.id)))]


def links(session: Session, actor: Actor, ticket: Ticket) -> Sequence[ReporterLink]:
    return links_to(session, actor, ticket_detail(session, actor, ticket.number))


def last_event(session: Session, number: int) -> Event:
    query = select(Event).where(Event.ticket_number == number).order_by(col(Event.id).desc())
    return session.exec(query).all()[0]


@pytest.mark.parametrize("who", ["reporter", "amina"])
def test_a_new_address_is_used_and_nothing_more_goes_to_the_old_one(
    session: Session, people: People, who: str
) -> None:
    """11.F3: by link and by a navigator, written down without the address."""
    ticket = tell(session)
    staff.reply(session, people.amina, ticket.number, SayInput(body="Try again"))
    assert letters(session, ticket) == ["received", "answered"]
    old, shown = sent_to(session, ticket, OLD), private_links.mint(session, ticket.number)
    actor = reporter(ticket.number) if who == "reporter" else people.amina
    contact.change_contact(session, actor, ticket.number, change())
    session.flush()
    assert session.get_one(Reporter, ticket.reporter_id).email == NEW
    assert letters(session, ticket) == ["contact_changed"]
    assert [number_by_token(session, token) for token in (old, shown)] == [None, ticket.number]
    event = last_event(session, ticket.number)
    changed = ["email", "is_safe_to_contact"]  # nobody had asked before whether it is safe
    assert (event.action, event.actor_name, event.details) == ("contact", actor.name, {"changed": changed})


@pytest.mark.parametrize("values", [{"is_safe": False}, {"route": "none", "email": ""}])
def test_who_must_not_be_written_to_is_not(
    session: Session, people: People, values: dict[str, object]
) -> None:
    """11.F3: what waits to be sent is not sent either."""
    ticket = tell(session)
    contact.change_contact(session, reporter(ticket.number), ticket.number, change(**values))
    staff.reply(session, people.amina, ticket.number, SayInput(body="Try again"))
    assert letters(session, ticket) == []


def test_one_report_makes_the_desk_write_to_few_strangers(session: Session, people: People) -> None:
    """Whoever has a link can give any address: each change is kept, and not each is written to."""
    ticket, most = tell(session), contact.CONTACT_LETTERS.times
    written_to = 0
    for n in range(most + 2):
        contact.change_contact(
            session, reporter(ticket.number), ticket.number, change(email=f"{n}@post.example")
        )
        written_to += letters(session, ticket) == ["contact_changed"]
    assert written_to == most
    assert session.get_one(Reporter, ticket.reporter_id).email == f"{most + 1}@post.example"
    contact.change_contact(session, people.amina, ticket.number, change())
    assert letters(session, ticket) == ["contact_changed"]


def test_the_same_address_keeps_its_links(session: Session, people: People) -> None:
    """11.F3: only what was sent elsewhere ends."""
    ticket = tell(session)
    token = sent_to(session, ticket, OLD)
    contact.change_contact(
        session, people.amina, ticket.number, change(email=OLD.upper(), phone="01632 960001")
    )
    assert number_by_token(session, token) == ticket.number


@pytest.mark.parametrize("who", ["cole", "mo", "priya"])
def test_nobody_else_changes_it(session: Session, people: People, who: str) -> None:
    """11.F3, 11.B2: it is between the reporter and the navigators."""
    ticket = tell(session, text="I want to die")
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    actor: Actor = getattr(people, who)
    with pytest.raises(Forbidden):
        contact.change_contact(session, actor, ticket.number, change())
    with pytest.raises(Forbidden):
        contact.end_links(session, actor, ticket.number, EndLinksInput())
    with pytest.raises(NotFound):
        contact.change_contact(session, reporter(ticket.number + 1), ticket.number, change())


def test_a_reporter_changes_their_own_contact_whatever_it_was_merged_with(
    session: Session, people: People
) -> None:
    """11.F3, 11.F2: whoever typed the same address changes nothing of the other's; who is proven, both."""
    one, other = tell(session), tell(session)
    merge(session, people.amina, one.number, MergeInput(into=other.number))
    claimed = reporter_by_link(session, private_links.mint(session, one.number))
    assert claimed
    with session.begin_nested() as part:
        contact.change_contact(session, claimed, claimed.own_ticket, change())
        emails = [session.get_one(Reporter, row.reporter_id).email for row in (one, other)]
        part.rollback()
    assert emails == [NEW, OLD]
    session.expire_all()
    proven = reporter_by_link(session, sent_to(session, one, OLD))
    assert proven
    contact.change_contact(session, proven, proven.own_ticket, change())
    assert {session.get_one(Reporter, row.reporter_id).email for row in (one, other)} == {NEW}


def test_a_navigator_ends_every_link_and_sees_which_there_were(session: Session, people: People) -> None:
    """11.B2: with how each was given and when it was opened, also those to what was merged."""
    one, other = tell(session), tell(session)
    merge(session, people.amina, one.number, MergeInput(into=other.number))
    tokens = [sent_to(session, one, OLD), sent_to(session, other, OLD)]
    clock.set_to(clock.now() + timedelta(hours=1))
    link = private_links.link_by_token(session, tokens[1])
    assert link
    private_links.mark_opened(link)
    _, shown = links(session, people.amina, other)
    assert (shown.channel, shown.opened_at) == ("email", clock.now())
    assert links(session, people.mo, other) == ()
    contact.end_links(session, people.amina, other.number, EndLinksInput())
    assert [number_by_token(session, token) for token in tokens] == [None, None]
    assert links(session, people.amina, other) == []
    assert last_event(session, other.number).action == "end_links"
