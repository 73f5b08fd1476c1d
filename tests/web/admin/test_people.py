"""An administrator's pages: who is invited, what they are, and how they leave."""

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import absence, login
from navigator.people.absence import Absence
from navigator.people.user import Membership, Role, User
from navigator.tickets.actions import staff
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.page_visitor import Visitor
from tests.people import People, actor_of, join, token_of
from web.app import app


@pytest.fixture
def visitor(session: Session, people: People) -> Visitor:
    """Ada, logged in."""
    visitor = Visitor(app)
    visitor.cookies.set("desk_log_in", token_of(session, people.ada))
    return visitor


def rows(visitor: Visitor) -> dict[str, str]:
    return {
        (row.css_first("th") or row).text(strip=True): " ".join(row.text(separator=" ").split())
        for row in visitor.page.css("tbody tr")
    }


def test_everybody_of_the_own_services_is_shown_and_nobody_else(visitor: Visitor):
    visitor.get("/people")
    assert set(rows(visitor)) == {"Ada Byrne", "Amina Yusuf", "Dr Cole", "Mo Ali", "Priya Shah", "Tom Baker"}
    assert "Digital navigator" in rows(visitor)["Tom Baker"]
    assert "South" not in visitor.text


def test_somebody_is_invited_by_letter(visitor: Visitor, session: Session, people: People):
    visitor.get("/people/invite")
    visitor.press(
        "Invite",
        name="Noor Ahmed",
        email="Noor@North.example",
        roles=["navigator", "pwp"],
        capacity="5",
        languages="Urdu, Polish",
    )
    assert visitor.path == "/people"
    assert "Not yet: invited" in rows(visitor)["Noor Ahmed"]
    noor = session.exec(select(User).where(User.email == "noor@north.example")).one()
    places = session.exec(select(Membership).where(Membership.user_id == noor.id)).all()
    assert {(one.role, one.capacity, *one.languages) for one in places} == {
        ("navigator", 5, "Urdu", "Polish"),
        ("pwp", 5, "Urdu", "Polish"),
    }
    letter = session.exec(select(OutboxMessage)).one()
    assert (letter.template, letter.recipient_id) == ("invite", noor.id)
    assert "/password/" not in str(letter.model_dump())


def test_what_was_typed_is_kept_with_what_is_wrong(visitor: Visitor, session: Session):
    visitor.get("/people/invite")
    visitor.press("Invite", name="Noor", email="noor", capacity="many")
    assert visitor.problems == [
        "Enter an email address in the correct format, like name@example.com",
        "Choose a role",
        "How many tickets at a time must be a whole number",
    ]
    assert [one.attributes["value"] for one in visitor.page.css("#name, #email")] == ["Noor", "noor"]
    assert not session.exec(select(OutboxMessage)).all()


def test_who_has_a_password_gets_no_link(visitor: Visitor, session: Session, people: People):
    visitor.get("/people/invite")
    visitor.press("Invite", name="Sam", email="sam@south.example", roles=["navigator"])
    assert "Sam Stranger" in rows(visitor)
    assert "No email goes to them" in visitor.text
    assert not session.exec(select(OutboxMessage)).all()


def test_who_is_invited_twice_is_said_to_be_known_already(visitor: Visitor):
    """It said “Invited” as to somebody new, while the second roles took the place of the first."""
    for role in ("navigator", "manager"):
        visitor.get("/people/invite")
        visitor.press("Invite", name="Noor Ahmed", email="noor@north.example", roles=[role])
    assert "They are known here already. What they do here is now as you ticked it" in visitor.text


def test_an_administrator_of_two_services_says_which(visitor: Visitor, session: Session, people: People):
    session.add(Membership(user_id=people.ada.user_id or 0, service_id=people.south, role=Role.ADMIN))
    session.flush()
    visitor.get("/people/invite")
    visitor.press("Invite", service_id=str(people.south), name="Noor", email="n@x.example", roles=["pwp"])
    noor = session.exec(select(User.id).where(User.name == "Noor")).one()
    assert actor_of(session, noor).roles == {people.south: {Role.PWP}}


