"""The list of clinical reviews: first words, the count in the menu, the alarm, and what else is open."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock, readiness
from navigator.jobs import review_alerts
from navigator.people import private_links
from navigator.people.actor import reporter
from navigator.tickets.actions import clinical_review, staff
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reporter import answer
from navigator.tickets.inputs import AttachInput, MergeInput, ReviewRequestInput, SayInput
from navigator.tickets.ticket import ClinicalReview
from tests.navigator.tickets.report_factory import outcome, tell
from tests.page_visitor import Visitor
from tests.people import People
from tests.web.conftest import Enter
from web.app import app

RISK = "I want to end my life"


def told(session: Session, text: str = RISK, **contact: Any) -> ClinicalReview:
    """The clinical review that a report opens, of somebody without an address unless told otherwise."""
    number = tell(session, text=text, contact=contact).number
    return session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == number)).one()


def rows(visitor: Visitor, path: str = "/clinical-reviews") -> list[str]:
    visitor.get(path)
    return [" ".join(row.text(separator=" ").split()) for row in visitor.page.css(".desk-reviews tbody tr")]


def in_menu(visitor: Visitor) -> str:
    link = visitor.page.css_first(".desk-nav a[href='/clinical-reviews']")
    return " ".join(link.text(separator=" ").split()) if link else ""


@pytest.mark.parametrize("path", ["/clinical-reviews", "/home"])
def test_the_first_words_are_read_before_it_is_opened(
    enter: Enter, session: Session, people: People, path: str
):
    """11.A7: on both lists, the words that opened it, and why it was opened."""
    first = told(session, text="I cannot log in. Every day is dark and " + RISK)
    answer(session, reporter(first.ticket_number), first.ticket_number, SayInput(body=f"Again: {RISK}"))
    quiet = tell(session, text="My screen is black")
    request_review_by_staff(session, people.amina, quiet.number, ReviewRequestInput(reason="She cried."))
    session.flush()
    shown = rows(enter("cole"), path)
    assert "“I cannot log in. Every day is dark and I want to end my life”" in shown[0]
    assert "“Again: I want to end my life”" in shown[1]
    assert "“My screen is black”" in shown[2]
    assert "Noticed by Amina Yusuf: She cried." in shown[2]


def test_who_wrote_again_after_it_was_read_is_marked(enter: Enter, session: Session, people: People):
    """11.A7: an answer is not overlooked because it came after somebody had read the first words."""
    review = told(session)
    cole = enter("cole")
    clinical_review.acknowledge(session, people.cole, review.id)
    session.flush()
    assert "Wrote again" not in rows(cole)[0]
    clock.set_to(clock.now() + timedelta(minutes=5))
    answer(session, reporter(review.ticket_number), review.ticket_number, SayInput(body="Call after 5pm."))
    session.flush()
    assert "Wrote again" in rows(cole)[0]


def test_the_menu_counts_what_nobody_has_read(enter: Enter, session: Session, people: People):
    """11.A7: on every page, of one's own services, until somebody has read it."""
    first, _ = told(session), told(session)
    cole, mo, amina, sid = (enter(who) for who in ("cole", "mo", "amina", "sid"))
    for visitor, words in (
        (cole, "Clinical reviews 2 unread"),
        (mo, "Clinical reviews 2 unread"),
        (amina, ""),
    ):
        visitor.get("/account")
        assert in_menu(visitor) == words
    sid.get("/account")
    assert in_menu(sid) == "Clinical reviews"
    clinical_review.acknowledge(session, people.cole, first.id)
    session.flush()
    cole.get("/account")
    assert in_menu(cole) == "Clinical reviews 1 unread"


def test_the_alarm_leads_to_what_nobody_has_read(enter: Enter, session: Session, people: People):
    """11.A7: for those who may read it; everybody else reads the same words without a link."""
    oldest = told(session)
    clinical_review.acknowledge(session, people.cole, told(session).id)
    clock.set_to(clock.now() + timedelta(hours=3))
    session.flush()
    readiness.run_checks()
    for who, leads in (("cole", True), ("mo", True), ("amina", False), ("sid", False)):
        visitor = enter(who)
        visitor.get("/account")
        assert "what a clinician must read: 1 message." in visitor.one(".desk-alarm").text()
        links = [link.attributes["href"] for link in visitor.page.css(".desk-alarm a")]
        assert links == ([f"/clinical-reviews/{oldest.id}"] if leads else [])


SAME = [
    ({"route": "email", "email": "Jo@x.example"}, {"route": "email", "email": "jo@x.example"}),
    ({"route": "text", "phone": "07700 900982"}, {"route": "phone", "phone": "+44 7700 900 982"}),
]


@pytest.mark.parametrize("contacts", SAME)
def test_two_open_reviews_of_one_person_name_each_other(
    enter: Enter, session: Session, people: People, contacts: tuple[dict[str, Any], dict[str, Any]]
):
    """11.A7: on the list and on the page of each, until the other has ended."""
    first, second = (told(session, **contact) for contact in contacts)
    other = told(session, route="email", email="else@x.example")
    cole = enter("cole")
    for one, its_other in ((first, second), (second, first)):
        cole.get(f"/clinical-reviews/{one.id}")
        assert f"Also open: DN-{its_other.ticket_number:06}" in cole.text
        assert f"/clinical-reviews/{its_other.id}" in {a.attributes["href"] for a in cole.page.css("main a")}
    cole.get(f"/clinical-reviews/{other.id}")
    assert "Also open" not in cole.text
    assert ["Also open: DN-" in row for row in rows(cole)] == [True, True, False]
    clinical_review.conclude(session, people.cole, second.id, outcome("Called her."))
    session.flush()
    cole.get(f"/clinical-reviews/{first.id}")
    assert "Also open" not in cole.text


