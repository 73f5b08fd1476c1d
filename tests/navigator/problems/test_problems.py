"""Known problems: who keeps them, whom a link and news reach, what is counted, what everybody may read."""

from datetime import date
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.service import Service
from navigator.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS, SYSTEM, Actor, reporter
from navigator.people.user import Role, User
from navigator.problems import linking, records, updates
from navigator.problems.impact import impact_of
from navigator.problems.inputs import NewProblemInput, ProblemInput, StatusInput, UpdateInput
from navigator.problems.pack_facts import round_for_supplier
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.problems.public_list import known_problems
from navigator.problems.supplier_pack import problem_pack
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter as follow
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import AssignInput, LinkInput, MergeInput, SayInput, SplitInput
from navigator.tickets.lifecycle import act
from navigator.tickets.ticket import ClinicalReview, Status, Ticket
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.people import People, join

S = ProblemStatus
WORKAROUND = "Use the web page in place of the app."
SECRET = "INTERNAL: ticket 4711 of the supplier"


def opened(session: Session, actor: Actor, **told: Any) -> Problem:
    usual: dict[str, Any] = {
        "service": "north",
        "programme": "fern",
        "category": "access.forgotten_password",
        "title": "The app forgets passwords",
        "known": SECRET,
        "workaround": WORKAROUND,
    }
    return records.open_problem(session, actor, NewProblemInput.model_validate(usual | told))


@pytest.fixture
def problem(session: Session, people: People) -> Problem:
    return opened(session, people.amina)


def linked(session: Session, people: People, problem: Problem, **told: Any) -> Ticket:
    ticket = tell(session, **told)
    return link_and_tell(session, people.amina, ticket, problem.id)


def public(session: Session, ticket: Ticket) -> list[str]:
    """What the reporter reads, after their own first words."""
    return [one.body for one in ticket_detail(session, reporter(ticket.number), ticket.number).messages[1:]]


def letters(session: Session, ticket: Ticket) -> list[str]:
    query = select(OutboxMessage.template).where(
        OutboxMessage.ticket_number == ticket.number, OutboxMessage.recipient == "reporter"
    )
    return [name for name in session.exec(query.order_by(col(OutboxMessage.id))) if name != "received"]


def test_a_new_link_brings_the_workaround_at_once(session: Session, people: People, problem: Problem):
    ticket = linked(session, people, problem)
    (said,) = public(session, ticket)
    assert WORKAROUND in said
    assert SECRET not in said
    assert letters(session, ticket) == ["news"]
    assert ticket.first_replied_at == clock.now()
    assert "link" in [event.action for event in ticket_detail(session, people.amina, ticket.number).events]


def test_linking_again_says_nothing_twice(session: Session, people: People, problem: Problem):
    ticket = linked(session, people, problem)
    linking.link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id))
    assert len(public(session, ticket)) == 1


def test_a_link_is_taken_away_in_silence_or_with_a_correction(
    session: Session, people: People, problem: Problem
):
    """11.A4: what was sent because of a wrong link can be taken back in the same step."""
    ticket = linked(session, people, problem)
    assert "not the same as yours" in linking.words_to_confirm(session, ticket, None)
    linking.link(session, people.amina, ticket.number, LinkInput(problem_id=None, tell=False))
    assert ticket.problem_id is None
    assert len(public(session, ticket)) == 1


def test_no_link_tells_anybody_what_was_not_confirmed(session: Session, people: People, problem: Problem):
    """11.A4: without a word on whether to tell them nothing is saved, and the refusal holds the words."""
    ticket = tell(session)
    with pytest.raises(Conflict) as refused, session.begin_nested():
        linking.link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id))
    assert WORKAROUND in refused.value.fields["body"]
    session.refresh(ticket)
    assert (ticket.problem_id, public(session, ticket), letters(session, ticket)) == (None, [], [])
    linking.link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id, tell=False))
    assert (ticket.problem_id, public(session, ticket)) == (problem.id, [])
    other = opened(session, people.amina, title="Another", workaround="Restart it.")
    assert "not the same as yours" not in linking.words_to_confirm(session, ticket, other.id)


def test_only_what_was_written_of_the_problem_is_corrected(
    session: Session, people: People, problem: Problem
):
    """11.A4: that a second problem has a ticket of its own now says nothing of the known problem."""
    ticket = tell(session)
    linking.link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id, tell=False))
    split(session, people.amina, ticket.number, SplitInput(body="The video stops as well."))
    assert len(public(session, ticket)) == 1
    assert linking.words_to_confirm(session, ticket, None) == ""


