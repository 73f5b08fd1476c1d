"""Who calls the API: nobody in particular, keys of each role in North, and a stranger's in South."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import Session

from navigator.people import api_keys, private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.user import Role
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Ticket
from tests.people import People

pytest.register_assert_rewrite("tests.api.client")

from tests.api.client import Caller  # noqa: E402 - after the line above

WORDS = "The code never comes and I cannot get past the security page."

Enter = Callable[..., Caller]


@pytest.fixture
def enter(people: People) -> Enter:
    """Call it with a key, or None, for a caller."""
    return Caller


@pytest.fixture
def anybody(enter: Enter) -> Caller:
    """A caller without a key."""
    return enter(None)


@pytest.fixture
def with_key(session: Session, people: People, enter: Enter) -> Callable[..., Caller]:
    """Call it with a role, and the name of a service, for a caller with such a key."""

    def caller(role: Role, service: str = "north", **kwargs: Any) -> Caller:
        key = api_keys.create(session, getattr(people, service), role, f"{service} {role}")
        session.flush()
        return enter(key, **kwargs)

    return caller


@pytest.fixture
def navigator(with_key: Callable[..., Caller]) -> Caller:
    """A key of North's navigators."""
    return with_key(Role.NAVIGATOR)


def make_ticket(
    session: Session,
    service: str = "north",
    text: str = WORDS,
    email: str = "",
    programme: str | None = None,
) -> Ticket:
    """A ticket as a patient reports one."""
    contact = ContactInput.model_validate({"route": "email", "email": email} if email else {})
    told = ReportInput(service=service, text=text, contact=contact, programme=programme)
    ticket = staff.report(session, ANONYMOUS, told).ticket
    session.flush()
    return ticket


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """A patient's ticket in North."""
    return make_ticket(session, email="patient@example.org")


@pytest.fixture
def reporter(session: Session, ticket: Ticket, enter: Enter) -> Caller:
    """The reporter of that ticket, by the token of a private link."""
    token = private_links.mint(session, ticket.number)
    session.flush()
    return enter(token)
