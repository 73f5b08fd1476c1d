"""A booking system tells of a next session: the guards of that person's open tickets move, and no others."""

from datetime import UTC, date, datetime

from navigator.people import private_links
from navigator.people.actor import reporter
from navigator.people.user import Role
from navigator.tickets.actions import next_session
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import withdraw
from navigator.tickets.inputs import MergeInput, RescheduleInput
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from web.app import app

TOLD = {"support_code": "RTT-77", "next_session": "2026-06-18"}


def test_the_guards_of_open_tickets_with_that_code_move(with_key, session, people):
    mine, closed = (tell(session, support_code="RTT-77") for _ in range(2))
    other = tell(session, support_code="RTT-78")
    withdraw(session, reporter(closed.number), closed.number)
    session.flush()
    answer = with_key(Role.INTAKE).post("/appointments", json=TOLD)
    assert (answer.status_code, answer.json()) == (200, {"tickets": 1, "cards": 0})
    session.expire_all()
    assert (mine.session_on, other.session_on, closed.session_on) == (date(2026, 6, 18), None, None)
    assert mine.session_deadline_at == datetime(2026, 6, 17, 11, tzinfo=UTC)


def test_a_key_moves_nothing_in_another_service(with_key, session, people):
    mine = tell(session, support_code="RTT-77")
    assert with_key(Role.INTAKE, "south").post("/appointments", json=TOLD).json() == {
        "tickets": 0,
        "cards": 0,
    }
    session.expire_all()
    assert mine.session_on is None


def test_only_intake_and_navigator_keys_tell_and_say_what_they_must(with_key, anybody):
    for role in (Role.CLINICIAN, Role.MANAGER, Role.PWP, Role.ADMIN):
        assert with_key(role).post("/appointments", json=TOLD).status_code == 403
    assert anybody.post("/appointments", json=TOLD).status_code == 401
    answer = with_key(Role.INTAKE).post("/appointments", json={"next_session": "2026-02-31"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"support_code", "next_session"}


def test_whoever_typed_a_code_is_not_told_that_persons_session(with_key, enter, session, people):
    """Of 11.F2's kind: staff and the guard have it; a reporter has not, until they tell it."""
    typed = tell(session, support_code="RTT-77")
    with_key(Role.INTAKE).post("/appointments", json=TOLD)
    session.expire_all()
    assert (typed.session_on, typed.session_is_by_code) == (date(2026, 6, 18), True)
    assert typed.session_deadline_at == datetime(2026, 6, 17, 11, tzinfo=UTC)
    token = private_links.mint(session, typed.number)
    session.flush()
    caller, visitor = enter(token), Visitor(app)
    assert caller.get(f"/tickets/{typed.number}").json()["session_on"] is None
    visitor.get(f"/t/{token}")
    assert "18 June" not in visitor.text
    assert "before your session" not in visitor.text
    assert with_key(Role.NAVIGATOR).get(f"/tickets/{typed.number}").json()["session_on"] == "2026-06-18"
    told = RescheduleInput(next_session=date(2026, 6, 18))
    next_session.reschedule(session, reporter(typed.number), typed.number, told)
    with_key(Role.INTAKE).post("/appointments", json=TOLD)  # the same: they know it
    assert caller.get(f"/tickets/{typed.number}").json()["session_on"] == "2026-06-18"
    visitor.get(f"/follow/{typed.number}")
    assert "before your session on Thursday 18 June" in visitor.text


def test_what_is_due_before_a_hidden_session_does_not_tell_of_it(with_key, enter, session, people):
    """The guard is midday of the working day before: from it anybody could tell the session."""
    typed = tell(session, support_code="RTT-77")
    with_key(Role.INTAKE).post("/appointments", json=TOLD | {"next_session": "2026-06-10"})
    token = private_links.mint(session, typed.number)
    session.flush()
    session.expire_all()
    assert typed.due_at == typed.session_deadline_at != typed.target_at
    caller, path = enter(token), f"/tickets/{typed.number}"
    contact = {"route": "email", "email": "pat@example.org", "is_safe": True}
    assert typed.target_at
    target = typed.target_at.isoformat().replace("+00:00", "Z")
    assert caller.get(path).json()["due_at"] == target
    assert caller.post(f"{path}/answers", json={"body": "Thank you"}).json()["due_at"] == target
    assert caller.post(f"{path}/contact", json=contact).json()["due_at"] == target
    for_staff = with_key(Role.NAVIGATOR).get(path).json()
    assert for_staff["due_at"] == for_staff["guard_at"] != target


def test_it_stays_hidden_where_the_ticket_is_merged(with_key, enter, session, people):
    """Of 11.F2's kind."""
    typed, other = tell(session, support_code="RTT-77"), tell(session)
    with_key(Role.INTAKE).post("/appointments", json=TOLD)
    merge(session, people.amina, typed.number, MergeInput(into=other.number))
    assert (other.session_on, other.session_is_by_code) == (date(2026, 6, 18), True)