def test_roles_are_shown_and_changed(visitor: Visitor, session: Session, people: People):
    visitor.get(f"/people/{people.tom.user_id}/places/{people.north}")
    assert [one.attributes["value"] for one in visitor.page.css("main [checked]")] == ["navigator"]
    visitor.press("Save", roles=["manager", "navigator"], capacity="7", programmes=["fern"], languages="Urdu")
    assert visitor.path == "/people"
    assert "Digital navigator, Manager" in rows(visitor)["Tom Baker"]
    visitor.get(f"/people/{people.tom.user_id}/places/{people.north}")
    shown = {one.attributes["name"]: one.attributes["value"] for one in visitor.page.css("main .nhsuk-input")}
    assert shown == {"capacity": "7", "hours": "", "languages": "Urdu"}
    assert "fern" in [one.attributes["value"] for one in visitor.page.css("main [checked]")]


def test_somebody_needs_a_role(visitor: Visitor, people: People):
    at = f"/people/{people.tom.user_id}/places/{people.north}"
    assert visitor.post(at, data={"capacity": "3"}).status_code == 422
    assert visitor.problems == ["Choose a role"]


def test_a_name_is_corrected(visitor: Visitor, people: People):
    visitor.get(f"/people/{people.tom.user_id}/details")
    visitor.press("Save", name="Tom Miller", email="sam@south.example")
    assert visitor.problems == ["Somebody else has this email address"]
    visitor.press("Save", email="tom.miller@north.example")
    assert "tom.miller@north.example" in rows(visitor)["Tom Miller"]


@pytest.mark.parametrize("path", ["places/{south}", "places/{north}", "details", "leave"])
def test_nobody_of_another_service_is_there(visitor: Visitor, session: Session, people: People, path: str):
    at = f"/people/{people.sam.user_id}/{path.format(north=people.north, south=people.south)}"
    assert visitor.get(at).status_code in (403, 404)
    assert visitor.post(at, data={"roles": ["admin"], "name": "X", "email": "x@y.example"}).status_code in (
        403,
        404,
    )
    sam = people.sam.user_id or 0
    assert actor_of(session, sam).roles == {people.south: {Role.NAVIGATOR}}


def test_leaving_is_explained_and_then_done(visitor: Visitor, session: Session, people: People):
    tom = people.tom.user_id or 0
    token, number = token_of(session, people.tom), ticket_of_tom(session, people)
    visitor.get(f"/people/{tom}/leave")
    assert "Their open tickets there go to other navigators" in visitor.text
    assert session.get_one(User, tom).is_active
    visitor.press("Yes, Tom Baker leaves")
    assert visitor.path == "/people"
    assert "Tom Baker" not in rows(visitor)
    session.expire_all()
    assert session.get_one(Ticket, number).assignee_id == people.amina.user_id
    assert login.whoami(session, token) is None


def test_who_is_no_navigator_any_more_hands_on_their_tickets(
    visitor: Visitor, session: Session, people: People
):
    number = ticket_of_tom(session, people)
    visitor.get(f"/people/{people.tom.user_id}/places/{people.north}")
    visitor.press("Save", capacity="3")
    session.expire_all()
    assert session.get_one(Ticket, number).assignee_id == people.tom.user_id
    visitor.get(f"/people/{people.tom.user_id}/places/{people.north}")
    visitor.press("Save", roles=["manager"])
    session.expire_all()
    assert session.get_one(Ticket, number).assignee_id == people.amina.user_id


def ticket_of_tom(session: Session, people: People) -> int:
    amina = people.amina.user_id or 0
    absence.set_absence(session, people.amina, amina, Absence(away_from_on=clock.today()))
    told = ReportInput(service="north", programme="fern", text="I cannot log in")
    ticket = staff.report(session, people.priya, told).ticket
    absence.end_absence(session, people.amina, amina)
    session.flush()
    assert ticket.assignee_id == people.tom.user_id
    return ticket.number


