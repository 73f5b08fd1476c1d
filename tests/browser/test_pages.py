"""Every page at 320 and 1280 pixels, by day and by night, and with nothing but a keyboard."""

from collections.abc import Mapping

import pytest
from playwright.sync_api import Page, expect
from sqlmodel import Session, select

from navigator import clock, database
from navigator.login_watch.tables import LoginAlarm, LoginWatch, WatchStatus
from navigator.people.actor import ANONYMOUS, Actor
from navigator.people.reporter import ContactMethod, ReporterKind
from navigator.people.user import User
from navigator.problems.problem import Problem
from navigator.shared_problems.signatures import make_key
from navigator.shared_problems.tables import PeerDesk, PublishedProblem, SharedProblem, Sharing
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ViewInput
from navigator.tickets.queue import saved_views
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.training import seats, sessions
from navigator.training.inputs import AttendanceInput, BookingInput
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint, WebhookSecret
from tests.browser.conftest import NARROW, WIDE, Come
from tests.navigator.support_cards.card_factory import make
from tests.navigator.training.test_training import plan
from tests.people import actor_of

STAFF: Mapping[str, tuple[str, ...]] = {
    "amina": (
        "/home", "/poster/north", "/desk", "/desk?group=access&due=5&text=phone", "/desk/views/1",
        "/desk/report", "/tickets/1", "/tickets/1/waiting", "/tickets/1/resolution", "/tickets/1/triage",
        "/tickets/1/split", "/tickets/1/links", "/tickets/1/merge", "/tickets/1/redaction",
        "/tickets/1/files/replies", "/tickets/1/supplier", "/desk/calls", "/training", "/training/plan",
        "/training/sessions/1",
        "/problems/elsewhere", "/problems/elsewhere/1", "/problems/1/sharing", "/log-in-alarms/1", "/cards",
        "/cards/1", "/cards/never-in", "/cards/engagement", "/account", "/notices", "/search", "/search/1",
        "/guide/navigator",
    ),
    "priya": (
        "/home", "/desk/report", "/tickets/2", "/tickets/2/answers", "/cards/new", "/cards/list",
        "/cards/print?card=1", "/training/ask", "/training/record", "/training/sessions/2",
        "/training/sessions/2/confidence",
    ),
    "cole": ("/home", "/clinical-reviews", "/clinical-reviews/1", "/clinical-reviews/1/message"),
    "mo": (
        "/home", "/insight", "/insight/triage", "/desk/offers", "/records", "/records/retention",
        "/records/data-map", "/desk?view=counted&figure=all&since=2026-05-13",
    ),
    "ada": (
        "/home", "/people", "/people/invite", "/people/1/access", "/settings", "/settings/services/north",
        "/settings/hours/north", "/settings/targets/north", "/settings/crisis/north", "/settings/programmes",
        "/settings/programmes/fern/exceptions", "/settings/articles", "/settings/categories",
        "/settings/keys", "/second-step", "/account/log-ins", "/account/calendars", "/account/confirm",
        "/settings/backups", "/settings/hazards", "/settings/sharing", "/settings/log-ins/north",
        "/settings/webhooks/north",
        "/settings/webhooks/endpoints/1", "/settings/desk-import", "/settings/watch/north/fern",
        "/settings/changes", "/settings/audit", "/settings/configuration",
    ),
}  # fmt: skip
"""A page of each kind, and all that stand alone."""
ALIKE: Mapping[str, tuple[str, ...]] = {
    "amina": (
        "/desk?view=ended", "/desk?due_by=soon",
        *(
            f"/tickets/1/{deed}"
            for deed in (
                "notes", "calls", "parking", "assignment", "snooze", "practitioner", "contact", "session",
                "clinical-review", "closure", "needs", "offers", "watching", "unmerging",
            )
        ),
        "/training/sessions/1/change", "/cards/1/putting-away", "/account/mail", "/guide/administrator",
    ),
    "priya": ("/desk", "/cards", "/cards/1", "/cards/never-in", "/training", "/training/sessions/1"),
    "cole": ("/tickets/1",),
    "mo": ("/records/holds", "/desk", "/clinical-reviews/1", "/tickets/1"),
    "ada": (
        *(
            f"/settings/{name}/north"
            for name in (
                "service", "practice", "calls", "minutes", "inclusion", "usability", "offers", "privacy",
            )
        ),
        "/settings/contact/north/deputy", "/settings/retention/north/ticket", "/settings/language/north/pl",
        "/settings/reply/north/new", "/settings/programme/new", "/settings/device/fern",
        "/settings/supplier/fern", "/settings/override/fern/notify.too_many", "/settings/article/new",
        "/settings/category/access.forgotten_password", "/settings/access/desk", "/settings/sharing/desk",
        "/settings/peer/new", "/settings/webhook/north/new",
    ),
}  # fmt: skip
"""Pages made of the same parts as one of those: `.ci/run` looks at them too."""
MOST = 16
"""Pages to a test: so the processes share them evenly."""
VISITS = [
    pytest.param(who, paths[n : n + MOST], id=f"{who}-{name}{n}", marks=marks)
    for name, kind, marks in (("", STAFF, ()), ("alike-", ALIKE, pytest.mark.slow))
    for who, paths in kind.items()
    for n in range(0, len(paths), MOST)
]
PUBLIC = (
    "/",
    "/report",
    "/report/solved",
    "/report/help",
    "/check",
    "/help",
    "/help?found=nothing",
    "/known",
    "/privacy",
    "/accessibility",
    "/api/v1/docs",
    "/api/v1/docs/for-everybody",
    "/lost-link",
    "/t/wrong",
    "/card",
    "/c/wrong",
    "/log-in",
    "/forgotten-password",
    "/nowhere",
)


