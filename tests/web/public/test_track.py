"""Following a ticket by its private link: what its reporter sees and says, and nobody else."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, LinkChannel, Reporter
from navigator.tickets.actions import calls, clinical_review, reporter, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.enums import CallOutcome
from navigator.tickets.inputs import CallInput, MergeInput, ResolveInput, SayInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import ClinicalReview, Event, Message, Resolution, Status, Ticket
from tests.navigator.tickets.report_factory import outcome
from tests.page_visitor import Visitor
from tests.people import People, number_by_token
from web.kit import deps

PAT = ContactInput(route=ContactMethod.EMAIL, email="pat@post.example")


def reported(session: Session, text: str = "I cannot log in") -> int:
    told = ReportInput(service="north", programme="fern", text=text, contact=PAT)
    return staff.report(session, ANONYMOUS, told).ticket.number


def token(session: Session, number: int) -> str:
    minted = private_links.mint(session, number)
    session.flush()
    return minted


@pytest.fixture
def number(session: Session, people: People) -> int:
    return reported(session)


@pytest.fixture
def page(visitor: Visitor, session: Session, number: int) -> Visitor:
    """The reporter, who has just opened their link."""
    visitor.get(f"/t/{token(session, number)}")
    assert visitor.path == f"/follow/{number}"
    return visitor


def ticket(session: Session, number: int) -> Ticket:
    session.expire_all()
    return session.get_one(Ticket, number)


def resolved(session: Session, people: People, number: int) -> None:
    told = ResolveInput(resolution=Resolution.FIXED, body="Try it again now.")
    staff.resolve(session, people.amina, number, told)
    session.flush()


def test_the_page_tells_where_it_stands_and_why(page: Visitor):
    assert "We have your report. Nobody has begun to work on it yet." in page.text
    assert "I cannot log in" in page.text


def test_an_answer_is_kept_and_the_navigator_hears_of_it(page: Visitor, session: Session, number: int):
    page.press("Send", body="It says\r\n'wrong code' \U0001f622")
    assert "Your message was sent" in page.page.text()
    assert "It says 'wrong code' \U0001f622" in page.text
    session.exec(select(OutboxMessage).where(OutboxMessage.template == "reporter_wrote")).one()


@pytest.mark.parametrize(
    ("body", "says"), [("", "Enter what you want to say"), ("x" * 5001, "5,000 characters or fewer")]
)
def test_an_answer_that_will_not_do_is_kept_in_its_box(
    page: Visitor, session: Session, number: int, body: str, says: str
):
    page.press("Send", body=body)
    assert says in page.problems[0]
    assert page.one("textarea").text() == body
    assert len(session.exec(select(Message)).all()) == 1


def test_words_of_risk_are_answered_as_after_a_first_report(page: Visitor, session: Session, number: int):
    """11.A1: what to do now, who reads it and when, a way to be reached; no green "Done"."""
    clock.set_to(clock.now() + timedelta(hours=10))  # in the evening: nobody is there
    page.press("Send", body="I want to end my life")
    assert ticket(session, number).has_open_review
    assert page.path == f"/follow/{number}/told"
    assert page.one("h1").text() == "Thank you for telling us"
    assert page.page.css(".nhsuk-notification-banner") == []
    page.one("main .nhsuk-card--care a[href='tel:999']")
    assert "will read what you wrote. No one reads these messages until 9am on Wednesday 10 June" in page.text
    page.press("Send this too", reach_by="07700 900 982, evenings")
    assert page.path == f"/follow/{number}"
    assert "The person who reads your message will see this" in page.page.text()
    assert session.exec(select(ClinicalReview)).one().contact_note == "07700 900 982, evenings"


def test_nobody_reads_the_staffs_words_for_their_risk_as_the_title_of_their_report(
    page: Visitor, session: Session, number: int
):
    """Where to turn comes before where the technical problem stands, and no sentence clashes with it."""
    ticket(session, number).category = "divert.risk"
    session.flush()
    page.press("Send", body="I want to end my life")
    page.get(f"/follow/{number}")
    assert "Words suggesting risk" not in page.text
    assert page.one("h1").text().split() == [f"DN-{number:06}", "Your", "report"]
    assert page.text.index("Please do not wait for us") < page.text.index("Nobody has begun")


def test_while_a_review_is_open_the_page_says_what_to_do_now(
    page: Visitor, session: Session, people: People, number: int
):
    """11.A1: the care card with the time of reading on the followed page, until the review has ended."""
    clock.set_to(clock.now() + timedelta(hours=10))
    assert page.page.css("main .nhsuk-card--care") == []
    page.press("Send", body="I want to end my life")
    page.get(f"/follow/{number}")
    page.one("main .nhsuk-card--care")
    assert "No one reads these messages until 9am on Wednesday 10 June" in page.text
    page.press("Change the date")
    page.one("main .nhsuk-card--care")
    page.press("Send", body="The code came now.")
    assert "Your message was sent" in page.page.text()
    page.one("main .nhsuk-card--care")
    review = session.exec(select(ClinicalReview)).one()
    clinical_review.acknowledge(session, people.cole, review.id)
    session.flush()
    page.get(f"/follow/{number}")
    assert "has read what you wrote." in page.text
    assert "No one reads" not in page.text
    clinical_review.conclude(session, people.cole, review.id, outcome("Called her, she is safe."))
    session.flush()
    page.get(f"/follow/{number}/told")
    assert page.path == f"/follow/{number}"
    assert page.page.css("main .nhsuk-card--care") == []


def test_a_way_to_be_reached_is_asked_for_in_words_and_never_lost(
    page: Visitor, session: Session, people: People, number: int
):
    """11.A1: an empty box is an error; after the review has ended the words go to the navigators."""
    page.press("Send", body="I want to end my life")
    page.press("Send this too", reach_by=" ")
    assert page.problems == ["Enter how we can reach you"]
    review = session.exec(select(ClinicalReview)).one()
    clinical_review.conclude(session, people.cole, review.id, outcome("Called her, she is safe."))
    session.flush()
    page.post(f"/follow/{number}/reach-me", data={"reach_by": "ring my sister"})
    assert "Your message was sent" in page.page.text()
    assert "ring my sister" in page.text


def test_notes_and_calls_are_never_on_the_page(page: Visitor, session: Session, people: People, number: int):
    """T12 of the peers."""
    staff.note(session, people.amina, number, SayInput(body="seems cross"))
    calls.call(session, people.amina, number, CallInput(came=CallOutcome.SPOKE, body="nobody answered"))
    staff.reply(session, people.amina, number, SayInput(body="Here is what to do"))
    session.flush()
    page.get(f"/follow/{number}")
    assert "Here is what to do" in page.text
    assert "seems cross" not in (page.page.html or "")
    assert "nobody answered" not in (page.page.html or "")


def test_it_works_now_closes_it_however_often_it_is_pressed(
    page: Visitor, session: Session, people: People, number: int
):
    resolved(session, people, number)
    page.get(f"/follow/{number}")
    page.press("It works now")
    assert ticket(session, number).status == Status.CLOSED
    events = len(session.exec(select(Event)).all())
    assert page.post(f"/follow/{number}/confirmation").status_code == 200
    assert page.post(f"/follow/{number}/withdrawal").status_code == 200
    assert len(session.exec(select(Event)).all()) == events


def test_still_broken_opens_it_again(page: Visitor, session: Session, people: People, number: int):
    resolved(session, people, number)
    page.get(f"/follow/{number}")
    page.press("It is still broken")
    assert ticket(session, number).status == Status.OPEN
    assert page.post(f"/follow/{number}/reopening").status_code == 200


def test_withdrawing_ends_the_work_but_no_hand_over(page: Visitor, session: Session, number: int):
    page.press("Send", body="I want to end my life")
    page.get(f"/follow/{number}")
    page.press("Stop working on this")
    assert ticket(session, number).status == Status.CLOSED
    assert session.exec(select(ClinicalReview)).one().ended_at is None


def test_the_session_can_be_moved(page: Visitor, session: Session, number: int):
    day = {"next_session-day": "30", "next_session-month": "june", "next_session-year": "26"}
    page.press("Change the date", **day)
    assert str(ticket(session, number).session_on) == "2026-06-30"
    page.press("Change the date", **(day | {"next_session-day": "31"}))
    assert page.problems == [
        "The date of the next session must be a real date with a day, a month and a year"
    ]
    assert page.one("#next_session").attributes["value"] == "31"


def test_a_link_that_is_wrong_or_over_or_ended_looks_the_same(
    visitor: Visitor, session: Session, number: int
):
    ended = token(session, number)
    private_links.revoke_all(session, number)
    over = token(session, number)
    clock.set_to(clock.now() + private_links.LINK_LIFETIME)
    shown = [visitor.get(f"/t/{one}") for one in ("x" * 43, ended, over)]
    assert [one.status_code for one in shown] == [404] * 3
    assert len({one.text for one in shown}) == 1
    assert "desk_reporter" not in str(visitor.cookies)


def test_a_link_that_was_sent_leads_to_the_ticket_that_goes_on(
    visitor: Visitor, session: Session, people: People, number: int
):
    other = reported(session, "it still will not let me in")
    merge(session, people.amina, number, MergeInput(into=other))
    opened = private_links.mint(session, number, LinkChannel.EMAIL, "pat@post.example")
    session.flush()
    visitor.get(f"/t/{opened}")
    assert f"DN-{other:06d}" in visitor.text
    assert "it still will not let me in" in visitor.text
    assert "I cannot log in" in visitor.text
    visitor.press("Send", body="and now?")
    assert session.exec(select(Message).where(Message.body == "and now?")).one().ticket_number == other


def test_a_link_that_was_shown_goes_on_showing_its_own_report(
    visitor: Visitor, session: Session, people: People, number: int
):
    """11.F2: on the page, nothing of the other report; what is written arrives there."""
    other = reported(session, "words of somebody else")
    merge(session, people.amina, number, MergeInput(into=other))
    staff.reply(session, people.amina, other, SayInput(body="the other's secret"))
    visitor.get(f"/t/{token(session, number)}")
    for words in ("words of somebody else", "the other's secret", f"DN-{other:06d}", "Stop working"):
        assert words not in (visitor.page.html or "")
    assert "We deal with this report together with another one." in visitor.text
    assert visitor.post(f"/follow/{number}/withdrawal").status_code == 403
    assert ticket(session, other).status == Status.OPEN
    visitor.get(f"/follow/{number}")
    visitor.press("Send", body="The code still does not arrive")
    assert visitor.path == f"/follow/{number}"
    assert (
        session.exec(select(Message).where(Message.body == "The code still does not arrive"))
        .one()
        .ticket_number
        == other
    )


def test_a_look_changes_nothing(page: Visitor, session: Session, number: int):
    before = ticket(session, number).model_dump()
    page.get(f"/follow/{number}")
    page.get(f"/follow/{number}/answer")
    assert ticket(session, number).model_dump() == before


@pytest.mark.parametrize(
    ("reference", "email", "letters"),
    [("{}", "PAT@post.example", 1), ("{}", "eve@post.example", 0), ("DN-999999", "pat@post.example", 0)],
)
def test_a_lost_link_goes_only_to_the_address_on_the_ticket_and_the_answer_is_the_same(
    visitor: Visitor, session: Session, number: int, reference: str, email: str, letters: int
):
    """T4 of the peers."""
    visitor.get("/lost-link")
    visitor.press("Send me a new link", reference=reference.format(number), email=email)
    assert "If that is right, a message with a new link is on its way." in visitor.page.text()
    assert (
        len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "link_again")).all())
        == letters
    )


def test_asking_for_a_link_needs_both(visitor: Visitor):
    """T4 of the peers."""
    visitor.get("/lost-link")
    visitor.press("Send me a new link", reference="", email="pat")
    assert visitor.problems == [
        "Enter your reference",
        "Enter your email address, like name@example.com",
    ]
    assert visitor.one("#email").attributes["value"] == "pat"
    visitor.press("Send me a new link", reference="hello", email="")
    assert visitor.problems == [
        "Enter your reference. It looks like DN-000123",
        "Enter your email address or your phone number",
    ]


@pytest.mark.parametrize(
    ("contact", "letters"),
    [
        ({"route": "text", "phone": "07700 900982"}, [("link_again", "text")]),
        ({"route": "phone", "phone": "+44 7700 900982"}, [("link_again", "text")]),
        ({"route": "email", "email": "pat@post.example", "phone": "07700900982"}, [("link_again", "email")]),
        ({"route": "text", "phone": "07700 900982", "is_safe": False}, []),
        ({"route": "text", "phone": "07700 900983"}, []),
        ({"route": "none", "phone": "07700 900982"}, []),
    ],
)
def test_a_lost_link_is_sent_to_a_phone_and_the_answer_is_the_same(
    visitor: Visitor, session: Session, contact: dict[str, Any], letters: list[tuple[str, str]]
):
    """11.B3: to who chose texts or calls too, and only by the way that they chose."""
    told = ReportInput(service="north", text="It is broken", contact=ContactInput.model_validate(contact))
    number = staff.report(session, ANONYMOUS, told).ticket.number
    session.flush()
    visitor.get("/lost-link")
    visitor.press("Send me a new link", reference=f"dn\u2011{number:06d}", phone="07700-900982")
    assert "If that is right, a message with a new link is on its way." in visitor.page.text()
    query = select(OutboxMessage).where(OutboxMessage.template == "link_again")
    assert [(letter.template, letter.channel) for letter in session.exec(query)] == letters


def test_a_link_that_was_lost_after_a_merge_leads_to_the_ticket_that_goes_on(
    visitor: Visitor, session: Session, people: People, number: int
):
    """11.F2, 11.B3: the letter goes to that ticket's own address, and what it brings is proven."""
    other = reported(session, "again")
    merge(session, people.amina, number, MergeInput(into=other))
    visitor.get("/lost-link")
    visitor.press("Send me a new link", reference=str(number), email="pat@post.example")
    query = select(OutboxMessage).where(OutboxMessage.template == "link_again")
    assert [letter.ticket_number for letter in session.exec(query)] == [other]


