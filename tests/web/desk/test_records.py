"""The pages on which a manager finds, copies and erases a person, and sees what nights delete."""

import zipfile
from io import BytesIO

import pytest
from sqlmodel import Session, select

from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.programme_schemas import ReplySetting
from navigator.catalogue.hazards import hazards
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import Act, record
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role
from navigator.tickets.ticket import Message, Ticket
from tests.navigator.records.test_requests import closed
from tests.navigator.tickets.report_factory import tell
from tests.page_visitor import Visitor
from tests.people import People, administer_all
from tests.web.conftest import Enter

PAT = "pat@example.org"


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    return closed(session, text="I have lost my glasses")


@pytest.fixture
def mo(enter: Enter, ticket: Ticket) -> Visitor:
    """Mo has found the person."""
    mo = enter("mo")
    mo.get("/records")
    mo.press("Find them", who=PAT)
    assert mo.path.startswith("/records/")
    assert PAT not in mo.path
    return mo


def test_a_person_is_erased_after_a_second_look(mo: Visitor, session: Session, ticket: Ticket) -> None:
    mo.press("Erase them")
    erasure = mo.path
    mo.press("Erase them for good")
    assert "Confirm that you have looked" in mo.text
    session.expire_all()
    assert session.exec(select(Message.body)).one() == "I have lost my glasses"
    mo.press("Erase them for good", looked="yes")
    assert "They are erased. What was counted stays, and so does the audit log." in mo.text
    mo.get(erasure)
    assert "Erase them for good" not in mo.text
    session.expire_all()
    assert session.exec(select(Message.body)).one() == "[removed]"
    assert session.get_one(Reporter, ticket.reporter_id).email == ""
    mo.get(f"/tickets/{ticket.number}/history")
    assert "deleted all words of it" in mo.text


@pytest.mark.parametrize("is_administrator", [True, False])
def test_settings_that_name_them_are_not_done_until_somebody_changed_them(
    enter: Enter, session: Session, people: People, ticket: Ticket, is_administrator: bool
) -> None:
    reply = ReplySetting(title="Pat", body=f"Write to {PAT}.")
    apply_change(session, SYSTEM, kind_of("reply"), ("north", "pat"), reply)
    if is_administrator:
        also = Membership(user_id=people.mo.user_id or 0, service_id=people.north, role=Role.ADMIN)
        session.add(also)
        session.flush()
    mo = enter("mo")
    mo.get("/records")
    mo.press("Find them", who=PAT)
    assert "Not done" in mo.text
    mo.press("Erase them")
    mo.press("Erase them for good", looked="yes")
    assert [one.text() for one in mo.page.css("h1")] == ["Erased, but not done yet"]
    assert ("Only an administrator can change settings" in mo.text) != is_administrator
    here = mo.path
    mo.get("/records")
    assert "Erased, but settings name them" in mo.text
    if is_administrator:
        mo.get(here)
        assert mo.get(mo.one("main li a").attributes["href"] or "").status_code == 200
        assert mo.one("#body").text() == f"Write to {PAT}."
    apply_change(session, SYSTEM, kind_of("reply"), ("north", "pat"), None)
    mo.get(here)
    assert "No setting names them any more" in mo.text
    mo.press("I am done: forget this")
    mo.get("/records")
    assert "settings name them" not in mo.text


def test_where_settings_alone_name_them_no_copy_is_promised(enter: Enter, session: Session) -> None:
    reply = ReplySetting(title="Pat", body=f"Write to {PAT}.")
    apply_change(session, SYSTEM, kind_of("reply"), ("north", "pat"), reply)
    mo = enter("mo")
    mo.get("/records")
    mo.press("Find them", who=PAT)
    assert "Erasing does not change these: somebody must." in mo.text
    assert "Make a copy for them" not in mo.text
    assert "They are in the copy" not in mo.text


def test_why_a_ticket_is_offered_is_a_sentence(enter: Enter, session: Session) -> None:
    tell(session, contact={"route": "email", "email": PAT, "phone": "07700 900461"})
    tell(session, contact={"route": "text", "phone": "07700 900461"})
    mo = enter("mo")
    mo.get("/records")
    mo.press("Find them", who=PAT)
    assert "Found by email address. It is new." in mo.text
    assert "The same phone number was given. It is new." in mo.text


def test_what_stays_in_the_audit_log_is_listed_and_not_offered(
    enter: Enter, session: Session, people: People, ticket: Ticket
) -> None:
    for _ in range(2):
        record(session, people.ada, Act.CHANGED, f"About {PAT}", service_id=people.north)
    session.flush()
    mo = enter("mo")
    mo.get("/records")
    mo.press("Find them", who=PAT)
    assert "The audit log cannot be changed" in mo.text
    assert "until an administrator of all services decides" in mo.text
    assert mo.text.count(f"About {PAT}") == 1, "one look makes a row for each service, and a line for all"
    assert not list(mo.page.css("input[name=mentions]"))
    mo.press("Erase them")
    assert "the audit log stays" in mo.text


