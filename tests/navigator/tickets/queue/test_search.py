"""Search: by reference, support code and the beginnings of words; only what one may see, notes included."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text as sql
from sqlmodel import Session, select

from navigator import clock
from navigator.jobs.registry import JOBS
from navigator.people.actor import Actor
from navigator.people.reporter import Reporter
from navigator.phone_numbers import normalised
from navigator.tickets.action_rules import Action
from navigator.tickets.actions import sending, staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.split import split
from navigator.tickets.actions.undo_send import time_to_undo
from navigator.tickets.inputs import MergeInput, SayInput, SendInput, SplitInput
from navigator.tickets.queue import identifiers
from navigator.tickets.queue.filters import Filters
from navigator.tickets.queue.queue import queue, said_on
from navigator.tickets.queue.search import _FULL_TEXT_QUERIES, search
from navigator.tickets.queue.spelling import did_you_mean
from navigator.tickets.reads import mark_read
from navigator.tickets.ticket import Message, Ticket
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


@pytest.mark.parametrize(
    "sought", ["Ann.Other@Example.org", "ann.other@example.org ", "01632 960 001", "QX-1"]
)
def test_a_reporter_is_found_by_what_they_gave(session: Session, people: People, sought: str) -> None:
    told = tell(session, text="It is slow", support_code="QX-1")
    reporter = session.get_one(Reporter, told.reporter_id)
    reporter.email, reporter.phone = "Ann.Other@example.org", normalised("01632 960 001") or ""
    other = session.get_one(Reporter, tell(session, text="It is slow too").reporter_id)
    other.email = other.phone = other.support_code = ""
    session.flush()
    assert numbers(session, people.amina, sought) == [told.number]
    assert numbers(session, people.mo, sought) == []


def test_who_has_another_role_by_now_finds_what_that_may_see(
    session: Session, people: People, ticket: Ticket
) -> None:
    assert numbers(session, people.sam, "reset") == []
    assert numbers(session, replace(people.sam, roles=people.amina.roles), "reset") == [ticket.number]
    assert numbers(session, people.sam, "reset") == []


def test_a_manager_knows_no_codes(session: Session, people: People, ticket: Ticket) -> None:
    assert numbers(session, people.mo, "RV-77") == []
    assert numbers(session, people.mo, "reset") == [ticket.number]


def test_a_snippet_begins_with_a_whole_word(session: Session, people: People) -> None:
    tell(session, text=f"{'something happens ' * 20}and no elephant")
    (found,) = search(session, people.amina, "elephant")
    assert "".join(part for part, _ in found.snippet).startswith(("… something", "… happens"))


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


def test_a_reference_comes_first_and_then_the_newest(
    session: Session, people: People, ticket: Ticket
) -> None:
    """Both engines give what was named in an order of their own."""
    named = str(ticket.number)
    later = [tell(session, support_code=named).number for _ in range(3)]
    assert numbers(session, people.amina, named) == [ticket.number, *reversed(later)]


def test_of_more_than_are_shown_the_reference_and_the_newest_are_left(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of an address that a ward shares, the engine chose fifty tickets as it liked, and found no others."""
    monkeypatch.setattr(identifiers, "MAX_RESULTS", 2)
    monkeypatch.setattr(identifiers, "_identified", identifiers._identified.__wrapped__)
    named = str(ticket.number)
    later = [tell(session, support_code=named).number for _ in range(3)]
    assert numbers(session, people.amina, named) == [ticket.number, later[-1]]