def test_without_its_cookie_a_followed_ticket_says_what_to_do(visitor: Visitor, number: int):
    """11.B3: on another device, the address alone opens nothing and is no dead end."""
    for path in (f"/follow/{number}", "/follow/4711"):
        assert visitor.get(path).status_code == 404
        assert "This link does not work on this device" in visitor.text
    assert visitor.one("main a.nhsuk-button").attributes["href"] == "/lost-link"


@pytest.mark.usefixtures("any_clock")
def test_asking_again_and_again_sends_no_more(visitor: Visitor, session: Session, number: int):
    for _ in range(reporter.LINK_REQUESTS.times + 2):
        visitor.get("/lost-link")
        visitor.press("Send me a new link", reference=str(number), email="pat@post.example")
    assert (
        len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "link_again")).all())
        == reporter.LINK_REQUESTS.times
    )


def test_who_guesses_at_references_uses_up_nobodys_links(visitor: Visitor, session: Session, number: int):
    """11.F4: letters are counted where they go, not where somebody says that they might."""
    for n in range(reporter.LINK_REQUESTS.times + 2):
        with patch.object(deps, "client_ip", lambda *_, n=n: f"192.0.2.{n}"):
            visitor.get("/lost-link")
            visitor.press("Send me a new link", reference=str(number + 500 + n), email="pat@post.example")
    with patch.object(deps, "client_ip", lambda *_: "192.0.2.99"):
        visitor.get("/lost-link")
        visitor.press("Send me a new link", reference=str(number), email="PAT@post.example")
    assert len(session.exec(select(OutboxMessage).where(OutboxMessage.template == "link_again")).all()) == 1


