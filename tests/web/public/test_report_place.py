"""Who is not sure of their service or programme: asked on, read by somebody, and told who that is (15.2)."""

from sqlmodel import Session, select

from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.service import Service
from navigator.problems.problem import Problem
from navigator.tickets.ticket import Ticket
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import report, tell

UNSURE = {"place": {"service": "not_sure", "programme": "fern"}}


def read_by(session: Session, service_id: int) -> None:
    """This service reads for whoever is not sure of theirs."""
    session.get_one(Service, service_id).takes_unsure = True
    session.flush()


def heath(session: Session, *service_ids: int) -> Programme:
    """A programme that these services offer."""
    programme = Programme(code="heath", name="Heath")
    session.add(programme)
    session.flush()
    session.add_all(ServiceProgramme(service_id=one, programme_id=programme.id) for one in service_ids)
    session.flush()
    return programme


def only(session: Session) -> Ticket:
    session.expire_all()
    return session.exec(select(Ticket)).one()


def test_the_service_that_is_set_reads_it_and_knows(
    visitor: Visitor, session: Session, people: People, enter: Enter
):
    read_by(session, people.south)
    visitor.get("/report")
    assert "If we cannot, South Talking Therapies reads it first" in visitor.text
    tell(visitor, "check", **UNSURE)
    assert "You are not sure. South Talking Therapies reads it first." in visitor.text
    visitor.get("/report/place")
    assert visitor.one("input[name=service][checked]").attributes["value"] == "not_sure"
    visitor.get("/report/check")
    visitor.press("Confirm and send")
    assert "South Talking Therapies reads it first" in visitor.text
    ticket = only(session)
    assert (ticket.service_id, ticket.service_is_unsure) == (people.south, True)
    assert ticket.programme_id is not None


def test_staff_are_told_to_find_out(visitor: Visitor, session: Session, people: People, enter: Enter):
    read_by(session, people.north)
    report(visitor, place={"service": "not_sure", "programme": "not_sure"})
    ticket = only(session)
    assert (ticket.service_is_unsure, ticket.programme_id) == (True, None)
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}")
    assert "They are not sure of their service." in amina.text
    assert "and which programme" in amina.text


def test_a_programme_that_one_service_has_says_which(visitor: Visitor, session: Session, people: People):
    read_by(session, people.south)
    heath(session, people.north)
    report(visitor, place={"service": "not_sure", "programme": "heath"})
    assert (only(session).service_id, only(session).service_is_unsure) == (people.north, True)


def test_nobody_is_asked_to_read_who_has_not_said_so(visitor: Visitor, session: Session):
    """Words that somebody tells their service go to no other by chance."""
    visitor.get("/report")
    values = [one.attributes["value"] for one in visitor.page.css("input[name=service]")]
    assert values == ["north", "south"]
    assert "Your practitioner can tell you too." in visitor.text
    assert visitor.post("/report/place", data=UNSURE["place"]).status_code == 422
    assert visitor.problems == ["Choose your service"]


def test_who_is_not_sure_of_the_programme_goes_on(visitor: Visitor, session: Session):
    tell(visitor, "check", place={"service": "north", "programme": "not_sure"})
    assert "You are not sure" in visitor.text
    visitor.get("/report/place")
    assert visitor.one("input[name=programme][checked]").attributes["value"] == "not_sure"
    visitor.get("/report/check")
    visitor.press("Confirm and send")
    assert only(session).programme_id is None
    assert not only(session).service_is_unsure


def test_no_outage_is_said_of_a_programme_that_may_not_be_theirs(visitor: Visitor, outage: Problem):
    tell(visitor, "check", place={"service": "north", "programme": "not_sure"})
    assert "Fern is down" not in visitor.text


def test_a_deflection_without_a_programme_counts(visitor: Visitor, session: Session):
    tell(visitor, "try", place={"service": "north", "programme": "not_sure"})
    visitor.press("Yes, it works now")
    assert visitor.path == "/report/solved"


def test_a_printed_link_may_leave_the_programme_open(visitor: Visitor):
    visitor.get("/report?service=north&programme=not_sure")
    chosen = [one.attributes["value"] for one in visitor.page.css("input[checked]")]
    assert chosen == ["north", "not_sure"]
