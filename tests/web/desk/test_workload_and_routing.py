"""Routing as people see and steer it: rules, days away, shares of work, and what nobody took."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.bulk.tables import BulkItem
from navigator.catalogue.contact import Contact
from navigator.catalogue.routing_rule import RoutingRule
from navigator.people import absence
from navigator.people.absence import Absence
from navigator.people.audit_log import AuditEntry
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff
from navigator.tickets.inputs import AssignInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People, join, token_of
from tests.web.conftest import Enter


def add_rule(visitor: Visitor, **typed: str | list[str]) -> None:
    visitor.get("/settings/rule/north/new")
    visitor.press("Look at the change", **{"title": "Passwords", "position": "1"} | typed)
    visitor.press("Save this change")


def why(visitor: Visitor, ticket: Ticket) -> str:
    visitor.get(f"/tickets/{ticket.number}")
    (found,) = [one for one in visitor.page.css("details") if one.text(strip=True).startswith("Why ")]
    return " ".join(found.text(separator=" ").split())


def until(day: int) -> dict[str, str]:
    return {"away_until_on-day": str(day), "away_until_on-month": "6", "away_until_on-year": "2026"}


def test_a_rule_is_looked_at_saved_told_and_taken_back(enter: Enter, session: Session, people: People):
    ada, amina = enter("ada"), enter("amina")
    add_rule(ada, category="access", people=["tom@north.example"])
    assert ada.path == "/settings/services/north"
    assert "1. Passwords All of “Getting in” Tom Baker" in ada.text
    told = why(amina, tell(session))
    assert "The rule “Passwords” says who gets such tickets" in told
    assert told.startswith("Why Tom Baker has it")
    change = session.exec(select(AuditEntry)).one()
    ada.get(f"/settings/changes/{change.id}")
    assert "tom@north.example" in ada.text
    ada.press("Take this change back")
    assert session.exec(select(RoutingRule)).all() == []


def test_a_rule_is_changed_and_taken_away(enter: Enter, session: Session, people: People):
    ada = enter("ada")
    add_rule(ada, people=["tom@north.example"])
    ada.get("/settings/rule/north/passwords")
    shown = [one.attributes["value"] for one in ada.page.css("main [name=people][checked]")]
    assert shown == ["tom@north.example"]
    ada.press("Look at the change", people=["amina@north.example"], language="Urdu")
    ada.press("Save this change")
    assert "1. Passwords Urdu Amina Yusuf" in ada.text
    ada.get("/settings/rule/north/passwords")
    ada.press("Take this rule away")
    ada.press("Save this change")
    assert "Passwords" not in ada.text


@pytest.mark.parametrize(
    "typed",
    [
        {"people": []},
        {"people": ["tom@north.example"], "contact": "deputy"},
        {"title": "", "people": ["tom@north.example"]},
        {"position": "first", "people": ["tom@north.example"]},
    ],
)
def test_a_rule_that_cannot_be_meant_is_not_kept(
    enter: Enter, session: Session, people: People, typed: dict[str, str | list[str]]
):
    ada = enter("ada")
    ada.get("/settings/rule/north/new")
    ada.press("Look at the change", **{"title": "Passwords", "position": "1"} | typed)
    assert len(ada.problems) == 1
    assert session.exec(select(RoutingRule)).all() == []


def test_whom_to_turn_to_stands_on_the_ticket_and_not_on_the_reporters_page(
    enter: Enter, session: Session, people: People
):
    session.add(Contact(service_id=people.north, kind="booking", role_name="App team", phone="01632 960 001"))
    session.flush()
    add_rule(enter("ada"), contact="booking")
    amina, priya = enter("amina"), enter("priya")
    ticket = tell(session, people.priya, reporter="pwp")
    told = why(amina, ticket)
    assert told.startswith("Why nobody has it")
    assert "names “App team” for such tickets" in told
    assert "Turn to App team, 01632 960 001" in amina.text
    priya.get(f"/tickets/{ticket.number}")
    assert "This goes to" not in priya.text
    amina.press("Take it")
    assert why(amina, ticket).startswith("Why Amina Yusuf has it Amina Yusuf took it")
    assert "Turn to App team" in amina.text


def test_who_covers_is_told_why(enter: Enter, session: Session, people: People):
    add_rule(enter("ada"), people=["tom@north.example"])
    days = Absence(away_from_on=clock.today(), cover_id=people.amina.user_id)
    absence.set_absence(session, people.tom, people.tom.user_id or 0, days)
    session.flush()
    assert "Amina Yusuf covers for Tom Baker, who is away." in why(enter("amina"), tell(session))


def test_a_rule_whose_people_are_away_is_told_as_passed_over(enter: Enter, session: Session, people: People):
    add_rule(enter("ada"), people=["tom@north.example"])
    absence.set_absence(session, people.tom, people.tom.user_id or 0, Absence(away_from_on=clock.today()))
    session.flush()
    told = why(enter("amina"), tell(session))
    assert "The rule “Passwords” is for such tickets, but nobody whom it names could take it." in told


def test_days_away_and_cover_are_told_and_over_by_themselves(enter: Enter, session: Session, people: People):
    tom = enter("tom")
    tom.get("/account")
    tom.press(
        "I am away", **{"away_until_on-day": "12", "away_until_on-month": "6", "away_until_on-year": "2026"}
    )
    assert "You are away until the end of Friday 12 June." in tom.text
    tom.press("Save these days", cover_id=str(people.amina.user_id), **{"away_until_on-day": "11"})
    assert "Amina Yusuf gets those that a rule would give you." in tom.text
    clock.set_to(clock.now() + timedelta(days=3))
    session.expire_all()
    tom.cookies.set("desk_log_in", token_of(session, people.tom))
    tom.get("/account")
    assert "You are here" in tom.text


def test_days_that_cannot_be_meant_are_shown_again(enter: Enter, session: Session, people: People):
    tom = enter("tom")
    tom.get("/account")
    tom.press(
        "I am away", **{"away_until_on-day": "1", "away_until_on-month": "6", "away_until_on-year": "2026"}
    )
    assert tom.problems == ["The last day away must be today or later, and not before the first"]
    assert tom.one("#away_until_on").attributes["value"] == "1"
    assert session.get_one(User, people.tom.user_id).away_from_on is None


def test_open_tickets_are_given_to_who_covers_after_a_look_at_the_list(
    enter: Enter, session: Session, people: People
):
    ticket, ended = tell(session), tell(session)
    for one in (ticket, ended):
        staff.assign(session, people.mo, one.number, AssignInput(assignee_id=people.tom.user_id))
    days = Absence(away_from_on=clock.today() + timedelta(days=1), cover_id=people.amina.user_id)
    absence.set_absence(session, people.tom, people.tom.user_id or 0, days)
    session.flush()
    tom = enter("tom")
    tom.get("/account")
    tom.press("Give my open tickets to Amina Yusuf")
    assert "Check the list before you start" in tom.text
    tom.press("Assign 2 tickets")
    items = session.exec(select(BulkItem.ticket_number).order_by(col(BulkItem.ticket_number))).all()
    assert items == [ticket.number, ended.number]


def test_an_administrator_says_who_is_away_and_it_is_written_down(
    enter: Enter, session: Session, people: People
):
    ada = enter("ada")
    ada.get(f"/people/{people.tom.user_id}/away")
    ada.press("Save", cover_id=str(people.amina.user_id))
    assert session.get_one(User, people.tom.user_id).is_away
    assert "Away" in ada.text
    ada.get(f"/people/{people.tom.user_id}/away")
    assert "They are away. New tickets go to others" in ada.text
    ada.press("They are back")
    session.expire_all()
    assert not session.get_one(User, people.tom.user_id).is_away
    titles = [one.title for one in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]
    assert titles == ["Away: Tom Baker (from Tuesday 9 June)", "Back: Tom Baker"]
    assert ada.get(f"/people/{people.sam.user_id}/away").status_code == 404
    assert ada.post(f"/people/{people.sam.user_id}/back").status_code == 404


def test_hours_a_week_give_a_share_of_the_capacity(enter: Enter, session: Session, people: People):
    ada = enter("ada")
    ada.get(f"/people/{people.tom.user_id}/places/{people.north}")
    ada.press("Save", hours="15")
    (row,) = [row for row in ada.page.css("tbody tr") if "Tom Baker" in row.text()]
    assert "8 15 hours a week" in " ".join(row.text(separator=" ").split())
    ada.get(f"/people/{people.tom.user_id}/places/{people.north}")
    ada.press("Save", hours="none")
    assert ada.problems == ["Hours a week must be a number"]


@pytest.fixture
def uneven(session: Session, people: People) -> list[Ticket]:
    """Six tickets of yesterday, all with Amina; Tom could carry as many."""
    for place in session.exec(select(Membership).where(Membership.role == Role.NAVIGATOR)):
        place.capacity = 10
    tickets = [tell(session) for _ in range(6)]
    for one in tickets:
        staff.assign(session, people.mo, one.number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    clock.set_to(clock.now() + timedelta(days=1))
    return tickets


def test_work_is_shared_out_after_a_look_and_what_changed_is_said(
    enter: Enter, session: Session, people: People, uneven: list[Ticket]
):
    mo = enter("mo")
    mo.get("/home")
    mo.get(mo.one("a[href='/desk/shares/north']").attributes["href"] or "")
    assert "Amina Yusuf 6 of 10, 60% 4 of 10, 40%" in mo.text
    assert "2 tickets would move" in mo.text
    first, second = (one.attributes["value"] or "" for one in mo.page.css("[name$='.number']"))
    staff.verify(session, people.amina, int(second))
    session.flush()
    mo.press("Move 2 tickets")
    banner = mo.one("#flash-title + *, .nhsuk-notification-banner__content").text(strip=True)
    assert banner.startswith("1 ticket moved. Left where they are")
    session.expire_all()
    assert session.get_one(Ticket, int(first)).assignee_id == people.tom.user_id
    assert session.get_one(Ticket, int(second)).assignee_id == people.amina.user_id
    told = why(enter("tom"), session.get_one(Ticket, int(first)))
    assert "Mo Ali shared the work out again" in told
    assert "Amina Yusuf had more than their share" in told


def test_the_tickets_of_whoever_is_away_are_offered_to_who_covers(
    enter: Enter, session: Session, people: People, uneven: list[Ticket]
):
    days = Absence(away_from_on=clock.today(), cover_id=people.tom.user_id)
    absence.set_absence(session, people.amina, people.amina.user_id or 0, days)
    session.flush()
    mo = enter("mo")
    mo.get("/desk/shares/north")
    assert "Amina Yusuf is away and has 6 tickets that have not ended" in mo.text
    assert "Nothing needs to move" in mo.text
    mo.press("Give them to Tom Baker")
    assert "6 tickets" in mo.text


@pytest.mark.parametrize(("who", "status"), [("sam", 404), ("priya", 403), ("ada", 403), ("cole", 403)])
def test_only_who_may_assign_there_shares_work_out(
    enter: Enter, people: People, uneven: list[Ticket], who: str, status: int
):
    assert enter(who).get("/desk/shares/north").status_code == status
    assert enter(who).post("/desk/shares/north", data={"moves.0.number": "1"}).status_code in (status, 422)


def test_what_nobody_took_stands_under_today(enter: Enter, session: Session, people: People):
    join(session, "Nat", "nat@north.example", people.north, Role.NAVIGATOR)
    ticket = tell(session)
    staff.assign(session, people.mo, ticket.number, AssignInput())
    session.flush()
    amina, mo = enter("amina"), enter("mo")
    amina.get("/home")
    assert "Nobody has a ticket" not in amina.text
    clock.set_to(clock.now() + timedelta(minutes=61))
    for one in (amina, mo):
        one.cookies.set("desk_log_in", token_of(session, people.amina if one is amina else people.mo))
        one.get("/home")
        assert "1 ticket that nobody took in the time that your service sets." in one.text
    amina.get("/desk?view=unclaimed")
    assert "Nobody has had it for too long" in amina.text
    assert len(amina.page.css("tbody tr")) == 1
