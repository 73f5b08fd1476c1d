"""Clinical reviews: read by clinicians, ended by an outcome in words, and by nothing else."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod, reference
from navigator.tickets.actions import clinical_review, staff
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.inputs import AttachInput, MergeInput, ReviewRequestInput, SayInput
from navigator.tickets.outcome_input import OutcomeInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import ClinicalReview, Ticket
from tests.navigator.tickets.report_factory import outcome, tell
from tests.people import People
from tests.web.conftest import Enter


@pytest.fixture
def handed(session: Session, people: People) -> ClinicalReview:
    told = ReportInput(
        service="north",
        text="I cannot log in and I want to end my life",
        contact=ContactInput(route=ContactMethod.PHONE, phone="07700 900 982", is_safe=False),
    )
    staff.report(session, ANONYMOUS, told)
    session.flush()
    return session.exec(select(ClinicalReview)).one()


def afresh(session: Session, handed: ClinicalReview) -> ClinicalReview:
    session.expire_all()
    return session.get_one(ClinicalReview, handed.id)


def test_a_clinician_reads_it_says_so_and_ends_it(enter: Enter, session: Session, handed: ClinicalReview):
    cole = enter("cole")
    cole.get("/clinical-reviews")
    assert "Unread" in cole.text
    cole.get(cole.one("th a").attributes["href"] or "")
    assert "I want to end my life" in cole.text
    assert "07700 900982" in cole.text
    assert "Not safe to contact" in cole.text
    cole.press("I have read this")
    assert afresh(session, handed).acknowledged_at
    assert afresh(session, handed).next_alert_at is None
    cole.press(
        "Save the outcome and end the clinical review", done="contacted", outcome="Called her. She is safe."
    )
    assert cole.path == "/clinical-reviews"
    assert "There is nothing to read" in cole.text
    assert afresh(session, handed).outcome == "Called her. She is safe."
    assert not session.get_one(Ticket, handed.ticket_number).has_open_review
    cole.get(f"/clinical-reviews/{handed.id}")
    assert "She is safe." in cole.text
    assert not cole.page.css("main form")


END = "Save the outcome and end the clinical review"
TOO_SHORT = "Say in a few words what you did, or why there is no concern"


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"outcome": "Called her, she is safe."}, "Choose what was done"),
        ({"outcome": "Called her."}, "Choose what was done"),
        ({"done": "contacted", "outcome": "ok"}, TOO_SHORT),
        ({"done": "no_concern", "outcome": "ok"}, TOO_SHORT),
        ({"done": "passed_on", "outcome": "Told them all."}, "Enter whom you passed it to"),
    ],
)
def test_an_outcome_says_what_was_done(
    enter: Enter, session: Session, handed: ClinicalReview, typed: dict[str, str], says: str
):
    """11.A12: two letters end no review: reached, passed to whom, or no concern and why."""
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{handed.id}")
    cole.press(END, **typed)
    assert cole.problems == [says]
    assert afresh(session, handed).ended_at is None


def test_the_navigator_sees_who_read_it_when_it_ended_and_a_line_for_them(
    enter: Enter, session: Session, people: People
):
    """11.A8: the ticket says so while the review is open and afterwards; never the outcome itself."""
    number = tell(session, text="I want to end my life").number
    review = session.exec(select(ClinicalReview)).one()
    amina, cole = enter("amina"), enter("cole")
    amina.get(f"/tickets/{number}")
    assert "Nobody has read it yet." in amina.text
    clock.set_to(clock.now() + timedelta(minutes=10))
    cole.get(f"/clinical-reviews/{review.id}")
    cole.press("I have read this")
    amina.get(f"/tickets/{number}")
    assert "Read by Dr Cole 9 Jun, 10:10 ." in amina.text
    assert "With a clinician" in amina.text
    amina.get("/desk")
    assert "New <br><strong>With a clinician" in amina.page.html  # type: ignore[operator]
    amina.get(f"/tickets/{number}")
    clock.set_to(clock.now() + timedelta(minutes=31))
    cole.press(
        END,
        done="passed_on",
        passed_to="the crisis team",
        outcome="They call her at noon today.",
        for_navigators="Please wait with calls until tomorrow.",
    )
    amina.get(f"/tickets/{number}")
    assert "With a clinician" not in amina.text
    assert "Read by Dr Cole 9 Jun, 10:10 . Ended 9 Jun, 10:41 by Dr Cole." in amina.text
    assert "Please wait with calls until tomorrow." in amina.text
    assert "at noon" not in amina.text
    cole.get(f"/clinical-reviews/{review.id}")
    assert "Passed to the crisis team." in cole.text


@pytest.mark.parametrize("is_own", [True, False])
def test_the_line_for_the_navigators_is_for_no_practitioner(
    enter: Enter, session: Session, people: People, is_own: bool
):
    """11.A8: neither who reported it nor the person's own practitioner reads what navigators are told."""
    teller = people.priya if is_own else ANONYMOUS
    ticket = tell(session, teller, text="I want to end my life")
    if not is_own:
        attached = AttachInput.model_validate({"pwp_id": people.priya.user_id})
        staff.attach(session, people.amina, ticket.number, attached)
    review = session.exec(select(ClinicalReview)).one()
    said = {"outcome": "Spoke with her.", "done": "contacted", "for_navigators": "Call in the morning only."}
    clinical_review.conclude(session, people.cole, review.id, OutcomeInput.model_validate(said))
    session.flush()
    for who, may in (("amina", True), ("mo", True), ("cole", True), ("priya", False)):
        page = enter(who)
        page.get(f"/tickets/{ticket.number}")
        assert ("Call in the morning only." in page.text) is may, who
        assert "Spoke with her." not in page.text


