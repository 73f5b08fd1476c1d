"""A merge is undone for a day, while nothing was done that the undoing would make untrue."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from navigator.people.actor import SYSTEM, reporter
from navigator.people.user import User
from navigator.tickets.actions import calls, reply_drafts, staff
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions.clinical_review import acknowledge, conclude, request_review
from navigator.tickets.actions.merge import merge, merge_preview
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.actions.snooze import snooze
from navigator.tickets.actions.undo_merge import undo_merge, undoable_merges
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import (
    AssignInput,
    CallInput,
    MergeInput,
    ResolveInput,
    SayInput,
    SnoozeInput,
    UnmergeInput,
)
from navigator.tickets.promises import promises_to
from navigator.tickets.ticket import ClinicalReview, Event, Resolution, Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import outcome, tell
from tests.people import People

CHANGES = {"version", "updated_at", "last_activity", "last_activity_at"}
Deed = Callable[[Session, People, Ticket, Ticket], object]


@pytest.fixture
def pair(session: Session, people: People) -> tuple[Ticket, Ticket]:
    """A report and the one of the same person into which it is to be merged, which was resolved."""
    first = tell(session, text="my app is slow", next_session="2026-06-18", practitioner="Priya")
    other = tell(session, text="I cannot log in")
    staff.assign(session, people.amina, first.number, AssignInput(assignee_id=people.tom.user_id))
    fixed = ResolveInput(resolution=Resolution.FIXED, body="Done")
    staff.resolve(session, people.amina, other.number, fixed)
    calls.call(
        session, people.amina, first.number, CallInput(came=CallOutcome.NO_ANSWER, next_on=date(2026, 6, 10))
    )
    draft = ReplyDraftInput(address="replies", body="half a word")
    reply_drafts.save_draft(session, people.tom, first.number, draft)
    session.flush()
    return first, other


def join(session: Session, people: People, pair: tuple[Ticket, Ticket]) -> None:
    merge(session, people.amina, pair[0].number, MergeInput(into=pair[1].number))
    session.flush()
    clock.set_to(clock.now() + timedelta(minutes=1))


def part(session: Session, people: People, pair: tuple[Ticket, Ticket], who: str = "amina") -> None:
    undo_merge(session, getattr(people, who), pair[1].number, UnmergeInput(merged=pair[0].number))
    session.flush()
    session.expire_all()


def stands(session: Session, people: People, *tickets: Ticket) -> list[dict[str, Any]]:
    session.flush()
    session.expire_all()
    found = []
    for ticket in tickets:
        detail = ticket_detail(session, people.amina, ticket.number)
        found.append(
            {
                **ticket.model_dump(exclude=CHANGES),
                "said": [message.body for message in detail.messages],
                "calls": len(detail.calls),
                "reviews": len(detail.reviews),
                "draft": reply_drafts.load_draft(session, people.tom, ticket.number, "replies"),
            }
        )
    return found


def test_both_tickets_stand_as_they_stood(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    before = stands(session, people, *pair)
    join(session, people, pair)
    assert (pair[0].status, pair[1].status) == ("merged", "open")
    part(session, people, pair)
    assert stands(session, people, *pair) == before


def test_what_was_snoozed_is_put_aside_again(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    until = snooze(session, people.amina, pair[0].number, SnoozeInput(until="hour")).snoozed_until_at
    join(session, people, pair)
    assert pair[0].snoozed_until_at is None
    part(session, people, pair)
    assert pair[0].snoozed_until_at == until


def test_a_clinical_review_goes_back_to_whose_words_it_is_of(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    request_review(session, SYSTEM, pair[0], ["tried"])
    join(session, people, pair)
    review = session.exec(select(ClinicalReview)).one()
    acknowledge(session, people.cole, review.id)
    part(session, people, pair)
    assert (pair[0].has_open_review, pair[1].has_open_review) == (True, False)
    assert pair[1].review_requested_at is None
    session.refresh(review)
    assert review.ticket_number == pair[0].number
    conclude(session, people.cole, review.id, outcome("I called her, and all is well"))
    assert pair[0].has_open_review is False


DEEDS: dict[str, Deed] = {
    "Amina Yusuf answered": lambda s, p, _, b: staff.reply(s, p.amina, b.number, SayInput(body="Hi")),
    "the reporter wrote": lambda s, _p, _, b: following.answer(
        s, reporter(b.number), b.number, SayInput(body="It broke")
    ),
    "the reporter wrote.$": lambda s, _p, a, _: following.answer(
        s, reporter(a.number), a.number, SayInput(body="Not mine")
    ),
    "Mo Ali assigned it": lambda s, p, _, b: staff.assign(s, p.mo, b.number, AssignInput()),
    "merged another ticket": lambda s, p, _, b: merge(s, p.amina, tell(s).number, MergeInput(into=b.number)),
    "a clinician was told": lambda s, _p, _, b: request_review(s, SYSTEM, b, ["tried"]),
    "did this: verify": lambda s, p, _, b: staff.verify(s, p.amina, b.number),
}


@pytest.mark.parametrize(("words", "deed"), DEEDS.items())
def test_what_was_done_since_is_named_and_hinders(
    session: Session, people: People, pair: tuple[Ticket, Ticket], words: str, deed: Deed
) -> None:
    join(session, people, pair)
    deed(session, people, *pair)
    session.flush()
    with pytest.raises(Conflict, match=words):
        part(session, people, pair)
    assert pair[0].status == "merged"


def test_a_note_does_not_hinder_and_stays_where_it_was_written(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    join(session, people, pair)
    staff.note(session, people.tom, pair[1].number, SayInput(body="these are two people"))
    part(session, people, pair, "tom")
    first, other = stands(session, people, *pair)
    assert "these are two people" in other["said"]
    assert first["said"] == ["my app is slow"]


def test_two_merges_are_undone_one_after_the_other(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    before = stands(session, people, *pair)
    third = tell(session, text="a third")
    join(session, people, pair)
    join(session, people, (third, pair[1]))
    with pytest.raises(Conflict):
        part(session, people, pair)
    part(session, people, (third, pair[1]))
    part(session, people, pair)
    assert stands(session, people, *pair) == before
    with pytest.raises(Conflict, match="no merge"):
        part(session, people, pair)


def test_only_for_a_day(session: Session, people: People, pair: tuple[Ticket, Ticket]) -> None:
    join(session, people, pair)
    (found,) = undoable_merges(ticket_detail(session, people.amina, pair[1].number))
    assert (found.merged, found.until, found.hindered_by) == (
        pair[0].number,
        MOMENT + timedelta(days=1),
        None,
    )
    clock.set_to(MOMENT + timedelta(days=1))
    assert not undoable_merges(ticket_detail(session, people.amina, pair[1].number))
    with pytest.raises(Conflict, match="no merge"):
        part(session, people, pair)


def test_a_merge_of_before_the_release_is_not_undone(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    join(session, people, pair)
    for event in session.exec(select(Event).where(Event.action == "merge")):
        event.details = {name: value for name, value in event.details.items() if name != "former"}
    session.flush()
    assert not undoable_merges(ticket_detail(session, people.amina, pair[1].number))


def test_others_and_another_version_are_refused(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    join(session, people, pair)
    for who, refusal in (("mo", Forbidden), ("sam", NotFound)):
        with pytest.raises(refusal):
            part(session, people, pair, who)
    old = UnmergeInput(merged=pair[0].number, version=0)
    with pytest.raises(Stale):
        undo_merge(session, people.amina, pair[1].number, old)
    for merged in (pair[1].number, 99999):
        with pytest.raises(Conflict):
            undo_merge(session, people.amina, pair[1].number, UnmergeInput(merged=merged))


def test_each_reporter_reads_what_is_true_again(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    staff.claim(session, people.tom, pair[0].number)
    join(session, people, pair)
    part(session, people, pair)
    own = promises_to(session, ticket_detail(session, reporter(pair[0].number), pair[0].number))
    assert own.stands == "We deal with this by itself again. It is on our list."
    other = promises_to(session, ticket_detail(session, reporter(pair[1].number), pair[1].number))
    assert other.stands == "We think that it is put right. Please tell us if it works."


def test_the_event_keeps_no_words(session: Session, people: People, pair: tuple[Ticket, Ticket]) -> None:
    join(session, people, pair)
    kept = str([event.details for event in session.exec(select(Event).where(Event.action == "merge"))])
    assert not [words for words in ("Priya", "slow", "half", "Done", "log in") if words in kept]


def test_the_preview_says_what_the_merge_does(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    shown = merge_preview(session, people.amina, pair[0].number, pair[1].number)
    before = stands(session, people, *pair)
    assert (shown.messages, shown.is_one_address, shown.is_one_user) == (1, True, False)
    assert shown.is_chosen_anew is False
    expected = shown.after.model_dump(exclude=CHANGES | {"review_requested_at", "has_open_review"})
    assert stands(session, people, *pair) == before
    join(session, people, pair)
    assert pair[1].model_dump(exclude=CHANGES | {"review_requested_at", "has_open_review"}) == expected


def test_the_preview_does_not_promise_who_is_away(
    session: Session, people: People, pair: tuple[Ticket, Ticket]
) -> None:
    session.get_one(User, pair[1].assignee_id).away_from_on = date(2026, 6, 1)
    session.flush()
    assert merge_preview(session, people.amina, pair[0].number, pair[1].number).is_chosen_anew
    former = pair[1].assignee_id
    join(session, people, pair)
    assert pair[1].assignee_id != former
    part(session, people, pair)
    assert pair[1].assignee_id == former


def test_the_preview_is_refused_as_the_merge_would_be(session: Session, people: People) -> None:
    first, stranger = tell(session), tell(session, contact={"route": "email", "email": "sue@example.org"})
    with pytest.raises(Invalid):
        merge_preview(session, people.amina, first.number, stranger.number)
    with pytest.raises(Invalid):
        merge_preview(session, people.amina, first.number, first.number)
