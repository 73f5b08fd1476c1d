"""11.C6: a log-in that ends while somebody writes costs no word, and shows none to anybody else."""

from datetime import datetime, timedelta

import pytest
from httpx2 import Response
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, select

from navigator import clock
from navigator.catalogue.service import DraftPolicy, Service
from navigator.jobs import retention
from navigator.people import login, private_links
from navigator.people.reporter import ReporterLink
from navigator.people.user_session import UserSession
from navigator.tickets import kept_forms
from navigator.tickets.actions.clinical_review import (
    acknowledge,
    open_reviews_of,
    request_review_by_staff,
)
from navigator.tickets.actions.unsent_words import NOT_SENT, review_unsent_words
from navigator.tickets.inputs import ReviewRequestInput
from navigator.tickets.kept_forms import KEPT_FOR, MOST, KeptForm
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from navigator.triage.safety_screen import screen
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import PASSWORD, People
from tests.web.conftest import Enter
from web.app import app

pytestmark = pytest.mark.both_engines

WORDS = "She tried it twice.\n\nNow the page stays white."


@pytest.fixture
def number(session: Session, people: People) -> int:
    return tell(session).number


def log_out_elsewhere(session: Session) -> None:
    for row in session.exec(select(UserSession)).all():
        session.delete(row)
    session.flush()


def send(visitor: Visitor, button: str, **typed: str | list[str]) -> Response:
    """Press a button as a browser does: it says which page the form stands on."""
    visitor.headers["referer"] = f"http://testserver{visitor.path}"
    try:
        return visitor.press(button, **typed)
    finally:
        del visitor.headers["referer"]


def log_in(visitor: Visitor, who: str = "amina") -> None:
    visitor.press("Log in", email=f"{who}@north.example", password=PASSWORD)


def kept(session: Session) -> list[KeptForm]:
    session.expire_all()
    return list(session.exec(select(KeptForm)))


def said(session: Session, action: str) -> list[str]:
    session.expire_all()
    return [one.body for one in session.exec(select(Message).where(Message.action == action))]


@pytest.mark.parametrize(
    ("path", "button", "action"),
    [("/tickets/{}", "Send", "reply"), ("/tickets/{}/notes", "Save note for staff", "note")],
)
def test_what_staff_wrote_is_back_on_the_same_page_after_logging_in(
    enter: Enter, session: Session, number: int, path: str, button: str, action: str
):
    amina = enter("amina")
    amina.get(path.format(number))
    log_out_elsewhere(session)
    send(amina, button, body=WORDS)
    assert amina.path == "/log-in"
    assert "kept for 24 hours, for you alone" in amina.text
    assert WORDS.split(maxsplit=1)[0] not in amina.text
    log_in(amina)
    assert amina.path == path.format(number)
    assert amina.one("main #body").text().strip() == WORDS
    assert "was not sent" in amina.text
    assert said(session, action) == []
    amina.press(button)
    assert said(session, action) == [WORDS]
    assert kept(session) == []
    amina.get(path.format(number))
    assert amina.one("main #body").text().strip() == ""


def test_it_is_back_also_when_the_session_ends_by_itself(enter: Enter, session: Session, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}/notes")
    clock.set_to(clock.now() + timedelta(hours=13))
    send(amina, "Save note for staff", body=WORDS)
    log_in(amina)
    assert amina.one("main #body").text().strip() == WORDS