def test_whoever_read_it_is_named_after_a_merge(enter: Enter, session: Session, people: People):
    """11.A8: the events stay with the ticket on which it was read; its name goes on with the review."""
    first, second = (tell(session, text="I want to end my life").number for _ in "ab")
    review = session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == first)).one()
    clinical_review.conclude(session, people.cole, review.id, outcome("Called her."))
    merge(session, people.amina, first, MergeInput(into=second))
    session.flush()
    amina = enter("amina")
    amina.get(f"/tickets/{second}")
    assert "by Dr Cole." in amina.text


@pytest.mark.parametrize(
    ("contact", "says"),
    [
        ({}, "How to reach them was not asked."),
        ({"route": "none"}, "They want to be reached by the private link only."),
        ({"route": "email", "email": "p@post.example"}, "Nobody asked them if it is safe."),
        ({"route": "email", "email": "p@post.example", "is_safe": True}, "They said that it is safe."),
    ],
)
def test_only_what_was_asked_is_said_of_how_to_reach_them(
    enter: Enter, session: Session, people: People, contact: dict[str, str], says: str
):
    """11.A9: nobody "said that it is safe" who was not asked."""
    tell(session, text="I want to end my life", contact=contact)
    cole = enter("cole")
    cole.get("/clinical-reviews")
    cole.get(cole.one("th a").attributes["href"] or "")
    assert says in cole.text
    assert ("They said that it is safe." in cole.text) == (says == "They said that it is safe.")


def test_no_outcome_without_words(enter: Enter, session: Session, handed: ClinicalReview):
    cole = enter("cole")
    cole.get(f"/clinical-reviews/{handed.id}")
    cole.press("Save the outcome and end the clinical review", done="contacted", outcome=" ")
    assert cole.problems == ["Enter the outcome"]
    cole.press("Save the outcome and end the clinical review", done="contacted", outcome="z" * 5001)
    assert cole.one("textarea").text() == "z" * 5001
    assert afresh(session, handed).ended_at is None


def test_two_clinicians_do_not_overwrite_each_other(enter: Enter, session: Session, handed: ClinicalReview):
    one, other = enter("cole"), enter("cole")
    for clinician in (one, other):
        clinician.get(f"/clinical-reviews/{handed.id}")
    one.press("Save the outcome and end the clinical review", done="contacted", outcome="Called her.")
    answer = other.press(
        "Save the outcome and end the clinical review", done="contacted", outcome="Wrote to her."
    )
    assert answer.status_code == 409
    assert other.problems == ["This clinical review has already ended"]
    assert afresh(session, handed).outcome == "Called her."
    assert "What you typed, which was not saved" in other.text
    assert "Wrote to her." in other.text
    assert other.post(f"/clinical-reviews/{handed.id}/acknowledgement").status_code == 409