def test_what_is_older_than_the_newest_messages_is_found(
    session: Session, people: People, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = {
        dialect: (re.sub(r"LIMIT \d+", "LIMIT 1", quick), thorough)
        for dialect, (quick, thorough) in _FULL_TEXT_QUERIES.items()
    }
    monkeypatch.setattr("navigator.tickets.queue.search._FULL_TEXT_QUERIES", one)
    tell(session, text="reset once more")
    assert len(numbers(session, people.amina, "reset")) == 2


@pytest.mark.only_on("postgresql")
@pytest.mark.parametrize(("others", "found"), [(3, 0), (4, 5)])
def test_a_rare_word_is_not_looked_for_among_the_newest(
    session: Session, people: People, ticket: Ticket, others: int, found: int
) -> None:
    """Its index is asked at once; the answer is the same."""
    for _ in range(others):
        tell(session, text="reset once more")
    session.flush()
    among_the_newest = sql(_FULL_TEXT_QUERIES["postgresql"][0])
    assert len(session.execute(among_the_newest, {"words": "'reset':*"}).all()) == found
    assert len(numbers(session, people.amina, "reset")) == others + 1


@pytest.mark.parametrize(
    ("said", "sought"),
    [
        ("My address is jo.bloggs@example.org", "jo.bloggs@example.org"),
        ("My address is jo.bloggs@example.org", "bloggs"),
        ("My address is jo.bloggs@example.org", "example.org"),
        ("It says login.fern.example.nhs.uk is not found", "login.fern.example.nhs.uk"),
        ("It says https://fern.example.org/thought-record/7?step=2", "fern.example.org/thought-record"),
        ("iOS 17.4.1 on the phone", "17.4.1"),
        ("iOS 17.4.1 on the phone", "17.4"),
        ("Windows 10", "windows-10"),
        ("I sent thought_record-2.pdf", "thought_record-2.pdf"),
        ("I sent thought_record-2.pdf", "record"),
        ("Ring me on 07700-900-982", "07700-900-982"),
        ("Ring me on 07700-900-982", "07700900982"),
        ("Ring me on 07700-900-982", "07700 900 982"),
        ("Ring me on 07700 900 982", "07700900982"),
        ("Ring me on 07700 900 982", "07700-900-982"),
        ("Ring me on (01632) 960 001", "01632960001"),
        ("I can't log-in", "login"),
        ("I can’t log in", "log-in"),
        ("I can’t log in", "cant"),
        ("I can’t log in", "can't"),
        ("मेरा पासवर्ड काम नहीं करता", "पासवर्ड"),
        ("मेरा पासवर्ड काम नहीं करता", "काम"),
        ("ਮੇਰਾ ਪਾਸਵਰਡ ਕੰਮ ਨਹੀਂ ਕਰਦਾ", "ਪਾਸਵਰਡ"),
        ("আমার পাসওয়ার্ড কাজ করছে না", "পাসওয়ার্ড"),
        ("میرا پاس ورڈ کام نہیں کرتا", "ورڈ"),
        ("எனது கடவுச்சொல்", "கடவுச்சொல்"),
        ("The café is closed", "cafe"),
        ("The cafe is closed", "café"),
        ("Nie działa hasło", "haslo"),
        ("Şifrem çalışmıyor", "sifrem calismiyor"),
        ("Η οθόνη", "οθονη"),
        ("STRASSE", "straße"),
    ],
)
def test_whatever_was_written_is_found_on_both_engines(
    session: Session, people: People, said: str, sought: str
) -> None:
    """11.C9: one splitter for both engines; accents forgiven."""
    found = tell(session, text=said)
    tell(session, text="Something else altogether: 17 of 4 or 1, by post")
    assert numbers(session, people.amina, sought) == [found.number]


@pytest.mark.parametrize(
    ("said", "sought", "marked"),
    [
        ("iOS 17.4.1 on it", "17.4", ["17.4"]),
        ("to jo.bloggs@example.org", "bloggs", ["bloggs"]),
        ("to jo.bloggs@example.org", "jo.bloggs@example.org", ["jo.bloggs@example.org"]),
        ("on 07700-900-982.", "07700900982", ["07700-900-982"]),
        ("the café", "CAFE", ["café"]),
        ("मेरा पासवर्ड", "पास", ["पासवर्ड"]),
        ("log in, login, log-in", "log-in", ["log", "in", "login", "log-in"]),
    ],
)
def test_what_was_found_is_marked_as_it_was_written(
    session: Session, people: People, said: str, sought: str, marked: list[str]
) -> None:
    """11.C9: the marks stand on the words as they were written, whole."""
    tell(session, text=said)
    (found,) = search(session, people.amina, sought)
    assert [part for part, is_match in found.snippet if is_match] == marked


@pytest.mark.parametrize(
    "hostile", ["a.é" * 1600, "a." * 2500, "\U0001f9d1" * 5000, "ﷺ" * 5000, "９" * 5000, "1 " * 2500]
)
def test_whatever_is_told_can_be_indexed(session: Session, people: People, hostile: str) -> None:
    """11.C9: the longest and oddest text stays below what an engine can index (a tsvector: 1 MB)."""
    tell(session, text=f"odd {hostile}"[:5000])
    assert len(numbers(session, people.amina, "odd")) == 1
    search(session, people.amina, hostile)


def test_a_word_in_another_writing_is_put_as_it_was_said(session: Session, people: People) -> None:
    """11.C9: signs that belong to a letter do not end a word for the spelling suggestion either."""
    tell(session, text="मेरा पासवर्ड काम नहीं करता")
    assert did_you_mean(session, people.amina, "पासर्वड") == "पासवर्ड"


def test_what_an_older_process_stored_is_indexed_later(
    session: Session, people: People, ticket: Ticket
) -> None:
    """11.C9: while processes are upgraded one by one, an older one stores messages without their words."""
    session.execute(sql("UPDATE message SET search_words = NULL"))
    assert numbers(session, people.amina, "reset") == []
    assert JOBS["search"].run() == 2
    assert JOBS["search"].run() == 0
    assert (
        numbers(session, people.amina, "reset") == numbers(session, people.amina, "duplic") == [ticket.number]
    )


@pytest.mark.parametrize(
    "sought", ["Pat.Doe@post.example", " pat.doe@POST.example", "01632 960 001", "+441632960001"]
)
def test_contact_details_find_a_ticket_for_whoever_may_see_them(
    session: Session, people: People, sought: str
) -> None:
    """Somebody on the phone says their address: merging asks for the same one, and nothing found it."""
    number = tell(session).number
    reporter = session.get_one(Reporter, session.get_one(Ticket, number).reporter_id)
    reporter.email, reporter.phone = "pat.doe@post.example", "+441632960001"
    session.flush()
    assert numbers(session, people.amina, sought) == [number]
    assert numbers(session, people.mo, sought) == []


def test_what_can_be_taken_back_is_found_by_staff_alone_until_it_has_left(
    session: Session, people: People, ticket: Ticket
) -> None:
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    mark_read(session, people.priya, ticket.number)
    clock.set_to(clock.now() + timedelta(minutes=1))
    reply = SendInput(body="Press the turquoise button")
    with time_to_undo(session, people.amina, Action.REPLY, ticket.number, reply):
        sending.reply(session, people.amina, ticket.number, reply)
    session.flush()
    for _ in range(2):  # a statement that was built once says the same when it is run again
        assert numbers(session, people.priya, "turquoise") == []
        assert not did_you_mean(session, people.priya, "turquiose")
        assert numbers(session, people.amina, "turquoise") == [ticket.number]
    assert not said_on(session, people.priya, [ticket.number])[ticket.number].is_unread
    clock.set_to(clock.now() + timedelta(seconds=11))
    assert said_on(session, people.priya, [ticket.number])[ticket.number].is_unread
    assert numbers(session, people.priya, "turquoise") == [ticket.number]


def test_a_list_shows_nobody_the_words_of_whoever_was_merged_into_their_report(
    session: Session, people: People
) -> None:
    """An address that somebody typed makes them no reader: on its page neither do they read these."""
    strangers = tell(session, text="The stranger said this first")
    theirs = tell(session, text="What they said themselves")
    theirs.reporter_user_id = people.priya.user_id
    merge(session, people.amina, strangers.number, MergeInput(into=theirs.number))
    session.flush()
    for actor in (people.priya, people.amina):
        listed = queue(session, actor, Filters()).said[theirs.number]
        assert listed.words == "What they said themselves"
        assert said_on(session, actor, [theirs.number])[theirs.number].words == listed.words
    assert numbers(session, people.amina, "stranger") == [theirs.number]
    assert numbers(session, people.priya, "stranger") == []
    assert numbers(session, people.priya, "themselves") == [theirs.number]
    theirs.pwp_id, theirs.practitioner_is_confirmed = people.priya.user_id, True
    session.flush()
    assert numbers(session, people.priya, "stranger") == [theirs.number]


def test_a_list_shows_what_was_split_from_another_report(session: Session, people: People) -> None:
    first = tell(session, text="I cannot log in")
    said = session.exec(select(Message).where(Message.ticket_number == first.number)).one()
    second = split(session, people.amina, first.number, SplitInput(messages=[said.id]))
    session.flush()
    assert queue(session, people.amina, Filters()).said[second.number].words == "I cannot log in"
