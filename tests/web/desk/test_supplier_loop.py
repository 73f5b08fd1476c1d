"""The supplier of a problem on pages: the pack, sending it, what they said, and what stands under Today."""

from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.programme import Programme
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.jobs.registry import JOBS
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import private_links
from navigator.problems import updates
from navigator.problems.inputs import StatusInput
from navigator.problems.problem import Problem, ProblemStatus
from navigator.problems.supplier_entry import SupplierEntry
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import link_and_tell, tell
from tests.page_visitor import Visitor
from tests.people import People, administer_all
from tests.web.conftest import Enter
from tests.web.desk.test_problems import opened
from web.app import app

DAY = {"happened_on-day": "9", "happened_on-month": "6", "happened_on-year": "2026"}
PROMISED = {"due_on-day": "10", "due_on-month": "6", "due_on-year": "2026"}


@pytest.fixture
def problem(session: Session, people: People) -> Problem:
    return opened(session, people, severity=1)


@pytest.fixture
def terms(session: Session) -> SupplierTerms:
    fern = session.exec(select(Programme).where(Programme.code == "fern")).one()
    row = SupplierTerms(
        programme_id=fern.id,
        email="desk@fern.example",
        answer_to="team@north.example",
        acknowledge_days=[1, 1, 1, 1],
        owner="Mo",
        review_on=date(2027, 1, 1),
    )
    session.add(row)
    session.flush()
    return row


def test_a_problem_is_sent_what_they_say_is_kept_and_a_missed_day_stands_under_today(
    enter: Enter, session: Session, problem: Problem, terms: SupplierTerms
):
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}")
    assert f"/problems/{problem.id}/supplier" in {one.attributes["href"] for one in amina.page.css("main a")}
    amina.get(f"/problems/{problem.id}/supplier")
    assert "It goes to desk@fern.example. This is the whole mail." in amina.text
    assert "Please answer to team@north.example" in amina.text
    amina.press("Send it now")
    assert "It is on its way to the supplier." in amina.text
    assert "Waits to leave" in amina.text
    amina.press("Send it again")
    assert "Say that it is to go once more" in amina.problems[0]
    assert len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "supplier")).all()) == 1
    amina.press("Send it again", again="yes")
    assert len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "supplier")).all()) == 2
    amina.press("Save", kind="promised", **DAY)
    assert amina.problems == ["Enter the day that they promised"]
    amina.press("Save", kind="promised", body="A certificate has run out.", **DAY, **PROMISED)
    assert "They promised to put it right by Wednesday 10 June" in amina.text
    assert "A certificate has run out." in amina.text
    clock.set_to(datetime(2026, 6, 11, 9, tzinfo=UTC))
    JOBS["missed_promises"].run()
    mo = enter("mo")
    mo.get("/home")
    assert "Suppliers to chase" in mo.text
    assert (
        "Suppliers to chase The app forgets passwords They promised to put it right by Wednesday 10 June"
        in mo.text
    )
    mo.get(f"/problems/{problem.id}/supplier")
    assert "You told us that this would be put right by Wednesday 10 June." in mo.text
    mo.press("Send it again", again="yes")
    mo.get("/home")
    assert "Suppliers to chase" not in mo.text


def test_it_is_sent_once_however_often_it_is_pressed(
    enter: Enter, session: Session, problem: Problem, terms: SupplierTerms
):
    amina, mo = enter("amina"), enter("mo")
    for one in (amina, mo):
        one.get(f"/problems/{problem.id}/supplier")
    amina.press("Send it now")
    mo.press("Send it now")
    assert mo.problems == ["This problem has changed since you opened it. Nothing was saved."]
    assert len(session.exec(select(SupplierEntry)).all()) == 1


def test_where_no_address_is_set_there_is_no_button(enter: Enter, problem: Problem):
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}/supplier")
    assert "No address is set for the supplier of Fern." in amina.text
    assert "Send it now" not in amina.text


def test_another_service_reads_the_pack_and_sends_nothing(
    enter: Enter, problem: Problem, terms: SupplierTerms
):
    sam = enter("sam")
    sam.get(f"/problems/{problem.id}/supplier")
    assert "Send it now" not in sam.text
    assert sam.post(f"/problems/{problem.id}/supplier/sending").status_code == 403
    assert (
        sam.post(f"/problems/{problem.id}/supplier/answer", data={"kind": "answered"} | DAY).status_code
        == 403
    )


