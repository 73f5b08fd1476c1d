"""Limits, lifetimes and days at the microsecond on which they end, while the clock goes on between two looks.

Most tests stop the clock. A desk that is running reads another moment each time that it looks: whatever is
decided by two looks may fall between two windows or two days.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import Connection
from sqlmodel import Session

from navigator import clock
from navigator.administration.first_run import PER_IP, FirstRun, create_first_admin, setup_code
from navigator.errors import Invalid, NotFound, TooMany
from navigator.outbox import account_emails, claims
from navigator.outbox.account_emails import ForgottenPasswordInput
from navigator.outbox.enqueue import enqueue
from navigator.outbox.outbox_message import Recipient
from navigator.people import api_keys, login, password_reset, private_links
from navigator.people.one_time_token import TokenPurpose
from navigator.people.user import Role
from navigator.tickets import presence
from navigator.tickets.actions import reply_drafts, staff
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.inputs import SayInput, TriageInput
from navigator.tickets.metrics import Period
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.reports import drafts, idempotency
from tests.cases import each_case
from tests.clocks import MICROSECOND, moving
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import PASSWORD, People

IsAlive = Callable[[], object]
Make = Callable[[Session, People], IsAlive]


def session_of_amina(session: Session, people: People) -> IsAlive:
    token = login.log_in(
        login.Credentials.model_validate({"email": "amina@north.example", "password": PASSWORD}), "192.0.2.1"
    ).token
    return lambda: login.whoami(session, token)


def link_to_choose_a_password(purpose: TokenPurpose) -> Make:
    def make(session: Session, people: People) -> IsAlive:
        token = password_reset.mint_token(session, people.tom.user_id or 0, purpose)
        return lambda: is_found(lambda: password_reset.user_by_token(session, token))

    return make


def private_link(session: Session, people: People) -> IsAlive:
    token = private_links.mint(session, tell(session).number)
    return lambda: private_links.link_by_token(session, token)


def api_key(session: Session, people: People) -> IsAlive:
    key = api_keys.create(session, people.north, Role.MANAGER, "Reports", clock.now() + timedelta(days=1))
    return lambda: api_keys.actor_by_key(session, key)


def report_draft(session: Session, people: People) -> IsAlive:
    _, token = drafts.start_draft(session)
    return lambda: drafts.draft_of(session, token)


def idempotency_key(session: Session, people: People) -> IsAlive:
    request = idempotency.idempotent_request("caller", "key", "body")
    idempotency.claim(session, request)
    idempotency.store_response(session, request, {"number": 1})
    return lambda: idempotency.claim(session, request) is not None


def is_found(look: Callable[[], object]) -> bool:
    try:
        return bool(look())
    except NotFound:
        return False


def outbox_claim(session: Session, people: People) -> IsAlive:
    enqueue(session, "assigned", Recipient.USER, people.tom.user_id or 0)
    session.flush()
    claims.claim()
    return lambda: not claims.claim()


def reader(session: Session, people: People) -> IsAlive:
    number = tell(session).number
    presence.mark_present(session, people.tom, number)
    return lambda: presence.others_present(session, people.amina, number)


def writer(session: Session, people: People) -> IsAlive:
    number = tell(session).number
    draft = ReplyDraftInput(address="notes", body="I think")
    reply_drafts.save_draft(session, people.tom, number, draft)
    return lambda: presence.others_present(session, people.amina, number)


LIVES: dict[str, tuple[timedelta, Make, bool]] = {
    "session": (login.SESSION_LIFETIME, session_of_amina, False),
    "invitation": (timedelta(days=7), link_to_choose_a_password(TokenPurpose.INVITE), False),
    "password reset": (timedelta(hours=1), link_to_choose_a_password(TokenPurpose.RESET), False),
    "private link": (private_links.LINK_LIFETIME, private_link, False),
    "API key": (timedelta(days=1), api_key, False),
    "report draft": (drafts.DRAFT_LASTS, report_draft, False),
    "idempotency key": (idempotency.KEY_LASTS, idempotency_key, True),
    "claim of the outbox": (claims.CLAIM_DURATION, outbox_claim, False),
    "reader of a ticket": (presence.PRESENT_FOR, reader, False),
    "writer at a ticket": (presence.WRITING_FOR, writer, False),
}
"""How long something lives, how it is made, and whether it still lives at the very end."""


@pytest.fixture
def made(session: Session, people: People, name: str) -> IsAlive:
    """What is made now; call it to see whether it lives, which changes nothing."""
    _, make, _ = LIVES[name]
    look = make(session, people)
    session.flush()

    def is_alive() -> bool:
        part = session.begin_nested()
        session.connection()
        alive = bool(look())
        part.rollback()
        session.expire_all()
        return alive

    return is_alive


@pytest.mark.parametrize("name", LIVES)
def test_it_ends_on_its_microsecond(made: IsAlive, name: str):
    lifetime, _, lives_at_the_end = LIVES[name]

    def lives(microseconds: int) -> object:
        with clock.stopped_at(MOMENT + lifetime + microseconds * MICROSECOND):
            return made()

    assert [lives(n) for n in (-2, -1, 0, 1, 2)] == [True, True, lives_at_the_end, False, False]


@pytest.mark.usefixtures("any_clock")
@pytest.mark.parametrize("name", LIVES)
def test_it_lives_as_long_while_the_clock_runs(made: IsAlive, name: str):
    lifetime, _, _ = LIVES[name]
    begun_at = clock.now()
    assert made()
    clock.set_to(begun_at + lifetime / 2)
    assert made()
    clock.set_to(begun_at + lifetime * 2)
    assert not made()


@pytest.mark.parametrize("name", LIVES)
def test_whatever_ends_between_two_looks_does_not_come_back(made: IsAlive, name: str):
    lifetime, _, _ = LIVES[name]
    for before in range(10):
        with moving(MOMENT + lifetime - before * MICROSECOND, ticks=True):
            lives = [bool(made()) for _ in range(5)]
        assert lives == sorted(lives, reverse=True), before


@pytest.mark.usefixtures("any_clock")
def test_an_address_asks_for_so_many_password_resets(session: Session, people: People):
    def ask(email: str) -> None:
        account_emails.send_password_reset(session, ForgottenPasswordInput(email=email), "192.0.2.1")

    for n in range(account_emails.PER_ADDRESS.times):
        ask(f"{n}@north.example")
    with pytest.raises(TooMany):
        ask("amina@north.example")


@pytest.mark.usefixtures("any_clock")
def test_the_code_of_the_first_run_is_not_tried_for_ever(connection: Connection):
    def try_code(code: str) -> None:
        form = {"name": "Ada", "email": "ada@north.example", "service": "North", "password": PASSWORD}
        create_first_admin(FirstRun.model_validate(form | {"code": code}), "192.0.2.1")

    for _ in range(PER_IP.times):
        with pytest.raises(Invalid):
            try_code("wrong")
    with pytest.raises(TooMany):
        try_code(setup_code())


MIDNIGHT = datetime(2026, 6, 9, 23, tzinfo=UTC)
"""In London, between Tuesday and Wednesday."""
TUESDAY, THURSDAY = date(2026, 6, 9), date(2026, 6, 11)
BEFORE = range(30)
"""So many microseconds before midnight begins what looks at the clock again and again."""


@each_case("before", BEFORE)
def test_the_last_ninety_days_are_ninety_around_midnight(before: int):
    with moving(MIDNIGHT - before * MICROSECOND, ticks=True):
        assert Period.last_days(90).length == 90


@each_case("before", BEFORE)
def test_sessions_of_one_day_and_those_of_another_are_not_mixed(
    session: Session, people: People, days: dict[str, int], before: int
):
    with moving(MIDNIGHT - before * MICROSECOND, ticks=True):
        found = {row.number for row in queue(session, people.amina, Filters(session=1)).rows}
    assert found in ({days["Tuesday"]}, {days["Thursday"]})


@each_case("before", BEFORE)
def test_warnings_of_one_day_and_those_of_another_are_not_mixed(
    session: Session, people: People, days: dict[str, int], before: int
):
    with moving(MIDNIGHT - before * MICROSECOND, ticks=True):
        found = {row.number for row in queue(session, people.amina, Filters(view="guards")).rows}
    assert found in ({days["Tuesday"]}, {days["Thursday"]})


@pytest.fixture
def days(session: Session, people: People) -> dict[str, int]:
    """Two tickets: the session of one is on Tuesday, of the other on Thursday, and so are their warnings."""
    numbers = {}
    for name, day in (("Tuesday", TUESDAY), ("Thursday", THURSDAY)):
        ticket = tell(session)
        ticket.session_on = day
        ticket.session_deadline_at = ticket.due_at = clock.london_time(day, time(11))
        numbers[name] = ticket.number
    session.flush()
    return numbers


@pytest.mark.usefixtures("any_clock")
def test_no_minute_of_a_target_is_lost_while_a_reporter_is_waited_for(session: Session, people: People):
    number = tell(session).number
    staff.wait(session, people.amina, number, SayInput(body="Which phone is it?"))
    ticket = staff.triage(
        session, people.amina, number, TriageInput(category="access.forgotten_password", impact=4)
    )
    assert ticket.target_minutes_left == 5 * 8 * 60