def test_two_reviews_of_one_ticket_name_each_other_and_strangers_do_not(
    enter: Enter, session: Session, people: People
):
    """11.A7: nothing in common is nobody in common: empty addresses are no address."""
    first, _ = told(session), told(session)
    number = first.ticket_number
    request_review_by_staff(session, people.amina, number, ReviewRequestInput(reason="Again on the phone"))
    session.flush()
    assert [f"Also open: DN-{number:06}" in row for row in rows(enter("cole"))] == [True, False, True]


def test_the_whole_of_what_they_wrote_is_shown(enter: Enter, session: Session, people: People):
    """The screen's reason holds the matched phrase alone; a clinician reads the sentence around it."""
    needs = "Please write in big letters, for I want to end my life and cannot see well."
    review = told(session, text="I cannot log in", needs=needs, language="Welsh")
    cole, mo = enter("cole"), enter("mo")
    cole.get(f"/clinical-reviews/{review.id}")
    assert needs in cole.text
    assert "Welsh" in cole.text
    mo.get(f"/clinical-reviews/{review.id}")
    assert "cannot see well" not in mo.text  # managers need not know who it is


def test_after_a_merge_their_own_words_and_address_are_shown(enter: Enter, session: Session, people: People):
    """11.A7: what was merged keeps its reporter: nobody else's address stands beside their words."""
    same = {"route": "email", "email": "jo@x.example"}
    review = told(session, needs="A quiet room", is_safe=False, **same)
    target = tell(session, contact=same | {"is_safe": True}).number
    merge(session, people.amina, review.ticket_number, MergeInput(into=target))
    session.flush()
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{review.id}")
    assert "A quiet room" in cole.text
    assert "Not safe to contact" in cole.text


def test_who_is_alerted_next_and_when_is_said_until_it_is_read(
    enter: Enter, session: Session, people: People
):
    """14: since when it is unread, and where it goes next if nobody reads it."""
    review = told(session)
    told_next = []
    for _ in range(4):
        told_next.append(rows(enter("cole"))[0].partition("“")[0].strip())
        clock.set_to((review.next_alert_at or clock.now()) + timedelta(seconds=1))
        if review.next_alert_at:
            review_alerts.send_next_alert(session, clock.now(), review.id)
        session.flush()
    assert [words.split(" so far. ")[-1] for words in told_next[:3]] == [
        "Next 10:15 : the clinicians again",
        "Next 10:30 : the deputy",
        "Next 11:00 : the manager",
    ]
    assert told_next[3].endswith("Everybody was alerted")
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{review.id}")
    assert "Everybody was alerted" in cole.text
    clinical_review.acknowledge(session, people.cole, review.id)
    session.flush()
    assert "alerted" not in rows(enter("cole"))[0]


REACHED = [
    ({"route": "email", "email": "pat@post.example", "is_safe": True}, "Email pat@post.example"),
    ({"route": "phone", "phone": "07700 900982", "is_safe": True}, "Call 07700 900982"),
    ({"route": "phone", "phone": "07700 900982", "is_safe": False}, "Not safe to contact"),
    ({"route": "none"}, "Only by their private page"),
    ({}, "How to reach them was not asked"),
]


@pytest.mark.parametrize(("contact", "says"), REACHED)
@pytest.mark.parametrize("path", ["/clinical-reviews", "/home"])
def test_how_to_reach_them_stands_in_the_list_for_clinicians_alone(
    enter: Enter, session: Session, people: People, contact: dict[str, Any], says: str, path: str
):
    """14: a manager sees that it waits, and not how to reach them; what is not safe to use is not shown."""
    told(session, **contact)
    row = rows(enter("cole"), path)[0]
    assert says in row
    assert "A patient" in row
    assert contact.get("is_safe") is not False or "900982" not in row
    assert says not in rows(enter("mo"))[0]


def test_whose_patient_it_is_stands_in_the_list_once_that_is_confirmed(
    enter: Enter, session: Session, people: People
):
    review = told(session)
    staff.attach(session, people.mo, review.ticket_number, AttachInput(pwp_id=people.priya.user_id or 0))
    session.flush()
    assert "A patient of Priya Shah" in rows(enter("cole"))[0]


def test_a_clinician_reads_what_the_person_is_told(enter: Enter, session: Session, people: People):
    """14: only what their private page really says."""
    own = told(session)
    quiet = tell(session, text="My screen is black")
    asked = request_review_by_staff(
        session, people.amina, quiet.number, ReviewRequestInput(reason="She cried.")
    )
    session.flush()
    cole, patient = enter("cole"), Visitor(app)
    for review, says in ((own, "shows them the crisis numbers and says"), (asked, "says nothing of this")):
        cole.get(f"/clinical-reviews/{review.id}")
        assert f"Their private page {says}" in cole.text
        patient.get(f"/t/{private_links.mint(session, review.ticket_number)}")
        assert ("Someone from the clinical team" in patient.text) is (review is own)
    clinical_review.conclude(session, people.cole, own.id, outcome("Called her."))
    session.flush()
    cole.get(f"/clinical-reviews/{own.id}")
    assert "Their private page" not in cole.text