def test_the_reporter_changes_how_they_are_reached(page: Visitor, session: Session, number: int):
    """11.F3: on the page, which stays open by a link of its own; what was sent to the old address ends."""
    old = private_links.mint(session, number, LinkChannel.EMAIL, "pat@post.example")
    session.flush()
    page.press("Change it", route="email", email="", is_safe="yes")
    assert "Enter the email address that we should write to" in page.problems[0]
    page.press("Change it", route="text", phone="07700 900982", is_safe="yes")
    assert "We have changed it" in page.text
    assert page.path == f"/follow/{number}"
    assert number_by_token(session, old) is None
    changed = session.get_one(Reporter, ticket(session, number).reporter_id)
    assert (changed.contact_method, changed.phone) == ("text", "+447700900982")
    (letter,) = session.exec(select(OutboxMessage).where(OutboxMessage.recipient == "reporter"))
    assert (letter.template, letter.channel) == ("contact_changed", "text")


def test_the_reporter_ends_all_links(page: Visitor, session: Session, number: int):
    """11.B2: they see how each was given and when it was opened; then none works, not even this page."""
    private_links.mint(session, number, LinkChannel.EMAIL, "pat@post.example")
    session.flush()
    page.get(f"/follow/{number}")
    assert "Shown after a report" in page.text
    assert "first opened" in page.text
    assert "Sent by email" in page.text
    page.press("End all links")
    assert page.path == "/lost-link"
    assert page.get(f"/follow/{number}").status_code == 404


