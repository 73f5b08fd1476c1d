"""Merging: tickets that name one address become one; nothing said is lost or shown to others."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.people import private_links
from navigator.people.actor import Actor
from navigator.people.reporter import LinkChannel, Reporter
from navigator.people.user import Role
from navigator.tickets.actions import next_session, reply_drafts, reporter, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.not_safe import stop_all_contact
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.actions.split import split
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import (
    AssignInput,
    AttachInput,
    MergeInput,
    RescheduleInput,
    ResolveInput,
    SayInput,
    SplitInput,
)
from navigator.tickets.safety_notice import safety_notice
from navigator.tickets.ticket import LIVE, Author, Resolution, Ticket
from tests.cases import each_case
from tests.navigator.tickets.report_factory import tell
from tests.people import People, join


def said(session: Session, people: People, ticket: Ticket) -> list[str]:
    return [message.body for message in ticket_detail(session, people.amina, ticket.number).messages]


def linked(session: Session, ticket: Ticket, sent_to: str = "") -> Actor:
    """The reporter as a private link to a ticket lets them in: shown to them, or sent to an address."""
    token = private_links.mint(session, ticket.number, LinkChannel.EMAIL, sent_to)
    session.flush()
    actor = reporter.reporter_by_link(session, token)
    assert actor
    return actor


def reads(session: Session, actor: Actor) -> list[str]:
    return [message.body for message in ticket_detail(session, actor, actor.own_ticket).messages]


@pytest.fixture
def joined(session: Session, people: People) -> tuple[Ticket, Ticket]:
    """A stranger's report that names a victim's address, merged into the victim's."""
    stranger = tell(session, text="my app is slow")
    victim = tell(session, text="I cannot log in", next_session="2026-06-18")
    merge(session, people.amina, stranger.number, MergeInput(into=victim.number))
    staff.reply(session, people.amina, victim.number, SayInput(body="for the victim"))
    return stranger, victim


def test_a_into_b_into_c_keeps_everything_and_a_link_sent_to_that_address_leads_on(
    session: Session, people: People
) -> None:
    a, b, c = (tell(session, text=text) for text in ("first", "second", "third"))
    merge(session, people.amina, a.number, MergeInput(into=b.number))
    merge(session, people.amina, b.number, MergeInput(into=c.number))
    actor = linked(session, a, "Pat@example.org")
    assert actor.own_ticket == c.number
    reporter.answer(session, actor, actor.own_ticket, SayInput(body="later"))
    assert said(session, people, c) == ["first", "second", "third", "later"]
    assert reads(session, actor) == ["first", "second", "third", "later"]
    assert (a.status, b.status, c.status) == ("merged", "merged", "new")


def test_whoever_typed_a_victims_address_reads_their_own_words_alone(
    session: Session, joined: tuple[Ticket, Ticket]
) -> None:
    """11.F2: the link that was shown after a report proves nothing, whichever ticket goes on."""
    stranger, victim = joined
    assert reads(session, linked(session, stranger)) == ["my app is slow"]
    assert reads(session, linked(session, victim)) == ["I cannot log in", "for the victim"]
    with pytest.raises(NotFound):
        ticket_detail(session, linked(session, stranger), victim.number)


@pytest.mark.parametrize("which", [0, 1])
def test_nobody_ends_or_moves_what_is_not_theirs_alone(
    session: Session, joined: tuple[Ticket, Ticket], which: int
) -> None:
    """11.F2: neither the old link nor that of the ticket that goes on withdraws or moves both reports."""
    actor, victim = linked(session, joined[which]), joined[1]
    for do in (reporter.withdraw, reporter.confirm):
        with pytest.raises(Forbidden):
            do(session, actor, actor.own_ticket)
    with pytest.raises(Forbidden):
        next_session.reschedule(session, actor, actor.own_ticket, RescheduleInput())
    assert (victim.status, str(victim.session_on)) == ("open", "2026-06-18")


