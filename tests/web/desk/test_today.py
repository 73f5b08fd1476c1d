"""Today: each person finds what waits for them in their own roles, with numbers that open what they count."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, delete, select

from navigator import clock
from navigator.catalogue.contact import Contact, ContactKind
from navigator.insight.navigator_home import MAX_TICKETS
from navigator.jobs.deadlines import notify_missed_session
from navigator.people.actor import Actor, reporter
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import calls, staff
from navigator.tickets.actions.clinical_review import acknowledge
from navigator.tickets.actions.reporter import answer
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import AssignInput, AttachInput, CallInput, ResolveInput, SayInput
from navigator.tickets.ticket import ClinicalReview, Resolution, Ticket
from navigator.training import requests, sessions
from navigator.training.inputs import TrainingRequestInput, TrainingSessionInput
from tests.cases import each_case
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People, join, token_of
from tests.web.conftest import Enter
from web.app import app

TODAY = MOMENT.date()
"""A Tuesday; a session tomorrow is to be ready for by midday today."""
ELSE = "What else you can do"
WAITS = "What waits for you"
CALL_ME = {"route": "phone", "phone": "07700 900123"}


def at_home(enter: Enter, who: str) -> Visitor:
    visitor = enter(who)
    assert visitor.get("/home").status_code == 200
    return visitor


def under(visitor: Visitor, id: str) -> list[int]:
    """The numbers of the tickets in one part of the page, in their order."""
    found = visitor.page.css(f"section[aria-labelledby='{id}-heading'] th a[href^='/tickets/']")
    return [int((one.attributes["href"] or "").rsplit("/", 1)[1]) for one in found]


def words(visitor: Visitor, id: str) -> str:
    found = visitor.one(f"section[aria-labelledby='{id}-heading']")
    return " ".join(found.text(separator=" ").split())


def give(session: Session, people: People, who: Actor, **told: Any) -> Ticket:
    """A ticket that somebody has."""
    ticket = tell(session, **told)
    staff.assign(session, people.mo, ticket.number, AssignInput(assignee_id=who.user_id))
    session.flush()
    return ticket


def leave(session: Session, people: People, **told: Any) -> Ticket:
    """A ticket that nobody has."""
    ticket = tell(session, **told)
    staff.assign(session, people.mo, ticket.number, AssignInput())
    session.flush()
    return ticket


@pytest.mark.parametrize(
    ("who", "parts"),
    [
        ("cole", ["For you to read"]),
        ("amina", [WAITS, ELSE]),
        ("priya", ["Before my next sessions", "My training", ELSE]),
        ("mo", ["The desk now", "Who carries how much", "Next training", ELSE]),
        ("ada", ["Before a service takes reports", ELSE]),
    ],
)
def test_each_role_has_its_own_parts_and_learns_what_will_stand_there(
    enter: Enter, who: str, parts: list[str]
):
    visitor = at_home(enter, who)
    assert [one.text() for one in visitor.page.css("main h2")] == parts
    for part in visitor.page.css("main section"):
        assert part.css("p, td, a"), f"nothing is said in {part.text()}"


def test_somebody_with_every_role_finds_all_parts_clinical_ones_first(session: Session, people: People):
    everyone = join(session, "Every One", "everyone@north.example", people.north, *set(Role) - {Role.INTAKE})
    visitor = Visitor(app, cookies={"desk_log_in": token_of(session, everyone)})
    visitor.get("/home")
    found = [one.text() for one in visitor.page.css("main h2")]
    assert found[:2] == ["For you to read", WAITS]
    assert found[-2:] == ["Before a service takes reports", ELSE]
    assert len(found) == 9


def test_somebody_without_a_role_is_told_whom_to_ask(session: Session, people: People):
    session.exec(delete(Membership).where(col(Membership.user_id) == people.tom.user_id))
    visitor = Visitor(app, cookies={"desk_log_in": token_of(session, people.tom)})
    visitor.get("/home")
    assert "Ask your administrator" in visitor.text


def test_it_is_the_first_page_of_everybody(enter: Enter, people: People):
    for who in ("cole", "amina", "priya", "mo", "ada"):
        visitor = enter(who)
        visitor.get("/log-in")
        assert visitor.path == "/home"
        assert visitor.page.css(".desk-nav li a")[0].text() == "Today"


def test_a_clinician_finds_what_is_unread_first(enter: Enter, session: Session, people: People):
    for text in ("I want to die", "I cannot go on, I want to end it"):
        tell(session, text=text)
    tell(session, service="south", text="I want to die")
    read, unread = sorted(session.scalars(_handed(people.north)), key=lambda one: one.id)
    acknowledge(session, people.cole, read.id)
    session.flush()
    cole = at_home(enter, "cole")
    shown = [one.attributes["href"] for one in cole.page.css("section th > a")]
    assert shown == [f"/clinical-reviews/{unread.id}", f"/clinical-reviews/{read.id}"]
    assert "outcome not written" in cole.text
    for href in shown:
        assert cole.get(href or "").status_code == 200


def _handed(service_id: int) -> Any:
    return select(ClinicalReview).where(ClinicalReview.service_id == service_id)


def test_a_navigator_finds_their_own_tickets_in_order(enter: Enter, session: Session, people: People):
    later = give(session, people, people.amina)
    sooner = give(session, people, people.amina, next_session=TODAY + timedelta(days=3))
    give(session, people, people.tom)
    nobodys = leave(session, people)
    tell(session, service="south")
    amina = at_home(enter, "amina")
    assert under(amina, "tickets") == [sooner.number, later.number]
    assert lists(amina) == {"To answer": 3, "Sessions soon": 0, "Calls": 0, "Mine": 2, "Nobody’s": 1}
    amina.get("/desk?view=unassigned")
    assert f"DN-{nobodys.number:06d}" in amina.text


def lists(visitor: Visitor) -> dict[str, int]:
    """The lists of a navigator, and how many tickets each says that it holds."""
    names = [one.text(separator=" ").split() for one in visitor.page.css(".desk-lists a")]
    return {" ".join(name): int(count) for *name, count in names}


def test_each_list_holds_as_many_as_it_says(enter: Enter, session: Session, people: People):
    for _ in range(MAX_TICKETS + 2):
        give(session, people, people.amina)
    give(session, people, people.amina, contact=CALL_ME)
    leave(session, people, next_session=TODAY + timedelta(days=1))
    amina = at_home(enter, "amina")
    assert len(under(amina, "tickets")) == MAX_TICKETS
    links = [one.attributes["href"] or "" for one in amina.page.css(".desk-lists a")]
    for href, count in zip(links, lists(amina).values(), strict=True):
        assert amina.get(href).status_code == 200
        assert len(amina.page.css("main tbody tr, .desk-calls > li")) == count, href


def reasons(visitor: Visitor) -> dict[int, str]:
    """Why each ticket stands on the page, where that is more than when it is due."""
    return {
        int((row.css("th a")[0].attributes["href"] or "").rsplit("/", 1)[1]): why.text(strip=True)
        for row in visitor.page.css("section[aria-labelledby='tickets-heading'] tbody tr")
        for why in row.css("[data-why]")
    }


def test_each_ticket_stands_once_with_all_that_it_stands_for_the_most_urgent_first(
    enter: Enter, session: Session, people: People
):
    """14: the same ticket stood under sessions, calls and "my tickets", and no list said which came first."""
    tomorrow = TODAY + timedelta(days=1)
    quiet = give(session, people, people.amina)
    wants_call = give(session, people, people.amina, contact=CALL_ME)
    both = give(session, people, people.amina, contact=CALL_ME, next_session=tomorrow)
    nobodys = leave(session, people, next_session=TODAY + timedelta(days=2))
    late = give(session, people, people.amina)
    late.due_at = late.target_at = MOMENT - timedelta(hours=2)
    staff.note(session, people.amina, late.number, SayInput(body="looked at"))
    session.flush()
    amina = at_home(enter, "amina")
    expected = [late.number, both.number, wants_call.number, nobodys.number, quiet.number]
    assert under(amina, "tickets") == expected
    assert reasons(amina) == {
        wants_call.number: "Wants a call",
        both.number: "Session tomorrow, wants a call",
        nobodys.number: "Session on Thursday, nobody has it",
        late.number: "Not answered yet",
        quiet.number: "Not answered yet",
    }


def test_whoever_answered_stands_before_what_is_due_tomorrow(enter: Enter, session: Session, people: People):
    """14: an answer is somebody who waits; a report that nobody has answered yet waits by when it is due."""
    soon = give(session, people, people.amina, next_session=TODAY + timedelta(days=2))
    answered = give(session, people, people.amina)
    nobodys = leave(session, people)
    for number in (answered.number, nobodys.number):
        staff.reply(session, people.amina, number, SayInput(body="Which phone is it?"))
        clock.set_to(MOMENT + timedelta(minutes=12))
        answer(session, reporter(number), number, SayInput(body="An old one"))
    leave(session, people)  # nobody’s, and new: it is counted, and does not stand among what is theirs
    session.flush()
    amina = at_home(enter, "amina")
    assert under(amina, "tickets") == [answered.number, nobodys.number, soon.number]
    assert reasons(amina)[answered.number] == "They answered 10:12"
    assert reasons(amina)[nobodys.number] == "They answered 10:12, nobody has it"


def test_many_new_reports_leave_room_for_whoever_answered(enter: Enter, session: Session, people: People):
    answered = leave(session, people)
    staff.reply(session, people.amina, answered.number, SayInput(body="Which phone is it?"))
    answer(session, reporter(answered.number), answered.number, SayInput(body="An old one"))
    clock.set_to(MOMENT + timedelta(minutes=30))
    for _ in range(MAX_TICKETS):
        leave(session, people)
    session.flush()
    assert under(at_home(enter, "amina"), "tickets") == [answered.number]


@pytest.mark.parametrize(
    ("ahead", "says"),
    [
        (timedelta(hours=-1), "Call again now"),
        (timedelta(hours=4), "Call from 2pm"),
        (timedelta(hours=28), "Call tomorrow from 2pm"),
    ],
)
def test_when_to_call_again_is_said(
    enter: Enter, session: Session, people: People, ahead: timedelta, says: str
):
    ticket = give(session, people, people.amina)
    ticket.next_call_at = MOMENT + ahead
    staff.note(session, people.amina, ticket.number, SayInput(body="rang out"))
    session.flush()
    assert reasons(at_home(enter, "amina")) == {ticket.number: says}


@each_case(
    ("session_on", "is_near"),
    [
        (date(2026, 6, 9), True),  # told today: due now, and the practitioner must plan without it
        (date(2026, 6, 10), True),
        (date(2026, 6, 11), True),
        (date(2026, 6, 12), False),
        (None, False),
    ],
)
@each_case("hour", [0, 9, 23])
def test_sessions_to_be_ready_for_are_those_of_today_and_tomorrow_morning(
    enter: Enter, session: Session, people: People, session_on: date | None, is_near: bool, hour: int
):
    mine = give(session, people, people.amina, next_session=session_on)
    clock.set_to(datetime.combine(TODAY, time(hour), clock.LONDON))
    amina = at_home(enter, "amina")
    assert under(amina, "tickets") == [mine.number]
    assert ("Session" in reasons(amina).get(mine.number, "")) is is_near
    assert lists(amina)["Sessions soon"] == is_near


def test_sessions_to_be_ready_for_are_mine_and_nobodys(enter: Enter, session: Session, people: People):
    tomorrow = TODAY + timedelta(days=1)
    found = {
        give(session, people, people.amina, next_session=tomorrow).number,
        leave(session, people, next_session=tomorrow).number,
    }
    give(session, people, people.tom, next_session=tomorrow)
    tell(session, service="south", next_session=tomorrow)
    amina = at_home(enter, "amina")
    assert set(under(amina, "tickets")) == found


def test_calls_are_due_until_somebody_was_reached_and_again_when_there_is_news(
    enter: Enter, session: Session, people: People
):
    ticket = give(session, people, people.amina, contact=CALL_ME)
    give(session, people, people.tom, contact=CALL_ME)
    give(session, people, people.amina)
    give(session, people, people.amina, contact=CALL_ME | {"is_safe": False})

    def due() -> list[int]:
        return [number for number, why in reasons(at_home(enter, "amina")).items() if "call" in why]

    assert due() == [ticket.number]
    clock.set_to(MOMENT + timedelta(hours=1))
    calls.call(
        session, people.amina, ticket.number, CallInput(came=CallOutcome.SPOKE, body="Told them to try again")
    )
    session.flush()
    assert due() == []
    clock.set_to(MOMENT + timedelta(hours=2))
    staff.reply(session, people.amina, ticket.number, SayInput(body="The reset page is here"))
    session.flush()
    assert due() == [ticket.number]


def test_a_call_is_due_when_a_practitioner_cannot_be_written_to(
    enter: Enter, session: Session, people: People
):
    ticket = give(session, people, people.amina, next_session=TODAY + timedelta(days=1))
    assert reasons(at_home(enter, "amina")) == {ticket.number: "Session tomorrow"}
    clock.set_to(MOMENT + timedelta(hours=3))
    notify_missed_session(session, clock.now(), ticket.number)
    session.flush()
    assert reasons(at_home(enter, "amina")) == {
        ticket.number: "Session tomorrow: plan without it, call the practitioner"
    }
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    assert reasons(at_home(enter, "amina")) == {ticket.number: "Session tomorrow"}


def patient_of(session: Session, people: People, who: Actor, **told: Any) -> Ticket:
    ticket = tell(session, **told)
    staff.attach(session, people.mo, ticket.number, AttachInput(pwp_id=who.user_id or 0))
    session.flush()
    return ticket


def test_a_practitioner_finds_the_soonest_session_first_and_what_to_plan_for(
    enter: Enter, session: Session, people: People
):
    unknown = patient_of(session, people, people.priya)
    later = patient_of(session, people, people.priya, next_session=TODAY + timedelta(days=8))
    today = patient_of(session, people, people.priya, next_session=TODAY)
    own = tell(session, people.priya, reporter="pwp", next_session=TODAY + timedelta(days=2))
    ended = patient_of(session, people, people.priya, next_session=TODAY)
    staff.resolve(
        session, people.amina, ended.number, ResolveInput(resolution=Resolution.FIXED, body="It works.")
    )
    other = join(session, "Pat Other", "pat@north.example", people.north, Role.PWP)
    patient_of(session, people, other, next_session=TODAY)
    tell(session, practitioner="Priya Shah", next_session=TODAY)  # said by a patient, confirmed by nobody
    session.flush()
    priya = at_home(enter, "priya")
    assert under(priya, "patients") == [today.number, own.number, later.number, unknown.number]
    plans = [" ".join(one.text(separator=" ").split()) for one in priya.page.css("td[data-label='Plan for']")]
    assert plans[0].startswith("Plan without it")
    assert plans[1].startswith("We try to put it right by midday on Wednesday 10 June .")
    assert plans[3].startswith("Tell us the next session")


def test_a_session_that_is_past_is_not_the_next_one(enter: Enter, session: Session, people: People):
    past = patient_of(session, people, people.priya, next_session=TODAY)
    clock.set_to(MOMENT + timedelta(hours=48))
    ahead = patient_of(session, people, people.priya, next_session=TODAY + timedelta(days=9))
    priya = at_home(enter, "priya")
    assert under(priya, "patients") == [ahead.number, past.number]
    assert "Tell us the next session" in words(priya, "patients")
    assert "Plan without it" not in words(priya, "patients")


def test_a_practitioner_finds_where_their_training_stands(enter: Enter, session: Session, people: People):
    asked = requests.request_training(
        session, people.priya, TrainingRequestInput(service="north", topic="assign")
    )
    plan = TrainingSessionInput(
        service="north", topic="assign", title="Assigning", on=TODAY + timedelta(days=7), at=time(14),
        venue="Room 2", requests=[asked.id],
    )  # fmt: skip
    sessions.plan_session(session, people.amina, plan)
    session.flush()
    found = words(at_home(enter, "priya"), "training")
    assert "planned, Assigning, 2pm on Tuesday 16 June , Room 2" in found


def figures(visitor: Visitor) -> dict[str, tuple[int, str]]:
    """Every number of the live desk, and the address that it opens."""
    return {
        cell.attributes["data-label"] or "": (int(link.text(deep=False)), link.attributes["href"] or "")
        for cell in visitor.page.css("section[aria-labelledby='desk-heading'] tbody td")
        for link in cell.css("a")
    }


def test_a_managers_numbers_are_right_and_open_what_they_count(
    enter: Enter, session: Session, people: People
):
    give(session, people, people.amina)
    leave(session, people, next_session=TODAY + timedelta(days=1))
    leave(session, people, text="I want to die")
    parked = give(session, people, people.amina)
    staff.park(session, people.amina, parked.number, SayInput(body="The supplier has it"))
    ended = give(session, people, people.amina)
    staff.resolve(
        session, people.amina, ended.number, ResolveInput(resolution=Resolution.FIXED, body="It works.")
    )
    tell(session, category="divert.clinical", text="")  # passed on
    for _ in range(3):
        tell(session, service="south", text="I want to die", next_session=TODAY + timedelta(days=1))
    late = give(session, people, people.tom)
    late.due_at = MOMENT - timedelta(minutes=1)
    calls.call(session, people.tom, late.number, CallInput(came=CallOutcome.SPOKE, body="It rang out"))
    session.flush()
    mo = at_home(enter, "mo")
    found = figures(mo)
    assert {name: count for name, (count, _) in found.items()} == {
        "Reviews not read": 1,
        "Late": 1,
        "Nobody has it, for too long": 0,
        "Needed for a session soon": 1,
        "Nobody has it": 2,
        "To do": 5,
        "Waiting for the supplier": 1,
    }
    for name, (count, href) in found.items():
        assert mo.get(href).status_code == 200
        assert len(mo.page.css("main tbody tr")) == count, name


def test_a_manager_finds_who_carries_how_much(enter: Enter, session: Session, people: People):
    for _ in range(3):
        give(session, people, people.amina)
    waits = give(session, people, people.amina)
    staff.wait(session, people.amina, waits.number, SayInput(body="Which?"))
    membership = session.exec(_membership(people.amina)).one()
    membership.capacity = 2
    session.flush()
    mo = at_home(enter, "mo")
    rows = [" ".join(one.text(separator=" ").split()) for one in mo.page.css("tr:has(a[href*=assignee])")]
    north = "North Talking Therapies"
    assert rows == [
        f"Amina Yusuf {north} 3 of Amina Yusuf of 2 150% Too much",
        f"Tom Baker {north} 0 of Tom Baker of 20 0%",
    ]
    mo.get(mo.page.css("a[href*=assignee]")[0].attributes["href"] or "")
    assert len(mo.page.css("main tbody tr")) == 3
    assert "Tickets of one navigator" not in mo.text
    assert "New and open" in mo.text


def _membership(actor: Actor) -> Any:
    return select(Membership).where(Membership.user_id == actor.user_id)


NOBODY = "No navigator of North Talking Therapies can take new tickets"


def test_a_manager_is_told_when_nobody_can_take_a_ticket(enter: Enter, session: Session, people: People):
    assert NOBODY not in at_home(enter, "mo").text
    for one in (people.amina, people.tom):
        session.get_one(User, one.user_id).away_from_on = clock.today()
    session.flush()
    assert NOBODY in at_home(enter, "mo").text


def test_a_manager_of_two_services_finds_each(session: Session, people: People):
    both = join(session, "Bo Both", "bo@north.example", people.north, Role.MANAGER)
    session.add(Membership(user_id=both.user_id or 0, service_id=people.south, role=Role.MANAGER))
    session.flush()
    tell(session, service="south")
    visitor = Visitor(app, cookies={"desk_log_in": token_of(session, both)})
    visitor.get("/home")
    rows = visitor.page.css("section[aria-labelledby='desk-heading'] tbody tr")
    found = [row.css("th")[0].text(strip=True) for row in rows]
    assert found == ["South Talking Therapies", "North Talking Therapies"]  # what is urgent stands first
    for row, service in zip(rows, ("south", "north"), strict=True):
        assert row.css(f"a[href='/desk?service={service}']")


def test_a_manager_finds_the_next_training_session(enter: Enter, session: Session, people: People):
    assert "None is planned" in at_home(enter, "mo").text
    for days, title in ((9, "The later one"), (7, "The next one")):
        plan = TrainingSessionInput(
            service="north", topic="assign", title=title, on=TODAY + timedelta(days), at=time(14)
        )
        sessions.plan_session(session, people.amina, plan)
    session.flush()
    mo = at_home(enter, "mo")
    assert "The next one , 2pm on Tuesday 16 June" in mo.text
    assert "The later one" not in mo.text


def test_an_administrator_finds_what_their_service_lacks(enter: Enter, session: Session, people: People):
    assert "North Talking Therapies: all that is needed is there" in at_home(enter, "ada").text
    kind = col(Contact.kind) == ContactKind.DEPUTY
    session.exec(delete(Contact).where(col(Contact.service_id) == people.north, kind))
    ada, sue = at_home(enter, "ada"), at_home(enter, "sue")
    assert "North Talking Therapies takes no reports yet" in ada.text
    assert "a contact for deputy" in ada.text
    assert ada.one("main a[href='/settings']").text() == "Add what is missing"
    assert "South Talking Therapies: all that is needed is there" in sue.text
    assert "North" not in sue.text
