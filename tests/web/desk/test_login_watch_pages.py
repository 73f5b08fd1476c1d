"""The log-in watch on pages: written down by an administrator, decided by a navigator, no secret shown."""

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.login_watch import watch
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchSecret, WatchStatus
from navigator.people.audit_log import AuditEntry
from navigator.problems.problem import Problem, ProblemStatus
from navigator.tickets.kept_forms import KeptForm
from navigator.tickets.ticket import Status, Ticket
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app

RECIPE = """- get: https://login.fern.example/
- fill: {email: $email, password: $password}
- post: "#login"
- expect: Your programme"""
WORD = "Sunny-42-canary"
TYPED = {"recipe": RECIPE, "hosts": "login.fern.example", "control_url": "https://www.nhs.uk", "owner": "Ada"}
WHEN = {"review_on-day": "1", "review_on-month": "6", "review_on-year": "2027"}


@pytest.fixture
def alarm(session: Session, people: People) -> LoginAlarm:
    row = LoginWatch(service_id=people.north, programme_id=1, status=WatchStatus.FAILS, is_active=True)
    session.add(row)
    session.flush()
    alarm = LoginAlarm(
        watch_id=row.id, step="Step 3 (post): there is no answer", failing_since_at=clock.now()
    )
    session.add(alarm)
    session.flush()
    return alarm


def test_a_recipe_is_written_down_its_secrets_typed_and_it_is_tried(enter: Enter, session: Session) -> None:
    ada = enter("ada")
    ada.get("/settings/services/north")
    ada.get("/settings/log-ins/north")
    assert "It is not watched" in ada.text
    ada.get("/settings/watch/north/fern")
    ada.press("Look at the change", **(TYPED | WHEN | {"recipe": RECIPE.replace("$password", WORD)}))
    assert ada.problems == ["Step 2: write a name like $password, and type the secret apart from it"]
    ada.get("/settings/watch/north/fern")
    ada.press("Look at the change", **(TYPED | WHEN | {"is_active": "yes"}))
    ada.press("Save this change")
    assert ada.path == "/settings/log-ins/north"
    assert "Secrets: to be typed" in ada.text
    ada.press("Keep them", password__email="test@fern.example")
    assert ada.problems == ["Type all of them: what was typed before is not kept beside new ones"]
    assert "test@fern.example" not in (ada.page.html or "")
    ada.press("Keep them", password__email="test@fern.example", password__password=WORD)
    assert "Secrets: typed" in ada.text
    assert WORD not in (ada.page.html or "")
    row = session.exec(select(LoginWatch)).one()
    row.tried_at = clock.now()
    session.flush()
    ada.press("Try it now")
    session.refresh(row)
    assert row.tried_at is None
    ada.get("/settings/changes")
    assert WORD not in (ada.page.html or "")
    assert WORD not in str([row.model_dump() for row in session.exec(select(AuditEntry))])


def test_a_secret_that_is_sent_when_the_log_in_has_ended_is_kept_by_nobody(
    enter: Enter, session: Session
) -> None:
    ada = enter("ada")
    ada.get("/settings/watch/north/fern")
    ada.press("Look at the change", **(TYPED | WHEN))
    ada.press("Save this change")
    ada.cookies.clear()
    ada.press("Keep them", password__email="test@fern.example", password__password=WORD)
    kept = [str(row.model_dump()) for row in session.exec(select(KeptForm))]
    assert [row for row in kept if WORD in row or "test@fern.example" in row] == []
    assert session.exec(select(WatchSecret)).all() == []


def test_an_alarm_stands_on_today_and_is_made_an_outage(
    enter: Enter, session: Session, alarm: LoginAlarm
) -> None:
    amina = enter("amina")
    amina.get("/home")
    assert "Log-in to Fern fails" in amina.text
    amina.get(f"/log-in-alarms/{alarm.id}")
    assert "Step 3 (post): there is no answer" in amina.text
    amina.press("Make it an outage")
    outage = session.exec(select(Problem)).one()
    assert amina.path == f"/problems/{outage.id}"
    assert (outage.is_outage, outage.is_public) == (True, True)
    amina.get("/home")
    assert "Log-in to Fern fails" not in amina.text
    stranger = Visitor(app)
    stranger.get("/")
    assert "Nobody can log in to Fern" in stranger.text


def test_once_it_works_the_linked_tickets_are_still_answered_by_a_person(
    enter: Enter, session: Session, alarm: LoginAlarm
) -> None:
    """It is closed by the desk, which writes to nobody who has a ticket: a navigator does, once for all."""
    amina = enter("amina")
    amina.get(f"/log-in-alarms/{alarm.id}")
    amina.press("Make it an outage")
    outage = session.exec(select(Problem)).one()
    ticket = tell(session, category="use.outage_or_error")
    session.get_one(Ticket, ticket.number).problem_id = outage.id
    session.flush()
    session.expire_all()
    watch.record(session, session.exec(select(LoginWatch)).one(), WatchStatus.WORKS, "")
    session.flush()
    assert outage.status == ProblemStatus.CLOSED
    assert session.get_one(Ticket, ticket.number).status == Status.NEW
    amina.get(f"/problems/{outage.id}")
    amina.get(amina.one("a[href$='status=closed']").attributes["href"] or "")
    amina.press("See it first", body="It works again.")
    amina.press("Send it now")
    session.expire_all()
    assert session.get_one(Ticket, ticket.number).status == Status.RESOLVED
    amina.get(f"/problems/{outage.id}")
    assert amina.page.css("a[href$='status=closed']") == []


def test_it_is_dismissed_or_somebody_was_quicker(enter: Enter, session: Session, alarm: LoginAlarm) -> None:
    amina, tom = enter("amina"), enter("tom")
    for one in (amina, tom):
        one.get(f"/log-in-alarms/{alarm.id}")
    amina.press("It is no outage")
    assert amina.path == "/home"
    tom.press("Make it an outage")
    assert tom.problems == ["Somebody has decided this already. Nothing was saved."]
    assert session.exec(select(Problem)).all() == []


def test_others_are_kept_out(enter: Enter, alarm: LoginAlarm) -> None:
    assert enter("sam").get(f"/log-in-alarms/{alarm.id}").status_code == 404
    for who in ("mo", "priya", "cole", "ada"):
        assert enter(who).get(f"/log-in-alarms/{alarm.id}").status_code == 403
        assert "Log-in to Fern fails" not in enter(who).get("/home").text
    assert enter("sue").get("/settings/log-ins/north").status_code == 404
    secrets = {"password.email": "a", "password.password": "b"}
    assert enter("sue").post("/settings/log-ins/north/fern/password", data=secrets).status_code == 404
    assert enter("sue").post("/settings/log-ins/north/fern/trial").status_code == 404
