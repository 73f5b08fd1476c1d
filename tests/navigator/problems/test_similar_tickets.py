"""Reports like a ticket: the likest few that an actor may see, and the problems that may lie behind them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.people.actor import Actor, reporter
from navigator.problems import compared_reports, records
from navigator.problems.compared_reports import LOOK_BACK
from navigator.problems.inputs import NewProblemInput
from navigator.problems.linking import link
from navigator.problems.problem import Problem
from navigator.problems.similar_tickets import SimilarTickets, similar_tickets
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.detail import ticket_detail
from navigator.tickets.enums import Resolution
from navigator.tickets.inputs import LinkInput, MergeInput, ResolveInput, SplitInput, TriageInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People

PASSWORD = "access.forgotten_password"


@pytest.fixture
def number(session: Session, people: People) -> int:
    """The ticket that others are compared with."""
    return tell(session, text="The reset link for my password never comes").number


def found(session: Session, actor: Actor, number: int) -> SimilarTickets:
    session.flush()
    session.expire_all()
    return similar_tickets(session, actor, ticket_detail(session, actor, number))


def numbers(session: Session, actor: Actor, number: int) -> list[int]:
    return [one.number for one in found(session, actor, number).tickets]


def opened(session: Session, people: People, **told: Any) -> Problem:
    usual = {"service": "north", "programme": "fern", "category": PASSWORD, "title": "It forgets"}
    return records.open_problem(session, people.amina, NewProblemInput.model_validate(usual | told))


def test_what_is_like_it_in_matter_and_in_words_comes_first(session: Session, people: People, number: int):
    tell(session, category="notify.too_many", text="Far too many emails from the programme")
    near = tell(session, text="My new password is refused")
    nearest = tell(session, text="The reset link never comes")
    assert numbers(session, people.amina, number) == [nearest.number, near.number]


def test_what_a_navigator_sorted_is_like_what_it_was_sorted_as(session: Session, people: People, number: int):
    other = tell(session, category="notify.too_many", text="Far too many emails from the programme")
    assert numbers(session, people.amina, number) == []
    staff.triage(session, people.amina, other.number, TriageInput(category=PASSWORD))
    assert numbers(session, people.amina, number) == [other.number]


def test_the_example_of_a_suggestion_is_one_that_people_settled_so(
    session: Session, people: People, number: int
):
    """12.8: “like DN-000123” says something only if somebody sorted or ended that one as is suggested."""
    suggested = session.get_one(Ticket, number).suggested_category or ""
    other = tell(session, category=suggested, text="The reset link for my password never comes")
    assert found(session, people.amina, number).example is None
    staff.triage(session, people.amina, other.number, TriageInput(category="notify.too_many"))
    assert found(session, people.amina, number).example is None
    staff.triage(session, people.amina, other.number, TriageInput(category=suggested))
    assert found(session, people.amina, number).example == other.number


def test_an_example_is_like_it_in_words_too(session: Session, people: People, number: int):
    suggested = session.get_one(Ticket, number).suggested_category or ""
    other = tell(session, text="Nobody wrote to me")
    staff.triage(session, people.amina, other.number, TriageInput(category=suggested))
    similar = found(session, people.amina, number)
    assert [one.number for one in similar.tickets] == [other.number]
    assert similar.example is None


def test_the_same_programme_comes_first(session: Session, people: People, number: int):
    session.add(Programme(id=9, code="meadow", name="Meadow"))
    session.flush()
    session.add(ServiceProgramme(service_id=people.north, programme_id=9))
    session.flush()
    elsewhere = tell(session, programme="meadow", text="The reset link for my password never comes")
    here = tell(session, text="I forgot it")
    told = [(one.number, one.is_of_programme) for one in found(session, people.amina, number).tickets]
    assert told == [(here.number, True), (elsewhere.number, False)]


def test_nobody_sees_what_is_not_theirs_to_see(session: Session, people: People, number: int):
    others = tell(session)
    south = tell(session, service="south")
    own = tell(session, people.priya, reporter="pwp")
    mine = tell(session, people.priya, text="I forgot my password again", reporter="pwp")
    assert numbers(session, people.priya, mine.number) == [own.number]
    seen = numbers(session, people.amina, number)
    assert others.number in seen
    assert south.number not in seen


def test_the_old_and_the_merged_are_left_alone(session: Session, people: People, number: int):
    old, merged, near = tell(session), tell(session), tell(session)
    old.reported_at = clock.now() - LOOK_BACK - timedelta(hours=1)
    merge(session, people.amina, merged.number, MergeInput(into=near.number))
    assert numbers(session, people.amina, number) == [near.number]


def test_what_is_hidden_is_not_told_by_what_is_like_it(session: Session, people: People, number: int):
    ticket = tell(session, category=None)
    assert number in numbers(session, people.amina, ticket.number)
    ticket.category, ticket.suggestion_is_hidden = None, True
    assert found(session, people.amina, ticket.number) == SimilarTickets()
    assert ticket.number not in numbers(session, people.amina, number)


def test_only_a_few_are_read_however_many_there_are(
    session: Session, people: People, number: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("navigator.problems.similar_tickets.PER_CATEGORY", 3)
    newest = [tell(session).number for _ in range(6)][-3:]
    assert sorted(numbers(session, people.amina, number)) == newest


def test_the_same_person_is_known_to_whoever_may_merge(session: Session, people: People, number: int):
    same = tell(session)
    other = tell(session, contact={"route": "email", "email": "kit@example.org"})
    told = {one.number: one.is_same_reporter for one in found(session, people.amina, number).tickets}
    assert told == {same.number: True, other.number: False}
    told = {one.number: one.is_same_reporter for one in found(session, people.mo, number).tickets}
    assert told == {same.number: False, other.number: False}


def test_what_was_split_is_not_offered_to_be_merged(session: Session, people: People, number: int):
    again = SplitInput(body="I forgot my password", category="access.forgotten_password")
    second = split(session, people.amina, number, again).number
    session.flush()
    for one, other in ((number, second), (second, number)):
        told = {like.number: like.is_same_reporter for like in found(session, people.amina, one).tickets}
        assert told[other] is False


def linked(session: Session, people: People, problem: Problem, count: int, **told: Any) -> None:
    """So many reports that a navigator linked to a problem."""
    for _ in range(count):
        link(session, people.amina, tell(session, **told).number, LinkInput(problem_id=problem.id))


def resolved(session: Session, people: People, count: int, **told: Any) -> None:
    """So many reports that were put right and had nothing to do with a problem."""
    for _ in range(count):
        words = ResolveInput(resolution=Resolution.FIXED, body="It works now.")
        staff.resolve(session, people.amina, tell(session, **told).number, words)


def suggested(session: Session, actor: Actor, number: int) -> list[str]:
    return [one.title for one in found(session, actor, number).problems]


def test_a_problem_is_suggested_once_most_like_reports_were_linked_to_it(
    session: Session, people: People, number: int
):
    """11.A4: that it has the ticket's category, or one like report was linked, suggests nothing."""
    behind = opened(session, people, title="Behind it")
    opened(session, people, title="Of the kind")
    assert suggested(session, people.amina, number) == []
    linked(session, people, behind, 1)
    assert suggested(session, people.amina, number) == []
    linked(session, people, behind, 2)
    assert suggested(session, people.amina, number) == ["Behind it"]


