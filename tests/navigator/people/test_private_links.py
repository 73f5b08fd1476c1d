"""Private links of reporters: one ticket each, for a while, all ended at once."""

from datetime import timedelta

import pytest
from sqlalchemy import insert
from sqlmodel import Session, col, select

from navigator import clock
from navigator.people import private_links
from navigator.people.reporter import Reporter, ReporterLink
from navigator.tickets.ticket import Ticket
from tests.people import People, number_by_token


@pytest.fixture
def numbers(session: Session, people: People) -> list[int]:
    """Two tickets of two reporters."""
    return [_ticket(session, people.north) for _ in range(2)]


def _ticket(session: Session, service_id: int) -> int:
    session.add(reporter := Reporter())
    session.flush()
    values = {"service_id": service_id, "reporter_id": reporter.id, "due_at": clock.now()}
    return int(session.execute(insert(Ticket).values(**values).returning(col(Ticket.number))).scalar_one())


def minted(session: Session, number: int) -> str:
    token = private_links.mint(session, number)
    session.flush()
    return token


def test_a_link_opens_its_own_ticket_and_several_may_live(session: Session, numbers: list[int]):
    tokens = [minted(session, number) for number in (*numbers, *numbers)]
    assert [number_by_token(session, token) for token in tokens] == [*numbers, *numbers]
    assert len(set(tokens)) == 4


def test_only_a_hash_is_kept_and_it_says_nothing_of_the_ticket(session: Session, numbers: list[int]):
    """T8 of the peers."""
    token = minted(session, numbers[0])
    kept = session.exec(select(ReporterLink)).one()
    assert token not in str(kept.model_dump())
    assert len(token) >= 22
    assert number_by_token(session, kept.token_hash) is None


def test_wrong_expired_and_revoked_look_the_same(session: Session, numbers: list[int]):
    """T5 of the peers."""
    revoked = minted(session, numbers[0])
    private_links.revoke_all(session, numbers[0])
    late = minted(session, numbers[1])
    clock.set_to(clock.now() + private_links.LINK_LIFETIME)
    assert [
        private_links.link_by_token(session, token) for token in ("", "wrong", revoked, late, "\ud800")
    ] == [None] * 5


def test_a_link_lives_until_it_expires(session: Session, numbers: list[int]):
    token = minted(session, numbers[0])
    clock.set_to(clock.now() + private_links.LINK_LIFETIME - timedelta(seconds=1))
    assert number_by_token(session, token) == numbers[0]


def test_all_links_of_one_ticket_end_at_once(session: Session, numbers: list[int]):
    """T5 of the peers."""
    first, second, other = (minted(session, number) for number in (numbers[0], numbers[0], numbers[1]))
    private_links.revoke_all(session, numbers[0])
    assert [number_by_token(session, token) for token in (first, second)] == [None, None]
    assert number_by_token(session, other) == numbers[1]


def test_what_was_opened_before_is_looked_at_again(session: Session, numbers: list[int]):
    link = private_links.link_by_token(session, minted(session, numbers[0]))
    assert link
    assert private_links.link_by_id(session, link.id) is link
    private_links.revoke_all(session, numbers[0])
    assert private_links.link_by_id(session, link.id) is None


def test_what_was_opened_before_expires(session: Session, numbers: list[int]):
    link = private_links.link_by_token(session, minted(session, numbers[0]))
    assert link
    clock.set_to(clock.now() + private_links.LINK_LIFETIME)
    assert private_links.link_by_id(session, link.id) is None
