"""Addresses of earlier versions still work: bookmarks, links in sent emails, saved views and open forms."""

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from navigator.tickets.inputs import ViewInput
from navigator.tickets.queue import saved_views
from navigator.tickets.ticket import ClinicalReview
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter
from web.app import app

MOVED = {
    "/hand-overs": "/clinical-reviews",
    "/hand-overs/12": "/clinical-reviews/12",
    "/hand-overs/12/acknowledgement": "/clinical-reviews/12/acknowledgement",
    "/hand-overs/12/outcome": "/clinical-reviews/12/outcome",
    "/tickets/7/hand-over": "/tickets/7/clinical-review",
}


@pytest.fixture
def review(session: Session, people: People) -> ClinicalReview:
    tell(session, text="I cannot log in and I want to end my life")
    return session.exec(select(ClinicalReview)).one()


@pytest.mark.parametrize("method", ["GET", "POST", "HEAD"])
def test_an_old_address_leads_to_that_of_today_with_its_query(method: str):
    visitor = TestClient(app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
    for old, new in MOVED.items():
        answer = visitor.request(method, f"{old}?a=1&b=%20")
        assert (answer.status_code, answer.headers["location"]) == (308, f"{new}?a=1&b=%20")
        assert visitor.request(method, old).headers["location"] == new


@pytest.mark.parametrize(
    "path", ["/hand-overs/x", "/hand-overs/1/x", "/hand-overs//evil.example", "/tickets/x/hand-over"]
)
def test_what_never_was_an_address_leads_nowhere(path: str):
    visitor = TestClient(app, headers={"sec-fetch-site": "same-origin"}, follow_redirects=False)
    assert visitor.get(path).status_code in {303, 404}  # not found, or asked to log in first
    assert not visitor.get(path).headers.get("location", "").startswith("//")


def test_a_link_in_an_email_that_was_sent_opens_the_page(enter: Enter, review: ClinicalReview):
    cole = enter("cole")
    cole.get("/hand-overs")
    assert cole.path == "/clinical-reviews"
    cole.get(f"/hand-overs/{review.id}")
    assert cole.path == f"/clinical-reviews/{review.id}"


def test_whoever_is_not_logged_in_is_asked_to_and_then_led_there(review: ClinicalReview):
    visitor = TestClient(app, headers={"sec-fetch-site": "same-origin"})
    answer = visitor.get(f"/hand-overs/{review.id}", follow_redirects=True)
    assert str(answer.url).endswith(f"/log-in?next=%2Fclinical-reviews%2F{review.id}")


def test_a_form_that_stood_open_is_saved_with_what_was_typed(
    enter: Enter, session: Session, review: ClinicalReview
):
    cole = enter("cole")
    cole.post(f"/hand-overs/{review.id}/acknowledgement")
    cole.post(
        f"/hand-overs/{review.id}/outcome", data={"outcome": "Called her. She is safe.", "done": "contacted"}
    )
    session.expire_all()
    again = session.get_one(ClinicalReview, review.id)
    assert (again.outcome, again.acknowledged_at is not None) == ("Called her. She is safe.", True)
    number = tell(session).number
    enter("amina").post(f"/tickets/{number}/hand-over", data={"reason": "She sounded very low"})
    session.expire_all()
    reasons = session.exec(select(ClinicalReview.reasons).where(ClinicalReview.ticket_number == number)).one()
    assert reasons == ["She sounded very low"]


def test_another_site_cannot_post_to_an_old_address(enter: Enter, session: Session, review: ClinicalReview):
    answer = enter("cole").post(
        f"/hand-overs/{review.id}/acknowledgement", headers={"sec-fetch-site": "cross-site"}
    )
    assert answer.status_code == 403
    session.expire_all()
    assert session.get_one(ClinicalReview, review.id).acknowledged_at is None


def test_a_view_that_was_saved_by_its_old_words_still_shows_its_tickets(
    enter: Enter, session: Session, people: People, review: ClinicalReview
):
    saved_views.save_view(session, people.amina, ViewInput(name="With clinicians", query="view=handed_over"))
    amina = enter("amina")
    amina.get("/desk?view=handed_over")
    assert amina.one("[aria-current=page][href^='/desk?view']").text(strip=True).startswith("With clinicians")
    amina.one(f"#ticket-{review.ticket_number}")
    assert "Clinical review" in amina.one(".desk-views").text()
