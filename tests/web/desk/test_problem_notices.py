"""A notice on the problem’s page: seen first with how many are told, sent once, and taken back in time."""

from datetime import timedelta

from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import Service
from navigator.jobs.runner import for_each_due
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.reporter import ContactMethod
from navigator.problems import affected, publish_notice
from navigator.problems.notice import ProblemNotice
from navigator.tickets.report_input import ContactMethodInput
from tests.people import People
from tests.web.conftest import Enter
from tests.web.desk.test_problems import opened

publish_held = for_each_due(publish_notice.held_notices, publish_notice.publish_held)
WORDS = "Write on paper for now."


def test_it_is_seen_sent_once_taken_back_and_sent_again(
    session: Session, people: People, enter: Enter
) -> None:
    problem, amina = opened(session, people), enter("amina")
    amina.get(f"/problems/{problem.id}/notice")
    amina.press("See it first", state="identified", body=WORDS)
    assert "0 subscribers" in amina.text
    assert "1 practitioner" in amina.text
    form = {
        str(node.attributes["name"]): node.attributes["value"] or ""
        for node in amina.page.css("main form")[0].css("input")
    }
    for _ in range(2):
        amina.post(f"/problems/{problem.id}/notice", data=form)
    assert len(session.exec(select(ProblemNotice)).all()) == 1
    tom = enter("tom")
    tom.get(f"/problems/{problem.id}")
    assert "taken back by whoever wrote it" in tom.text
    assert "Take it back" not in tom.text
    amina.get(f"/problems/{problem.id}")
    amina.press("Take it back")
    assert session.exec(select(ProblemNotice)).all() == []
    assert amina.one("textarea[name=body]").text().strip() == WORDS
    amina.press("See it first")
    amina.press("Send it now")
    clock.set_to(clock.now() + timedelta(seconds=12))
    publish_held()
    session.expire_all()
    amina.get(f"/problems/{problem.id}")
    assert "Take it back" not in amina.text
    assert WORDS in amina.text
    patient = enter("priya")
    patient.get("/home")
    assert "The app forgets passwords" in patient.text
    assert "We know what causes it." in patient.text


def test_planned_work_needs_its_times_and_a_warning_is_seen_first(
    session: Session, people: People, enter: Enter
) -> None:
    problem, amina = opened(session, people), enter("amina")
    amina.get(f"/problems/{problem.id}/notice")
    amina.press("See it first", state="planned", body="Call 01632 960 555.")
    assert len(amina.problems) == 4
    day = {"starts_on-day": "10", "starts_on-month": "6", "starts_on-year": "2026", "ends_on-day": "10"}
    day |= {"ends_on-month": "6", "ends_on-year": "2026", "starts": "22:00", "ends": "23:00"}
    amina.press("See it first", **day | {"ends": "21:00"})
    assert amina.problems == ["It must end after it begins"]
    amina.press("See it first", **day | {"ends": "11pm"})
    assert amina.problems == ["Enter a time like 14:30"]
    amina.press("See it first", **day)
    assert "10pm on Wednesday 10 June until 11pm on Wednesday 10 June" in amina.text, amina.text
    assert "phone number" in amina.text
    assert "From 10pm on Wednesday 10 June until 11pm on Wednesday 10 June" in amina.text
    assert "on the first page from a week before" in amina.text
    amina.press("Send it now all the same")
    clock.set_to(clock.now() + timedelta(seconds=12))
    publish_held()
    session.expire_all()
    amina.get("/")
    assert "Work on Fern is planned" in amina.text
    clock.set_to(clock.now() + timedelta(days=2))
    amina.get("/")
    assert "Work on Fern is planned" not in amina.text
    amina = enter("amina")  # logged in two days ago is not logged in now
    amina.get("/home")
    assert "Planned work whose time is over" in amina.text


def test_whom_it_tells_is_what_the_desk_does(session: Session, people: People, enter: Enter) -> None:
    problem, amina = opened(session, people, is_public=True), enter("amina")
    affected.count_me(session, "10.0.0.1", session.get_one(Service, people.north), problem.id, "a")
    contact = ContactMethodInput(route=ContactMethod.EMAIL, email="pat@post.example")
    affected.tell_me(session, "10.0.0.1", problem.id, "a", contact)
    session.flush()
    amina.get(f"/problems/{problem.id}/notice")
    amina.press("See it first", state="identified", body=WORDS)
    assert "1 practitioner, on their Today" in amina.text
    assert "I have this too" not in amina.text
    amina.press("See it first", state="resolved", body=WORDS)
    assert "1 person who pressed “I have this too”" in amina.text
    for place in ("on the first page", "on their Today"):  # what is over stands there no more
        assert place not in amina.text
    amina.press("Send it now")
    clock.set_to(clock.now() + timedelta(seconds=12))
    publish_held()
    assert "try_again" in session.exec(select(OutboxMessage.template)).all()


def test_a_stranger_and_a_practitioner_are_kept_out(session: Session, people: People, enter: Enter) -> None:
    problem = opened(session, people)
    assert enter("sam").get(f"/problems/{problem.id}/notice").status_code == 403
    assert enter("priya").get(f"/problems/{problem.id}/notice").status_code == 403