@pytest.mark.parametrize(
    "contact",
    [
        {"route": "email", "email": "pat@example.org", "is_safe": False},
        {"route": "none"},
    ],
)
def test_whoever_cannot_safely_be_reached_finds_it_on_their_page_alone(
    session: Session, people: People, problem: Problem, contact: dict[str, Any]
):
    ticket = linked(session, people, problem, contact=contact)
    updates.send_update(session, people.amina, problem.id, UpdateInput(body="It takes a week more."))
    assert public(session, ticket)[1:] == ["It takes a week more."]
    assert letters(session, ticket) == []


def test_no_workaround_no_words(session: Session, people: People):
    ticket = linked(session, people, opened(session, people.amina, workaround=""))
    assert (public(session, ticket), letters(session, ticket)) == ([], [])


def test_somebody_whose_ticket_is_closed_is_not_written_to(
    session: Session, people: People, problem: Problem
):
    ticket = tell(session)
    act(session, reporter(ticket.number), Action.CONFIRM, ticket.number)
    linking.link(session, people.amina, ticket.number, LinkInput(problem_id=problem.id))
    assert updates.send_update(session, people.amina, problem.id, UpdateInput(body="News")).recipients == 0
    assert public(session, ticket) == []
    assert impact_of(session, people.amina, problem).tickets == 1


def test_a_ticket_is_linked_only_within_its_programme(session: Session, people: People, problem: Problem):
    other = tell(session, programme=None)
    closed = opened(session, people.amina)
    closed.status = S.CLOSED
    fern = tell(session)
    for ticket, wanted in ((other, problem), (fern, closed)):
        with pytest.raises(Invalid), session.begin_nested():
            linking.link(session, people.amina, ticket.number, LinkInput(problem_id=wanted.id))
        session.refresh(ticket)
        assert ticket.problem_id is None


def test_its_own_kind_is_offered_first(session: Session, people: People, problem: Problem):
    other = opened(session, people.amina, category="access.two_step_code")
    assert list(linking.linkable_problems(session, tell(session))) == [problem, other]


def test_only_the_ticket_s_own_navigators_link_it(session: Session, people: People, problem: Problem):
    number = tell(session).number
    with pytest.raises(NotFound):
        linking.link(session, people.sam, number, LinkInput(problem_id=problem.id))
    with pytest.raises(Forbidden):
        linking.link(session, people.mo, number, LinkInput(problem_id=problem.id))


def test_a_merged_ticket_leaves_its_link_to_the_one_that_goes_on(
    session: Session, people: People, problem: Problem
):
    ticket, target = linked(session, people, problem), tell(session)
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    assert target.problem_id == problem.id
    assert impact_of(session, people.amina, problem).tickets == 1


def test_everybody_linked_reads_the_same_and_how_many_is_kept(
    session: Session, people: People, problem: Problem
):
    tickets = [linked(session, people, problem) for _ in range(3)]
    apart = tell(session)
    update = updates.send_update(session, people.amina, problem.id, UpdateInput(body="The company is at it."))
    assert (update.recipients, update.is_public, update.author_id) == (3, True, people.amina.user_id)
    assert [public(session, one)[-1] for one in tickets] == ["The company is at it."] * 3
    assert [letters(session, one) for one in tickets] == [["news", "news"]] * 3
    assert public(session, apart) == []
    events = [event.action for event in ticket_detail(session, people.amina, tickets[0].number).events]
    assert events[-1] == "update"


def test_what_goes_out_is_no_words_of_a_person(session: Session, people: People, problem: Problem):
    linked(session, people, problem)
    updates.send_update(
        session, people.amina, problem.id, UpdateInput(body="End it all: kill myself app and reopen")
    )
    assert session.exec(select(ClinicalReview)).all() == []


def test_nothing_is_sent_to_a_list_that_nobody_saw(session: Session, people: People, problem: Problem):
    seen = linked(session, people, problem).number
    late = linked(session, people, problem)
    with pytest.raises(Conflict), session.begin_nested():
        updates.send_update(session, people.amina, problem.id, UpdateInput(body="News", tickets=[seen]))
    assert len(public(session, late)) == 1
    told = UpdateInput.model_validate({"body": "News", "tickets": [f"{seen} {late.number}"]})
    assert updates.send_update(session, people.amina, problem.id, told).recipients == 2


def test_a_second_press_sends_nothing_more(session: Session, people: People, problem: Problem):
    ticket = linked(session, people, problem)
    told = UpdateInput(body="News", version=problem.version)
    updates.send_update(session, people.amina, problem.id, told)
    with pytest.raises(Stale):
        updates.send_update(session, people.amina, problem.id, told)
    assert public(session, ticket)[1:] == ["News"]