def test_an_answer_by_the_old_link_arrives_where_the_work_goes_on(
    session: Session, people: People, joined: tuple[Ticket, Ticket]
) -> None:
    """11.F2: it opens what waits or ended, and its own reporter alone reads it."""
    stranger, victim = joined
    staff.wait(session, people.amina, victim.number, SayInput(body="which app?"))
    actor = linked(session, stranger)
    answered = reporter.answer(session, actor, actor.own_ticket, SayInput(body="I want to die"))
    assert (answered.number, victim.status) == (stranger.number, "open")
    assert said(session, people, victim)[-1] == "I want to die"
    assert reads(session, actor) == ["my app is slow", "I want to die"]
    assert "I want to die" not in reads(session, linked(session, victim))
    notices = [safety_notice(session, row, linked(session, row).reads) for row in joined]
    assert [notice is not None for notice in notices] == [True, False]


def test_a_link_sent_to_one_of_two_addresses_proves_nothing_of_the_other(
    session: Session, people: People
) -> None:
    """11.F2: a support code joins work, never readers."""
    mine, theirs = (
        tell(
            session,
            text=f"of {who}",
            support_code="B7",
            contact={"route": "email", "email": f"{who}@post.example"},
        )
        for who in ("eve", "pat")
    )
    merge(session, people.amina, theirs.number, MergeInput(into=mine.number))
    assert reads(session, linked(session, mine, "eve@post.example")) == ["of eve"]
    assert reads(session, linked(session, theirs, "pat@post.example")) == ["of pat"]


def test_where_it_is_not_safe_to_write_no_letter_proves_anything(
    session: Session, people: People, joined: tuple[Ticket, Ticket]
) -> None:
    """11.F2: somebody else may read what is sent there."""
    stranger, victim = joined
    session.get_one(Reporter, victim.reporter_id).is_safe_to_contact = False
    session.flush()
    assert reads(session, linked(session, stranger, "pat@example.org")) == ["my app is slow"]


def test_what_is_split_off_goes_to_whoever_told_it(
    session: Session, people: People, joined: tuple[Ticket, Ticket]
) -> None:
    """11.F2: the second ticket and its link are for the reporter of those words."""
    stranger, victim = joined
    detail = ticket_detail(session, people.amina, victim.number)
    mine, theirs = (message.id for message in detail.messages if message.author == Author.REPORTER)
    with pytest.raises(Invalid), session.begin_nested():
        split(session, people.amina, victim.number, SplitInput(messages=[mine, theirs]))
    second = split(session, people.amina, victim.number, SplitInput(messages=[mine]))
    assert reporter.split_tickets(session, linked(session, stranger)) == [second.number]
    assert reporter.split_tickets(session, linked(session, victim)) == []
    assert "own report now" in reads(session, linked(session, stranger))[-1]
    assert "own report now" not in reads(session, linked(session, victim))[-1]
    assert reads(session, linked(session, second)) == ["my app is slow"]


@pytest.mark.parametrize("is_first", [True, False])
def test_what_was_split_off_either_report_is_not_safe_either(
    session: Session, people: People, is_first: bool
) -> None:
    """Whoever reads both by one link stops, by one press, what came out of both."""
    a, b = tell(session), tell(session)
    if is_first:
        c = split(session, people.amina, a.number, SplitInput(messages=[_first_message(session, people, a)]))
        merge(session, people.amina, a.number, MergeInput(into=b.number))
    else:
        message = _first_message(session, people, a)
        merge(session, people.amina, a.number, MergeInput(into=b.number))
        c = split(session, people.amina, b.number, SplitInput(messages=[message]))
    reader = linked(session, a, "pat@example.org")
    assert reader.own_ticket == b.number
    stop_all_contact(session, reader)
    assert [session.get_one(Reporter, each.reporter_id).is_unsafe for each in (a, b, c)] == [True] * 3


def _first_message(session: Session, people: People, ticket: Ticket) -> int:
    return ticket_detail(session, people.amina, ticket.number).messages[0].id


def test_the_log_in_of_a_practitioner_is_not_matched_by_their_address(
    session: Session, people: People
) -> None:
    """11.F2: anybody can type it."""
    logged_in = tell(session, people.priya, reporter="pwp")
    typed = tell(session, contact={"route": "email", "email": "priya@north.example"})
    again = tell(session, people.priya, reporter="pwp")
    with pytest.raises(Invalid), session.begin_nested():
        merge(session, people.amina, typed.number, MergeInput(into=logged_in.number))
    assert merge(session, people.amina, again.number, MergeInput(into=logged_in.number)) is logged_in
    assert len(ticket_detail(session, people.priya, logged_in.number).messages) == 2