def test_a_manager_sees_that_it_waits_but_not_how_to_reach_them(
    enter: Enter, session: Session, handed: ClinicalReview
):
    mo = enter("mo")
    mo.get(f"/clinical-reviews/{handed.id}")
    assert "Unread" in mo.text
    assert "07700" not in (mo.page.html or "")
    assert not mo.page.css("main form")
    assert mo.post(f"/clinical-reviews/{handed.id}/outcome", data={"outcome": "x"}).status_code == 403
    assert mo.post(f"/clinical-reviews/{handed.id}/acknowledgement").status_code == 403
    assert afresh(session, handed).acknowledged_at is None


@pytest.mark.parametrize(("who", "status"), [("amina", 403), ("priya", 403), ("ada", 403), ("sam", 403)])
def test_others_are_kept_out(enter: Enter, handed: ClinicalReview, who: str, status: int):
    visitor = enter(who)
    for path in ("", f"/{handed.id}"):
        assert visitor.get(f"/clinical-reviews{path}").status_code == status
    assert visitor.post(f"/clinical-reviews/{handed.id}/outcome", data={"outcome": "x"}).status_code == status


@pytest.mark.parametrize("id", ["4711", "0", str(10**30), "x"])
def test_no_such_hand_over(enter: Enter, people: People, id: str):
    assert enter("cole").get(f"/clinical-reviews/{id}").status_code == 404


def test_one_click_hands_any_ticket_over_and_the_navigator_goes_on(
    enter: Enter, session: Session, people: People
):
    number = staff.report(
        session, ANONYMOUS, ReportInput(service="north", text="the app is stuck")
    ).ticket.number
    session.flush()
    amina, cole = enter("amina"), enter("cole")
    assert cole.get(f"/tickets/{number}").status_code == 404
    amina.get(f"/tickets/{number}/clinical-review")
    amina.press("Ask a clinician to read it", reason="She sounded very low on the phone")
    assert "Go on with the technical problem" in amina.text
    assert "hand over" not in amina.text
    amina.get(f"/tickets/{number}/history")
    assert "Amina Yusuf asked for a clinical review" in amina.text
    amina.get(f"/tickets/{number}")
    amina.press("Send", body="Please close the app and open it again.")
    cole.get("/clinical-reviews")
    cole.get(cole.one("th a").attributes["href"] or "")
    assert "She sounded very low on the phone" in cole.text
    assert cole.get(f"/tickets/{number}").status_code == 200


def test_what_a_person_found_and_the_screen_missed_is_counted(enter: Enter, session: Session, people: People):
    told = ReportInput(service="north", text="the diary page is blank")
    number = staff.report(session, ANONYMOUS, told).ticket.number
    request_review_by_staff(
        session, people.amina, number, ReviewRequestInput(reason="She sounded unwell on the phone")
    )
    session.flush()
    for name in ("cole", "mo"):
        visitor = enter(name)
        visitor.get("/clinical-reviews")
        assert "people found 1 ticket in which it had noticed nothing" in " ".join(visitor.text.split())
    mo = enter("mo")
    mo.get("/desk?view=counted&figure=missed")
    assert f"DN-{number:06d}" in mo.text


@pytest.mark.usefixtures("handed")
def test_what_the_screen_noticed_is_not_called_missed(enter: Enter, session: Session, people: People):
    number = session.exec(select(Ticket.number)).one()
    request_review_by_staff(session, people.amina, number, ReviewRequestInput(reason="I agree"))
    session.flush()
    cole = enter("cole")
    cole.get("/clinical-reviews")
    assert "people found 0 tickets" in " ".join(cole.text.split())