LAST = (
    "Dr Cole is the last clinician of North Talking Therapies who can log in. "
    "Without one, North Talking Therapies takes no reports."
)


def test_the_last_clinician_is_named_before_they_leave(visitor: Visitor, people: People):
    """11.D7: reports stopped at once, without a warning."""
    visitor.get(f"/people/{people.cole.user_id}/leave")
    assert LAST in visitor.text
    visitor.press("Yes, Dr Cole leaves")
    assert visitor.problems == [f"{LAST} Name somebody else first, or confirm that reports stop."]
    visitor.press("Yes, Dr Cole leaves", confirm_last="yes")
    assert visitor.path == "/people"
    assert "Dr Cole" not in visitor.text


def test_the_last_clinician_is_named_before_another_role_is_given(visitor: Visitor, people: People):
    """11.D7: an invitation to another role does the same."""
    visitor.get(f"/people/{people.cole.user_id}/places/{people.north}")
    assert LAST in visitor.text
    visitor.press("Save", roles="manager")
    assert visitor.problems == [f"{LAST} Name somebody else first, or confirm that reports stop."]
    visitor.press("Save", roles="manager", confirm_last="yes")
    assert visitor.path == "/people"
    visitor.get(f"/people/{people.tom.user_id}/leave")
    assert "is the last" not in visitor.text
    visitor.press("Yes, Tom Baker leaves")
    visitor.get("/people/invite")
    told = {"name": "Amina", "email": "amina@north.example", "roles": "pwp", "service_id": str(people.north)}
    visitor.press("Invite", **told)
    assert "Amina Yusuf is the last navigator of North" in visitor.problems[0]
    visitor.press("Invite", **told, confirm_last="yes")
    assert visitor.path == "/people"


def test_the_last_administrator_cannot_leave(visitor: Visitor, session: Session, people: People):
    visitor.get(f"/people/{people.ada.user_id}/leave")
    visitor.press("Yes, Ada Byrne leaves")
    assert visitor.problems == [
        "Every service needs an administrator who can log in. Name another one first."
    ]
    visitor.get(f"/people/{people.ada.user_id}/places/{people.north}")
    visitor.press("Save", roles=["manager"])
    assert visitor.problems == [
        "Every service needs an administrator who can log in. Name another one first."
    ]
    join(session, "Second", "second@north.example", people.north, Role.ADMIN)
    visitor.press("Save", roles=["manager"])
    assert visitor.get("/people").status_code == 403


@pytest.mark.parametrize("who", ["amina", "priya", "cole", "mo"])
def test_these_pages_are_for_administrators(visitor: Visitor, session: Session, people: People, who: str):
    visitor.cookies.set("desk_log_in", token_of(session, getattr(people, who)))
    for path in (
        "",
        "/invite",
        f"/{people.tom.user_id}/places/{people.north}",
        f"/{people.tom.user_id}/leave",
    ):
        assert visitor.get(f"/people{path}").status_code == 403
        assert visitor.post(f"/people{path or '/invite'}").status_code == 403
    assert [one.text() for one in visitor.page.css("nav a[href='/people']")] == []


def test_what_is_done_to_people_is_written_down(visitor: Visitor, session: Session, people: People):
    visitor.get("/people/invite")
    visitor.press("Invite", name="Noor Ahmed", email="noor@north.example", roles=["pwp"])
    noor = session.exec(select(User.id).where(User.name == "Noor Ahmed")).one()
    visitor.get(f"/people/{noor}/places/{people.north}")
    visitor.press("Save", roles=["navigator"])
    visitor.get(f"/people/{noor}/leave")
    visitor.press("Yes, Noor Ahmed leaves")
    visitor.get("/settings/changes")
    said = [row.text(strip=True) for row in visitor.page.css("tbody th")]
    assert said == [
        "Left: Noor Ahmed",
        "Roles: Noor Ahmed (Digital navigator)",
        "Invited: Noor Ahmed (Practitioner (PWP))",
    ]
