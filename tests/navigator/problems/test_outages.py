"""Outages: three reports alike within an hour become one; later ones join, and one answer ends them all."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlmodel import Session, select

from navigator import clock, database
from navigator.catalogue.programme import Programme
from navigator.errors import Conflict, Forbidden, Stale
from navigator.people.actor import SYSTEM, Actor, reporter
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role
from navigator.problems import linking, records, updates
from navigator.problems.inputs import OutageInput, ProblemInput, StatusInput, UpdateInput
from navigator.problems.outages import open_outage, outages_of, suggested_outages
from navigator.problems.problem import Problem, ProblemStatus, ProblemUpdate
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import LinkInput, ResolveInput, TriageInput
from navigator.tickets.ticket import Event, Resolution, Status, Ticket
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.people import People, actor_of, join
from tests.web.test_query_budgets import asked

DOWN = OutageInput(programme="fern", category="use.outage_or_error")
OVER = "It works again. We are sorry."
KINDS: tuple[dict[str, Any], ...] = ({}, {"category": "notify.too_many", "text": ""})


def down(session: Session, minute: float = 0, **told: Any) -> Ticket:
    """Somebody reports, so many minutes after ten, that it does not work."""
    clock.set_to(MOMENT + timedelta(minutes=minute))
    usual: dict[str, Any] = {"category": "use.outage_or_error", "text": "An error, again", "contact": {}}
    return tell(session, **(usual | told))


def three(session: Session) -> list[int]:
    return [down(session, minute).number for minute in (0, 20, 40)]


def offered(session: Session, who: Actor) -> list[list[int]]:
    return [list(one.numbers) for one in suggested_outages(session, who)]


def offered_on_a_page(who: Actor) -> list[list[int]]:
    """The same for a page, which only reads."""
    with database.reading() as session:
        return offered(session, who)


def public(session: Session, number: int) -> list[str]:
    return [one.body for one in ticket_detail(session, reporter(number), number).messages[1:]]


@pytest.mark.parametrize(
    ("minutes", "found"),
    [
        ((0, 30), ()),
        ((0, 30, 60), (0, 1, 2)),
        ((0, 30, 61), ()),
        ((0, 50, 100, 110), (1, 2, 3)),
        ((0, 10, 20, 300), (0, 1, 2)),
        ((0, 40, 60, 90, 110), (0, 1, 2, 3, 4)),
    ],
)
def test_three_within_an_hour_are_offered(
    session: Session, people: People, minutes: tuple[int, ...], found: tuple[int, ...]
) -> None:
    numbers = [down(session, minute).number for minute in minutes]
    assert offered(session, people.amina) == ([[numbers[n] for n in found]] if found else [])


def test_one_person_is_no_outage_however_often_they_write(session: Session, people: People) -> None:
    theirs = {"contact": {"route": "email", "email": "Kim@example.org"}}
    numbers = [
        down(session, 0, **theirs).number,
        down(session, 10).number,
        down(session, 20, **theirs).number,
    ]
    assert offered(session, people.amina) == []
    numbers.append(down(session, 30).number)
    assert offered(session, people.amina) == [numbers]


@pytest.mark.parametrize(
    "other",
    [
        {"programme": None},
        {"category": "notify.too_many", "text": ""},
        {"service": "south"},
    ],
)
def test_only_what_is_alike_counts(session: Session, people: People, other: dict[str, Any]) -> None:
    down(session), down(session), down(session, **other)
    assert offered(session, people.amina) == []


def test_what_nobody_sorted_counts_as_what_it_is_likely_about(session: Session, people: People) -> None:
    numbers = [down(session).number for _ in range(3)]
    unsorted = session.get_one(Ticket, numbers[0])
    unsorted.category, unsorted.category_probabilities = (
        None,
        {"use.outage_or_error": 0.6, "notify.too_many": 0.2},
    )
    unsorted.version += 1  # as each change of a ticket does
    session.flush()
    assert offered(session, people.amina) == [numbers]
    unsorted.suggestion_is_hidden = True
    unsorted.version += 1
    session.flush()
    assert offered(session, people.amina) == []


def test_they_are_looked_for_anew_whenever_something_has_changed(
    session: Session, people: People, connection: Connection
) -> None:
    numbers = three(session)
    session.flush()
    before = offered_on_a_page(people.amina)
    with asked(connection) as statements:
        assert offered_on_a_page(people.amina) == before == [numbers]
    assert len(statements) == 2  # nothing has: what their newest events are, and of which names
    staff.triage(session, people.amina, numbers[0], TriageInput(category="notify.too_many"))
    session.flush()
    assert offered_on_a_page(people.amina) == []
    more = down(session, 50).number
    session.flush()
    assert offered_on_a_page(people.amina) == [[*numbers[1:], more]]
    programme = session.exec(select(Programme).where(Programme.code == "fern")).one()
    programme.name = "Fern, as it is called now"
    session.flush()
    with database.reading() as page:
        assert [one.programme_name for one in suggested_outages(page, people.amina)] == [programme.name]
    elsewhere = join(session, "Ola", "ola@south.example", people.south, Role.NAVIGATOR)
    assert offered(session, elsewhere) == []


def test_what_ended_was_linked_or_is_old_is_not_offered(session: Session, people: People) -> None:
    ended, linked, other, *rest = (down(session).number for _ in range(6))
    following.withdraw(session, reporter(ended), ended)
    assert offered(session, people.amina) == [[linked, other, *rest]]
    linking.link(session, people.amina, linked, LinkInput(problem_id=None))  # somebody said: none
    assert offered(session, people.amina) == [[other, *rest]]
    clock.set_to(clock.now() + timedelta(days=3))
    assert offered(session, people.amina) == []


def test_a_ticket_shows_the_outages_that_the_queue_shows_it_in(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("navigator.problems.outages.MAX_REPORTS", 12)
    old = down(session).number
    clock.set_to(MOMENT + timedelta(days=3))
    alike, others = ([down(session, 72 * 60 + 1, **told).number for _ in range(5)] for told in KINDS)
    ended, linked, unsorted, chosen = alike[0], alike[1], session.get_one(Ticket, alike[2]), others[0]
    following.withdraw(session, reporter(ended), ended)
    linking.link(session, people.amina, linked, LinkInput(problem_id=None))
    unsorted.category, unsorted.category_probabilities = None, {"use.outage_or_error": 0.6}
    session.get_one(Ticket, chosen).category_probabilities = {"use.outage_or_error": 1.0}
    session.flush()
    suggested = suggested_outages(session, people.amina)
    assert {tuple(one.numbers) for one in suggested} == {tuple(alike[2:]), tuple(others)}
    for number in (old, *alike, *others):
        shown = outages_of(session, people.amina, ticket_detail(session, people.amina, number))
        assert shown == [one for one in suggested if number in one.numbers]
        assert outages_of(session, people.mo, ticket_detail(session, people.mo, number)) == []


def test_reports_of_the_weekend_are_offered_on_monday(session: Session, people: People) -> None:
    friday = 3 * 24 * 60 + 10 * 60  # at eight in the evening
    numbers = [down(session, friday + minute).number for minute in (0, 5, 10)]
    clock.set_to(MOMENT + timedelta(days=6) - timedelta(hours=1))
    assert offered(session, people.amina) == [numbers]


def test_those_of_which_somebody_said_that_they_are_of_none_hide_no_others(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("navigator.problems.outages.MAX_REPORTS", 4)
    older, newer = three(session), [down(session, 30).number for _ in range(4)]
    for number in newer:
        linking.link(session, people.amina, number, LinkInput(problem_id=None))
    session.flush()
    assert offered(session, people.amina) == [older]


@pytest.mark.parametrize("who", ["mo", "cole", "priya", "ada", "sam"])
def test_only_navigators_of_the_service_are_asked(session: Session, people: People, who: str) -> None:
    three(session)
    assert offered(session, getattr(people, who)) == []


def test_one_click_makes_one_outage_and_two_make_no_second(session: Session, people: People) -> None:
    numbers = three(session)
    outage = open_outage(session, people.amina, DOWN)
    assert (outage.is_outage, outage.service_id, outage.category) == (True, people.north, DOWN.category)
    assert open_outage(session, people.amina, DOWN) is open_outage(session, people.tom, DOWN) is outage
    assert [session.get_one(Ticket, one).problem_id for one in numbers] == [outage.id] * 3
    links = session.exec(select(Event.ticket_number).where(Event.action == Action.LINK)).all()
    assert sorted(links) == numbers
    assert offered(session, people.amina) == []
    assert session.exec(select(Problem)).all() == [outage]


def test_a_later_report_alike_joins_in_one_click_and_gets_the_workaround(
    session: Session, people: People
) -> None:
    three(session)
    outage = open_outage(session, people.amina, DOWN)
    known = outage.model_dump(include=set(ProblemInput.model_fields) - {"version"})
    records.edit(session, people.amina, outage.id, ProblemInput(**known | {"workaround": "Use paper."}))
    later = down(session, 300)
    (offer,) = suggested_outages(session, people.amina)
    assert (offer.outage, list(offer.numbers)) == (outage, [later.number])
    with pytest.raises(Conflict) as refused, session.begin_nested():  # 11.A4: the words are shown first
        open_outage(session, people.tom, DOWN)
    words = refused.value.fields["body"]
    assert (later.problem_id, public(session, later.number)) == (None, [])
    grave = down(session, 301)
    request_review(session, SYSTEM, grave, ["tried"])
    confirmed = DOWN.model_copy(update={"tell": True, "body": words})
    assert open_outage(session, people.tom, confirmed) is outage
    assert later.problem_id == grave.problem_id == outage.id
    assert "Use paper." in public(session, later.number)[0]
    assert public(session, grave.number) == []  # 11.A3: a clinician comes first, and this is said
    notes = [one.body for one in session.exec(select(ProblemUpdate))]
    assert f"Not written to, for a clinician: DN-{grave.number:06}." in notes


def test_one_that_is_over_takes_no_more(session: Session, people: People) -> None:
    three(session)
    outage = open_outage(session, people.amina, DOWN)
    updates.change_status(session, people.amina, outage.id, StatusInput(status=ProblemStatus.CLOSED))
    down(session, 50)
    assert offered(session, people.amina) == []
    again = [down(session, 60 + n).number for n in range(2)]
    assert len(offered(session, people.amina)[0]) == 3
    assert open_outage(session, people.amina, DOWN).id != outage.id
    assert all(session.get_one(Ticket, one).problem_id != outage.id for one in again)


def test_another_service_joins_with_its_own_reports(session: Session, people: People) -> None:
    numbers = three(session)
    outage = open_outage(session, people.amina, DOWN)
    theirs = down(session, 50, service="south")
    (offer,) = suggested_outages(session, people.sam)
    assert (offer.outage, list(offer.numbers)) == (outage, [theirs.number])
    assert open_outage(session, people.sam, DOWN) is outage
    updates.change_status(
        session, people.amina, outage.id, StatusInput(status=ProblemStatus.CLOSED, body=OVER)
    )
    assert session.get_one(Ticket, numbers[0]).status == Status.RESOLVED
    assert theirs.status == Status.NEW  # Sam's own to answer


def test_a_manager_puts_nothing_together(session: Session, people: People) -> None:
    three(session)
    with pytest.raises(Conflict):
        open_outage(session, people.mo, DOWN)
    assert session.exec(select(Problem)).all() == []


def test_where_there_is_nothing_it_is_said(session: Session, people: People) -> None:
    with pytest.raises(Conflict, match="no such reports"):
        open_outage(session, people.amina, OutageInput(programme="none", category="none"))


def ended(session: Session, who: Actor, outage: Problem, **told: Any) -> Problem:
    what = {"status": ProblemStatus.CLOSED, "body": OVER} | told
    return updates.change_status(session, who, outage.id, StatusInput.model_validate(what))


def test_one_answer_ends_all_but_what_a_clinician_must_read(session: Session, people: People) -> None:
    first, second, grave = three(session)
    outage = open_outage(session, people.amina, DOWN)
    request_review(session, SYSTEM, session.get_one(Ticket, grave), ["tried"])
    assert updates.tickets_to_notify(session, people.amina, outage, closing=True) == [first, second]
    assert updates.tickets_left_out(session, people.amina, outage, closing=True) == [grave]
    ended(session, people.amina, outage, tickets=[first, second])
    assert (outage.status, outage.closed_at) == (ProblemStatus.CLOSED, clock.now())
    for number in (first, second):
        ticket = session.get_one(Ticket, number)
        assert (ticket.status, ticket.resolution) == (Status.RESOLVED, Resolution.FIXED)
        assert public(session, number) == [OVER]
        done = session.exec(select(Event).where(Event.ticket_number == number, Event.action == "resolve"))
        assert done.one().actor_name == "Amina Yusuf"
    assert (session.get_one(Ticket, grave).status, public(session, grave)) == (Status.NEW, [])
    kept = session.exec(select(ProblemUpdate)).all()
    assert [(one.recipients, one.is_public) for one in kept if one.body == OVER] == [(2, True)]
    assert f"Left open, for a clinician: DN-{grave:06}." in [one.body for one in kept]


def test_what_had_ended_by_itself_is_left_in_peace(session: Session, people: People) -> None:
    first, *_ = three(session)
    outage = open_outage(session, people.amina, DOWN)
    told = ResolveInput(resolution=Resolution.FIXED_ITSELF, body="You say it works.")
    staff.resolve(session, people.amina, first, told)
    ended(session, people.amina, outage)
    assert public(session, first) == ["You say it works."]


def test_a_list_that_changed_since_it_was_shown_ends_nothing(session: Session, people: People) -> None:
    numbers = three(session)
    outage = open_outage(session, people.amina, DOWN)
    seen = outage.version
    request_review(session, SYSTEM, session.get_one(Ticket, numbers[0]), ["tried"])
    with pytest.raises(Conflict, match="has changed"), session.begin_nested():
        ended(session, people.amina, outage, tickets=numbers)
    assert {session.get_one(Ticket, one).status for one in numbers} == {Status.NEW}
    ended(session, people.tom, outage, tickets=numbers[1:], version=seen)
    with pytest.raises(Stale), session.begin_nested():
        ended(session, people.amina, outage, tickets=numbers[1:], version=seen)
    assert public(session, numbers[1]) == [OVER]


def test_whoever_writes_to_nobody_ends_nothing_with_words(session: Session, people: People) -> None:
    three(session)
    outage = open_outage(session, people.amina, DOWN)
    with pytest.raises(Forbidden):
        ended(session, people.mo, outage)


def test_news_go_to_everybody_meanwhile(session: Session, people: People) -> None:
    numbers = three(session)
    outage = open_outage(session, people.amina, DOWN)
    updates.send_update(session, people.amina, outage.id, UpdateInput(body="They are at it."))
    assert [public(session, one) for one in numbers] == [["They are at it."]] * 3


def test_a_navigator_of_two_services_puts_both_together(session: Session, people: People) -> None:
    both = join(session, "Bo Both", "bo@north.example", people.north, Role.NAVIGATOR)
    session.add(Membership(user_id=both.user_id or 0, service_id=people.south, role=Role.NAVIGATOR))
    session.flush()
    numbers = [down(session, 0).number, down(session, 1, service="south").number, down(session, 2).number]
    assert offered(session, people.amina) == offered(session, people.sam) == []
    assert offered(session, actor_of(session, both.user_id or 0)) == [numbers]


def test_an_offer_says_what_it_is_of(session: Session, people: People) -> None:
    three(session)
    (offer,) = suggested_outages(session, people.amina)
    assert (offer.programme_name, offer.category, offer.outage) == ("Fern", DOWN.category, None)


def test_three_patients_of_one_practitioner_are_three_people(session: Session, people: People) -> None:
    """Her reports all have her address: an outage that she told for three was not offered."""

    def told(minute: int, known_as: str = "", **of_whom: str) -> int:
        hers = {"contact": {"route": "email", "email": "priya@north.example"}, "reporter": "pwp"}
        ticket = down(session, minute, **hers | of_whom)
        session.get_one(Reporter, ticket.reporter_id).known_as = known_as
        return ticket.number

    numbers = [told(0, known_as="JB"), told(5, known_as="jb"), told(10, known_as="KL")]
    assert offered(session, people.amina) == []
    numbers.append(told(30, support_code="A card"))
    assert offered(session, people.amina) == [numbers]


def test_what_a_practitioner_tells_of_her_own_is_of_one_person(session: Session, people: People) -> None:
    hers = {"contact": {"route": "email", "email": "priya@north.example"}, "reporter": "pwp"}
    for minute in (0, 10, 20):
        down(session, minute, **hers)
    assert offered(session, people.amina) == []


def test_a_support_code_says_that_it_is_the_same_patient(session: Session, people: People) -> None:
    for minute in (0, 10, 20):
        down(session, minute, support_code="A card")
    assert offered(session, people.amina) == []
