"""What rises on a phone: seen on Today, looked at, dismissed by one, and made an outage of by another."""

from datetime import timedelta

import pytest

from navigator import clock, database
from navigator.jobs.rises import look_for_rises
from navigator.problems.spikes import ALL_DAYS
from tests.browser.conftest import NARROW, Come
from tests.conftest import MOMENT
from tests.navigator.tickets.report_factory import tell

KINDS = ("notify.too_many", "use.feature_fault")


@pytest.fixture
def rises(address: str) -> None:
    """Two problems rise today."""
    with database.writing() as session:
        for category in KINDS:
            with clock.stopped_at(MOMENT - timedelta(days=ALL_DAYS - 1)):
                tell(session, category=category, text="")
            with clock.stopped_at(MOMENT):
                for _ in range(9):
                    tell(session, category=category, text="It began after the update to 4.2")
    with clock.stopped_at(MOMENT):
        assert look_for_rises() == 2


@pytest.mark.parametrize("scripts", [True, False])
def test_a_rise_is_decided(come: Come, rises: None, scripts: bool) -> None:
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go("/home")
    assert amina.words.count("9 reports at North Talking Therapies") == 2
    amina.leave_by(amina.page.get_by_role("link", name="See it and decide").first)
    assert "They name version 4.2" in amina.words
    amina.choose("We expected it")
    amina.press("Dismiss")
    assert amina.path == "/problems"
    amina.leave_by(amina.page.get_by_role("link", name="See it and decide"))
    amina.press("Make one outage")
    assert "Nobody was written to" in amina.words
    amina.go("/home")
    assert "9 reports" not in amina.words