def test_who_closes_the_page_leaves_it_closed_on_this_device(page: Visitor, session: Session, number: int):
    """11.B1: the next person at a shared device does not find the report of the last one."""
    page.press("Close this page")
    assert page.path == "/"
    assert page.get(f"/follow/{number}").status_code == 404
    page.get(f"/t/{token(session, number)}")
    assert page.path == f"/follow/{number}"


def test_another_date_on_the_page_keeps_every_week(page: Visitor, session: Session, number: int):
    """11.C7: the page shows what is known; “every week” stays until it is unticked."""
    page.press("Change the date", **{"next_session-day": "18", "next_session-month": "6"} | WEEKLY)
    assert [str(ticket(session, number).session_on), ticket(session, number).session_is_weekly] == [
        "2026-06-18",
        True,
    ]
    page.press(
        "Change the date",
        **{"next_session-day": "19 june", "next_session-month": "", "next_session-year": ""},
    )
    assert str(ticket(session, number).session_on) == "2026-06-19"
    assert ticket(session, number).session_is_weekly
    page.press("Change the date", session_is_weekly=[])
    assert not ticket(session, number).session_is_weekly
    page.press("Change the date", **{"next_session-year": "2025"})
    assert page.problems == ["Enter the date of a session that is today or later"]


WEEKLY = {"session_is_weekly": "yes"}


