"""A bulk: each ticket through the same gate as alone, by whoever began it as they are then."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select
from structlog.testing import capture_logs

from navigator import clock
from navigator.bulk import progress, run_items, start
from navigator.bulk.actions import BULK_ACTIONS
from navigator.bulk.selection import BulkPlan, BulkSelection, plan_bulk, selected_tickets
from navigator.bulk.start import ConfirmedSelection
from navigator.bulk.tables import Bulk, BulkAction, BulkItem, BulkItemState
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.errors import Conflict, Invalid, NotFound
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import api_keys
from navigator.people.actor import SYSTEM, Actor, reporter
from navigator.people.user import Membership, Role, User
from navigator.problems import records
from navigator.problems.inputs import NewProblemInput
from navigator.tickets import attached_files
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import conclude, request_review
from navigator.tickets.inputs import AssignInput, SayInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import ClinicalReview, Event, Message, Status, Ticket
from tests.cases import each_case
from tests.navigator.tickets.report_factory import outcome, tell
from tests.navigator.tickets.test_attached_files import stored
from tests.people import People, actor_of

SAID = {"body": "Please try {reference} again."}
FIXED = {"resolution": "fixed", "body": "It works again."}


def planned(
    session: Session, actor: Actor, action: str, what: dict[str, Any], *numbers: int
) -> tuple[Any, BulkPlan]:
    """What a deed asks, read, and what it would come to."""
    read = BULK_ACTIONS[BulkAction(action)].input.model_validate(what)
    return read, plan_bulk(session, actor, BulkAction(action), read, BulkSelection(tickets=[*numbers]))


def begin(session: Session, actor: Actor, action: str, what: dict[str, Any], *numbers: int) -> Bulk:
    """Begin a bulk with the list as somebody would see it now."""
    read, found = planned(session, actor, action, what, *numbers)
    confirmed = ConfirmedSelection(
        seen=[(one.ticket.number, one.ticket.version) for one in found.included],
        left_out=[one.ticket.number for one in found.left_out],
    )
    bulk = start.start_bulk(session, actor, BulkAction(action), read, confirmed)
    session.flush()
    return bulk


def run(session: Session) -> int:
    """The job, once; what it must never do is log that something failed."""
    session.flush()
    with capture_logs() as logged:
        did = JOBS["bulk"].run()
    assert [entry for entry in logged if entry["log_level"] == "error"] == []
    session.expire_all()
    return did


def outcomes(session: Session, bulk: Bulk) -> dict[int, tuple[str, str]]:
    """What came of each ticket."""
    query = select(BulkItem).where(BulkItem.bulk_id == bulk.id)
    return {one.ticket_number: (one.state, one.outcome) for one in session.exec(query)}


def events(session: Session, bulk: Bulk) -> Counter[tuple[int, str]]:
    """How often each thing was done to each ticket by a bulk."""
    own = [
        one
        for one in session.exec(select(Event).order_by(col(Event.id)))
        if one.details.get("bulk") == bulk.id
    ]
    return Counter((one.ticket_number, one.action) for one in own)


def of_programme(session: Session, people: People) -> int:
    """A problem of Fern."""
    told = {"title": "It forgets passwords", "category": "access.forgotten_password"}
    known = {"workaround": "Use the web page.", "service": "north", "programme": "fern"}
    return records.open_problem(session, people.amina, NewProblemInput.model_validate(told | known)).id


@pytest.mark.parametrize(
    ("action", "what"),
    [
        ("triage", {"category": "notify.too_many", "impact": 3}),
        ("assign", {}),
        ("reply", SAID),
        ("resolve", FIXED),
        ("link", {"problem_id": "a problem"}),
    ],
)
def test_each_deed_is_done_to_each_ticket_once_and_the_history_says_so(
    session: Session, people: People, action: str, what: dict[str, Any]
) -> None:
    numbers = [tell(session).number for _ in range(3)]
    if "problem_id" in what:
        what = {"problem_id": of_programme(session, people), "tell": True, "body": "Use the web page."}
    bulk = begin(session, people.amina, action, what, *numbers)
    assert run(session) == 3
    assert run(session) == 0
    assert outcomes(session, bulk) == dict.fromkeys(numbers, ("done", ""))
    times = 2 if action == "triage" else 1  # what it was before and after is an event of its own
    assert events(session, bulk) == Counter({(number, action): times for number in numbers})
    last = session.exec(select(Event).where(Event.action == action).order_by(col(Event.id))).all()[-1]
    assert (last.details["of"], last.actor_id) == (3, people.amina.user_id)
    assert session.get_one(Bulk, bulk.id).ended_at


def test_a_reply_is_filled_in_from_each_ticket(session: Session, people: People) -> None:
    numbers = [tell(session).number for _ in range(2)]
    begin(session, people.amina, "reply", SAID, *numbers)
    run(session)
    said = session.exec(
        select(Message.ticket_number, Message.body).where(Message.action == "reply").order_by(col(Message.id))
    )
    assert dict(said.all()) == {number: f"Please try DN-{number:06d} again." for number in numbers}
    told = session.exec(
        select(OutboxMessage.ticket_number)
        .where(OutboxMessage.template == "answered")
        .order_by(col(OutboxMessage.id))
    ).all()
    assert Counter(told) == Counter(numbers)


@pytest.mark.parametrize(("action", "what"), [("reply", SAID), ("resolve", FIXED)])
def test_a_picture_that_waits_for_a_reply_does_not_go_with_words_for_many(
    session: Session, people: People, action: str, what: dict[str, Any]
) -> None:
    """What was looked at before it was sent showed none."""
    number = tell(session).number
    attached_files.stage(session, people.amina, number, "replies", [stored()])
    begin(session, people.amina, action, what, number)
    assert run(session) == 1
    assert len(attached_files.staged_files(session, people.amina, number, "replies")) == 1


def test_a_blank_that_a_ticket_cannot_fill_never_goes_out(session: Session, people: People) -> None:
    with_it, without = tell(session), tell(session, category="other.suggestion")
    with_it.workaround, without.workaround = "Use the web page.", ""
    _, found = planned(
        session, people.amina, "reply", {"body": "Do this: {workaround}"}, with_it.number, without.number
    )
    assert [one.ticket for one in found.included] == [with_it]
    assert [one.why_not for one in found.left_out] == ["There is nothing to fill in {workaround} with."]
    with pytest.raises(Invalid):
        planned(session, people.amina, "reply", {"body": "Dear {name}"}, with_it.number)


# n navigator, m manager; nobody else does anything to many tickets, and to strangers there are none.
MAY = {"assign": "nm", "triage": "n", "link": "n", "reply": "n", "resolve": "n"}
WHO = {"amina": "n", "mo": "m", "priya": "p", "cole": "c", "ada": "a"}


@each_case("action", MAY)
@each_case("who", WHO)
def test_each_role_may_do_its_own_and_no_more(
    session: Session, people: People, who: str, action: str
) -> None:
    ticket = tell(session)
    request_review(session, SYSTEM, ticket, ["tried"])
    handed = session.exec(select(ClinicalReview)).one()
    conclude(
        session, people.cole, handed.id, outcome("All is well.")
    )  # so that Cole sees it, and nothing is open
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    session.flush()
    whats: dict[str, dict[str, Any]] = {
        "assign": {"assignee_id": None},
        "triage": {"category": "notify.too_many"},
        "link": {"problem_id": of_programme(session, people), "tell": False},
        "reply": {"body": "Hello"},
        "resolve": FIXED,
    }
    if who == "ada":
        with pytest.raises(Invalid):
            planned(session, people.ada, action, whats[action], ticket.number)
        return
    _, found = planned(session, getattr(people, who), action, whats[action], ticket.number)
    if WHO[who] in MAY[action]:
        assert [one.ticket for one in found.included] == [ticket]
    else:
        assert [one.why_not for one in found.left_out] == ["You may not do this to it."]
        with pytest.raises(Invalid):
            begin(session, getattr(people, who), action, whats[action], ticket.number)


def test_tickets_of_others_are_not_in_the_list_whatever_is_sent(session: Session, people: People) -> None:
    ours, theirs = tell(session), tell(session, service="south")
    _, found = planned(session, people.amina, "reply", SAID, ours.number, theirs.number)
    assert [one.ticket for one in (*found.included, *found.left_out)] == [ours]
    confirmed = ConfirmedSelection(seen=[(ours.number, ours.version), (theirs.number, theirs.version)])
    bulk = start.start_bulk(session, people.amina, BulkAction.REPLY, SayInput.model_validate(SAID), confirmed)
    run(session)
    assert outcomes(session, bulk).keys() == {ours.number}
    with pytest.raises(Invalid):
        planned(session, people.amina, "reply", SAID, theirs.number)


def test_an_open_hand_over_leaves_a_ticket_out_and_this_is_said(session: Session, people: People) -> None:
    calm, before, later = (tell(session) for _ in range(3))
    request_review(session, SYSTEM, before, ["tried"])
    session.flush()
    bulk = begin(session, people.amina, "resolve", FIXED, calm.number, before.number, later.number)
    request_review(session, SYSTEM, later, ["tried"])
    run(session)
    left = ("left_out", "A clinician must finish with it first.")
    assert outcomes(session, bulk) == {calm.number: ("done", ""), before.number: left, later.number: left}
    assert (before.status, later.status) == (Status.NEW, Status.NEW)
    assert bulk.size == 2


def test_what_was_left_out_when_confirmed_does_not_go_later(session: Session, people: People) -> None:
    calm, handed = tell(session), tell(session)
    confirmed = ConfirmedSelection(seen=[(calm.number, calm.version)], left_out=[handed.number])
    bulk = start.start_bulk(session, people.amina, BulkAction.REPLY, SayInput.model_validate(SAID), confirmed)
    run(session)
    assert outcomes(session, bulk)[handed.number][0] == BulkItemState.LEFT_OUT
    assert outcomes(session, bulk)[calm.number][0] == BulkItemState.DONE


def test_a_ticket_that_changed_since_is_refused(session: Session, people: People) -> None:
    calm, changed = tell(session), tell(session)
    bulk = begin(session, people.amina, "resolve", FIXED, calm.number, changed.number)
    staff.note(session, people.tom, changed.number, SayInput(body="I am on it"))
    run(session)
    assert outcomes(session, bulk)[changed.number] == (
        "refused",
        "Somebody changed it after you looked at the list. Look at it, then do it there.",
    )
    assert outcomes(session, bulk)[calm.number][0] == "done"
    assert changed.status == Status.NEW


def test_what_the_desk_notes_by_itself_makes_nothing_stale(session: Session, people: People) -> None:
    ticket = tell(session)
    bulk = begin(session, people.amina, "resolve", FIXED, ticket.number)
    act(session, SYSTEM, Action.OVERDUE, ticket.number)
    run(session)
    assert outcomes(session, bulk)[ticket.number][0] == "done"


def test_assigning_minds_only_who_has_it(session: Session, people: People) -> None:
    noted, taken = tell(session), tell(session)
    for one in (noted, taken):
        staff.assign(session, people.mo, one.number, AssignInput())
    session.flush()
    to_tom = {"assignee_id": people.tom.user_id}
    bulk = begin(session, people.mo, "assign", to_tom, noted.number, taken.number)
    staff.note(session, people.amina, noted.number, SayInput(body="A note"))
    staff.claim(session, people.amina, taken.number)
    run(session)
    assert {number: state for number, (state, _) in outcomes(session, bulk).items()} == {
        noted.number: "done",
        taken.number: "refused",
    }
    done = session.exec(
        select(Event.actor_id).where(Event.ticket_number == noted.number).order_by(col(Event.id))
    ).all()
    assert done[-1] == people.mo.user_id
    assert (noted.assignee_id, taken.assignee_id) == (people.tom.user_id, people.amina.user_id)


def test_the_status_may_forbid_it_then_and_meanwhile(session: Session, people: People) -> None:
    ended, closing = tell(session), tell(session)
    following.withdraw(session, reporter(ended.number), ended.number)
    session.flush()
    _, found = planned(session, people.amina, "resolve", FIXED, ended.number, closing.number)
    assert [(one.ticket, one.why_not) for one in found.left_out] == [(ended, "It is closed.")]


def test_whose_role_was_taken_meanwhile_is_refused(session: Session, people: People) -> None:
    ticket = tell(session)
    bulk = begin(session, people.amina, "reply", SAID, ticket.number)
    session.exec(delete(Membership).where(col(Membership.user_id) == people.amina.user_id))
    run(session)
    assert outcomes(session, bulk) == {ticket.number: ("refused", "You may not do this to it any more.")}
    nobody = Actor(name="Amina Yusuf", user_id=people.amina.user_id)
    found = progress.progress(session, nobody, bulk.id)
    assert [(one.ticket_number, one.category) for one in found.items] == [(ticket.number, None)]


def test_whoever_left_does_nothing_any_more(session: Session, people: People) -> None:
    ticket = tell(session)
    bulk = begin(session, people.amina, "reply", SAID, ticket.number)
    session.get_one(User, people.amina.user_id).is_active = False
    run(session)
    assert outcomes(session, bulk)[ticket.number][0] == "refused"


def test_what_is_stopped_stays_undone_and_can_be_done_again(session: Session, people: People) -> None:
    numbers = [tell(session).number for _ in range(run_items.BATCH_SIZE + 5)]
    bulk = begin(session, people.amina, "reply", SAID, *numbers)
    assert run(session) == run_items.BATCH_SIZE
    progress.stop(session, people.amina, bulk.id)
    assert run(session) == 0
    found = progress.progress(session, people.amina, bulk.id)
    assert (found.counts.done, found.counts.pending, found.counts.bulk.is_running) == (
        run_items.BATCH_SIZE,
        5,
        False,
    )
    again = begin(session, people.amina, "reply", SAID, *found.not_done)
    assert run(session) == 5
    assert events(session, bulk) + events(session, again) == Counter({(n, "reply"): 1 for n in numbers})


def test_only_whoever_began_it_and_their_managers_see_it(session: Session, people: People) -> None:
    bulk = begin(session, people.amina, "reply", SAID, tell(session).number)
    for who in (people.amina, people.mo):
        assert progress.progress(session, who, bulk.id).counts.bulk is bulk
    for who in (people.tom, people.cole, people.priya, people.ada, people.sam, people.sue):
        with pytest.raises(NotFound):
            progress.progress(session, who, bulk.id)
        with pytest.raises(NotFound):
            progress.stop(session, who, bulk.id)
        assert progress.unfinished_bulks(session, who) == []


def test_a_manager_sees_of_a_bulk_only_what_is_in_their_service(session: Session, people: People) -> None:
    session.add(Membership(user_id=people.amina.user_id or 0, service_id=people.south, role=Role.NAVIGATOR))
    session.flush()
    amina = actor_of(session, people.amina.user_id or 0)
    ours, theirs = tell(session), tell(session, service="south")
    bulk = begin(session, amina, "reply", SAID, ours.number, theirs.number)
    assert len(progress.progress(session, amina, bulk.id).items) == 2
    seen = progress.progress(session, people.mo, bulk.id)
    assert ([one.ticket_number for one in seen.items], seen.counts.pending) == ([ours.number], 1)


def test_it_is_shown_first_while_it_runs_or_has_refusals(session: Session, people: People) -> None:
    ticket, other = tell(session), tell(session)
    begin(session, people.amina, "reply", SAID, ticket.number)
    assert len(progress.unfinished_bulks(session, people.amina)) == 1
    run(session)
    assert progress.unfinished_bulks(session, people.amina) == []
    begin(session, people.amina, "reply", SAID, other.number)
    staff.note(session, people.tom, other.number, SayInput(body="A note"))
    run(session)
    assert [one.refused for one in progress.unfinished_bulks(session, people.amina)] == [1]
    clock.set_to(clock.now() + timedelta(days=4))
    assert progress.unfinished_bulks(session, people.amina) == []


def test_a_view_is_chosen_whole_up_to_a_limit(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = {tell(session).number for _ in range(3)}
    tell(session, service="south")
    assert {
        one.ticket.number for one in selected_tickets(session, people.amina, BulkSelection(whole=True))
    } == numbers
    monkeypatch.setattr("navigator.bulk.selection.MAX_TICKETS", 2)
    found = plan_bulk(
        session, people.amina, BulkAction.REPLY, SayInput(body="Hello"), BulkSelection(whole=True)
    )
    assert (len(found.included), found.total) == (2, 3)


def test_a_ticket_that_breaks_it_stops_no_other(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = tell(session).number, tell(session).number
    bulk = begin(session, people.amina, "reply", {"body": "Please try again."}, one, other)
    reply = staff.reply

    def breaks(session: Session, actor: Actor, number: int, what: SayInput) -> Ticket:
        if number == one:
            raise ZeroDivisionError
        return reply(session, actor, number, what)

    broken = {**BULK_ACTIONS, BulkAction.REPLY: replace(BULK_ACTIONS[BulkAction.REPLY], run=breaks)}
    monkeypatch.setattr(run_items, "BULK_ACTIONS", broken)
    session.flush()
    with capture_logs() as logged:
        JOBS["bulk"].run()
    session.expire_all()
    assert [entry["event"] for entry in logged] == ["bulk failed on one ticket"]
    assert {number: state for number, (state, _) in outcomes(session, bulk).items()} == {
        one: "refused",
        other: "done",
    }


def test_a_problem_of_another_programme_is_not_linked(session: Session, people: People) -> None:
    oak = Programme(code="oak", name="Oak", supplier="Oak Health")
    session.add(oak)
    session.flush()
    session.add(ServiceProgramme(service_id=people.north, programme_id=oak.id))
    session.flush()
    problem = of_programme(session, people)
    fits, not_fits = tell(session), tell(session, programme="oak")
    with pytest.raises(Conflict) as refused:  # 11.A4: the words are shown first
        planned(session, people.amina, "link", {"problem_id": problem}, fits.number)
    assert "Use the web page." in refused.value.fields["body"]
    what = {"problem_id": problem, "tell": False}
    _, found = planned(session, people.amina, "link", what, fits.number, not_fits.number)
    assert [one.ticket for one in found.included] == [fits]


def test_a_key_does_many_at_once_as_itself(session: Session, people: People) -> None:
    token = api_keys.create(session, people.north, Role.NAVIGATOR, "Booking system")
    session.flush()
    key = api_keys.actor_by_key(session, token)
    assert key
    one, other = tell(session).number, tell(session).number
    bulk = begin(session, key, "reply", SAID, one)
    run(session)
    assert outcomes(session, bulk)[one][0] == "done"
    bulk = begin(session, key, "reply", SAID, other)
    api_keys.revoke(session, key.key_id or 0)
    run(session)
    assert outcomes(session, bulk)[other][0] == "refused"
    assert len(progress.progress(session, key, bulk.id).items) == 1
