"""Who reports again and again, by one card or a proven address: offered until somebody says why not."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.jobs import retention
from navigator.jobs.registry import JOBS
from navigator.people import private_links
from navigator.people.reporter import LinkChannel
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.enums import Resolution
from navigator.tickets.inputs import MergeInput, ResolveInput, SplitInput
from navigator.tickets.repeated_report import NotNeeded, RepeatedReport
from navigator.tickets.repeats import dismiss, open_repeats, repeat_of, time_of_person
from navigator.tickets.ticket import Ticket
from tests.navigator.support_cards.card_factory import make
from tests.navigator.tickets.report_factory import tell
from tests.people import People

NO_WAY: Any = {"route": "none"}


def run(session: Session) -> int:
    session.flush()
    done = JOBS["repeats"].run()
    assert JOBS["repeats"].run() == 0  # what was found is not found again
    session.expire_all()
    return done


def offered(session: Session, people: People) -> list[list[int]]:
    return [repeat.numbers for repeat in open_repeats(session, people.amina)]


def by_card(session: Session, code: str, **said: Any) -> Ticket:
    return tell(session, support_code=code, contact=NO_WAY, **said)


def open_link(session: Session, ticket: Ticket, to: str) -> None:
    token = private_links.mint(session, ticket.number, LinkChannel.EMAIL, to)
    session.flush()
    link = private_links.link_by_token(session, token)
    assert link
    private_links.mark_opened(link)
    session.flush()


def test_the_third_report_by_one_card_is_offered(session: Session, people: People) -> None:
    code = make(session, people.priya).code
    first, second = by_card(session, code), by_card(session, code)
    assert run(session) == 0
    third = by_card(session, code)
    assert run(session) == 1
    assert offered(session, people) == [[first.number, second.number, third.number]]
    found = repeat_of(session, people.amina, third)
    assert found
    assert (found.days, found.is_by_code) == (28, True)
    assert repeat_of(session, people.priya, third) is None  # it is work for navigators


def test_what_is_older_than_the_days_does_not_count(session: Session, people: People) -> None:
    code = make(session, people.priya, next_session=None).code
    by_card(session, code)
    clock.set_to(clock.now() + timedelta(days=28))
    by_card(session, code)
    by_card(session, code)
    assert run(session) == 0
    by_card(session, code)
    assert run(session) == 1


def test_number_and_days_are_the_services(session: Session, people: People) -> None:
    service = session.get_one(Service, people.north)
    service.repeat_reports, service.repeat_days = 2, 7
    code = make(session, people.priya, next_session=None).code
    by_card(session, code)
    by_card(session, code)
    assert run(session) == 1
    clock.set_to(clock.now() + timedelta(days=7))
    by_card(session, code)
    assert run(session) == 0


def test_an_address_that_somebody_typed_proves_nothing(session: Session, people: People) -> None:
    tickets = [tell(session) for _ in range(3)]
    assert run(session) == 0
    for ticket in tickets[:2]:
        open_link(session, ticket, "pat@example.org")
    open_link(session, tickets[2], "")  # its own page, shown on the screen: sent nowhere
    assert run(session) == 0
    open_link(session, tickets[2], "pat@example.org")
    assert run(session) == 1
    (found,) = open_repeats(session, people.amina)
    assert not found.is_by_code


def test_a_code_of_no_card_joins_nobody(session: Session, people: People) -> None:
    for _ in range(3):
        by_card(session, "none")
    assert run(session) == 0


def test_what_was_split_off_is_no_report_of_its_person(session: Session, people: People) -> None:
    code = make(session, people.priya).code
    first, second = by_card(session, code), by_card(session, code)
    split(session, people.amina, first.number, SplitInput(body="The app is slow, too."))
    split(session, people.amina, second.number, SplitInput(body="The app is slow, too."))
    assert run(session) == 0
    third = by_card(session, code)
    assert run(session) == 1
    assert offered(session, people) == [[first.number, second.number, third.number]]


def test_a_card_and_a_proven_address_join_together(session: Session, people: People) -> None:
    """What joins them is said as it is: not all of these came with the card."""
    code = make(session, people.priya).code
    by_card(session, code)
    both, typed = tell(session, support_code=code), tell(session)
    for ticket in (typed, both):
        open_link(session, ticket, "pat@example.org")
    last = tell(session, support_code=code)
    open_link(session, last, "pat@example.org")
    assert run(session) == 1
    (found,) = open_repeats(session, people.amina)
    assert len(found.numbers) == 4
    assert not found.is_by_code


def test_merged_ones_count_where_they_went(session: Session, people: People) -> None:
    code = make(session, people.priya).code
    first, second, _ = (by_card(session, code) for _ in range(3))
    merge(session, people.amina, second.number, MergeInput(into=first.number))
    assert run(session) == 0


def test_one_more_report_takes_the_place_of_what_was_offered(session: Session, people: People) -> None:
    code = make(session, people.priya).code
    numbers = [by_card(session, code).number for _ in range(3)]
    run(session)
    numbers.append(by_card(session, code).number)
    assert run(session) == 1
    assert offered(session, people) == [numbers]


def test_it_is_dismissed_once_with_a_reason_and_offered_again_with_the_next(
    session: Session, people: People
) -> None:
    code = make(session, people.priya).code
    third = [by_card(session, code) for _ in range(3)][-1]
    run(session)
    with pytest.raises(NotFound):
        dismiss(session, people.sam, third.number, NotNeeded.SEPARATE)
    with pytest.raises(Forbidden):
        dismiss(session, people.priya, third.number, NotNeeded.SEPARATE)
    dismiss(session, people.amina, third.number, NotNeeded.SEPARATE)
    assert offered(session, people) == []
    assert run(session) == 0
    with pytest.raises(Conflict):
        dismiss(session, people.tom, third.number, NotNeeded.LOOKED_AT)
    by_card(session, code)
    assert run(session) == 1
    assert len(offered(session, people)[0]) == 4


def test_only_navigators_of_its_service_are_asked(session: Session, people: People) -> None:
    code = make(session, people.priya).code
    for _ in range(3):
        by_card(session, code)
    run(session)
    assert open_repeats(session, people.sam) == []
    assert open_repeats(session, people.mo) == []


def test_it_is_forgotten(session: Session, people: People) -> None:
    code = make(session, people.priya).code
    for _ in range(3):
        by_card(session, code)
    run(session)
    retention.delete_old_rows(session, clock.now() + retention.REPEAT_RETENTION)
    assert session.exec(select(RepeatedReport)).all() == []


def test_the_time_of_one_person_counts_what_overlaps_once(session: Session, people: People) -> None:
    card = make(session, people.priya, next_session=None)
    first = by_card(session, card.code)
    assert time_of_person(session, people.amina, first) is None  # it is their only report
    clock.set_to(clock.now() + timedelta(hours=2))
    second = by_card(session, card.code)
    by_card(session, card.code, category="notify.too_many")  # stops nothing
    clock.set_to(clock.now() + timedelta(hours=1))
    fixed = ResolveInput(resolution=Resolution.FIXED, body="It works now.")
    staff.resolve(session, people.amina, first.number, fixed)
    clock.set_to(clock.now() + timedelta(hours=1))
    assert time_of_person(session, people.amina, second) == (timedelta(hours=4), 28)
    staff.resolve(session, people.amina, second.number, fixed)
    clock.set_to(clock.now() + timedelta(days=5))
    third = by_card(session, card.code)
    clock.set_to(clock.now() + timedelta(hours=6))
    assert time_of_person(session, people.amina, third) == (timedelta(hours=10), 28)
    assert time_of_person(session, people.priya, third) is None
