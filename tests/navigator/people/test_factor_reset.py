"""A second step is reset by two administrators, neither of them the person; or by who holds the server."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select
from typer.testing import CliRunner

from navigator import clock
from navigator.cli import app
from navigator.errors import Conflict, Forbidden, NotFound
from navigator.outbox import factor_changes
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import factor_reset, login, recovery_codes, second_factor
from navigator.people.actor import SYSTEM, Actor
from navigator.people.audit_log import AuditEntry
from navigator.people.factor_reset import ResetInput
from navigator.people.factor_tables import Totp
from navigator.people.user import Role
from tests.people import People, join, token_of

WHY = ResetInput(reason="She phoned from the number that we know")


@pytest.fixture
def eve(session: Session, people: People) -> Actor:
    """A second administrator of North."""
    return join(session, "Eve Adams", "eve@north.example", people.north, Role.ADMIN)


@pytest.fixture
def tom(session: Session, people: People) -> int:
    """Tom, who has an app and codes, and lost his phone."""
    tom = people.tom.user_id or 0
    session.add(Totp(user_id=tom, sealed_secret="sealed"))
    recovery_codes.make(session, tom)
    session.flush()
    return tom


def waiting(session: Session, actor: Actor, user_id: int) -> int:
    reset = factor_reset.open_reset(session, actor, user_id)
    assert reset
    return reset.id


def told(session: Session) -> list[tuple[str, int, str]]:
    rows = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))
    return [(row.template, row.recipient_id, str(row.context.get("what", ""))) for row in rows]


def test_one_asks_another_confirms_and_the_person_is_told_twice(
    session: Session, people: People, eve: Actor, tom: int
):
    open_log_in = token_of(session, people.tom)
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    assert second_factor.factors_of(session, tom).is_set_up
    factor_changes.confirm_reset(session, eve, tom, waiting(session, eve, tom))
    assert second_factor.factors_of(session, tom) == second_factor.Factors(None, [], 0)
    assert login.whoami(session, open_log_in) is None
    assert told(session) == [
        ("log_in_changed", tom, "reset_asked"),
        ("reset_waits", eve.user_id, ""),
        ("log_in_changed", tom, "reset_done"),
    ]
    said = [
        (row.actor_name, row.act, row.title)
        for row in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))
    ]
    assert said == [
        ("Ada Byrne", "factor", f"Reset of the second step, asked for ({WHY.reason}): Tom Baker"),
        ("Tom Baker", "logged_out", "Their second step was reset"),
        ("Eve Adams", "factor", "Reset of the second step, confirmed: Tom Baker"),
    ]


def test_whoever_asked_does_not_confirm_from_another_browser_either(
    session: Session, people: People, eve: Actor, tom: int
):
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    again = login.actor_of(session, people.ada.user_id or 0)
    assert again
    with pytest.raises(Forbidden, match="Another administrator"):
        factor_changes.confirm_reset(session, again, tom, waiting(session, eve, tom))
    with pytest.raises(Conflict, match="already"):
        factor_changes.ask_reset(session, eve, tom, WHY)
    assert second_factor.factors_of(session, tom).is_set_up


def test_nobody_asks_for_or_confirms_their_own(session: Session, people: People, eve: Actor):
    ada = people.ada.user_id or 0
    session.add(Totp(user_id=ada, sealed_secret="sealed"))
    session.flush()
    with pytest.raises(Forbidden, match="their own"):
        factor_changes.ask_reset(session, people.ada, ada, WHY)
    factor_changes.ask_reset(session, eve, ada, WHY)
    with pytest.raises(Forbidden, match="their own"):
        factor_changes.confirm_reset(session, people.ada, ada, waiting(session, people.ada, ada))


@pytest.mark.parametrize("who", ["amina", "mo", "sue"])
def test_only_administrators_of_theirs_have_a_part_in_it(
    session: Session, people: People, eve: Actor, tom: int, who: str
):
    stranger: Actor = getattr(people, who)
    with pytest.raises(NotFound):
        factor_changes.ask_reset(session, stranger, tom, WHY)
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    reset_id = waiting(session, eve, tom)
    with pytest.raises(NotFound):
        factor_changes.confirm_reset(session, stranger, tom, reset_id)
    with pytest.raises(NotFound):
        factor_reset.withdraw(session, stranger, tom, reset_id)
    with pytest.raises(Forbidden):
        factor_changes.ask_reset(session, SYSTEM, tom, WHY)


def test_the_person_stops_it_and_a_stopped_or_late_one_is_not_confirmed(
    session: Session, people: People, eve: Actor, tom: int
):
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    stopped = waiting(session, eve, tom)
    factor_reset.withdraw(session, people.tom, tom, stopped)
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    late = waiting(session, eve, tom)
    clock.set_to(clock.now() + timedelta(days=3))
    for reset_id in (stopped, late):
        with pytest.raises(NotFound):
            factor_changes.confirm_reset(session, eve, tom, reset_id)
    factor_changes.ask_reset(session, eve, tom, WHY)  # the late one is in nobody's way
    assert waiting(session, people.ada, tom) not in (stopped, late)


def test_a_reset_that_was_opened_before_another_was_asked_for_does_nothing(
    session: Session, people: People, eve: Actor, tom: int
):
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    seen = waiting(session, eve, tom)
    factor_reset.withdraw(session, eve, tom, seen)
    factor_changes.ask_reset(session, people.ada, tom, WHY)
    with pytest.raises(NotFound):
        factor_changes.confirm_reset(session, eve, tom, seen)


def test_there_is_nothing_to_reset(session: Session, people: People):
    with pytest.raises(Conflict):
        factor_changes.ask_reset(session, people.ada, people.tom.user_id or 0, WHY)


def test_whoever_holds_the_server_breaks_the_glass_and_that_is_written_down(session: Session, tom: int):
    done = CliRunner().invoke(app, ["user", "reset-second-step", "TOM@north.example"])
    assert done.exit_code == 0, done.output
    session.expire_all()
    assert not second_factor.factors_of(session, tom).is_set_up
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.actor_name, entry.title) == (
        "Navigator Desk",
        "Reset of the second step, by the command line: Tom Baker",
    )
    assert told(session) == [("log_in_changed", tom, "reset_done")]
    assert CliRunner().invoke(app, ["user", "reset-second-step", "nobody@north.example"]).exit_code != 0
