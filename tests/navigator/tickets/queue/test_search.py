"""Search: by reference, support code and the beginnings of words; only what one may see, notes included."""

import pytest
from sqlmodel import Session

from navigator.people.actor import Actor
from navigator.tickets.actions import staff
from navigator.tickets.inputs import SayInput
from navigator.tickets.queue.search import _FULL_TEXT_QUERIES, search
from navigator.tickets.queue.spelling import did_you_mean
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    """A report with a support code, and a note that only staff read."""
    ticket = tell(session, text="The café’s reset page says Überprüfung failed", support_code="RV-77")
    staff.note(session, people.amina, ticket.number, SayInput(body="Her account is duplicated"))
    session.flush()
    return ticket


def numbers(session: Session, actor: Actor, sought: str) -> list[int]:
    return [found.ticket.number for found in search(session, actor, sought)]


@pytest.mark.parametrize("sought", ["DN-{:06}", "dn {}", "{}"])
def test_a_reference_is_found(session: Session, people: People, ticket: Ticket, sought: str) -> None:
    assert numbers(session, people.amina, sought.format(ticket.number)) == [ticket.number]


@pytest.mark.parametrize("sought", ["reset", "res fail", "RESET", "café", "überpr", "duplic", "RV-77"])
def test_words_are_found_by_their_beginnings(
    session: Session, people: People, ticket: Ticket, sought: str
) -> None:
    tell(session, text="Something else altogether")
    assert numbers(session, people.amina, sought) == [ticket.number]


@pytest.mark.parametrize(
    "sought", ["", "  ", "***", "nothing", "reset nothing", "' OR 1=1 --", '"', "a:* & b", "%", "999"]
)
def test_what_is_not_there_is_not_found(
    session: Session, people: People, ticket: Ticket, sought: str
) -> None:
    assert numbers(session, people.amina, sought) == []


def test_nobody_finds_what_they_may_not_see(session: Session, people: People, ticket: Ticket) -> None:
    for sought in ("reset", "RV-77", str(ticket.number), "duplicated"):
        assert numbers(session, people.sam, sought) == []
        assert numbers(session, people.priya, sought) == []
        assert numbers(session, people.cole, sought) == []
        assert numbers(session, people.ada, sought) == []


def test_a_practitioner_finds_what_was_said_to_them_and_no_note(session: Session, people: People) -> None:
    own = tell(session, people.priya, reporter="pwp", text="I cannot see ratings")
    staff.note(session, people.amina, own.number, SayInput(body="Her rights are wrong"))
    session.flush()
    assert numbers(session, people.priya, "ratings") == [own.number]
    assert numbers(session, people.priya, "rights") == []
    assert numbers(session, people.amina, "rights") == [own.number]


def test_a_manager_knows_no_codes(session: Session, people: People, ticket: Ticket) -> None:
    assert numbers(session, people.mo, "RV-77") == []
    assert numbers(session, people.mo, "reset") == [ticket.number]


def test_the_words_are_marked(session: Session, people: People, ticket: Ticket) -> None:
    (found,) = search(session, people.amina, "reset")
    assert ("reset", True) in found.snippet
    assert "".join(part for part, _ in found.snippet).startswith("The café’s reset page")


@pytest.mark.parametrize(
    ("sought", "meant"),
    [("rseet", "reset"), ("duplicatd acount", "duplicated account"), ("Überprufung", "überprüfung")],
)
def test_a_mistyped_word_is_put_as_it_was_said(
    session: Session, people: People, ticket: Ticket, sought: str, meant: str
) -> None:
    assert did_you_mean(session, people.amina, sought) == meant


@pytest.mark.parametrize("sought", ["", "res", "reset", "fail", "ner", "999", "rabbits", "RV-77"])
def test_what_is_known_too_short_or_nothing_like_is_left(
    session: Session, people: People, ticket: Ticket, sought: str
) -> None:
    assert did_you_mean(session, people.amina, sought) == ""


def test_nobody_learns_of_words_they_may_not_read(session: Session, people: People, ticket: Ticket) -> None:
    own = tell(session, people.priya, reporter="pwp", text="I cannot see it")
    staff.note(session, people.amina, own.number, SayInput(body="Her rights are wrong"))
    session.flush()
    assert did_you_mean(session, people.amina, "rihgts") == "rights"
    for stranger in (people.priya, people.sam, people.ada):
        assert did_you_mean(session, stranger, "rihgts") == ""


def test_of_words_as_near_the_commonest_is_meant(session: Session, people: People) -> None:
    for text in ("heating", "no heating", "my seating"):
        tell(session, text=text)
    assert did_you_mean(session, people.amina, "neating") == "heating"


@pytest.mark.only_on("postgresql")
def test_what_is_older_than_the_newest_messages_is_found(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {"postgresql": tuple(way.replace("5000", "1") for way in _FULL_TEXT_QUERIES["postgresql"])}
    monkeypatch.setattr("navigator.tickets.queue.search._FULL_TEXT_QUERIES", one)
    tell(session, text="reset once more")
    assert len(numbers(session, people.amina, "reset")) == 2