def test_different_people_are_never_merged(session: Session, people: People) -> None:
    one = tell(session)
    other = tell(session, contact={"route": "email", "email": "kim@example.org"})
    with pytest.raises(Invalid), session.begin_nested():
        merge(session, people.amina, one.number, MergeInput(into=other.number))
    assert one.status == "new"


def test_two_who_left_no_address_are_not_the_same_person(session: Session, people: People) -> None:
    one, other = (tell(session, contact={"route": "none"}) for _ in range(2))
    with pytest.raises(Invalid):
        merge(session, people.amina, one.number, MergeInput(into=other.number))


@pytest.mark.parametrize(
    "contact",
    [
        ({"route": "text", "phone": "07700 900982"}, {"route": "phone", "phone": "+44 7700 900 982"}),
        ({"route": "email", "email": "Pat@example.org"}, {"route": "email", "email": "pat@EXAMPLE.org"}),
    ],
)
def test_one_address_may_be_written_in_two_ways(
    session: Session, people: People, contact: tuple[dict[str, str], ...]
) -> None:
    one, other = (tell(session, contact=each) for each in contact)
    assert merge(session, people.amina, one.number, MergeInput(into=other.number)) is other


def test_a_number_stored_as_it_was_typed_is_still_the_same_one(session: Session, people: People) -> None:
    one, other = (tell(session, contact={"route": "text", "phone": "07700 900982"}) for _ in range(2))
    session.get_one(Reporter, one.reporter_id).phone = "(07700) 900-982"
    assert merge(session, people.amina, one.number, MergeInput(into=other.number)) is other


def test_a_ticket_is_not_merged_with_itself_nor_into_a_tombstone(session: Session, people: People) -> None:
    a, b, c = tell(session), tell(session), tell(session)
    with pytest.raises(Invalid):
        merge(session, people.amina, a.number, MergeInput(into=a.number))
    merge(session, people.amina, a.number, MergeInput(into=b.number))
    with pytest.raises(Conflict):
        merge(session, people.amina, c.number, MergeInput(into=a.number))


def test_an_open_hand_over_goes_along(session: Session, people: People) -> None:
    grave, plain = tell(session, text="I want to die"), tell(session)
    merge(session, people.amina, grave.number, MergeInput(into=plain.number))
    assert plain.has_open_review
    assert ticket_detail(session, people.cole, plain.number).reviews


@pytest.mark.parametrize("which", [0, 1])
@pytest.mark.parametrize(
    ("sessions", "first"),
    [
        ([("2026-06-11", False), ("2026-06-18", True)], ("2026-06-11", False)),
        ([("2026-06-11", True), ("2026-06-18", False)], ("2026-06-11", True)),
        ([("2026-05-28", False), ("2026-06-18", True)], ("2026-06-18", True)),  # past: no longer counts
        ([("2026-05-28", True), ("2026-06-18", False)], ("2026-06-11", True)),  # past, but every week
        ([("2026-05-28", False), (None, False)], ("None", False)),
        ([(None, False), ("2026-06-18", True)], ("2026-06-18", True)),
    ],
)
def test_the_earliest_session_still_to_come_counts_with_its_own_mark(
    session: Session,
    people: People,
    sessions: list[tuple[str | None, bool]],
    first: tuple[str, bool],
    which: int,
) -> None:
    """11.C1: the least of the dates was a past one, and its weekly mark another's."""
    ahead = [on if on and on > "2026-06-09" else None for on, _ in sessions]
    pair = [tell(session, next_session=on) for on in ahead]
    ticket, target = pair[which], pair[1 - which]
    for row, (on, weekly) in zip(pair, sessions, strict=True):
        row.session_on, row.session_is_weekly = date.fromisoformat(on) if on else None, weekly
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert (str(target.session_on), target.session_is_weekly) == first
    assert (target.session_deadline_at is None) == (first[0] == "None")


