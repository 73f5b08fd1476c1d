"""Follow-up on the desk: who reports again, who never got in, the brief before sessions, the time lost."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.jobs.registry import JOBS
from navigator.people.support_card import SupportCard
from navigator.support_cards.engagement import COLUMNS
from navigator.tickets.ticket import Ticket
from tests.cases import each_case
from tests.navigator.support_cards.card_factory import make
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter

HEAD = f"{','.join(COLUMNS)}\n"


@pytest.fixture
def card(session: Session, people: People) -> SupportCard:
    return make(session, people.priya, next_session="2026-06-10")


@pytest.fixture
def third(session: Session, card: SupportCard) -> Ticket:
    """The third report by one card, which the job has found."""
    told = [tell(session, support_code=card.code, contact={"route": "none"}) for _ in range(3)]
    JOBS["repeats"].run()
    session.expire_all()
    return told[-1]


def seen(visitor: Visitor, path: str) -> str:
    visitor.get(path)
    return visitor.text


def test_a_list_is_looked_at_and_then_kept(enter: Enter, session: Session, card: SupportCard) -> None:
    amina = enter("amina")
    amina.get("/cards/engagement")
    amina.press("Look what it says", text=f"{HEAD}{card.code},,\n7K3-M9P-QX2C,,")
    assert "1 code of your cards" in amina.text
    assert "1 patient of them never got in" in amina.text
    assert "1 code that no card of yours has" in amina.text
    session.expire_all()
    assert card.engagement_told_at is None
    amina.press("Keep this list")
    assert amina.path == "/cards/never-in"
    assert "Tuesday 3pm" in amina.text
    session.expire_all()
    assert card.engagement_told_at is not None


def test_errors_are_told_by_line_and_nothing_is_kept(
    enter: Enter, session: Session, card: SupportCard
) -> None:
    amina = enter("amina")
    amina.get("/cards/engagement")
    amina.press("Look what it says", text=f"{HEAD}{card.code},,\nPat Smith,,\n7K3-M9P-QX2C,soon,")
    assert "Line 3, code: This is no card’s code." in amina.text
    assert "Line 4, first_log_in: Write a day" in amina.text
    assert amina.problems == ["Nothing is kept: put the lines right that are named below"]
    assert "Keep this list" not in amina.text
    amina.press("Look what it says", text="code,first_log_in,name\n")
    assert "The first line names the columns" in amina.problems[0]
    session.expire_all()
    assert card.engagement_told_at is None


def test_who_never_got_in_is_put_away_and_brought_back(
    enter: Enter, session: Session, card: SupportCard
) -> None:
    card.engagement_told_at = clock.now()
    session.flush()
    priya = enter("priya")
    assert "Never got in" in seen(priya, "/home")
    assert "Put away Tuesday 3pm" in seen(priya, "/cards/never-in")
    priya.get(f"/cards/{card.id}/putting-away")
    priya.press("Put it away")
    assert priya.problems == ["Choose why"]
    priya.press("Put it away", reason="other_way")
    assert priya.path == "/cards/never-in"
    assert "Nobody that we know of" in priya.text
    priya.get(f"/cards/{card.id}")
    assert "They go on without it: on paper or by phone" in priya.text
    priya.press("Bring it back to the list")
    assert "Tuesday 3pm" in seen(priya, "/cards/never-in")


@each_case(
    ("who", "path", "status"),
    [
        ("amina", "/cards/engagement", 200),
        ("priya", "/cards/engagement", 403),
        ("mo", "/cards/engagement", 403),
        ("mo", "/cards/never-in", 200),
        ("ada", "/cards/never-in", 403),
        ("sam", "/cards/{card}/putting-away", 404),
        ("mo", "/cards/{card}/putting-away", 403),
        ("priya", "/cards/{card}/putting-away", 200),
        ("amina", "/tickets/{ticket}/repeat", 200),
        ("priya", "/tickets/{ticket}/repeat", 404),
        ("mo", "/tickets/{ticket}/repeat", 404),
        ("sam", "/tickets/{ticket}/repeat", 404),
    ],
)
def test_who_may_see_what(
    enter: Enter, session: Session, card: SupportCard, third: Ticket, who: str, path: str, status: int
) -> None:
    assert enter(who).get(path.format(card=card.id, ticket=third.number)).status_code == status


def test_the_third_report_is_shown_to_navigators_until_one_says_why_not(
    enter: Enter, session: Session, third: Ticket
) -> None:
    amina, words = enter("amina"), "Third report in 28 days with the same card"
    assert words in seen(amina, "/home")
    assert words in seen(amina, f"/tickets/{third.number}")
    assert words not in seen(enter("priya"), f"/tickets/{third.number}")
    amina.get(f"/tickets/{third.number}/repeat")
    amina.press("Save")
    assert amina.problems == ["Choose why nothing more is needed"]
    amina.press("Save", reason="separate")
    assert amina.path == f"/tickets/{third.number}"
    assert "“They are separate problems, each put right”" in amina.text
    assert words not in seen(amina, "/home")


def test_the_brief_stands_on_the_practitioners_today(
    enter: Enter, session: Session, card: SupportCard, third: Ticket
) -> None:
    said = seen(enter("priya"), "/home")
    assert "Wednesday 10 June: We do not know if they got in. Open problem: DN-" in said
    assert "Ask them how it goes." in said


def test_the_time_without_the_programme_is_shown_to_staff(
    enter: Enter, session: Session, people: People, card: SupportCard
) -> None:
    ticket = tell(session, support_code=card.code)
    other = tell(session, category="notify.too_many")
    clock.set_to(clock.now() + timedelta(days=2, hours=3))
    assert "Without the programme 2 days so far" in seen(enter("amina"), f"/tickets/{ticket.number}")
    assert "Without the programme" not in seen(enter("amina"), f"/tickets/{other.number}")
    assert "without the programme for 2 days" in seen(enter("priya"), "/home")
    assert "Time without the programme" in seen(enter("mo"), "/insight")
