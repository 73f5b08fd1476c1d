"""The privacy page: what services say of the records that they keep; without it they take no reports."""

import pytest
from sqlmodel import Session, delete

from navigator.catalogue.accepting_reports import missing
from navigator.catalogue.lookups import service_by_code
from navigator.catalogue.privacy_notice import PrivacyNotice
from navigator.catalogue.retention_period import RECORD_CLASSES, RetentionPeriod
from tests.page_visitor import Visitor
from tests.people import People

EMPTY = "a privacy notice with all its parts, an owner and a review date"


def test_each_service_says_it_in_its_own_words(visitor: Visitor, people: People) -> None:
    visitor.get("/privacy")
    for words in ("North NHS Trust (example)", "South NHS Trust (example)", "An example of a basis"):
        assert words in visitor.text
    assert "We keep your address until you end them." in visitor.text


@pytest.mark.parametrize("column", ["controller", "lawful_basis", "periods", "contact", "owner"])
def test_a_service_with_an_empty_part_takes_no_reports(
    session: Session, people: People, visitor: Visitor, column: str
) -> None:
    setattr(session.get_one(PrivacyNotice, people.north), column, "")
    session.flush()
    assert missing(session, service_by_code(session, "north")) == [EMPTY]
    visitor.get("/privacy")
    assert "North NHS Trust" not in visitor.text
    assert "South NHS Trust" in visitor.text


def test_without_any_the_page_still_comes(session: Session, people: People, visitor: Visitor) -> None:
    session.exec(delete(PrivacyNotice))
    visitor.get("/privacy")
    assert "Your service will tell you" in visitor.text


def rows(visitor: Visitor) -> dict[str, set[str]]:
    """What the page says of each class of record, of all services."""
    said: dict[str, set[str]] = {}
    for row in visitor.page.css(".nhsuk-summary-list__row"):
        name, value, *_ = (cell.text(strip=True) for cell in row.css("dt, dd"))
        said.setdefault(name, set()).add(value)
    return said


def test_the_days_are_those_that_act(session: Session, people: People, visitor: Visitor) -> None:
    north = people.north
    session.add(RetentionPeriod(service_id=north, record_class="attachment", days=1, owner="Ada"))
    session.add(RetentionPeriod(service_id=north, record_class="draft", owner="Ada"))
    session.flush()
    visitor.get("/privacy")
    said = rows(visitor)
    assert said["Pictures and PDFs that you sent"] == {"1 day", "Until your service decides"}
    assert said["Answers that we began and did not send"] == {"Until your service decides", "14 days"}
    assert said["Emails to us, as they came"] == {"90 days"}
    assert len(set(said) & set(CLASSES)) == len(CLASSES) == len(RECORD_CLASSES)
    counted = {each.counts_from for code, each in RECORD_CLASSES.items() if code in ("draft", "review")}
    assert counted == {"the last word of it", "the day on which it was closed and its last review ended"}
    assert "did not send they count from the last change. If a clinician was asked" in visitor.text


CLASSES = (
    "Your report, and what was written about it",
    "Your report, if a clinician was asked to read it",
    "Pictures and PDFs that you sent",
    "Notes of phone calls",
    "Emails to us, as they came",
    "Our list of emails and texts to you",
    "Answers that we began and did not send",
)
