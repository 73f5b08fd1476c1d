"""A booking system tells of a next session: the guards of that person's open tickets move, and no others."""

from datetime import UTC, date, datetime

from navigator.people.actor import reporter
from navigator.people.user import Role
from navigator.tickets.actions.reporter import withdraw
from tests.navigator.tickets.report_factory import tell

TOLD = {"support_code": "RTT-77", "next_session": "2026-06-18"}


def test_the_guards_of_open_tickets_with_that_code_move(with_key, session, people):
    mine, closed = (tell(session, support_code="RTT-77") for _ in range(2))
    other = tell(session, support_code="RTT-78")
    withdraw(session, reporter(closed.number), closed.number)
    session.flush()
    answer = with_key(Role.INTAKE).post("/appointments", json=TOLD)
    assert (answer.status_code, answer.json()) == (200, {"tickets": 1})
    session.expire_all()
    assert (mine.session_on, other.session_on, closed.session_on) == (date(2026, 6, 18), None, None)
    assert mine.session_deadline_at == datetime(2026, 6, 17, 11, tzinfo=UTC)


def test_a_key_moves_nothing_in_another_service(with_key, session, people):
    mine = tell(session, support_code="RTT-77")
    assert with_key(Role.INTAKE, "south").post("/appointments", json=TOLD).json() == {"tickets": 0}
    session.expire_all()
    assert mine.session_on is None


def test_only_intake_and_navigator_keys_tell_and_say_what_they_must(with_key, anybody):
    for role in (Role.CLINICIAN, Role.MANAGER, Role.PWP, Role.ADMIN):
        assert with_key(role).post("/appointments", json=TOLD).status_code == 403
    assert anybody.post("/appointments", json=TOLD).status_code == 401
    answer = with_key(Role.INTAKE).post("/appointments", json={"next_session": "2026-02-31"})
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {"support_code", "next_session"}
