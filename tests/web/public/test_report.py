"""Telling a problem without an account: every step, every error, once, safely, and gone when it is sent."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.contact import Contact
from navigator.catalogue.crisis_wording import CrisisWording
from navigator.catalogue.service import Service
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.rate_limit import Limit
from navigator.people.reporter import Reporter
from navigator.tickets.report_draft import Deflection, ReportDraft
from navigator.tickets.reports import drafts, limits
from navigator.tickets.ticket import ClinicalReview, Message, Ticket
from tests.cases import each_case
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.report_journey import ANSWERS, IF_ASKED, report, tell, tickets
from web.app import app
from web.public import report_steps

RISK = "I want to end my life"
ODD = "n\u00e9 \u202e \U0001f9d1\u200d\U0001f9bd \u0645\u0631\u062d\u0628\u0627\0 'quote\" <b>&amp;"


def only(session: Session) -> Ticket:
    session.expire_all()
    return session.exec(select(Ticket)).one()


def test_a_problem_is_told_and_sent(visitor: Visitor, session: Session, people: People):
    link = report(visitor)
    assert "We try to answer you by 10am on Wednesday 10 June" in visitor.text
    assert "We try to put it right before your session on Friday 19 June" in visitor.text
    assert "An email will tell you when there is an answer" in visitor.text
    ticket = only(session)
    assert f"DN-{ticket.number:06d}" in visitor.text
    assert (ticket.category, ticket.service_id) == ("access.forgotten_password", people.north)
    assert ticket.assignee_id in (people.amina.user_id, people.tom.user_id)
    visitor.get(link)
    assert visitor.path == f"/follow/{ticket.number}"
    assert "The reset page says no" in visitor.text


def test_a_printed_link_fills_in_the_place(visitor: Visitor):
    visitor.get("/report?service=south&programme=fern")
    chosen = [one.attributes["value"] for one in visitor.page.css("input[checked]")]
    assert chosen == ["south", "fern"]


def test_a_phone_number_is_stored_as_one_and_shown_as_people_write_it(visitor: Visitor, session: Session):
    tell(visitor, "check", reach={"route": "phone", "call_phone": "+44 (0)7700 900 982"})
    assert "By phone: 07700 900982" in visitor.text
    visitor.get("/report/reach")
    assert visitor.one("#call_phone").attributes["value"] == "07700 900982"
    visitor.press("Continue")
    visitor.press("Confirm and send")
    assert session.get_one(Reporter, only(session).reporter_id).phone == "+447700900982"


def test_answers_of_before_an_upgrade_are_not_checked_again(visitor: Visitor, session: Session):
    tell(visitor, "check", reach={"route": "phone", "call_phone": "07700 900 982"})
    draft = session.exec(select(ReportDraft)).one()
    draft.answers = draft.answers | {"reach": {"route": "phone", "phone": "07700 900 9821"}}
    session.flush()
    visitor.get("/report/check")
    visitor.press("Confirm and send")
    assert session.get_one(Reporter, only(session).reporter_id).phone == "07700 900 9821"


def test_something_else_needs_a_few_words(visitor: Visitor, session: Session):
    tell(visitor, "words")
    visitor.press("Continue", text="")
    assert visitor.problems == ["Tell us what is wrong, in a few words"]
    visitor.press("Continue", text="The screen of the diary stays white")
    assert visitor.path in ("/report/which", "/report/session")


def test_words_are_answered_with_what_they_may_mean(visitor: Visitor, session: Session):
    """15.2: the likeliest three, one press each; and what was written is kept."""
    words = {"text": "it is broken", "common": ""}
    tell(visitor, "which", words=words)
    offered = [one.attributes["value"] for one in visitor.page.css("button[name='category']")]
    assert offered[-1] == "something_else"
    assert "use.feature_fault" in offered[:-1]
    assert len(offered) <= 4
    assert visitor.post("/report/which", data={}).status_code == 422
    assert visitor.problems == ["Choose what is closest. “None of these” is fine."]
    report(visitor, words=words, which={"category": "use.feature_fault"})
    assert only(session).reported_category == "use.feature_fault"
    assert session.exec(select(Message)).one().body == "it is broken"


@pytest.mark.parametrize(
    ("text", "asks"), [("cant get in", "access.wrong_site_or_email"), ("hello", ""), ("zzz", "")]
)
def test_a_few_words_are_asked_about_where_they_say_anything(visitor: Visitor, text: str, asks: str):
    """15.2: nobody is shown a guess at nothing."""
    tell(visitor, "which" if asks else "session", words={"text": text, "common": ""})
    offered = [one.attributes["value"] for one in visitor.page.css("button[name='category']")]
    assert offered[:1] == [asks][: bool(asks)]


def test_what_is_clear_is_said_first(visitor: Visitor, session: Session):
    """15.2: nobody chooses from a list what their words say."""
    tell(visitor, "which", words={"text": "I forgot my password and cannot get in", "common": ""})
    first = visitor.page.css("button[name='category']")[0]
    assert first.attributes["value"] == "access.forgotten_password"
    assert "nhsuk-button--secondary" not in (first.attributes["class"] or "")
    visitor.press("I forgot my password or PIN")
    assert visitor.path == "/report/try"


def test_none_of_these_keeps_the_words_and_a_person_sorts_them(visitor: Visitor, session: Session):
    """15.2: the desk does not sort it as what its reporter has just said that it is not."""
    words = {"text": "I forgot my password and cannot get in", "common": ""}
    report(visitor, words=words, which={"category": "something_else"})
    ticket = only(session)
    assert (ticket.category, ticket.reported_category) == (None, None)
    assert ticket.suggested_category == "access.forgotten_password"
    assert ticket.is_none_suggested
    assert session.exec(select(Message)).one().body == words["text"]


def test_none_of_these_takes_no_risk_from_a_clinician(visitor: Visitor, session: Session):
    """15.2: what was not offered was not refused."""
    text = "My neighbour hits her little boy and I am scared for him. The app is slow too."
    report(visitor, words={"text": text, "common": ""}, which={"category": "something_else"})
    assert only(session).has_open_review


def test_a_common_problem_is_tapped(visitor: Visitor, session: Session):
    """15.2: without a word; and changed again, with or without words."""
    report(visitor, words={"text": "", "common": "notify.too_many"})
    assert only(session).reported_category == "notify.too_many"
    other = Visitor(app)
    tell(other, "check", words={"text": "", "common": "notify.too_many"})
    other.get("/report/words")
    assert "You chose: Too many messages" in other.text
    other.press("Continue", text="Six a day")
    assert other.path == "/report/check"
    other.get("/report/words")
    other.press("I forgot my password or PIN")
    assert other.path == "/report/try"
    other.get("/report/words")
    other.press("It is something else", text="")
    assert other.problems == ["Tell us what is wrong, in a few words"]
    other.press("It is something else", text="I get too many reminders, six a day")
    assert other.path == "/report/which"


def test_other_words_make_the_choice_among_likely_ones_void(visitor: Visitor):
    chosen = {"which": {"category": "use.feature_fault"}}
    tell(visitor, "session", words={"text": "it is broken", "common": ""}, **chosen)
    visitor.get("/report/words")
    visitor.press("Continue", text="crash")
    assert visitor.path == "/report/which"
    assert "You chose" not in visitor.text


@pytest.mark.parametrize(
    ("step", "typed", "says"),
    [
        ("place", {"programme": "fern"}, "Choose"),
        ("words", {}, "Tell us what is wrong"),
        ("try", {}, "Tell us if it helped"),
        ("session", {}, "Choose the day of your next session"),
        ("session", {"known": "yes"}, "Enter the date of your next session"),
        (
            "session",
            {
                "known": "yes",
                "next_session-day": "31",
                "next_session-month": "2",
                "next_session-year": "2026",
            },
            "must be a real date",
        ),
        ("reach", {}, "Choose how we should reach you"),
        ("reach", {"route": "email"}, "Enter the email address"),
        ("reach", {"route": "email", "email": "pat at post"}, "in the correct format"),
        ("reach", {"route": "text", "phone": ""}, "Enter the phone number"),
        ("reach", {"route": "text", "phone": "01632 960001"}, "Enter a mobile number"),
        ("reach", {"route": "phone", "call_phone": "0800 CALL ME"}, "Enter a phone number, like"),
        ("reach", {"route": "phone", "call_phone": ""}, "Enter the phone number"),
        ("reach", {"route": "email", "email": "pat@post.example"}, "Tell us if it is safe"),
        ("words", {"text": "a" * 5001}, "5,000 characters or fewer"),
        ("session", {"known": "no", "practitioner": "b" * 201}, "200 characters or fewer"),
    ],
)
def test_what_will_not_do_is_said_and_what_was_typed_is_kept(
    visitor: Visitor, step: str, typed: dict[str, str], says: str
):
    tell(visitor, step)
    answer = visitor.post(f"/report/{step}", data=typed)
    assert answer.status_code == 422
    assert says in visitor.problems[0]
    assert visitor.path == f"/report/{step}"
    for name, value in typed.items():
        (box, *_) = visitor.page.css(f"[name='{name}']")
        shown = box.text() if box.tag == "textarea" else box.attributes.get("value")
        if box.attributes.get("type") != "radio":
            assert shown == value
    visitor.get(f"/report/{step}")
    assert visitor.path == f"/report/{step}"  # the step is still to be answered: nothing of it was kept


@pytest.mark.parametrize("text", ["x" * 5000, "\U0001f642" * 5000, ODD, "a\r\nb\n\nc"])
def test_any_text_comes_through_whole(visitor: Visitor, session: Session, text: str):
    report(visitor, words={"text": text})
    said = session.exec(select(Message)).one().body
    assert said == text.replace("\x00", "").replace("\r\n", "\n")


def test_back_shows_what_was_answered_and_a_new_answer_voids_what_hung_on_it(visitor: Visitor):
    tell(visitor)
    visitor.get("/report/words")
    assert visitor.one("textarea").text() == "The reset page says no"
    visitor.press("Too many messages or reminders, or at a bad time")
    assert visitor.path == "/report/try"
    tell(visitor)
    assert "I forgot my password" not in visitor.text
    assert "The reset page says no" in visitor.text


def test_back_link_leads_through_the_steps(visitor: Visitor):
    tell(visitor)
    walked = []
    while visitor.path != "/":
        walked.append(visitor.path.rsplit("/", 1)[1])
        visitor.get(visitor.one(".nhsuk-back-link").attributes["href"] or "")
    assert walked == ["check", *reversed(list(ANSWERS))]


def test_nobody_skips_ahead(visitor: Visitor, session: Session):
    tell(visitor, "words")
    for name in ("try", "session", "check", "sent"):
        visitor.get(f"/report/{name}")
        assert visitor.path in ("/report/words", "/report")
        tell(visitor, "words")
    visitor.post("/report/check")
    assert visitor.path == "/report/words"
    assert tickets(session) == 0


@pytest.mark.parametrize("first", list(report_steps.BY_NAME))
def test_no_order_of_answers_breaks_the_journey(visitor: Visitor, first: str):
    """An old tab, a crafted form, a draft that is over: there is always a next page."""
    for name in (first, *reversed(list(report_steps.BY_NAME)), first):
        assert visitor.post(f"/report/{name}", data=(ANSWERS | IF_ASKED)[name]).status_code == 200
        assert visitor.get(f"/report/{name}").status_code == 200
    assert visitor.get("/report/check").status_code == 200


@pytest.mark.parametrize(
    ("step", "typed"),
    [
        ("place", {"service": "nowhere", "programme": "fern"}),
        ("place", {"service": "north", "programme": "nothing"}),
        ("words", {"common": "nothing.at_all"}),
        ("which", {"category": "nothing.at_all"}),
    ],
)
def test_what_nobody_offered_is_not_taken(
    visitor: Visitor, session: Session, step: str, typed: dict[str, str]
):
    tell(visitor, step, words={"text": "it is broken", "common": ""})
    before = [draft.answers for draft in session.exec(select(ReportDraft))]
    assert visitor.post(f"/report/{step}", data=typed).status_code == 422
    assert visitor.problems
    session.expire_all()
    assert [draft.answers for draft in session.exec(select(ReportDraft))] == before


def test_a_crafted_form_does_not_fill_the_drafts(visitor: Visitor, session: Session):
    tell(visitor, "try")
    visitor.post(
        "/report/try",
        data={"fixed": "no", "answers.a": "x" * 100, "answers.b": "y"}
        | {f"answers.{n}": "z" for n in range(99)},
    )
    session.expire_all()
    kept = session.exec(select(ReportDraft)).one().answers["try"]["answers"]
    assert "a" not in kept
    assert len(kept) < 31


def test_pressing_twice_makes_one_ticket(visitor: Visitor, session: Session):
    tell(visitor)
    for _ in range(3):
        assert visitor.post("/report/check").url.path == "/report/sent"
    assert tickets(session) == 1
    letters = session.exec(select(OutboxMessage).where(OutboxMessage.template == "received")).all()
    assert len(letters) == 1
    for name in ("words", "check"):
        visitor.get(f"/report/{name}")
        assert visitor.path == "/report/sent"


def test_the_draft_is_cleared_when_it_is_sent(visitor: Visitor, session: Session):
    report(visitor)
    session.expire_all()
    assert session.exec(select(ReportDraft)).one().answers == {}


def test_clear_my_answers_clears_them(visitor: Visitor, session: Session):
    tell(visitor)
    _follow(visitor, "Clear my answers")
    visitor.press("Yes, clear my answers")
    assert session.exec(select(ReportDraft)).all() == []
    visitor.get("/report/words")
    assert visitor.path == "/report/place"


def _follow(visitor: Visitor, words: str) -> None:
    (link,) = [one for one in visitor.page.css("main a") if one.text(strip=True) == words]
    visitor.get(link.attributes["href"] or "")


def test_clearing_asks_first(visitor: Visitor, session: Session):
    """11.A2: one press clears nothing; who has thought again goes on where they were."""
    tell(visitor, "help", words={"text": RISK})
    _follow(visitor, "Clear my answers")
    assert "Nobody will read" in visitor.text
    visitor.one("main .desk-crisis a[href='tel:999']")
    assert len(session.exec(select(ReportDraft)).all()) == 1
    _follow(visitor, "No, keep my answers")
    assert visitor.path == "/report/help"
    other = Visitor(app)
    tell(other)
    _follow(other, "Clear my answers")
    assert "Nobody will read" not in other.text
    _follow(other, "No, keep my answers")
    assert other.path == "/report/check"


def test_words_of_risk_are_sent_by_one_press_with_what_is_known(visitor: Visitor, session: Session):
    """11.A2: the button on the help page sends now; the rest can be told afterwards."""
    tell(visitor, "help", words={"text": RISK})
    assert "Continue: up to 3 more questions" in visitor.text
    visitor.press("Send it now")
    assert visitor.path == "/report/sent"
    assert visitor.one("h1").text() == "Thank you for telling us"
    assert only(session).has_open_review
    assert session.exec(select(Message)).one().body == RISK
    assert only(session).category == "access.forgotten_password"
    assert "tell us the rest" in visitor.text
    for _ in range(2):
        assert visitor.post("/report/send-now").url.path == "/report/sent"
    assert tickets(session) == 1


def test_what_was_not_asked_is_not_stored_as_an_answer(visitor: Visitor, session: Session):
    """11.A9: sent before it was asked, and with no way wanted, nobody "said that it is safe"."""
    tell(visitor, "help", words={"text": RISK})
    visitor.press("Send it now")
    reporter = session.get_one(Reporter, only(session).reporter_id)
    assert (reporter.contact_method, reporter.is_safe_to_contact) == (None, None)
    other = Visitor(app)
    report(other, reach={"route": "none", "email": ""})
    last = session.exec(select(Reporter).order_by(col(Reporter.id).desc())).first()
    assert last
    assert (last.contact_method, last.is_safe_to_contact) == ("none", None)


def test_a_way_that_was_taken_back_takes_its_safety_with_it(visitor: Visitor, session: Session):
    """11.A9: who said "safe" of an email address and then chose no way said nothing of that."""
    tell(visitor)
    visitor.get("/report/reach")
    visitor.press("Continue", route="none")
    visitor.press("Confirm and send")
    assert session.get_one(Reporter, only(session).reporter_id).is_safe_to_contact is None


def test_nothing_is_sent_before_there_is_something_to_send(visitor: Visitor, session: Session):
    """11.A2: a crafted press without a place or without words leads to what is still to be asked."""
    assert visitor.post("/report/send-now").url.path in ("/report", "/report/place")
    tell(visitor, "words")
    assert visitor.post("/report/send-now").url.path == "/report/words"
    assert tickets(session) == 0


def test_after_an_hour_nothing_is_shown_any_more(visitor: Visitor, session: Session):
    tell(visitor, "session")
    clock.set_to(clock.now() + timedelta(minutes=61))
    visitor.get("/report/words")
    assert visitor.path == "/report/place"
    assert "reset page" not in visitor.text
    visitor.post("/report/check")
    assert "Your answers are cleared. Please start again." in visitor.page.text()
    assert tickets(session) == 0


def test_this_fixed_it_needs_no_ticket(visitor: Visitor, session: Session):
    tell(visitor, "try")
    visitor.press("Yes, it works now")
    assert visitor.path == "/report/solved"
    assert session.exec(select(Deflection)).one().category == "access.forgotten_password"
    assert session.exec(select(ReportDraft)).all() == []
    assert tickets(session) == 0


def test_words_of_risk_are_answered_with_help_before_and_after_sending(visitor: Visitor, session: Session):
    clock.set_to(clock.now() + timedelta(hours=10))  # in the evening: nobody is there
    tell(visitor, "help", words={"text": RISK})
    visitor.one("main .desk-crisis a[href='tel:999']")
    assert "No one reads these messages until 9am on Wednesday 10 June" in visitor.text
    tell(visitor)
    visitor.press("Confirm and send")
    assert visitor.one("h1").text() == "Thank you for telling us"
    visitor.one("main .desk-crisis a[href='tel:999']")
    assert "No one reads these messages until 9am on Wednesday 10 June" in visitor.text
    assert only(session).has_open_review
    visitor.press("Send this too", reach_by="07700 900 982, evenings")
    assert "will see this" in visitor.page.text()
    session.expire_all()
    assert session.exec(select(ClinicalReview)).one().contact_note == "07700 900 982, evenings"


def test_while_somebody_is_there_nobody_is_told_to_wait(visitor: Visitor):
    tell(visitor, "help", words={"text": RISK})
    assert "No one reads" not in visitor.text
    report(visitor)
    assert "No one reads" not in visitor.text


@each_case("category", [leaf.id for leaf in catalogue().for_audience("patient")] + ["something_else"])
def test_choosing_from_a_list_says_nothing_that_worries_anybody(session: Session, category: str):
    """Codes are not sentences: a screen that has learned to read must not be shown them."""
    draft, _ = drafts.start_draft(session)
    kept = {name: dict(given) for name, given in ANSWERS.items()} | {
        "words": {"common": category, "text": ""},
        "which": {"category": category},
    }
    assert not drafts.save_answers(draft, kept)


def test_help_is_shown_once_and_does_not_stand_in_the_way(visitor: Visitor):
    tell(visitor, "help", words={"text": RISK})
    tell(visitor)
    assert visitor.path == "/report/check"


def test_the_services_own_crisis_wording_stands_on_every_page(
    visitor: Visitor, session: Session, people: People
):
    own = session.get_one(CrisisWording, people.north)
    own.lines = [
        *own.lines,
        {"when": "In North", "do": "Call the North line", "short": "North line", "call": "0191 498 0000"},
    ]
    session.flush()
    report(visitor)
    visitor.one("footer a[href='tel:01914980000']")


@pytest.mark.parametrize(
    "otherwise",
    [
        {"reach": {"route": "none", "email": ""}},
        {"reach": {"route": "email", "email": "pat@post.example", "safe": "no"}},
    ],
)
def test_who_cannot_be_reached_is_told_that_the_link_is_the_only_way(
    visitor: Visitor, session: Session, otherwise: dict[str, dict[str, str]]
):
    report(visitor, **otherwise)
    assert "We will not write to you or call you. This link is the only way" in visitor.text


def test_the_promise_never_names_a_past_time(visitor: Visitor, session: Session):
    tomorrow = {
        "known": "yes",
        "next_session-day": "10",
        "next_session-month": "6",
        "next_session-year": "2026",
    }
    clock.set_to(clock.now() + timedelta(hours=5))  # after noon of the day before: the guard is past
    link = report(visitor, session=tomorrow)
    assert "Your session can go on without the online part" in visitor.text
    assert "before your session" not in visitor.text
    clock.set_to(clock.now() + timedelta(days=3))
    visitor.get(link)
    assert "Our answer is late. We are sorry." in visitor.text
    assert "We try to answer you by" not in visitor.text
    assert "Your session is" not in visitor.text


def test_too_many_reports_are_refused_with_help_and_nothing_is_lost(
    visitor: Visitor, session: Session, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(1, limits.PER_ADDRESS.per))
    report(visitor)
    visitor.cookies.clear()
    tell(visitor)
    answer = visitor.post("/report/check")
    assert answer.status_code == 429
    visitor.one("footer a[href='tel:999']")
    assert tickets(session) == 1
    visitor.get("/report/words")
    assert visitor.one("textarea").text() == "The reset page says no"


def test_a_look_changes_nothing(visitor: Visitor, session: Session):
    tell(visitor, "session")
    before = session.exec(select(ReportDraft)).one().model_dump()
    for name in (*report_steps.BY_NAME, "check", "sent", "help", "solved"):
        visitor.get(f"/report/{name}")
    session.expire_all()
    assert session.exec(select(ReportDraft)).one().model_dump() == before


def test_a_service_that_cannot_answer_risk_takes_no_reports(
    visitor: Visitor, session: Session, people: People
):
    tell(visitor)
    session.delete(session.get_one(CrisisWording, people.north))
    session.flush()
    assert visitor.post("/report/check").status_code == 503
    visitor.one("footer a[href='tel:999']")
    assert tickets(session) == 0


def close_service(session: Session, service_id: int) -> None:
    """It takes no reports any more: nobody has reviewed its crisis wording."""
    session.delete(session.get_one(CrisisWording, service_id))
    session.flush()


def test_while_no_service_takes_reports_the_first_page_says_whom_to_call(
    visitor: Visitor, session: Session, people: People
):
    """11.D11: at once, without a form."""
    session.get_one(Service, people.south).phone = "01632 960110"
    for service_id in (people.north, people.south):
        close_service(session, service_id)
    for path in ("/report", "/report/place", "/report?service=north"):
        visitor.get(path)
        assert "takes no reports here" in visitor.text or "No service takes reports here" in visitor.text
        assert visitor.page.css("main form") == []
        visitor.one("main .nhsuk-card--care a[href='tel:999']")
    visitor.get("/report")
    visitor.one("main a[href='tel:01632960110']")


def test_the_poster_of_a_closed_service_says_whom_to_call(visitor: Visitor, session: Session, people: People):
    """11.D11: and lists no other services, but leads to them whoever is with one."""
    session.get_one(Service, people.north).phone = "01632 960100"
    close_service(session, people.north)
    visitor.get("/report?service=north")
    assert visitor.one("h1").text() == "North Talking Therapies takes no reports here at the moment"
    visitor.one("main a[href='tel:01632960100']")
    assert "South" not in visitor.text
    _follow(visitor, "I am with another service")
    assert "South" in visitor.text
    visitor.press("Continue", programme="fern")
    assert visitor.path == "/report/words"


def test_a_closed_service_without_a_number_gives_that_of_its_booking_line(
    visitor: Visitor, session: Session, people: People
):
    """11.D11: and without any, nothing is invented."""
    close_service(session, people.north)
    visitor.get("/report?service=north")
    assert "Look for its number in letters or messages from them." in visitor.text
    line = Contact(service_id=people.north, kind="booking", role_name="Booking line", phone="01632 960105")
    session.add(line)
    session.flush()
    visitor.get("/report?service=north")
    visitor.one("main a[href='tel:01632960105']")
    assert "Look for its number" not in visitor.text


@pytest.mark.parametrize("name", ["words", "try", "reach", "check", "help", "turn-to", "known"])
def test_a_draft_of_a_service_that_closed_is_told_before_more_is_typed(
    visitor: Visitor, session: Session, people: People, name: str
):
    """11.D11: on every page of the journey; nothing is taken, and the other service can still be chosen."""
    tell(visitor)
    before = session.exec(select(ReportDraft)).one().answers
    close_service(session, people.north)
    visitor.get(f"/report/{name}")
    if name not in ("turn-to", "known"):  # which lead on to the next question
        assert "North Talking Therapies takes no reports here at the moment" in visitor.text
        assert "Your answers were not sent." in visitor.text
    if name in ("words", "try", "reach", "check"):
        answer = visitor.post(f"/report/{name}", data={"text": "more", "fixed": "no"})
        assert answer.status_code == 503
        assert "takes no reports here" in visitor.text
    session.expire_all()
    assert session.exec(select(ReportDraft)).one().answers == before
    assert tickets(session) == 0
    visitor.get("/report/place?other=yes")
    visitor.press("Continue", programme="fern")
    assert visitor.path == "/report/words"


def test_nobody_elses_draft(visitor: Visitor, session: Session, people: People):
    tell(visitor)
    other = Visitor(app)
    for token in ("", "x", session.exec(select(col(ReportDraft.token_hash))).one()):
        other.cookies.set("desk_draft", token)
        other.get("/report/words")
        assert other.path == "/report/place"


def test_the_next_person_is_asked_and_shown_nothing(visitor: Visitor, session: Session):
    """11.B1: "Start now" over a report that was begun here says that there is one, and no more."""
    tell(visitor, "session")
    visitor.get("/report?service=south&programme=fern")
    assert visitor.one("h1").text() == "A report was started on this device"
    for shown in ("North", "reset page", "password", "Fern"):
        assert shown not in visitor.page.text()
    _follow(visitor, "Go on with it")
    assert visitor.path == "/report/session"
    visitor.get("/report?service=south&programme=fern")
    visitor.press("Start a new report")
    assert visitor.path == "/report"
    assert [one.attributes["value"] for one in visitor.page.css("input[checked]")] == ["south", "fern"]
    assert session.exec(select(ReportDraft)).all() == []
    visitor.get("/report/words")
    assert visitor.path == "/report/place"


def test_words_of_risk_that_somebody_else_leaves_behind_are_kept_for_a_clinician(
    visitor: Visitor, session: Session
):
    """11.B1: whoever starts afresh does not make away with what a person must read."""
    tell(visitor, "help", words={"text": RISK})
    visitor.get("/report")
    assert "worries" not in visitor.text
    visitor.press("Start a new report")
    tell(visitor, "words")
    assert visitor.one("textarea").text() == ""
    session.expire_all()
    assert [draft.is_of_concern for draft in session.exec(select(ReportDraft)).all()].count(True) == 1


@pytest.mark.parametrize("where", ["/", "/report", "/known", "/lost-link", "the link"])
def test_who_leaves_the_confirmation_leaves_no_link_behind(visitor: Visitor, session: Session, where: str):
    """11.B1: the next person is not shown the private link, whatever address they open or press again."""
    link = report(visitor)
    visitor.get("/report/sent")  # a phone loads a page again by itself
    visitor.one("main a[href^='/t/']")
    visitor.get(link if where == "the link" else where)
    if where == "/report":
        assert visitor.one("h1").text() == "Your programme"
    for _ in range(2):
        assert visitor.get("/report/sent").status_code == 200
        assert visitor.one("h1").text() == "This page is closed"
        assert visitor.page.css("a[href^='/t/']") == []
        assert "DN-" not in visitor.page.text()
        visitor.post("/report/check")
    assert tickets(session) == 1


def test_the_confirmation_closes_by_itself(visitor: Visitor, session: Session):
    """11.B1: who walked away without leaving the page shows nobody the link; what is typed still comes."""
    report(visitor, words={"text": RISK})
    clock.set_to(clock.now() + timedelta(minutes=14))
    visitor.get("/report/check")
    assert visitor.page.css("main a[href^='/t/']")
    clock.set_to(clock.now() + timedelta(minutes=2))
    visitor.post("/report/reach-me", data={"reach_by": "07700 900 982"})
    assert visitor.one("h1").text() == "This page is closed"
    assert "will see this" in visitor.page.text()
    session.expire_all()
    assert session.exec(select(ClinicalReview)).one().contact_note == "07700 900 982"
    visitor.post("/report/check")
    assert visitor.page.css("a[href^='/t/']") == []


def test_every_step_offers_to_clear(visitor: Visitor):
    """11.B1: whoever must leave in the middle need not look for the way to clear."""
    for step in [*list(ANSWERS)[1:], "check"]:
        tell(visitor, step)
        assert "/report/clear" in [one.attributes["href"] for one in visitor.page.css("main a")], step


def test_another_service_is_told_nothing_of_what_one_was(visitor: Visitor, session: Session):
    """11.B1: words, contact and answers to one service do not go to another by going back."""
    tell(visitor)
    visitor.get("/report/place")
    assert "your other answers are cleared" in visitor.text
    visitor.press("Continue", service="south")
    assert visitor.path == "/report/words"
    answers = [draft.answers for draft in session.exec(select(ReportDraft)).all()]
    assert [{*each} - {"offered", "known"} for each in answers] == [{"place"}]
    tell(visitor, "reach")
    assert visitor.one("#email").attributes.get("value", "") == ""


def test_who_chooses_the_same_service_again_keeps_the_answers(visitor: Visitor):
    """11.B1: looking at the first question again, or another programme, clears nothing."""
    tell(visitor)
    visitor.get("/report/place")
    visitor.press("Continue")
    assert visitor.path == "/report/check"


@pytest.mark.parametrize(
    ("weekly", "expected"), [({}, None), ({"session_is_weekly": "yes"}, date(2026, 6, 16))]
)
def test_a_session_of_today_told_before_midnight_is_sent_after_it(
    visitor: Visitor, session: Session, weekly: dict[str, str], expected: date | None
):
    """11.C7: an answer that was right when it was given does not stop the report."""
    clock.set_to(clock.now().replace(hour=22, minute=50))
    today = {"next_session-day": "9", "next_session-month": "jun", "next_session-year": ""}
    tell(visitor, session={"known": "yes"} | today | weekly)
    assert "Tuesday 9 June" in visitor.text
    clock.set_to(clock.now() + timedelta(minutes=30))
    assert visitor.get("/report/session").status_code == 200
    visitor.get("/report/check")
    visitor.press("Confirm and send")
    assert only(session).session_on == expected


def test_words_of_risk_outlast_a_fix_that_helped(visitor: Visitor, session: Session):
    """Design 5: who went back and said "it works now" had them deleted, and nobody was told."""
    tell(visitor, "session", words={"text": RISK})
    visitor.get("/report/try")
    visitor.press("Yes, it works now")
    assert visitor.path == "/report/help"
    session.expire_all()
    (draft,) = session.exec(select(ReportDraft)).all()
    assert draft.is_of_concern
    assert session.exec(select(Deflection)).all() == []
    visitor.press("Send it now")
    assert session.exec(select(ClinicalReview)).all() != []


@pytest.mark.parametrize("name", report_steps.OLD_STEPS)
def test_an_old_address_leads_to_where_it_is_asked_now(visitor: Visitor, name: str):
    """15.2: a bookmark, or a form that was open during the upgrade."""
    tell(visitor)
    now = f"/report/{report_steps.OLD_STEPS[name]}"
    for answer in (visitor.get(f"/report/{name}"), visitor.post(f"/report/{name}", data={"group": "access"})):
        assert (answer.status_code, visitor.path) == (200, now)


def test_a_draft_of_before_an_upgrade_is_finished(visitor: Visitor, session: Session):
    """15.2: its answers stand; only what is asked otherwise is asked again."""
    tell(visitor, "words")
    draft = session.exec(select(ReportDraft)).one()
    draft.answers = draft.answers | {
        "group": {"group": "access"}, "category": {"category": "access.forgotten_password"},
        "words": {"is_needed": "", "text": "The reset page says no"},
        "session": {"known": "no", "next_session": None, "session_is_weekly": False},
        "practitioner": {"practitioner": "Zoe"},
        "reach": {"route": "email", "email": "pat@post.example", "phone": ""},
        "safe": {"safe": "yes", "needs": "", "language": ""},
    }  # fmt: skip
    session.flush()
    report(visitor, which={"category": "access.forgotten_password"})
    ticket = only(session)
    assert (ticket.reported_category, ticket.practitioner_name_given) == ("access.forgotten_password", "Zoe")
    assert session.get_one(Reporter, ticket.reporter_id).is_safe_to_contact


def test_what_is_sent_of_an_account_stands_on_the_page_to_look_it_over(visitor: Visitor, session: Session):
    """It was asked for one problem, and then they chose another, for which it is not."""
    tell(visitor, reach={"route": "none", "found_by": "P.Q., quill@post.example"})
    assert "P.Q., quill@post.example" in visitor.text
    visitor.post("/report/words", data={"text": "", "common": "notify.too_many"})
    tell(visitor)
    is_shown = "P.Q., quill@post.example" in visitor.text
    visitor.press("Confirm and send")
    reporter = session.get_one(Reporter, only(session).reporter_id)
    assert (reporter.found_by != "", is_shown) == (True, True)


def test_whoever_writes_on_after_their_answers_were_cleared_is_told_what_is_kept(people: People):
    pat = Visitor(app)
    pat.post("/report/words", data={"text": "It took me an hour to write this down"})
    assert pat.path == "/report/place"
    assert "Your earlier answers were cleared. What you wrote just now is kept." in pat.text
    pat.post("/report/place", data={"service": "north", "programme": "fern"})
    assert "are cleared" not in pat.text
    assert "It took me an hour" in pat.get("/report/words").text