def test_no_text_with_a_lost_link_is_sent_to_a_landline(visitor: Visitor, session: Session):
    """11.C8: who chose calls gets the link by text on a mobile alone."""
    call = ContactInput(route=ContactMethod.PHONE, phone="01632 960001")
    told = ReportInput(service="north", text="It is broken", contact=call)
    number = staff.report(session, ANONYMOUS, told).ticket.number
    session.flush()
    visitor.get("/lost-link")
    visitor.press("Send me a new link", reference=str(number), phone="01632 960001")
    assert session.exec(select(OutboxMessage).where(OutboxMessage.template == "link_again")).all() == []


def test_whoever_is_phoned_and_ticks_no_calls_is_asked_to_change_one_of_the_two(
    session: Session, page: Visitor, number: int
) -> None:
    """The tick was dropped, and the page said that it was changed."""
    person = session.get_one(Reporter, ticket(session, number).reporter_id)
    person.contact_method, person.phone = ContactMethod.PHONE, "07700900982"
    session.flush()
    page.get(f"/follow/{number}")
    page.post(f"/follow/{number}/how-reached", data={"access_needs": ["no_phone", "large_print"]})
    assert page.problems == ["You chose a phone call, and asked us not to phone. Change one of the two"]
    session.refresh(person)
    assert person.access_needs == []
