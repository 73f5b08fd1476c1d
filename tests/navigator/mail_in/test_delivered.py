"""Whose mail it is that a mail server delivers, by the address that it names."""

import pytest
from sqlmodel import Session

from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in.delivered import service_of_address
from navigator.outbox.correspondence import reply_address
from navigator.people import private_links
from navigator.people.reply_tokens import reply_token
from navigator.people.reporter import LinkChannel
from tests.cases import each_case
from tests.navigator.mail_in.mails import PAT, reported
from tests.people import People

SOUTH = "desk+South@Example.org"


@pytest.fixture
def mailboxes(session: Session, people: People) -> dict[int, str]:
    """Of two services of one host; the address of one begins with that of the other."""
    for service_id, address in ((people.north, "desk@example.org"), (people.south, SOUTH)):
        session.add(Mailbox(service_id=service_id, address=address, is_active=True, owner="Ada"))
    session.flush()
    return {people.north: "north", people.south: "south"}


@each_case(
    ("address", "owner"),
    [
        ("desk@example.org", "north"),
        ("DESK+anything@example.org", "north"),
        ("desk+south@example.org", "south"),
        ("desk+south+anything@example.org", "south"),
        ("desk+\udcff\x00@example.org", "north"),
        ("desks@example.org", None),
        ("desk@example.org.evil.example", None),
        ("desk+a@mail.example.org", None),
        ("desk", None),
        ("", None),
    ],
)
def test_the_mailbox_with_the_longest_address_has_it(mailboxes: dict[int, str], address: str, owner: str):
    assert mailboxes.get(service_of_address(address) or 0) == owner


def test_an_answer_arrives_at_a_mailbox_whose_own_address_has_a_plus(
    session: Session, people: People, mailboxes: dict[int, str]
):
    mailbox = session.get_one(Mailbox, people.south)
    link = private_links.link_by_token(
        session, private_links.mint(session, reported(session).number, LinkChannel.EMAIL, PAT)
    )
    assert link
    assert service_of_address(reply_address(mailbox, f"r1.{'a' * 26}")) == people.south
    assert service_of_address(reply_address(mailbox, reply_token(link))) == people.north, "that of its letter"