def test_an_open_ticket_says_why_it_is_not_erased(enter: Enter, session: Session, people: People) -> None:
    tell(session)
    mo = enter("mo")
    mo.get("/records")
    mo.press("Find them", who=PAT)
    mo.press("Erase them")
    assert "is not closed" in mo.text
    assert mo.page.css("main [href^='/records/']:not([class])")
    assert not [one for one in mo.page.css("button") if "for good" in one.text()]


def test_a_copy_is_looked_at_and_fetched(mo: Visitor, session: Session, ticket: Ticket) -> None:
    mo.press("Make a copy for them")
    assert "I have lost my glasses" in mo.text
    key = f"message [{session.exec(select(Message.id)).one()}]"
    mo.press("Hand the rest over", pieces=[key])
    assert "Say why it is left out" in mo.text
    mo.press("Keep, and look again", pieces=[key], reason="About somebody else")
    mo.press("Hand the rest over")
    assert "1 left out" in mo.text
    answer = mo.get(f"{mo.path}.zip")
    content = zipfile.ZipFile(BytesIO(answer.content))
    assert b"I have lost my glasses" not in content.read("copy.html")
    assert PAT.encode() in content.read("copy.html")
    assert answer.headers["cache-control"] == "no-store"


def test_nothing_is_fetched_before_it_is_handed_over(mo: Visitor) -> None:
    assert mo.get(f"{mo.path}/copy.zip").status_code == 409


def test_what_was_found_is_forgotten(mo: Visitor) -> None:
    page = mo.path
    mo.press("I am done: forget this")
    mo.get(page)
    assert "by what they were found is forgotten" in mo.text


def test_a_ticket_is_held_and_lifted(enter: Enter, ticket: Ticket) -> None:
    mo = enter("mo")
    mo.get("/records/holds")
    mo.press("Put on hold", number="0")
    assert "There is a problem" in mo.text
    until = {"until_on-day": "1", "until_on-month": "1", "until_on-year": "2027"}
    mo.press("Put on hold", number=f"DN-{ticket.number}", reason="A complaint", **until)
    assert "A complaint" in mo.text
    assert [cell.attributes["data-label"] for cell in mo.page.css("td")] == ["Why", "Until", "Now"]
    mo.press(f"Lift the hold of DN-{ticket.number:06d}")
    assert "The hold is lifted." in mo.text


def test_who_may_not_look_is_kept_out(enter: Enter, ticket: Ticket) -> None:
    for name in ("amina", "ada", "priya", "cole"):
        assert enter(name).get("/records").status_code == 403
    assert enter("ada").get("/records/retention").status_code == 200


def test_the_map_and_the_papers_say_what_is_stored(enter: Enter, people: People) -> None:
    ada = enter("ada")
    ada.get("/records/data-map")
    for words in ("supportcard", "Outgoing email and texts", "Until the service decides"):
        assert words in ada.text
    for name in ("dpia", "dtac"):
        file = ada.get(f"/records/papers/{name}.pdf")
        assert file.content.startswith(b"%PDF-")
        paper = ada.get(f"/records/papers/{name}").text
        assert "This is a start" in paper
        assert "North NHS Trust (example)" in paper
        assert "| Tickets that no clinician was asked to read |" in paper


def test_each_hazard_names_who_answers_for_it_and_what_is_missing_is_said(
    enter: Enter, session: Session, people: People
) -> None:
    administer_all(session, people)
    ada = enter("ada")
    ada.get("/settings/hazards")
    assert f"{len(hazards())} of {len(hazards())} hazards have no owner" in ada.text
    assert "Not done, no owner: 1, 1a, 1c" in ada.get("/records/papers/hazards").text
    for code, year in (("1a", 2030), ("2", 2020)):
        ada.get(f"/settings/hazard/{code}")
        day = {"review_on-day": "1", "review_on-month": "2", "review_on-year": str(year)}
        ada.press("Look at the change", owner="Clinical safety officer", **day)
        ada.press("Save this change")
    ada.get("/settings/hazards")
    assert f"{len(hazards()) - 1} of {len(hazards())} hazards have no owner, or are due" in ada.text
    assert "Its review is due" in ada.text
    paper = ada.get("/records/papers/hazards").text
    assert "Not done, no owner: 1, 1c" in paper
    assert "Not done, its review is due: 2." in paper
    assert "| Clinical safety officer | 1 February 2030 |" in paper
    assert "This is a start" in paper
    assert ada.get("/records/papers/hazards.pdf").content.startswith(b"%PDF-")
    assert ada.get("/settings/hazard/99z").status_code == 404
    ada.get("/records/data-map")
    assert "Hazards without an owner, or due for review: 1, 1c" in ada.text
