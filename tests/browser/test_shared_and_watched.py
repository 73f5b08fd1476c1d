"""A navigator reads a problem of another desk and adopts it, and makes an outage of a log-in that fails."""

import pytest

from navigator import clock, database
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchStatus
from navigator.shared_problems.tables import PeerDesk, SharedProblem
from tests.browser.conftest import NARROW, Come

RECIPE = "- get: https://fern.example/\n- fill: {email: $email}\n- post: ''\n- expect: Your programme"
LONG = "The page goes back to the start, each time, on https://a-long-name.example/" + "x" * 80


@pytest.fixture
def waiting(address: str) -> None:
    with database.writing() as session:
        peer = PeerDesk(code="leeds", name="Leeds", owner="Ada", review_on=clock.today())
        watch = LoginWatch(service_id=1, programme_id=1, hosts=["fern.example"], owner="Ada")
        watch.is_active, watch.recipe, watch.review_on = True, RECIPE, clock.today()
        watch.status, watch.failing_since_at, watch.tried_at = WatchStatus.FAILS, clock.now(), clock.now()
        watch.failed_step = "Step 4 (expect): the words that are expected are not on the page"
        session.add_all([peer, watch])
        session.flush()
        theirs = SharedProblem(
            peer_id=peer.id, item_id="1", title="Log-in ends at once on iPhone", published_at=clock.now()
        )
        theirs.programme, theirs.kind = "Fern", "Forgotten password"
        theirs.category, theirs.status, theirs.reports = "access.forgotten_password", "known_error", 35
        theirs.known, theirs.workaround, theirs.versions = LONG, "Use the website.", "4.2 on iPhone"
        alarm = LoginAlarm(watch_id=watch.id, step=watch.failed_step, failing_since_at=clock.now())
        session.add_all([theirs, alarm])


@pytest.mark.parametrize("scripts", [True, False])
def test_adopted_and_made_an_outage(come: Come, waiting: None, scripts: bool) -> None:
    amina = come(NARROW, scripts=scripts)
    amina.log_in("amina")
    amina.go("/problems")
    amina.follow("Problems at other desks")
    amina.follow("Log-in ends at once on iPhone")
    assert "Nobody here has looked at them" in amina.words
    amina.press("Make it a known problem here")
    assert "Use the website." in amina.words
    assert "About 35" in amina.words
    amina.go("/home")
    assert "Log-in to Fern fails" in amina.words
    amina.leave_by(amina.page.get_by_role("link", name="Say whether it is an outage"))
    amina.press("Make it an outage")
    assert "Nobody can log in to Fern" in amina.words


def test_pages_of_administrators(come: Come, waiting: None) -> None:
    ada = come(NARROW)
    ada.log_in("ada")
    for path in ("sharing", "sharing/desk", "peer/new", "peer/leeds", "log-ins/north", "watch/north/fern"):
        ada.go(f"/settings/{path}")
    ada.go("/settings/log-ins/north")
    ada.page.get_by_text("Secrets: to be typed").click()
    ada.look()
    ada.go("/settings/sharing")
    ada.press("Make a key")
    ada.look()