def test_like_reports_that_were_dealt_with_otherwise_speak_against_it(
    session: Session, people: People, number: int
):
    """11.A4: many things break in one category; what nobody has dealt with yet says nothing."""
    linked(session, people, opened(session, people), 3)
    for _ in range(3):
        tell(session)
    assert suggested(session, people.amina, number) == ["It forgets"]
    resolved(session, people, 3)
    assert suggested(session, people.amina, number) == []


def test_what_was_dealt_with_before_a_problem_was_opened_does_not_count(
    session: Session, people: People, number: int
):
    """11.A4: an outage is suggested however many reports like it there were in quieter times."""
    resolved(session, people, 6)
    clock.set_to(clock.now() + timedelta(hours=1))
    linked(session, people, opened(session, people), 3)
    assert suggested(session, people.amina, number) == ["It forgets"]


def test_of_two_problems_the_words_tell_which(session: Session, people: People):
    """11.A4: within one category, reports that say the same count more than others."""
    fault: dict[str, Any] = {"category": "use.feature_fault"}
    timer, diary = (opened(session, people, title=title, **fault) for title in ("Timer", "Diary"))
    linked(session, people, timer, 5, text="The breathing timer stays at zero", **fault)
    linked(session, people, diary, 1, text="My diary entry jumps to another day", **fault)
    new = tell(session, text="The breathing timer stays at zero again", **fault)
    assert suggested(session, people.amina, new.number) == ["Timer"]


def test_the_problem_that_a_ticket_is_linked_to_is_shown(session: Session, people: People, number: int):
    link(session, people.amina, number, LinkInput(problem_id=opened(session, people).id))
    assert suggested(session, people.amina, number) == ["It forgets"]


@pytest.mark.parametrize("is_public", [True, False])
def test_a_practitioner_sees_problems_that_are_public(session: Session, people: People, is_public: bool):
    problem = opened(session, people, is_public=is_public)
    for _ in range(3):
        own = tell(session, people.priya, reporter="pwp")
        link(session, people.amina, own.number, LinkInput(problem_id=problem.id))
    new = tell(session, people.priya, reporter="pwp")
    assert suggested(session, people.priya, new.number) == (["It forgets"] if is_public else [])


def test_what_has_ended_asks_nothing(session: Session, people: People, number: int):
    tell(session)
    assert numbers(session, people.amina, number)
    following.withdraw(session, reporter(number), number)
    assert found(session, people.amina, number) == SimilarTickets()


def test_what_a_clinician_had_to_read_is_not_quoted_beside_other_tickets(
    session: Session, people: People, number: int
):
    tell(session, text="The reset link never comes and I want to end my life")
    (other,) = found(session, people.amina, number).tickets
    assert other.words == ""


def test_one_that_is_deleted_while_it_is_compared_is_left_out(
    session: Session, people: People, number: int, monkeypatch: pytest.MonkeyPatch
):
    """On PostgreSQL each statement of a page sees what was committed before it."""
    gone, stays = (tell(session, text="The reset link never comes").number for _ in range(2))
    shown = compared_reports._shown
    monkeypatch.setattr(
        compared_reports, "_shown", lambda session, numbers: shown(session, [n for n in numbers if n != gone])
    )
    assert numbers(session, people.amina, number) == [stays]


@pytest.mark.only_on("postgresql")  # SQLite has the number in each index by itself.
def test_the_newest_of_a_category_are_read_from_one_index_in_order(session: Session) -> None:
    """Only those of no category are sorted: else it may as well read all of a month for a ticket’s page."""
    for way in ("sort", "incremental_sort", "seqscan", "bitmapscan"):
        session.connection().exec_driver_sql(f"SET LOCAL enable_{way} = off")
    query = compared_reports.candidates_query(1, 50).compile(session.connection())
    values = {**query.params, **compared_reports.parameters_of(1, [PASSWORD], clock.now())}
    plan = session.connection().exec_driver_sql(f"EXPLAIN {query}", values).scalars().all()
    assert any("Index Only Scan Backward using ix_ticket_alike" in step for step in plan), plan
    assert sum("Sort Key" in step for step in plan) == 1, plan
