"""Who never got in and who reports again: a navigator at 320 pixels, with scripts and without."""

import pytest
from sqlmodel import select

from navigator import clock, database
from navigator.jobs.registry import JOBS
from navigator.people.user import User
from navigator.support_cards import cards
from tests.browser.conftest import NARROW, Come
from tests.navigator.support_cards.card_factory import card_input
from tests.navigator.tickets.report_factory import tell
from tests.people import actor_of


@pytest.fixture
def code(address: str) -> str:
    """The code of a card of Priya’s, by which three reports came."""
    with database.writing() as session:
        priya = session.exec(select(User.id).where(User.name == "Priya Shah")).one()
        coming = str(clock.today())
        code = cards.make_card(session, actor_of(session, priya), card_input(next_session=coming)).code
        for _ in range(3):
            tell(session, support_code=code, contact={"route": "none"})
    JOBS["repeats"].run()
    return code


@pytest.mark.parametrize("scripts", [True, False])
def test_a_list_is_put_in_and_somebody_is_put_away(come: Come, code: str, scripts: bool) -> None:
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go("/cards/never-in")
    amina.press("Put in a supplier’s list")
    amina.write("The list", f"code,first_log_in\n{code},")
    amina.press("Look what it says")
    assert "1 patient of them never got in" in amina.words
    amina.press("Keep this list")
    amina.follow("Put away Tuesday 3pm")
    amina.choose("They begin with the programme later")
    amina.press("Put it away")
    assert "Nobody that we know of" in amina.words


@pytest.mark.parametrize("scripts", [True, False])
def test_who_reports_again_is_looked_at(come: Come, code: str, scripts: bool) -> None:
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go("/home")
    assert "Third report in 28 days" in amina.words
    amina.follow("Nothing more is needed for DN-000003")
    amina.choose("We looked at all of it together with them")
    amina.press("Save")
    assert amina.path == "/tickets/3"
    assert "Looked at" in amina.words