def test_words_looked_at_first_are_not_shown_again_once_they_were_sent(
    enter: Enter, session: Session, number: int
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    log_out_elsewhere(session)
    send(amina, "Send", body=WORDS)
    log_in(amina)
    amina.press("Look at it first")
    amina.press("Send it")
    assert (said(session, "reply"), kept(session)) == ([WORDS], [])


def test_words_that_will_not_do_are_not_forgotten_by_another_form(
    enter: Enter, session: Session, number: int
):
    """Every form of a page that was shown again with an error said that it ended what was kept."""
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    log_out_elsewhere(session)
    send(amina, "Send", body=WORDS)
    log_in(amina)
    amina.press("Send", body=WORDS * 200)
    assert amina.problems != []
    amina.press("I have checked the person")
    assert [row.typed["body"] for row in kept(session)] == [[WORDS]]


def test_a_whole_report_is_back_with_all_that_was_chosen(enter: Enter, session: Session):
    priya = enter("priya")
    priya.get("/desk/report")
    log_out_elsewhere(session)
    send(priya, "Save the report", who="patient", programme="fern", text=WORDS, contact__route="none")
    log_in(priya, "priya")
    assert priya.path == "/desk/report"
    priya.press("Save the report")
    ticket = session.exec(select(Ticket)).one()
    assert (ticket.reporter_kind, ticket.programme_id is not None) == ("patient", True)
    assert said(session, "report") == [WORDS]


def test_a_page_that_cannot_be_asked_for_leads_to_the_one_above(enter: Enter, session: Session):
    priya = enter("priya")
    priya.get("/desk/report")
    priya.press("See reports like this", service="north", text=WORDS)
    assert priya.path == "/desk/report/like"
    log_out_elsewhere(session)
    send(priya, "Save the report", who="me")
    log_in(priya, "priya")
    assert priya.path == "/desk/report"
    assert priya.one("#text").text().strip() == WORDS


@pytest.mark.parametrize("other", ["tom", "mo"])
def test_nobody_else_reads_it_at_the_same_browser(enter: Enter, session: Session, number: int, other: str):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    log_out_elsewhere(session)
    send(amina, "Send", body=WORDS)
    log_in(amina, other)
    assert amina.path == f"/tickets/{number}"
    assert "white" not in amina.page.html  # type: ignore[operator]
    amina.press("Log out")
    amina.get(f"/tickets/{number}")
    log_in(amina)
    assert amina.one("main #body").text().strip() == WORDS


def test_a_mark_of_another_person_keeps_it_for_them_and_not_for_the_sender(
    enter: Enter, session: Session, number: int
):
    """Whoever sends a form is nobody yet: the words belong to whom its page was made for."""
    amina, tom = enter("amina"), enter("tom")
    amina.get(f"/tickets/{number}")
    box = amina.page.css_first("form[data-draft] input[name=once]")
    assert box
    log_out_elsewhere(session)
    tom.post(f"/tickets/{number}/replies", data={"body": WORDS, "once": box.attributes["value"] or ""})
    log_in(tom, "tom")
    assert "white" not in tom.page.html  # type: ignore[operator]


def test_what_a_colleague_left_open_is_not_sent_by_the_next_one_and_is_theirs_again(
    enter: Enter, session: Session, number: int
):
    """The page that says that nothing was saved still has their words, and a button that sends them."""
    amina, tom = enter("amina"), enter("tom")
    amina.get(f"/tickets/{number}")
    tom.page, tom.path = amina.page, amina.path
    answer = send(tom, "Send", body=WORDS)
    assert (answer.status_code, said(session, "reply")) == (409, [])
    assert "Nothing was sent. What they typed waits for them, for 24 hours." in tom.text
    assert "white" not in tom.page.html  # type: ignore[operator]
    tom.get(f"/tickets/{number}")
    assert "white" not in tom.page.html  # type: ignore[operator]
    tom.press("Log out")
    tom.get(f"/tickets/{number}")
    log_in(tom)
    assert tom.one("main #body").text().strip() == WORDS


@pytest.mark.parametrize("mark", ["", "made-up", "WyJ4IiwidXNlciAxIl0.c2lnbmF0dXJl"])
def test_nothing_is_kept_for_a_stranger_without_a_page_of_ours(session: Session, people: People, mark: str):
    stranger = Visitor(app)
    answer = stranger.post("/tickets/1/replies", data={"body": WORDS, "once": mark})
    assert answer.status_code == 401
    assert kept(session) == []


@pytest.mark.parametrize(
    "referer", ["https://evil.example/x", "//evil.example", "http://testserver//evil.example", ""]
)
def test_nobody_is_led_elsewhere(enter: Enter, session: Session, number: int, referer: str):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    log_out_elsewhere(session)
    amina.headers["referer"] = referer
    amina.press("Send", body=WORDS)
    log_in(amina)
    assert amina.path == f"/tickets/{number}/replies"
    assert amina.one("main #body").text().strip() == WORDS


def test_no_password_is_kept(enter: Enter, session: Session):
    amina = enter("amina")
    amina.get("/account/password")
    log_out_elsewhere(session)
    send(amina, "Change my password", old=PASSWORD, password="nine dry umbrellas")
    assert amina.path == "/log-in"
    assert kept(session) == []


def test_an_answer_by_a_private_link_that_has_ended_is_kept_for_its_reporter(session: Session, number: int):
    pat = Visitor(app)
    token = private_links.mint(session, number)
    session.flush()
    pat.get(f"/t/{token}")
    for link in session.exec(select(ReporterLink)).all():
        session.delete(link)
    session.flush()
    pat.press("Send", body=WORDS)
    assert "Your message was not sent" in pat.text
    assert "Nobody has read it" in pat.text
    assert "white" not in pat.text
    again = private_links.mint(session, number)
    session.flush()
    pat.get(f"/t/{again}")
    assert pat.one("main #body").text().strip() == WORDS
    pat.press("Send")
    assert (said(session, "answer"), kept(session)) == ([WORDS], [])


def test_whoever_follows_another_report_reads_none_of_it(session: Session, number: int):
    pat, other = Visitor(app), tell(session, contact={"route": "none"}).number
    tokens = [private_links.mint(session, one) for one in (number, other)]
    session.flush()
    pat.get(f"/t/{tokens[0]}")
    pat.cookies.delete(f"desk_reporter_{number}")
    pat.press("Send", body=WORDS)
    pat.get(f"/t/{tokens[1]}")
    assert "white" not in pat.page.html  # type: ignore[operator]


def test_it_is_forgotten_after_a_day(enter: Enter, session: Session, number: int, people: People):
    kept_forms.keep(session, "user 1", "/x", "/x", {"body": [WORDS]})
    session.flush()
    clock.set_to(clock.now() + KEPT_FOR)
    assert kept_forms.kept_on(session, "user 1", "/x") is None
    retention.delete_old_rows(session, clock.now())
    assert kept(session) == []


def test_one_person_keeps_only_so_much(session: Session):
    for at in range(MOST + 5):
        clock.set_to(clock.now() + timedelta(seconds=1))
        kept_forms.keep(session, "user 1", f"/{at}", "/", {"body": [WORDS]})
        session.flush()
    assert len(kept(session)) == MOST
    newest = kept_forms.kept_on(session, "user 1", "/")
    assert newest is not None
    assert newest.path == f"/{MOST + 4}"


def ends_at(session: Session) -> datetime:
    session.expire_all()
    return session.exec(select(UserSession)).one().expires_at


def test_the_end_is_warned_of_half_an_hour_before_and_put_off_by_a_press(
    enter: Enter, session: Session, number: int
):
    amina = enter("amina")  # for an hour
    amina.get(f"/tickets/{number}/notes")
    assert "hidden" in amina.one("[data-log-in-lasts='3600']").attributes
    clock.set_to(clock.now() + timedelta(minutes=31))
    amina.get(f"/tickets/{number}/notes")
    assert "hidden" not in amina.one("[data-log-in-lasts]").attributes
    assert "Your log-in ends at 11am" in " ".join(amina.one(".desk-ending").text().split())
    send(amina, "Stay logged in")
    assert amina.path == f"/tickets/{number}/notes"
    assert "You are logged in until 10:31pm." in amina.text
    assert ends_at(session) == clock.now() + login.SESSION_LIFETIME
    assert amina.one("[data-log-in-lasts]").attributes["data-log-in-lasts"] == "43200"
    assert not amina.page.css(".desk-ending *")  # half of the day nobody needs it


def test_a_log_in_does_not_last_for_ever(enter: Enter, session: Session):
    amina = enter("amina")
    began = clock.now()
    for _ in range(5):
        clock.set_to(ends_at(session) - timedelta(seconds=1))
        amina.get("/home")
        amina.press("Stay logged in")
    assert ends_at(session) == began + login.LONGEST_SESSION


def test_nobody_puts_off_an_end_that_has_come(enter: Enter, session: Session):
    amina = enter("amina")
    clock.set_to(ends_at(session) - timedelta(seconds=1))
    amina.get("/home")
    clock.set_to(ends_at(session))
    amina.press("Stay logged in")
    assert amina.path != "/home"
    assert ends_at(session) == clock.now()


@pytest.mark.parametrize("policy", DraftPolicy)
def test_words_of_risk_by_a_link_that_has_ended_are_screened(
    session: Session, people: People, number: int, policy: DraftPolicy
):
    """11.A1, 11.C6: help comes first; a clinician is told where the service decided so for drafts."""
    session.get_one(Service, people.north).draft_policy = policy
    pat = Visitor(app)
    token = private_links.mint(session, number)
    session.flush()
    pat.get(f"/t/{token}")
    page = pat.page
    for link in session.exec(select(ReporterLink)).all():
        session.delete(link)
    session.flush()
    pat.press("Send", body="I want to end my life tonight.")
    is_told = policy is DraftPolicy.REQUEST_REVIEW
    first = pat.text.index("please do not wait for us")
    assert first < pat.text.index("Your message was not sent")
    assert ("We have asked a clinician" in pat.text, "Nobody has read it" in pat.text) == (
        is_told,
        not is_told,
    )
    pat.page = page
    pat.press("Send", body="I want to end my life, I said.")
    session.expire_all()
    reviews = session.exec(select(ClinicalReview)).all()
    assert len(reviews) == is_told
    assert all(NOT_SENT in review.reasons for review in reviews)
    assert said(session, "answer") == []


def test_what_cannot_be_kept_either_is_on_the_page_that_says_so(
    enter: Enter, session: Session, number: int, monkeypatch: pytest.MonkeyPatch
):
    """Else the form would be read a second time, from a connection on which nothing more comes."""

    def broken(*_: object) -> None:
        raise OperationalError("disk full", {}, Exception())

    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    log_out_elsewhere(session)
    monkeypatch.setattr(kept_forms, "keep", broken)
    assert send(amina, "Send", body=WORDS).status_code == 503
    assert "Your words are still here." in amina.text


def test_words_that_were_not_sent_are_told_though_a_clinician_has_read_what_staff_asked(
    session: Session, people: People, number: int
):
    """The page said that a clinician was asked, and nobody was: what stood was of something else."""
    session.get_one(Service, people.north).draft_policy = DraftPolicy.REQUEST_REVIEW
    asked = ReviewRequestInput(reason="She sounded low")
    request_review_by_staff(session, people.amina, number, asked)
    acknowledge(session, people.cole, open_reviews_of(session, number)[0].id or 0)
    found = screen("I want to end my life tonight.")
    for _ in range(2):
        assert review_unsent_words(session, number, found)
        session.flush()
    assert [NOT_SENT in each.reasons for each in open_reviews_of(session, number)] == [False, True]