@pytest.mark.parametrize("kind", ["pdf", "md"])
def test_the_pack_is_a_file(enter: Enter, session: Session, people: People, problem: Problem, kind: str):
    ticket = link_and_tell(session, people.amina, tell(session, text="It spins for ever"), problem.id)
    amina = enter("amina")
    for where, name in (
        (f"/problems/{problem.id}/supplier", f"known-problem-{problem.id}"),
        (f"/tickets/{ticket.number}/supplier", "report-for-supplier"),
    ):
        answer = amina.get(f"{where}/pack.{kind}")
        assert answer.headers["content-disposition"] == f'attachment; filename="{name}.{kind}"'
        assert "private" in answer.headers["cache-control"] or "no-store" in answer.headers["cache-control"]
        assert b"spins" not in answer.content
        if kind == "md":
            assert "- **Programme:** Fern" in answer.text
    assert amina.get(f"/problems/{problem.id}/supplier/pack.exe").status_code in (404, 422)


def test_first_words_are_cleared_and_taken_back_on_their_page(
    enter: Enter, session: Session, people: People, problem: Problem
):
    ticket = link_and_tell(session, people.amina, tell(session, text="It spins, says Priya Shah"), problem.id)
    amina = enter("amina")
    amina.get(f"/tickets/{ticket.number}/supplier")
    assert "It spins, says [removed] [removed]" in amina.text
    assert "Priya" not in amina.one("main").text()
    amina.press("I have read them: nobody can be told from them")
    assert "Amina Yusuf cleared them" in amina.text
    amina.get(f"/problems/{problem.id}/supplier")
    assert "“It spins, says [removed] [removed]”" in amina.text
    amina.get(f"/tickets/{ticket.number}/supplier")
    amina.press("Take that back")
    assert "The words stay in the service." in amina.text
    for other, status in (("mo", 403), ("priya", 403), ("sam", 404)):
        assert enter(other).get(f"/tickets/{ticket.number}/supplier").status_code == status


def test_who_was_asked_to_try_again_says_whether_it_works(
    enter: Enter, session: Session, people: People, problem: Problem
):
    first, second = (link_and_tell(session, people.amina, tell(session), problem.id) for _ in range(2))
    page = follow(session, first)
    assert "It is still broken" not in page.text
    clock.set_to(datetime(2026, 6, 10, 9, tzinfo=UTC))
    told = StatusInput(status=ProblemStatus.RELEASED, body="Please update the app.")
    updates.change_status(session, people.amina, problem.id, told)
    page.get(f"/follow/{first.number}")
    assert "The company says that it is put right. Please try again." in page.text
    assert [one.text().strip() for one in page.page.css("main button")].count("It works now") == 1
    clock.set_to(datetime(2026, 6, 10, 10, tzinfo=UTC))
    page.press("It is still broken")
    assert "Thank you. We look at it again." in page.text
    assert "Please try again." not in page.one("main").text()
    other = follow(session, second)
    other.press("It works now")
    assert "Good to hear that it works" in other.text
    assert JOBS["failed_fixes"].run() == 1
    amina = enter("amina")
    amina.get(f"/problems/{problem.id}")
    assert "1 of 2 (50%) say that it works, 1 that it is still broken" in amina.text
    assert "Somebody who tried again says that it is still broken." in amina.text


def follow(session: Session, ticket: Ticket) -> Visitor:
    """The page of a reporter by their link."""
    visitor = Visitor(app)
    visitor.get(f"/t/{private_links.mint(session, ticket.number)}")
    return visitor


def test_the_terms_are_a_setting_of_the_programme(enter: Enter, session: Session, people: People):
    administer_all(session, people)
    ada = enter("ada")
    ada.get("/settings/programmes")
    assert "nothing is set, so no problem can be sent from here" in ada.text
    ada.get("/settings/supplier/fern")
    day = {"review_on-day": "1", "review_on-month": "1", "review_on-year": "2027"}
    ada.press("Look at the change", acknowledge_days="1, 2", owner="Mo", **day)
    assert "Write four numbers" in ada.problems[0]
    ada.press(
        "Look at the change", acknowledge_days="1, 2, 5, -", email="desk@fern.example", owner="Mo", **day
    )
    ada.press("Save this change")
    row = session.exec(select(SupplierTerms)).one()
    assert (row.acknowledge_days, row.answer_days, row.email) == ([1, 2, 5, None], [], "desk@fern.example")
    ada.get("/settings/supplier/fern")
    assert ada.one("#acknowledge_days").attributes["value"] == "1, 2, 5, -"
