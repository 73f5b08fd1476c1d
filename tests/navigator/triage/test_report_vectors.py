"""What a navigator sorts is kept beside its ticket, and is gone with the text, in the same transaction."""

from collections import Counter
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from sqlalchemy import text as sql
from sqlmodel import Session, select

from navigator.catalogue.service import Service
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod
from navigator.tickets.actions import staff
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.undo import undo
from navigator.tickets.inputs import MergeInput, TriageInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Message, Ticket
from navigator.triage import embeddings, model_store, model_versions, report_vectors
from navigator.triage.tables import SHIPPED, ReportVector
from tests.people import People

pytestmark = pytest.mark.both_engines

TEXT = "the reset email never comes to pat@home.example"
RESET, SIGNED_OUT = "access.reset_email_missing", "access.signed_out"
Tell = Callable[..., Ticket]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    report_vectors.reset_cache()
    yield
    report_vectors.reset_cache()
    model_store.activate(None)
    model_versions._Loaded.version, model_versions._Loaded.is_by_hand = 0, False


@pytest.fixture
def tell(session: Session, people: People) -> Tell:
    def tell(text: str = TEXT) -> Ticket:
        contact = ContactInput(route=ContactMethod.EMAIL, email="pat@home.example")
        told = ReportInput(service="north", text=text, contact=contact)
        ticket = staff.report(session, ANONYMOUS, told).ticket
        session.flush()
        return ticket

    return tell


def sort(session: Session, people: People, ticket: Ticket, category: str) -> None:
    staff.triage(session, people.amina, ticket.number, TriageInput(category=category, impact=4))
    session.flush()


def held() -> dict[str, int]:
    """The categories that this process holds after it has looked, each with how many reports."""
    report_vectors.refresh()
    memory = model_store.corrections()
    assert len(memory.vectors) == len(memory.categories) == len(memory.services)
    return dict(Counter(memory.categories))


def test_a_sorting_is_held_by_the_direction_of_the_words_without_identifiers(
    session: Session, people: People, tell: Tell
):
    assert held() == {}
    sort(session, people, tell(), RESET)
    assert held() == {RESET: 1}
    memory = model_store.corrections()
    assert memory.services == ("north",)
    assert memory.vectors[0] == pytest.approx(embeddings.embed("the reset email never comes to"), abs=1e-3)


def test_sorting_again_replaces_it(session: Session, people: People, tell: Tell):
    ticket, other = tell(), tell("it logs me out again")
    sort(session, people, ticket, SIGNED_OUT)
    sort(session, people, other, SIGNED_OUT)
    assert held() == {SIGNED_OUT: 2}
    sort(session, people, ticket, RESET)
    assert held() == {SIGNED_OUT: 1, RESET: 1}
    sort(session, people, ticket, SIGNED_OUT)  # the newest row again, which must not have its old id
    assert held() == {SIGNED_OUT: 2}


def test_undone_it_is_as_it_was_before(session: Session, people: People, tell: Tell):
    ticket = tell()
    sort(session, people, ticket, SIGNED_OUT)
    sort(session, people, ticket, RESET)
    undo(session, people.amina, ticket.number, ticket.version)
    assert held() == {SIGNED_OUT: 1}
    first = tell("it logs me out again")
    sort(session, people, first, RESET)
    undo(session, people.amina, first.number, first.version)
    assert held() == {SIGNED_OUT: 1}


def test_a_merged_ticket_is_forgotten(session: Session, people: People, tell: Tell):
    first, second = tell(), tell("it logs me out again")
    sort(session, people, first, RESET)
    sort(session, people, second, SIGNED_OUT)
    merge(session, people.amina, first.number, MergeInput(into=second.number))
    session.flush()
    assert held() == {SIGNED_OUT: 1}


