"""Rows of the queue: what was said first, if it is unread, what is left, and who did something last."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people.actor import reporter
from navigator.people.reporter import ReporterKind
from navigator.tickets.actions import staff
from navigator.tickets.actions.reporter import answer
from navigator.tickets.inputs import AttachInput, SayInput
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue
from navigator.tickets.ticket import Message
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.kit.templating import environment
from web.kit.ticket_rows import countdown, initials, last_activity, near_session


def row_of(visitor: Visitor, number: int, path: str = "/desk") -> str:
    visitor.get(path)
    return " ".join(visitor.one(f"#ticket-{number}").text().split())


def test_a_row_says_the_first_words_until_they_are_erased(
    enter: Enter, session: Session, people: People
) -> None:
    number = tell(session, text="My  code\nnever comes " + "and so on " * 30).number
    answer(session, reporter(number), number, SayInput(body="Second words"))
    session.flush()
    amina = enter("amina")
    assert "My code never comes and so on" in row_of(amina, number)
    assert "Second words" not in row_of(amina, number)
    first = session.exec(select(Message).where(Message.action == "report")).one()
    first.body = "[taken out]"
    session.flush()
    assert "never comes" not in row_of(amina, number)
    session.delete(first)
    session.flush()
    assert "Second words" in row_of(amina, number)


def test_where_nothing_was_written_a_row_says_what_it_is_about(
    enter: Enter, session: Session, people: People
):
    number = tell(session, text="").number
    assert "Forgotten password, username or app PIN" in row_of(enter("amina"), number)


def test_no_word_of_a_reporter_is_kept_with_the_rows_that_were_drawn(
    enter: Enter, session: Session, people: People
) -> None:
    """What is kept is found by the arguments of the macros: none of these tells what was said."""
    number = tell(session, text="Unforgettable words").number
    session.flush()
    page = queue(session, people.amina, Filters())
    assert "Unforgettable words" not in repr(page.rows)
    assert page.said[number].words == "Unforgettable words"
    for name in ("row_start", "row_end"):
        kept: Any = environment.globals[name]
        kept.cache_clear()
    amina = enter("amina")
    amina.get("/desk")
    sizes = [environment.globals[name].cache_info().currsize for name in ("row_start", "row_end")]  # type: ignore[attr-defined]
    session.exec(select(Message)).one().body = "Other <i>words"
    session.flush()
    assert "Other <i>words" in row_of(amina, number)
    assert sizes == [environment.globals[name].cache_info().currsize for name in ("row_start", "row_end")]  # type: ignore[attr-defined]


def test_words_are_bold_until_they_are_read(enter: Enter, session: Session, people: People) -> None:
    ticket = tell(session)
    amina, number = enter("amina"), ticket.number

    def is_bold(who: str = "amina") -> bool:
        visitor = enter(who)
        visitor.get("/desk")
        return bool(visitor.page.css(f"#ticket-{number} th b"))

    assert is_bold()
    amina.get(f"/tickets/{number}")
    assert is_bold()  # a page that was asked for changes nothing
    amina.post(f"/tickets/{number}/here", data={"version": str(ticket.version)})
    assert not is_bold()
    assert is_bold("tom")
    with clock.stopped_at(MOMENT + timedelta(minutes=5)):
        answer(session, reporter(number), number, SayInput(body="Hello?"))
        session.flush()
        assert is_bold()
        staff.reply(session, people.amina, number, SayInput(body="Hello"))
        own = session.exec(select(Message).where(Message.action == "reply")).one()
        own.created_at += timedelta(milliseconds=1)  # as by a running clock: after it was noted as read
        session.flush()
        assert not is_bold()


def test_a_note_for_staff_makes_nothing_new_for_a_practitioner(
    enter: Enter, session: Session, people: People
) -> None:
    number = tell(session, people.priya, reporter=ReporterKind.PWP).number
    priya = enter("priya")

    def is_bold() -> bool:
        priya.get("/desk")
        return "New: " in priya.text

    assert not is_bold()
    with clock.stopped_at(MOMENT + timedelta(minutes=5)):
        staff.note(session, people.amina, number, SayInput(body="For us alone"))
        session.flush()
        assert not is_bold()
        staff.reply(session, people.amina, number, SayInput(body="For her"))
        session.flush()
        assert is_bold()
    assert "we wrote" not in priya.text


def test_a_programme_and_a_service_are_named_where_they_differ(
    enter: Enter, session: Session, people: People
) -> None:
    first = tell(session)
    assert "Fern" not in row_of(enter("amina"), first.number)
    tell(session, programme=None)
    assert "Fern" in row_of(enter("amina"), first.number)


def test_a_row_names_the_practitioner_whom_somebody_confirmed(
    enter: Enter, session: Session, people: People
) -> None:
    ticket = tell(session)
    assert ticket.practitioner_is_confirmed is False
    assert "patient of" not in row_of(enter("amina"), ticket.number)
    staff.attach(session, people.amina, ticket.number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    for path, is_there in {
        f"/desk?practitioner={people.priya.user_id}": True,
        f"/desk?practitioner={people.tom.user_id}": False,
        "/desk?practitioner=-": False,
    }.items():
        amina = enter("amina")
        amina.get(path)
        assert bool(amina.page.css(f"#ticket-{ticket.number}")) is is_there, path
    assert "patient of Priya Shah" in row_of(enter("amina"), ticket.number)


def test_reports_in_the_same_words_are_told_apart_by_whom_they_name(
    enter: Enter, session: Session, people: People
) -> None:
    """Until somebody confirms who that is, as it was typed; it is kept in no row that is drawn once."""
    first, second = (tell(session, practitioner=name) for name in ("Priya <Shah>", "Sana"))
    amina = enter("amina")
    assert "· names Priya <Shah> · " in row_of(amina, first.number)
    assert "· names Sana · " in row_of(amina, second.number)
    staff.attach(session, people.amina, first.number, AttachInput(pwp_id=people.priya.user_id or 0))
    second.practitioner_name_given = ""
    session.flush()
    assert "· patient of Priya Shah · " in row_of(amina, first.number)
    assert "names" not in row_of(amina, first.number) + row_of(amina, second.number)


class Row:
    """What the words of a row look at."""

    status, is_late, session_is_too_soon, session_warning_sent_at = "open", False, False, None
    due_at, session_on, last_activity, last_activity_at = MOMENT, None, "they_wrote", MOMENT

    def __init__(self, **facts: Any) -> None:
        self.__dict__.update(facts)


@pytest.mark.parametrize(
    ("say", "facts", "words"),
    [
        (countdown, {"due_at": MOMENT + timedelta(minutes=59)}, "59 min left"),
        (countdown, {"due_at": MOMENT + timedelta(hours=2, minutes=59)}, "2 h left"),
        (countdown, {"due_at": MOMENT + timedelta(days=3)}, "3 d left"),
        (countdown, {"due_at": MOMENT - timedelta(minutes=5), "is_late": True}, "late 5 min"),
        (countdown, {"due_at": MOMENT - timedelta(days=1, hours=3), "is_late": True}, "late 1 d"),
        (countdown, {"session_is_too_soon": True}, "now"),
        (countdown, {"status": "closed"}, ""),
        (countdown, {"due_at": MOMENT.replace(year=9999)}, "no date"),
        (last_activity, {}, "they wrote 10:00"),
        (
            last_activity,
            {"last_activity": "we_acted", "last_activity_at": MOMENT - timedelta(days=2)},
            "by us 7 Jun",
        ),
        (last_activity, {"last_activity_at": MOMENT - timedelta(days=400)}, "they wrote 5 May 2025"),
        (near_session, {"session_on": date(2026, 6, 9)}, "session today"),
        (near_session, {"session_on": date(2026, 6, 10)}, "session tomorrow"),
        (
            near_session,
            {"session_on": date(2026, 6, 12), "session_is_too_soon": True},
            "session Fri 12 Jun: plan without it",
        ),
        (near_session, {"session_on": date(2026, 6, 8)}, ""),
        (near_session, {"session_on": date(2026, 6, 30)}, ""),
    ],
)
def test_what_a_row_says_of_times(say: Callable[[Any], str], facts: dict[str, Any], words: str) -> None:
    assert say(Row(**facts)) == words


def test_initials_are_of_the_first_and_last_name() -> None:
    assert [initials(name) for name in ("Amina Yusuf", "Cher", "Ana de la Cruz")] == ["AY", "C", "AC"]
