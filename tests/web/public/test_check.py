"""“Check my phone”: what is told, that nothing is kept without a yes, and that a claim stays one."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.device_needs import DeviceNeeds
from navigator.catalogue.programme import Programme
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.tickets.actions import staff
from navigator.tickets.device_check import DeviceCheck
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Message, Ticket
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import report, tell
from web.app import app

HOST = "media.fern.example"
CHROME = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 Chrome/{}.0.0.0 Mobile Safari/537.36"

SLOW = {
    "words": {"text": "It takes ages and keeps buffering", "common": ""},
    "which": {"category": "device.slow_connection"},
}


@pytest.fixture(autouse=True)
def needs(session: Session, people: People) -> DeviceNeeds:
    needs = DeviceNeeds(
        programme_id=session.exec(select(Programme.id)).one(),
        browsers=["Chrome 109", "Safari 15.4"],
        hosts=[HOST],
        needs_javascript=True,
        needs_cookies=True,
        needs_storage=True,
        clock_minutes=5,
        screen_width=320,
        connection_kbits=1000,
        owner="Ada Byrne",
        review_on=date(2027, 1, 1),
    )
    session.add(needs)
    session.flush()
    return needs


@pytest.fixture
def visitor() -> Visitor:
    return with_browser(CHROME.format(120))


def with_browser(user_agent: str) -> Visitor:
    visitor = Visitor(app)
    visitor.headers["user-agent"] = user_agent
    return visitor


def ms(off: timedelta = timedelta()) -> str:
    return str(round((clock.now() + off).timestamp() * 1000))


def told(**otherwise: str) -> dict[str, str]:
    """What a script fills in on a phone on which all is well."""
    well = {"javascript": "yes", "storage": "yes", "clock_ms": ms(), "screen": "390", "kbits": "8000"}
    return well | {f"hosts__{HOST.replace('.', '__')}": "yes"} | otherwise


def start(visitor: Visitor, **otherwise: str) -> None:
    visitor.get("/check/fern")
    visitor.press("Start the check", **told(**otherwise))


def checks(session: Session) -> list[DeviceCheck]:
    return [*session.exec(select(DeviceCheck))]


def headings(visitor: Visitor) -> list[str]:
    return [one.text(strip=True) for one in visitor.page.css("main h2")]


def test_what_the_programme_does_not_need_is_not_looked_at(
    visitor: Visitor, session: Session, needs: DeviceNeeds
):
    boxes = "form[data-check] input[value='']"  # not the mark of the form
    visitor.get("/check/fern")
    assert len(visitor.page.css(boxes)) == len(told())
    needs.needs_storage, needs.screen_width, needs.connection_kbits, needs.hosts = False, None, None, []
    session.flush()
    visitor.get("/check/fern")
    names = {box.attributes["name"] for box in visitor.page.css(boxes)}
    assert names == {"javascript", "clock_ms"}


def test_all_is_well(visitor: Visitor):
    start(visitor)
    assert "We found nothing wrong" in visitor.text
    assert "Browser: Chrome 120" in visitor.text
    assert "could not test" not in visitor.text


@pytest.mark.parametrize(
    ("otherwise", "heading"),
    [
        ({"clock_ms": timedelta(hours=3)}, "Your clock is 3 hours fast"),
        ({"clock_ms": timedelta(days=-2)}, "Your clock is 2 days slow"),
        ({"storage": "no"}, "Your browser may not store anything"),
        ({"hosts__media__fern__example": "no"}, f"Your phone cannot reach {HOST}"),
        ({"screen": "240"}, "Your screen is small"),
        ({"kbits": "400"}, "Your connection is slow"),
    ],
)
def test_each_fault_is_said_with_what_to_do(
    visitor: Visitor, otherwise: Mapping[str, str | timedelta], heading: str
):
    off = {name: ms(value) if isinstance(value, timedelta) else value for name, value in otherwise.items()}
    start(visitor, **off)
    assert headings(visitor)[0] == heading
    assert "1 thing to put right" in visitor.text


@pytest.mark.parametrize(
    ("user_agent", "heading"),
    [
        (CHROME.format(80), "Your browser is too old: Chrome 80"),
        (CHROME.format(120) + " OPR/99.1.2", "Your browser may not work: Opera 99.1"),
    ],
)
def test_an_old_browser_is_found_without_scripts(user_agent: str, heading: str):
    visitor = with_browser(user_agent)
    visitor.get("/check/fern")
    visitor.press("Start the check")
    assert headings(visitor)[:2] == [heading, "JavaScript did not run"]
    assert "Clock: could not be tested" in visitor.text
    assert "The page needs JavaScript to test this." in visitor.text


def test_an_old_browser_that_can_ask_no_host_is_believed_in_the_rest(visitor: Visitor):
    start(visitor, hosts__media__fern__example="", storage="no")
    assert headings(visitor)[0] == "Your browser may not store anything"
    assert "JavaScript: on" in visitor.text
    assert f"{HOST}: could not be tested" in visitor.text


def test_a_browser_without_cookies_is_told_what_that_means(visitor: Visitor):
    visitor.get("/check/fern")
    visitor.cookies.clear()
    visitor.press("Start the check", **told())
    assert headings(visitor) == ["Your browser keeps no cookies", "What Fern needs and your phone has"]
    assert "you need cookies too" in visitor.text


def test_nothing_is_kept_without_a_yes(visitor: Visitor, session: Session):
    start(visitor, screen="240")
    assert session.exec(select(ReportDraft)).all() == []
    report(visitor)
    assert checks(session) == []


def test_what_was_found_goes_with_the_report(visitor: Visitor, session: Session, enter: Enter):
    start(visitor, clock_ms=ms(timedelta(hours=3)))
    visitor.press("Report a problem and send this")
    assert visitor.path == "/report/place"
    tell(visitor, "check")
    assert "Clock: 3 hours fast" in visitor.text
    visitor.press("Confirm and send")
    (check,) = checks(session)
    clocks = [finding for finding in check.findings if finding["aspect"] == "clock"]
    assert clocks == [{"aspect": "clock", "found": "180", "asked": "5", "is_fault": True}]
    amina = enter("amina")
    amina.get(f"/tickets/{check.ticket_number}")
    assert "Clock: 3 hours ahead" in amina.one("section[aria-labelledby=device]").text()


def test_it_can_be_taken_back_before_it_is_sent(visitor: Visitor, session: Session):
    start(visitor)
    visitor.press("Report a problem and send this")
    tell(visitor, "check")
    visitor.press("Do not send this")
    visitor.get("/report/check")
    visitor.press("Confirm and send")
    assert checks(session) == []
    assert session.exec(select(Ticket)).all()


def test_a_check_of_another_programme_stays_behind(visitor: Visitor, session: Session, people: People):
    start(visitor)
    visitor.press("Report a problem and send this")
    draft = session.exec(select(ReportDraft)).one()
    draft.answers = {
        **draft.answers,
        "check_of_phone": draft.answers["check_of_phone"] | {"checked_for": "oak"},
    }
    session.flush()
    report(visitor)
    assert checks(session) == []


def test_the_journey_offers_it_where_the_phone_may_be_at_fault(visitor: Visitor):
    tell(visitor, "try")
    assert "Check my phone first" not in visitor.text
    visitor.post("/report/clear")
    tell(visitor, "try", **SLOW)
    assert "Check my phone first" in visitor.text
    visitor.get("/check")
    assert visitor.path == "/check/fern"
    visitor.press("Start the check", **told())
    visitor.press("Send this with my report")
    assert visitor.path == "/report/try"
    assert "goes with your report" in visitor.page.text()


def test_nothing_is_offered_where_nobody_has_said_what_it_needs(
    visitor: Visitor, session: Session, needs: DeviceNeeds
):
    session.delete(needs)
    session.flush()
    tell(visitor, "try", **SLOW)
    assert "Check my phone first" not in visitor.text
    assert visitor.get("/check/fern").status_code == 404
    visitor.get("/check")
    assert "nothing to check" in visitor.text


def followed(visitor: Visitor, session: Session) -> int:
    sent = ReportInput(service="north", programme="fern", category="device.slow_connection")
    number = staff.report(session, ANONYMOUS, sent).ticket.number
    session.flush()
    visitor.get(f"/t/{private_links.mint(session, number)}")
    return number


def test_it_is_sent_by_the_private_link_as_an_answer(visitor: Visitor, session: Session):
    number = followed(visitor, session)
    visitor.get(visitor.one("main a[href$='/check']").attributes["href"] or "")
    visitor.press("Start the check", **told(storage="no"))
    assert checks(session) == []
    visitor.press("Send this to us")
    assert visitor.path == f"/follow/{number}"
    assert "I checked my phone or computer, and sent what was found." in visitor.text
    assert "Storage: not allowed" in visitor.text
    (check,) = checks(session)
    assert check.ticket_number == number
    message = session.exec(select(Message).where(Message.action == "answer")).one()
    assert (message.author, message.unchecked_language) == ("reporter", "")
    ticket = session.get_one(Ticket, number)
    assert ticket.needs_answer_since_at is not None
    assert not ticket.has_open_review


def test_only_the_page_that_starts_it_may_ask_the_hosts_of_this_programme(visitor: Visitor, session: Session):
    number = followed(visitor, session)
    allowed = f"connect-src 'self' https://{HOST};"
    for path in ("/check/fern", f"/follow/{number}/check"):
        (policy,) = visitor.get(path).headers.get_list("content-security-policy")
        assert allowed in policy
        scripts = [one.attributes["src"] or "" for one in visitor.page.css("script")]
        assert sum(script.endswith("/check_phone.js") for script in scripts) == 1
    for path in ("/", "/check", "/report", f"/follow/{number}", "/check/nowhere"):
        assert "connect-src 'self';" in visitor.get(path).headers["content-security-policy"]
        assert not visitor.page.css("script[src*=check_phone]")
    start(visitor)
    assert "connect-src 'self';" in visitor.get("/report").headers["content-security-policy"]


HOSTILE = {
    "clock_ms": "9" * 400,
    "clock_minutes": "-99999999999999999999",
    "screen": "-1",
    "kbits": "1e9",
    "storage": "<script>",
    "hosts.evil.example": "no",
    "hosts." + HOST: "no and so on",
    "browser": "x" * 1000,
}


def test_hostile_facts_are_bounded(visitor: Visitor, session: Session):
    visitor.get("/check/fern")
    answer = visitor.post("/check/fern", data=HOSTILE)
    assert answer.status_code == 200
    assert "evil.example" not in answer.text
    for name, value in HOSTILE.items():
        answer = visitor.post("/check/fern/sending", data={"javascript": "yes", name: value})
        assert answer.status_code == 200, name
    stored = str([draft.answers for draft in session.exec(select(ReportDraft))])
    assert "evil" not in stored
    assert "script>" not in stored
    assert "xxx" not in stored
    assert "Mozilla" not in stored


def test_the_sample_is_as_large_as_it_is_said(visitor: Visitor):
    answer = visitor.get("/check/fern/sample", headers={"accept-encoding": "gzip"})
    assert len(answer.content) == 150_000
    assert answer.headers["cache-control"] == "no-store"