def test_managers_write_to_nobody(session: Session, people: People, problem: Problem):
    with pytest.raises(Forbidden):
        updates.send_update(session, people.mo, problem.id, UpdateInput(body="News"))


def test_a_released_fix_asks_everybody_to_try_again_and_opens_what_was_parked(
    session: Session, people: People, problem: Problem
):
    parked, live = linked(session, people, problem), linked(session, people, problem)
    staff.park(session, people.amina, parked.number, SayInput(body="The company has to do it."))
    parked.overdue_notified_at = clock.now()
    with pytest.raises(Invalid):
        updates.change_status(session, people.amina, problem.id, StatusInput(status=S.RELEASED))
    told = StatusInput(status=S.RELEASED, body="Please update the app and try again.")
    updates.change_status(session, people.amina, problem.id, told)
    assert (problem.status, problem.released_at) == ("released", clock.now())
    assert [public(session, one)[-1] for one in (parked, live)] == [told.body] * 2
    assert (parked.status, live.status) == (Status.OPEN, Status.NEW)
    assert parked.overdue_notified_at is None
    (update,) = session.exec(select(ProblemUpdate).where(ProblemUpdate.is_public)).all()
    assert update.recipients == 2


@pytest.mark.parametrize("way", ["update", S.RELEASED, S.CLOSED])
def test_whose_words_a_clinician_must_read_gets_no_mass_news_and_this_is_said(
    session: Session, people: People, problem: Problem, way: str
):
    """11.A3: every way of writing to all linked reporters leaves out open reviews, and keeps that it did."""
    reached, grave = linked(session, people, problem), linked(session, people, problem)
    follow.answer(session, reporter(grave.number), grave.number, SayInput(body="I want to end my life"))
    before = (public(session, grave), letters(session, grave), grave.status)
    assert updates.tickets_left_out(session, people.amina, problem) == [grave.number]
    if way == "update":
        updates.send_update(session, people.amina, problem.id, UpdateInput(body="News"))
    else:
        told = StatusInput(status=S(way), body="News", tickets=[reached.number])
        updates.change_status(session, people.amina, problem.id, told)
    assert (public(session, grave), letters(session, grave), grave.status) == before
    assert public(session, reached)[-1] == "News"
    notes = [one.body for one in session.exec(select(ProblemUpdate)) if not one.is_public]
    assert any("for a clinician" in note and f"DN-{grave.number:06d}" in note for note in notes)


def test_other_steps_say_nothing_to_reporters(session: Session, people: People, problem: Problem):
    ticket = linked(session, people, problem)
    for status in (S.KNOWN_ERROR, S.WITH_SUPPLIER, S.FIX_PLANNED, S.CLOSED):
        updates.change_status(session, people.mo, problem.id, StatusInput(status=status))
    assert len(public(session, ticket)) == 1
    assert problem.closed_at == clock.now()
    updates.change_status(session, people.mo, problem.id, StatusInput(status=S.OPEN))
    assert problem.closed_at is None


def test_a_service_that_offers_the_programme_reads_and_writes_to_its_own(
    session: Session, people: People, problem: Problem
):
    ours = linked(session, people, problem)
    theirs = tell(session, service="south")
    link_and_tell(session, people.sam, theirs, problem.id)
    assert [one.id for one in records.list_problems(session, people.sam)] == [problem.id]
    assert impact_of(session, people.sam, problem).tickets == 1
    assert updates.send_update(session, people.sam, problem.id, UpdateInput(body="News")).recipients == 1
    assert public(session, theirs)[-1] == "News"
    assert "News" not in public(session, ours)
    with pytest.raises(Forbidden):
        records.edit(session, people.sam, problem.id, changed(problem, title="Ours"))
    with pytest.raises(Forbidden):
        updates.change_status(session, people.sam, problem.id, StatusInput(status=S.CLOSED))


def changed(problem: Problem, **to: Any) -> ProblemInput:
    kept = {name: getattr(problem, name) for name in ProblemInput.model_fields}
    return ProblemInput.model_validate(kept | to)


def test_for_everybody_else_there_is_no_such_problem(session: Session, people: People, problem: Problem):
    elsewhere = Service(code="west", name="West")
    session.add(elsewhere)
    session.flush()
    stranger = join(session, "Wes", "wes@west.example", elsewhere.id, Role.NAVIGATOR, Role.MANAGER)
    for actor in (people.priya, people.cole, people.ada, stranger, ANONYMOUS):
        assert list(records.list_problems(session, actor)) == []
        with pytest.raises(NotFound):
            records.find(session, actor, problem.id)