@pytest.mark.parametrize("which", [0, 1])
def test_the_practitioner_whom_somebody_confirmed_stays(session: Session, people: People, which: int) -> None:
    """11.C1, 11.B5: she goes on seeing it, whichever ticket goes on."""
    pair = tell(session), tell(session)
    staff.attach(session, people.amina, pair[0].number, AttachInput(pwp_id=people.priya.user_id or 0))
    target = merge(session, people.amina, pair[which].number, MergeInput(into=pair[1 - which].number))
    session.flush()
    assert ticket_detail(session, people.priya, target.number).ticket is target
    assert target.practitioner_is_confirmed


def test_tickets_of_two_practitioners_are_not_merged(session: Session, people: People) -> None:
    """11.B5: one of the two would lose sight of hers."""
    other = join(session, "Pia", "pia@north.example", people.north, Role.PWP)
    pair = tell(session), tell(session)
    for ticket, pwp in zip(pair, (people.priya, other), strict=True):
        staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=pwp.user_id or 0))
    with pytest.raises(Invalid, match="problem"):
        merge(session, people.amina, pair[0].number, MergeInput(into=pair[1].number))


STATES = ("new", "open", "waiting_for_reporter", "waiting_for_supplier", "resolved", "closed")


def put(session: Session, people: People, ticket: Ticket, status: str) -> None:
    number, message = ticket.number, SayInput(body="Look at this")
    if status == "open":
        staff.verify(session, people.amina, number)
    if status == "waiting_for_reporter":
        staff.wait(session, people.amina, number, message)
    if status == "waiting_for_supplier":
        staff.park(session, people.amina, number, message)
    if status in ("resolved", "closed"):
        told = ResolveInput(resolution=Resolution.FIXED, body="Try again")
        staff.resolve(session, people.amina, number, told)
    if status == "closed":
        staff.close(session, people.amina, number)
    session.flush()


@each_case("first", LIVE)
@each_case("second", STATES)
def test_what_waited_or_had_ended_opens_and_nothing_is_due_later(
    session: Session, people: People, first: str, second: str
) -> None:
    """11.C1: an open ticket merged into one that waited or had ended went on waiting, with a new target."""
    ticket, target = tell(session, next_session="2026-06-18"), tell(session)
    for row, status in ((ticket, first), (target, second)):
        put(session, people, row, status)
    clock.set_to(clock.now() + timedelta(days=2))
    due_at = min([row.due_at for row in (ticket, target) if row.status in LIVE])
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    is_alike = first == second and first != "waiting_for_reporter"
    assert target.status == (first if is_alike else "open")
    assert target.due_at <= due_at
    assert (target.target_at is None) == (target.status == "waiting_for_supplier")
    assert (target.target_minutes_left is None) == (target.target_at is not None)
    assert (target.resolved_at, target.closed_at, target.resolution) == (None, None, None)


def test_what_was_late_by_a_session_that_is_past_stays_late(session: Session, people: People) -> None:
    """11.C1: due never later than before."""
    ticket, target = tell(session, next_session="2026-06-10"), tell(session)
    due_at = ticket.due_at
    clock.set_to(clock.now() + timedelta(days=2))
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert (target.session_on, target.due_at) == (None, due_at)


def test_a_ticket_that_nobody_had_is_with_whoever_had_the_other(session: Session, people: People) -> None:
    """11.C1: else the work that goes on is nobody's."""
    ticket, target = tell(session), tell(session)
    staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.tom.user_id))
    staff.assign(session, people.amina, target.number, AssignInput())
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert (target.assignee_id, target.assign_by_at) == (people.tom.user_id, None)


def test_what_somebody_began_to_write_is_where_the_ticket_goes_on(session: Session, people: People) -> None:
    first, second = tell(session).number, tell(session).number
    for number, deed, body in (
        (first, "replies", "Try this"),
        (first, "notes", "From here"),
        (second, "notes", "From there"),
    ):
        what = ReplyDraftInput.model_validate({"address": deed, "body": body})
        reply_drafts.save_draft(session, people.amina, number, what)
    session.flush()
    merge(session, people.amina, first, MergeInput(into=second))
    session.flush()
    found = [reply_drafts.load_draft(session, people.amina, second, deed) for deed in ("replies", "notes")]
    assert found == ["Try this", "From there\n\nFrom here"]
    assert reply_drafts.load_draft(session, people.amina, first, "replies") == ""