@pytest.fixture
def tickets(address: str) -> None:
    """A ticket that a clinician must read, a practitioner's own and their card, and a view that is kept."""
    told = ReportInput(
        service="north",
        programme="fern",
        category="access.forgotten_password",
        text="I cannot get in. I want to end my life",
        contact=ContactInput(route=ContactMethod.EMAIL, email="pat@a-long-name-for-a-post-office.example"),
    )
    own = ReportInput(service="north", text="I cannot see ratings", reporter=ReporterKind.PWP)
    with database.writing() as session:
        staff.report(session, ANONYMOUS, told)
        priya = session.exec(select(User.id).where(User.name == "Priya Shah")).one()
        staff.report(session, actor_of(session, priya), own)
        make(session, actor_of(session, priya))
        _watched_and_shared(session)
        amina = session.exec(select(User.id).where(User.name == "Amina Yusuf")).one()
        teach(session, actor_of(session, amina), actor_of(session, priya))
        saved_views.save_view(
            session, actor_of(session, amina), ViewInput(name="Log-ins", query="group=access")
        )


def teach(session: Session, amina: Actor, priya: Actor) -> None:
    """A session to come, and one to which a practitioner came."""
    to_come, held = (plan(session, amina, places=1) for _ in range(2))
    for planned in (to_come, held):
        seats.book(session, priya, planned.id, BookingInput(confidence=3))
    came = AttendanceInput(came=[priya.user_id or 0])
    sessions.record_attendance(session, amina, held.id, came)