def test_it_is_opened_in_a_service_and_a_programme_of_one_s_own(session: Session, people: People):
    session.add(Programme(code="oak", name="Oak"))
    session.flush()
    for wrong in ({"service": "south"}, {"programme": "oak"}, {"service": "nowhere"}):
        with pytest.raises(Invalid):
            opened(session, people.amina, **wrong)
    assert opened(session, people.mo).opened_by == people.mo.user_id


def test_a_save_on_an_older_version_is_refused(session: Session, people: People, problem: Problem):
    mine = changed(problem, title="Mine")
    records.edit(session, people.mo, problem.id, changed(problem, title="Theirs"))
    with pytest.raises(Stale):
        records.edit(session, people.amina, problem.id, mine)
    assert (problem.title, problem.version) == ("Theirs", 2)
    assert "title" in session.exec(select(ProblemUpdate)).one().body


def test_the_older_problems_follow_on_the_next_page(session: Session, people: People, problem: Problem):
    newer = opened(session, people.amina)
    assert [one.id for one in records.list_problems(session, people.amina, limit=1)] == [newer.id]
    assert [one.id for one in records.list_problems(session, people.amina, before=newer.id)] == [problem.id]


def test_sessions_that_had_to_be_planned_without_it_are_counted(
    session: Session, people: People, problem: Problem
):
    one, other = linked(session, people, problem), linked(session, people, problem)
    for number in (one.number, one.number, other.number, tell(session).number):
        act(session, SYSTEM, Action.GUARD, number)
    cost = impact_of(session, people.amina, problem)
    assert (cost.tickets, cost.sessions, cost.first_at) == (2, 3, one.reported_at)


@pytest.mark.parametrize(
    ("count", "said"), [(0, "fewer than 5"), (4, "fewer than 5"), (5, "about 5"), (8, "about 10")]
)
def test_small_numbers_do_not_leave_the_service(count: int, said: str):
    assert round_for_supplier(count) == said


def test_the_supplier_gets_nothing_that_a_person_wrote(session: Session, people: People, problem: Problem):
    ticket = linked(session, people, problem, text="WORDS of Pat", practitioner="Priya PRIVATE")
    staff.note(session, people.amina, ticket.number, SayInput(body="A private NOTE"))
    pack = problem_pack(session, problem)
    assert list(pack.facts) == [
        "Our reference", "Your reference", "Programme", "Kind", "Versions", "First reported", "Reports",
        "Reported by", "People who said that they have it too", "Sessions planned without it",
    ]  # fmt: skip
    assert list(pack.parts) == ["What is known"]
    text = pack.as_text()
    assert "Reports: fewer than 5" in text
    assert "First reported: Tuesday 9 June" in text
    for private in ("WORDS", "PRIVATE", "NOTE", "pat@", WORKAROUND, "DN-"):
        assert private not in text


def test_everybody_reads_only_what_is_public_and_not_closed(session: Session, people: People):
    opened(session, people.amina, title="Kept inside")
    shown = opened(session, people.amina, title="Shown", is_public=True, supplier_due_on=date(2026, 7, 1))
    (one,) = known_problems(session)
    assert SECRET not in repr(one)
    assert (one.programme, one.title, one.workaround) == ("Fern", "Shown", WORKAROUND)
    assert (one.who, one.due_on) == ("A digital navigator in your service.", None)
    shown.status = S.FIX_PLANNED
    (one,) = known_problems(session, "fern", "access.forgotten_password")
    assert one.who == "The company that makes the programme."
    assert one.due_on == date(2026, 7, 1)
    assert known_problems(session, "oak") == known_problems(session, "fern", "access.two_step_code") == []
    shown.status = S.CLOSED
    assert known_problems(session) == []


def test_a_private_link_shows_the_news_and_nothing_else_of_the_problem(
    session: Session, people: People, problem: Problem
):
    ticket = linked(session, people, problem)
    assert private_links.mint(session, ticket.number)
    assert SECRET not in repr(ticket_detail(session, reporter(ticket.number), ticket.number))


def test_what_a_fix_brings_back_goes_to_somebody_who_is_there(
    session: Session, people: People, problem: Problem
):
    """11.C4: whoever parked it may be away by the day of the fix."""
    ticket = linked(session, people, problem)
    staff.assign(session, people.amina, ticket.number, AssignInput(assignee_id=people.tom.user_id))
    staff.park(session, people.amina, ticket.number, SayInput(body="The company must fix it."))
    session.get_one(User, people.tom.user_id).away_from_on = clock.today()
    session.flush()
    told = StatusInput(status=S.RELEASED, body="Please try again.")
    updates.change_status(session, people.amina, problem.id, told)
    assert (ticket.status, ticket.assignee_id) == ("open", people.amina.user_id)