@pytest.mark.parametrize("how", ["by the desk", "by hand", "deleted", "a word taken out"])
def test_it_goes_with_the_text_in_the_same_transaction(
    session: Session, people: People, tell: Tell, how: str
):
    erased, other = tell(), tell("it logs me out again")
    sort(session, people, erased, RESET)
    sort(session, people, other, SIGNED_OUT)
    assert held() == {RESET: 1, SIGNED_OUT: 1}
    number = {"number": erased.number}
    if how == "by the desk":
        session.exec(select(Message).where(Message.ticket_number == erased.number)).one().body = ""
        session.flush()
    elif how == "by hand":
        session.execute(sql("UPDATE message SET body = '' WHERE ticket_number = :number"), number)
    elif how == "deleted":
        session.execute(sql("DELETE FROM message WHERE ticket_number = :number"), number)
    else:
        session.execute(sql("UPDATE message SET body = 'the email' WHERE ticket_number = :number"), number)
    assert session.exec(select(ReportVector.ticket_number)).all() == [other.number]
    assert held() == {SIGNED_OUT: 1}


def test_what_is_said_later_changes_nothing(session: Session, people: People, tell: Tell):
    ticket = tell()
    sort(session, people, ticket, RESET)
    session.execute(sql("UPDATE message SET search_words = 'x', unchecked_language = ''"))
    session.execute(sql("UPDATE message SET body = body"))
    assert held() == {RESET: 1}


def test_a_demonstration_teaches_nothing(session: Session, people: People, tell: Tell):
    session.get_one(Service, people.north).is_demonstration = True
    session.flush()
    sort(session, people, tell(), RESET)
    assert held() == {}


def test_a_report_without_words_is_not_kept(session: Session, people: People):
    contact = ContactInput(route=ContactMethod.EMAIL, email="pat@home.example")
    told = ReportInput(service="north", text="", category=RESET, contact=contact)
    sort(session, people, staff.report(session, ANONYMOUS, told).ticket, SIGNED_OUT)
    assert held() == {}


def test_what_another_encoder_made_is_not_held(session: Session, people: People, tell: Tell):
    sort(session, people, tell(), RESET)
    session.exec(select(ReportVector)).one().encoder = "0" * 64
    session.flush()
    assert held() == {}
    assert [row.vector for row in report_vectors.kept(session).values()] == [b""]


def test_without_the_encoder_a_ticket_is_sorted_all_the_same(
    session: Session, people: People, tell: Tell, monkeypatch: pytest.MonkeyPatch
):
    ticket = tell()
    monkeypatch.setattr(embeddings, "is_available", lambda: False)
    sort(session, people, ticket, RESET)
    assert ticket.category == RESET
    assert held() == {}


def test_only_the_newest_are_held(
    session: Session, people: People, tell: Tell, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(report_vectors, "MAX_REMEMBERED", 2)
    for category in (RESET, SIGNED_OUT, SIGNED_OUT):
        sort(session, people, tell(), category)
    assert held() == {SIGNED_OUT: 2}


def test_nothing_is_read_where_nothing_changed(
    session: Session, people: People, tell: Tell, monkeypatch: pytest.MonkeyPatch
):
    sort(session, people, tell(), RESET)
    assert held() == {RESET: 1}
    memory = model_store.corrections()
    monkeypatch.setattr(report_vectors, "_newest", lambda _: pytest.fail("it was read again"))
    report_vectors.refresh()
    assert model_store.corrections() is memory


def test_a_vector_is_kept_at_half_the_precision():
    vector = np.linspace(-1, 1, embeddings.DIMENSIONS, dtype=np.float16)
    assert (report_vectors.as_matrix([vector.tobytes()] * 2) == vector.astype(np.float32)).all()


def test_who_goes_back_to_what_was_shipped_leaves_out_what_was_sorted_too(
    session: Session, people: People, tell: Tell
):
    sort(session, people, tell(), RESET)
    assert held() == {RESET: 1}
    model_versions.use(session, SHIPPED)
    model_versions.refresh()
    sort(session, people, tell(), RESET)
    assert held() == {}
    model_versions.use_newest(session)
    model_versions.refresh()
    assert held() == {RESET: 2}