def test_an_author_is_told_at_once_that_their_note_began_a_review(
    enter: Enter, session: Session, people: People
):
    """11.A5: the screen said nothing to whoever wrote, while clinicians, deputy and manager were mailed."""
    number = tell(session).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}/notes")
    amina.press("Save note for staff", body="He will do it tonight")
    assert "What you wrote may speak of risk, so a clinician is told to read it" in amina.text
    assert "Your own words began this: ending it: “do it tonight”" in amina.text
    review = session.exec(select(ClinicalReview)).one()
    amina.get(f"/clinical-reviews/{review.id}/no-concern")
    amina.press("It is no concern", reason="ok")
    assert amina.problems == ["Say in a few words why it is no concern"]
    amina.press("It is no concern", reason="He resets his password tonight.")
    assert amina.path == f"/tickets/{number}"
    assert "A clinician still reads your words" in amina.text
    assert "They are no concern" not in amina.text
    assert "A clinician must read this" in amina.text
    cole = enter("cole")
    cole.get("/clinical-reviews")
    assert "Its author: no concern" in cole.text
    cole.get(f"/clinical-reviews/{review.id}")
    assert "He will do it tonight" in cole.text
    assert "Amina Yusuf wrote these words" in cole.text
    assert "He resets his password tonight." in cole.text
    assert afresh(session, review).ended_at is None


def test_a_note_that_alarms_nobody_says_nothing_of_it(enter: Enter, session: Session, people: People):
    """11.A5: ordinary words of notes, and of what staff add to a split, began reviews."""
    ticket = tell(session, text="I cannot log in. The chart is blank too.")
    amina = enter("amina")
    for name, button, body in (
        ("notes", "Save note for staff", "She will try it tonight"),
        ("split", "Make a second ticket", "Told the PWP that she should plan without it."),
    ):
        amina.get(f"/tickets/{ticket.number}/{name}")
        amina.press(button, body=body)
        assert "may speak of risk" not in amina.text
    assert session.exec(select(ClinicalReview)).all() == []


def test_words_in_a_split_are_answered_on_the_ticket_that_holds_them(
    enter: Enter, session: Session, people: People
):
    number = tell(session).number
    amina = enter("amina")
    amina.get(f"/tickets/{number}/split")
    amina.press("Make a second ticket", body="The video about suicide does not play")
    review = session.exec(select(ClinicalReview)).one()
    assert f"What you wrote on {reference(review.ticket_number)} may speak of risk" in amina.text
    amina.get(f"/tickets/{review.ticket_number}")
    assert "Your own words began this" in amina.text


def test_nobody_else_is_shown_the_form(enter: Enter, session: Session, people: People):
    ticket = tell(session)
    staff.note(session, people.amina, ticket.number, SayInput(body="He will do it tonight"))
    review = session.exec(select(ClinicalReview)).one()
    for who in ("tom", "mo", "cole", "priya", "sam"):
        assert enter(who).get(f"/clinical-reviews/{review.id}/no-concern").status_code == 404
    tom = enter("tom")
    tom.get(f"/tickets/{ticket.number}")
    assert "Your own words began this" not in tom.text


def test_a_training_request_leads_to_the_review_that_it_began(enter: Enter, session: Session, people: People):
    """11.A5: it said only that the request was sent."""
    priya = enter("priya")
    priya.get("/training/ask")
    priya.press(
        "Send the request", service="north", topic="own_words", words="She wants to die, whom do I ask?"
    )
    assert "What you wrote may speak of risk" in priya.text
    assert "Your own words began this" in priya.text


@pytest.mark.parametrize(
    ("sent_to", "shown"),
    [
        ("/problems/{}/preview", "/problems/{}"),
        ("/clinical-reviews/{}/outcome", "/clinical-reviews/{}"),
    ],
)
def test_back_to_where_a_form_was_sent_leads_to_its_page(
    enter: Enter, people: People, sent_to: str, shown: str
):
    """Scripts mark the page in the history: Back and reload ask for it by GET, and got an error."""
    amina = enter("amina")
    amina.get(sent_to.format(4711))
    assert amina.path == shown.format(4711)


def test_a_clinician_who_reads_it_second_stays_with_it(enter: Enter, session: Session, people: People):
    """Two had it open; whoever pressed second came to a page that led away from it."""
    number = tell(session, text="I want to end my life").number
    review = session.exec(select(ClinicalReview).where(ClinicalReview.ticket_number == number)).one()
    first, second = enter("cole"), enter("cole")
    for cole in (first, second):
        cole.get(f"/clinical-reviews/{review.id}")
    first.press("I have read this")
    second.press("I have read this")
    assert second.problems == ["You have already said that you have read this"]
    assert "I want to end my life" in second.text
    assert "Read by Dr Cole" in second.text