def _watched_and_shared(session: Session) -> None:
    """A problem of ours that is shared and one of another desk, and a programme whose log-in fails."""
    make_key(session)
    session.add(Sharing(is_active=True, name="North", owner="Ada", review_on=clock.today()))
    peer = PeerDesk(code="leeds", name="Leeds", owner="Ada", review_on=clock.today(), error="No answer.")
    problem = Problem(service_id=1, programme_id=1, category="use.outage_or_error", title="It is slow")
    hosts, step = ["fern.example"], "Step 2 (fill): there is no such form on the page"
    watch = LoginWatch(service_id=1, programme_id=1, hosts=hosts, owner="Ada", review_on=clock.today())
    watch.is_active, watch.status, watch.failing_since_at = True, WatchStatus.FAILS, clock.now()
    watch.recipe = "- get: https://fern.example/\n- fill: {email: $email}\n- expect: Your programme"
    hook = WebhookEndpoint(service_id=1, code="bus", name="Bus", events=["ticket.closed"])
    hook.url, hook.review_on = "https://hooks.example.nhs.uk/a-long-address-for-a-webhook", clock.today()
    hook.paused_at, hook.paused_because = clock.now(), "fails"
    session.add_all([peer, problem, watch, hook])
    session.flush()
    call = WebhookDelivery(endpoint_id=hook.id, event="ticket.closed", ticket_number=1, body="{}")
    call.attempts, call.response_status, call.failed_at = 10, 500, clock.now()
    session.add(call)
    session.add(WebhookSecret(endpoint_id=hook.id, sealed=""))
    theirs = SharedProblem(peer_id=peer.id, item_id="1", title="No sound", published_at=clock.now())
    theirs.programme, theirs.status = "Fern", "known_error"
    session.add_all([PublishedProblem(problem_id=problem.id, title="It is slow"), theirs])
    session.add(LoginAlarm(watch_id=watch.id, step=step, failing_since_at=clock.now()))


@pytest.mark.parametrize(("who", "pages"), VISITS)
@pytest.mark.parametrize(("screen", "colours"), [(NARROW, "light"), (WIDE, "dark")])
def test_staff_pages(
    come: Come, tickets: None, screen: dict[str, int], colours: str, who: str, pages: tuple[str, ...]
):
    person = come(screen, color_scheme=colours)
    person.log_in(who)
    for path in pages:
        person.go(path)


def test_a_poster_is_one_sheet_with_its_numbers_in_black(come: Come):
    person = come(WIDE)
    person.log_in("amina")
    person.go("/poster/north")
    assert person.page.pdf(prefer_css_page_size=True).count(b"/MediaBox") == 1
    person.page.emulate_media(media="print")
    colours = "links => links.map(link => getComputedStyle(link).color)"
    shown = person.page.eval_on_selector_all(".desk-poster .desk-number", colours)
    assert set(shown) == {"rgb(0, 0, 0)"}


@pytest.mark.parametrize(("screen", "colours"), [(NARROW, "dark"), (WIDE, "light")])
def test_pages_of_everybody(come: Come, screen: dict[str, int], colours: str):
    person = come(screen, color_scheme=colours)
    for path in PUBLIC:
        person.go(path)


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until what is sought has the focus, and shows that it has."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("chosen => document.activeElement.matches(chosen)", selector):
            return
    raise AssertionError(f"no way to {selector} by keyboard")


def test_a_report_by_keyboard_alone(come: Come):
    person = come(NARROW)
    person.go("/report?service=north&programme=fern")
    page = person.page

    def onward(*keys: str) -> None:
        for key in keys:
            page.keyboard.press(key)
        tab_to(page, "main form button")
        with page.expect_navigation():
            page.keyboard.press("Enter")

    onward()
    onward()
    expect(page.locator(".nhsuk-error-summary:focus, .nhsuk-error-summary :focus")).to_be_visible()
    tab_to(page, "a[href='#text']")
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_focused()
    page.keyboard.type(
        "The videos have no sound at all on my tablet. I also get far too many reminders, six a day."
    )
    onward()
    assert person.path == "/report/which"
    tab_to(page, "button[value=something_else]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "[name=known]")
    onward("ArrowUp")  # round to the last one: I don’t know
    tab_to(page, "[name=route]")
    onward("ArrowUp")
    assert person.path == "/report/check"
    onward()
    assert "We have your report" in person.words
    assert "Tell us about the other one" in person.words
    person.look()
