"""A report of two problems: its reporter is asked about the other one, and need not say all again (12.7)."""

from sqlmodel import Session, col, select

from navigator import clock
from navigator.people.reporter import Reporter
from navigator.tickets.reports.drafts import CONFIRMATION_LASTS
from navigator.tickets.ticket import Ticket
from tests.page_visitor import Visitor
from tests.web.report_journey import report, tell
from web.app import app

TWO = {
    "text": "I forgot my password and cannot get in. I also get far too many reminders, six a day.",
    "common": "access.forgotten_password",
}
ASK = "Tell us about the other one"
PLAIN = {"text": "I forgot my password and cannot get in. I have tried it four times today."}


def test_the_other_problem_is_told_without_saying_all_again(visitor: Visitor, session: Session):
    first = report(visitor, words=TWO)
    visitor.press(ASK)
    assert visitor.path == "/report/words"
    tell(visitor, "check", words={"text": "Six reminders a day", "common": "notify.too_many"})
    assert "pat@post.example" in visitor.text
    visitor.press("Confirm and send")
    tickets = session.exec(select(Ticket).order_by(col(Ticket.number))).all()
    assert [ticket.category for ticket in tickets] == ["access.forgotten_password", "notify.too_many"]
    one, other = (session.get_one(Reporter, ticket.reporter_id) for ticket in tickets)
    kept = ("contact_method", "email", "phone", "is_safe_to_contact", "needs", "language", "found_by")
    assert [getattr(one, name) for name in kept] == [getattr(other, name) for name in kept]
    assert tickets[0].service_id == tickets[1].service_id
    assert tickets[0].programme_id == tickets[1].programme_id
    assert Visitor(app).get(first).status_code == 200  # the link to the first still opens it


def test_it_is_not_asked_of_one_problem(visitor: Visitor):
    report(visitor, words=PLAIN)
    assert ASK not in visitor.text


def test_it_is_not_asked_beside_what_to_do_now(visitor: Visitor):
    """Who is in danger is asked nothing more about the programme."""
    report(visitor, words=TWO, reach={"needs": "I want to end my life"})
    assert "Thank you for telling us" in visitor.text
    assert ASK not in visitor.text


def test_how_to_reach_somebody_is_asked_again_where_it_was_not_safe(visitor: Visitor, session: Session):
    report(visitor, words=TWO, reach={"safe": "no"})
    visitor.press(ASK)
    tell(visitor, "reach", words=PLAIN)
    assert "pat@post.example" not in visitor.text


def test_whoever_comes_later_gets_nothing_of_it(visitor: Visitor, session: Session):
    report(visitor, words=TWO)
    clock.set_to(clock.now() + CONFIRMATION_LASTS)
    visitor.press(ASK)
    assert "This page is closed" in visitor.text
    assert "pat@post.example" not in visitor.text
    stranger = Visitor(app)
    assert stranger.post("/report/other").status_code == 200
    assert "This page is closed" in stranger.text
