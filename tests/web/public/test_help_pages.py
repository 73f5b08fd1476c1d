"""Help pages: found without reporting, however it is spelt, checked in time, and counted once a device."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlmodel import Session, select
from structlog.testing import capture_logs

from navigator import clock
from navigator.catalogue.article_answers import ANSWERS_PER_ADDRESS, ArticleAnswer
from navigator.catalogue.articles import VERIFIED_FOR, Article
from navigator.catalogue.contact import Contact
from navigator.catalogue.service import DraftPolicy, Service
from navigator.go_live_check import findings
from navigator.jobs.abandoned_drafts import delete_expired_draft
from navigator.jobs.retention import delete_old_rows
from navigator.people.rate_limit import Limit
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from tests.web.report_journey import report
from web.app import app
from web.public import help_search

pytestmark = pytest.mark.both_engines

RISK = "I want to end my life"


@pytest.fixture(autouse=True)
def shelf(session: Session, people: People) -> dict[str, Article]:
    """A few help pages, checked today."""
    told = {
        "new-password": (
            "Make a new password",
            "",
            "access.forgotten_password",
            "1. Press **Forgot password**.",
        ),
        "fewer-messages": ("Get fewer messages", "fern", "notify.too_many", "1. Open **Settings**."),
        "sound": ("Turn the sound on", "", "device.browser_display_media", "1. Turn the volume up."),
        "signed-out": ("Stay logged in", "", "access.signed_out", "1. Tick **Remember me**."),
        "old": ("How it was before", "", "access.forgotten_password", "1. Nothing."),
    }
    rows = {
        code: Article(
            code=code, title=title, programme=programme, category=category, body=body, owner="Lead navigator",
            verified_on=clock.today(), is_offered=code != "old",
        )
        for code, (title, programme, category, body) in told.items()
    }  # fmt: skip
    session.add_all(rows.values())
    session.flush()
    return rows


def look_for(visitor: Visitor, sought: str) -> list[str]:
    """Type into the box of the help pages; the pages that are found, by their titles."""
    visitor.get("/help")
    visitor.press("Search", sought=sought)
    return [link.text() for link in visitor.page.css("main li > a[href^='/help/']")]


def counts(session: Session, article: Article) -> tuple[int, int]:
    """How often it was seen and has helped, as it is kept, and as the answers add up (the same)."""
    session.expire_all()
    said = "SELECT has_helped FROM articleanswer WHERE article_code = :code"
    helped = [bool(row.has_helped) for row in session.execute(text(said), {"code": article.code})]
    assert (article.times_shown, article.times_solved) == (len(helped), sum(helped))
    return article.times_shown, article.times_solved


def test_pages_are_found_without_reporting(visitor: Visitor) -> None:
    visitor.get("/")
    visitor.get(visitor.one("main a[href='/help']").attributes["href"] or "")
    assert "Make a new password" in visitor.text
    assert "How it was before" not in visitor.text
    visitor.get("/help?programme=fern")
    assert "Get fewer messages" in visitor.text
    visitor.get("/help/new-password")
    assert visitor.one("h1").text() == "Make a new password"
    assert visitor.one("article ol strong").text() == "Forgot password"
    assert "Last checked on Tuesday 9 June." in visitor.text
    assert "Who looks after it: Lead navigator." in visitor.text
    assert visitor.get("/help/old").status_code == 404
    assert visitor.get("/help/nothing").status_code == 404


@pytest.mark.parametrize(
    ("sought", "first"),
    [
        ("new password", "Make a new password"),
        ("pasword", "Make a new password"),
        ("forgoten my pasworrd", "Make a new password"),
        ("I can't remember how to get in", "Make a new password"),
        ("it keeps kicking me out", "Stay logged in"),
        ("logging in again and again", "Stay logged in"),
        ("way too many emails", "Get fewer messages"),
        ("mesages", "Get fewer messages"),
        ("soudn", "Turn the sound on"),
        ("emial", "Get fewer messages"),
        ("video has no sound", "Turn the sound on"),
        ("I cant hear annything", "Turn the sound on"),
    ],
)
def test_search_forgives(visitor: Visitor, sought: str, first: str) -> None:
    """Spelling, endings, and everyday words that stand on no page."""
    assert look_for(visitor, sought)[:1] == [first]


@pytest.mark.parametrize("sought", ["parsnip", "xylophone", "window", "piano", "printer", "parking"])
def test_what_is_like_nothing_is_said_not_to_be_found(visitor: Visitor, sought: str) -> None:
    """Of a xylophone the page about sound was found: the likeliest of many unlikely ones."""
    assert look_for(visitor, sought) == []
    assert "We found no help page for that." in visitor.text
    assert visitor.get("/help?found=99.x.1e9&about=nonsense&programme=nowhere").status_code == 200


def test_what_is_typed_stands_in_no_address_and_no_log(visitor: Visitor) -> None:
    with capture_logs() as logs:
        answer = visitor.post("/help", data={"sought": "my pasword is Hunter2"})
    said = " ".join([*(str(each.url) for each in (*answer.history, answer)), str(logs)]).lower()
    assert "hunter2" not in said
    assert "pasword" not in said
    assert "hunter2" not in str(answer.headers).lower()


def test_nothing_typed_is_said_so(visitor: Visitor) -> None:
    visitor.get("/help")
    visitor.press("Search", sought="  ")
    assert visitor.problems == ["Write a few words, such as “new password”"]


def test_what_belongs_to_somebody_else_says_whom_to_call(
    visitor: Visitor, session: Session, people: People
) -> None:
    """No form between: the number is a link, with its hours."""
    line = Contact(service_id=people.north, kind="booking", role_name="Booking line", email="")
    line.phone, line.hours = "01632 960105", "8am to 6pm"
    session.add(line)
    session.flush()
    look_for(visitor, "I need to cancel my appointment and book another one")
    assert visitor.one("main a[href='tel:01632960105']").text() == "01632 960105"
    assert "They are there: 8am to 6pm." in visitor.text


def test_words_of_risk_show_help_at_once_and_are_kept_as_a_draft(visitor: Visitor, session: Session) -> None:
    look_for(visitor, RISK)
    assert visitor.path == "/report/help"
    visitor.one("main a[href='tel:999']")
    draft = session.exec(select(ReportDraft)).one()
    assert draft.is_of_concern
    assert draft.answers["words"]["text"] == RISK


def test_words_of_risk_too_long_to_look_for_are_heard_too(visitor: Visitor, session: Session) -> None:
    told = f"I have tried all that you said and nothing of it works for me. {'It is hopeless. ' * 20}{RISK}"
    look_for(visitor, told)
    assert visitor.path == "/report/help"
    assert session.exec(select(ReportDraft)).one().answers["words"]["text"] == told


def test_words_of_risk_are_added_to_what_was_begun(visitor: Visitor, session: Session) -> None:
    visitor.get("/report")
    visitor.press("Continue", service="north", programme="fern")
    look_for(visitor, RISK)
    draft = session.exec(select(ReportDraft)).one()
    assert (draft.is_of_concern, draft.answers["place"]["service"]) == (True, "north")


@pytest.mark.parametrize("who", ["alone", "unsure", "nobody"])
def test_left_there_they_are_dealt_with_as_any_abandoned_draft(
    visitor: Visitor, session: Session, people: People, who: str
) -> None:
    """Nobody said which service: where one alone can be meant, its policy holds; else it is logged."""
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    session.get_one(Service, people.north).takes_unsure = who == "unsure"
    if who == "alone":
        alone(session, people)
    session.flush()
    look_for(visitor, RISK)
    draft = session.exec(select(ReportDraft)).one()
    with capture_logs() as logs:
        delete_expired_draft(session, clock.now(), draft.token_hash)
    session.flush()
    assert any(log["event"] == "words of risk were not sent" for log in logs)
    assert RISK not in str(logs)
    assert len(session.exec(select(ClinicalReview)).all()) == (who != "nobody")


def alone(session: Session, people: People) -> None:
    """The other service takes no reports."""
    for contact in session.exec(select(Contact).where(Contact.service_id == people.south)):
        session.delete(contact)
    session.flush()


def test_it_helped_is_counted_once_a_device(
    visitor: Visitor, session: Session, shelf: dict[str, Article]
) -> None:
    page = shelf["new-password"]
    visitor.get("/help/new-password")
    device = visitor.one("main input[name=device]").attributes["value"] or ""
    visitor.post("/help/new-password/answer", data={"device": device, "helped": "yes"})
    assert "Thank you. Good to hear that it helped." in visitor.text
    assert counts(session, page) == (1, 1)
    visitor.get("/help/new-password")
    visitor.press("Yes, it helped")
    assert counts(session, page) == (1, 1)
    twice = Visitor(app)  # a double press: its second request has no cookie yet
    twice.post("/help/new-password/answer", data={"device": device, "helped": "yes"})
    assert counts(session, page) == (1, 1)
    other = Visitor(app)
    other.get("/help/new-password")
    other.press("Yes, it helped")
    assert counts(session, page) == (2, 2)


def test_who_changes_their_mind_counts_once_all_the_same(
    visitor: Visitor, session: Session, shelf: dict[str, Article]
) -> None:
    for helped, expected in (("yes", (1, 1)), ("no", (1, 0)), ("no", (1, 0)), ("yes", (1, 1))):
        visitor.post("/help/new-password/answer", data={"helped": helped})
        assert counts(session, shelf["new-password"]) == expected
    visitor.post("/help/new-password/answer", data={"helped": "maybe"})
    assert counts(session, shelf["new-password"]) == (1, 1)


def test_a_stranger_counts_no_more_than_the_limit(
    session: Session, people: People, shelf: dict[str, Article]
) -> None:
    statuses = [
        Visitor(app).post("/help/new-password/answer", data={"helped": "yes"}).status_code
        for _ in range(ANSWERS_PER_ADDRESS.times + 2)
    ]
    assert statuses[-2:] == [429, 429]
    assert counts(session, shelf["new-password"]) == (ANSWERS_PER_ADDRESS.times,) * 2


def test_searches_are_limited_and_words_of_risk_are_heard_beyond(
    visitor: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(help_search, "SEARCHES_PER_ADDRESS", Limit(2, timedelta(hours=1)))
    statuses = [visitor.post("/help", data={"sought": "sound"}).status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    visitor.post("/help", data={"sought": RISK})
    assert visitor.path == "/report/help"


def test_the_answers_of_devices_are_forgotten_and_the_counts_stay(
    visitor: Visitor, session: Session, shelf: dict[str, Article]
) -> None:
    visitor.post("/help/new-password/answer", data={"helped": "yes"})
    delete_old_rows(session, clock.now() + timedelta(days=29))
    assert counts(session, shelf["new-password"]) == (1, 1)
    delete_old_rows(session, clock.now() + timedelta(days=31))
    assert session.exec(select(ArticleAnswer)).all() == []
    assert shelf["new-password"].times_solved == 1


def test_it_did_not_help_leads_into_the_report_with_what_is_known(visitor: Visitor, session: Session) -> None:
    visitor.get("/help/fewer-messages?programme=fern")
    visitor.press("No, it did not help")
    assert visitor.path == "/help/fewer-messages/not-helped"
    visitor.press("Tell us what is wrong")
    draft = session.exec(select(ReportDraft)).one()
    assert draft.answers["words"]["common"] == "notify.too_many"
    assert visitor.path == "/report/place"
    visitor.press("Continue", service="north", programme="fern")
    asked = "try" if draft.answers["offered"]["questions"] else "session"
    assert visitor.path == f"/report/{asked}"


def test_one_service_with_the_programme_is_not_asked_for(
    visitor: Visitor, session: Session, people: People
) -> None:
    alone(session, people)
    visitor.post("/help/fewer-messages/report")
    draft = session.exec(select(ReportDraft)).one()
    assert (draft.answers["place"]["service"], draft.answers["place"]["programme"]) == ("north", "fern")
    assert visitor.path != "/report/place"


def test_a_report_that_was_begun_is_not_thrown_away(visitor: Visitor, session: Session) -> None:
    visitor.get("/report")
    visitor.press("Continue", service="north", programme="fern")
    visitor.post("/help/new-password/report")
    assert "A report was started on this device" in visitor.text
    session.exec(select(ReportDraft)).one()


def test_a_page_that_was_not_checked_in_time_says_so(
    visitor: Visitor, session: Session, shelf: dict[str, Article]
) -> None:
    page = shelf["new-password"]
    page.verified_on = clock.today() - VERIFIED_FOR
    session.flush()
    visitor.get("/help/new-password")
    assert "may be out of date" not in visitor.text
    page.review_on = clock.today() - timedelta(days=1)
    session.flush()
    visitor.get("/help/new-password")
    assert "It was to be checked again by Monday 8 June, so it may be out of date." in visitor.text
    page.verified_on = None
    session.flush()
    visitor.get("/help/new-password")
    assert "Nobody has checked this page yet." in visitor.text


def test_looking_changes_nothing(visitor: Visitor, session: Session) -> None:
    for path in ("/help", "/help/sound", "/help/sound/not-helped", "/help/sound/poster", "/help?found=1"):
        visitor.get(path)
    for table in (ReportDraft, ArticleAnswer, Ticket, Message):
        assert session.exec(select(table)).all() == []
    assert not visitor.cookies


def test_a_poster_leads_to_its_page(visitor: Visitor) -> None:
    visitor.get("/help/sound/poster")
    assert "http://127.0.0.1:8000/help/sound" in visitor.text
    visitor.one(".desk-square svg")
    visitor.one(".desk-poster .desk-crisis a[href='tel:999']")


def test_what_is_overdue_is_named_to_its_owner(
    enter: Enter, session: Session, shelf: dict[str, Article]
) -> None:
    """On “Today” of managers and administrators, in the settings, and by `navigator check`."""
    for who in ("ada", "mo"):
        desk = enter(who)
        desk.get("/home")
        assert "Help pages to check again" not in desk.text
    assert "Help pages were checked in time" in [finding.text for finding in findings(session)]
    shelf["sound"].review_on = clock.today() - timedelta(days=2)
    shelf["old"].review_on = clock.today() - timedelta(days=2)  # it is shown to nobody
    session.flush()
    for who in ("ada", "mo"):
        desk = enter(who)
        desk.get("/home")
        assert "Turn the sound on Lead navigator, due Sunday 7 June" in desk.text
        assert "How it was before" not in desk.text
    amina = enter("amina")
    amina.get("/home")
    assert "Turn the sound on" not in amina.text
    (found,) = [finding for finding in findings(session) if "help page" in finding.text]
    assert not found.ok
    assert found.text == "Lead navigator: check the help page “Turn the sound on”, due since 7 June 2026"


def test_words_of_risk_are_sent_as_soon_as_it_is_known_where_to(
    visitor: Visitor, session: Session, people: People
) -> None:
    look_for(visitor, RISK)
    visitor.press("Send it now")
    assert visitor.path == "/report/place"  # more services than one can be meant
    visitor.press("Continue", service="north", programme="fern")
    assert visitor.path == "/report/help"
    visitor.press("Send it now")
    assert visitor.path == "/report/sent"
    session.exec(select(ClinicalReview)).one()


@pytest.mark.parametrize("how", ["words of risk", "not helped"])
def test_what_is_begun_here_after_a_report_was_sent_is_not_lost(
    visitor: Visitor, session: Session, shelf: dict[str, Article], how: str
) -> None:
    """The help page stood open in another tab when the report was sent, and its confirmation still does."""
    report(visitor)
    if how == "words of risk":
        visitor.post("/help", data={"sought": RISK})
    else:
        visitor.post("/help/new-password/report", data={"programme": "fern"})
    visitor.get("/help")
    visitor.get("/report")
    assert "A report was started on this device" in visitor.text
