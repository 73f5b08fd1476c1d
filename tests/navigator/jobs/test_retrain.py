"""The nightly lesson reads, learns in a process of its own, and writes; what was erased is unlearned."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import Session, delete, select

from navigator.jobs import retrain
from navigator.jobs.registry import JOBS
from navigator.people.actor import ANONYMOUS, reporter
from navigator.people.reporter import ContactMethod
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.inputs import ResolveInput, TriageInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Message, Resolution
from navigator.triage import embeddings, model_store, model_versions, report_vectors
from navigator.triage.corpus import Correction
from navigator.triage.retrain_process import run_in_subprocess
from navigator.triage.tables import ModelVersion, ReportVector
from tests.navigator.triage.test_fit import shipped_from_few_texts
from tests.people import People

pytestmark = [pytest.mark.slow, pytest.mark.postgresql_is_enough]

REPORTS = 20
OTHER = "access.signed_out"


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    yield
    report_vectors.reset_cache()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shipped_from_few_texts(tmp_path)


@pytest.fixture
def sorted_ones(session: Session, people: People) -> list[int]:
    """What many people call by a word of their own, sorted by a navigator as the shipped desk would not."""
    numbers = []
    for n in range(REPORTS):
        contact = ContactInput(route=ContactMethod.EMAIL, email=f"p{n}@home.example")
        told = ReportInput(
            service="north", text=f"the gizmo {'rings' if n % 2 else 'pings'}", contact=contact
        )
        numbers.append(staff.report(session, ANONYMOUS, told).ticket.number)
        what = TriageInput(category="access.forgotten_password", impact=4)
        staff.triage(session, people.amina, numbers[-1], what)
    session.flush()
    return numbers


@pytest.fixture
def _better(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is learned is held to be better than what is in use."""
    monkeypatch.setattr(
        retrain, "run_in_subprocess", lambda *lesson: replace(run_in_subprocess(*lesson), gain_ci_low=0.1)
    )


@pytest.mark.usefixtures("_better")
def test_what_navigators_sorted_is_learned_and_used(session: Session, sorted_ones: list[int], folder: Path):
    assert retrain.retrain_now(folder, minimum=REPORTS) == 1
    version = session.exec(select(ModelVersion)).one()
    assert version.tickets == sorted_ones[: REPORTS * 4 // 5]
    assert (version.test_size, version.accuracy_after) == (4, 1.0)
    assert model_versions.version_in_use(session).version == version.number
    content = model_versions.content_in_use(session)
    assert content
    assert model_store.sha256_of(content) == version.sha256


def test_too_few_corrections_show_nothing(session: Session, sorted_ones: list[int], folder: Path):
    assert retrain.retrain_now(folder, minimum=REPORTS + 1) == 0
    assert not session.exec(select(ModelVersion)).all()


@pytest.mark.usefixtures("_better")
def test_what_was_erased_is_unlearned_the_next_night(session: Session, sorted_ones: list[int], folder: Path):
    retrain.retrain_now(folder, minimum=REPORTS)
    said = session.exec(select(Message).where(Message.ticket_number == sorted_ones[0]))
    for message in said:
        message.body = ""
    session.flush()
    assert retrain.retrain_now(folder, minimum=REPORTS) == 1
    assert model_versions.version_in_use(session).version == 0
    assert model_versions.usable_versions(session) == frozenset()


def test_one_process_learns_once_a_night(session: Session):
    assert JOBS["learn"].run() == 0
    assert not retrain._claim()


def vectors(session: Session) -> dict[int, ReportVector]:
    session.expire_all()
    return {row.ticket_number: row for row in session.exec(select(ReportVector))}


def test_what_is_kept_is_not_embedded_again(
    session: Session, sorted_ones: list[int], folder: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(embeddings, "embed", lambda _: pytest.fail("it was embedded again"))
    assert sorted(vectors(session)) == sorted_ones
    assert retrain.retrain_now(folder, minimum=REPORTS) == 1


def test_what_another_encoder_made_is_made_anew(session: Session, sorted_ones: list[int], folder: Path):
    before = {number: row.vector for number, row in vectors(session).items()}
    for row in vectors(session).values():
        row.encoder, row.vector = "0" * 64, b""
    session.flush()
    report_vectors.refresh()
    assert len(model_store.corrections().categories) == 0
    retrain.retrain_now(folder, minimum=REPORTS + 1)
    assert {number: row.vector for number, row in vectors(session).items()} == before
    report_vectors.refresh()
    assert len(model_store.corrections().categories) == REPORTS


def test_what_was_sorted_before_there_was_a_memory_is_taken_up(
    session: Session, sorted_ones: list[int], folder: Path
):
    session.exec(delete(ReportVector))
    retrain.retrain_now(folder, minimum=REPORTS + 1)
    assert sorted(vectors(session)) == sorted_ones
    assert all(row.is_sorted for row in vectors(session).values())


def test_what_ended_untouched_is_kept_for_the_lesson_alone(session: Session, people: People, folder: Path):
    told = ReportInput(service="north", text="I forgot my password and cannot log in")
    ticket = staff.report(session, ANONYMOUS, told).ticket
    outcome = ResolveInput(resolution=Resolution.FIXED, body="It is done")
    staff.resolve(session, people.amina, ticket.number, outcome)
    session.flush()
    retrain.retrain_now(folder)
    assert [row.is_sorted for row in vectors(session).values()] == [False]
    report_vectors.refresh()
    assert model_store.corrections().categories == ()
    following.reopen(session, reporter(ticket.number), ticket.number)
    session.flush()
    retrain.retrain_now(folder)
    assert vectors(session) == {}


def test_what_is_erased_while_the_night_reads_is_not_kept(
    session: Session,
    people: People,
    sorted_ones: list[int],
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    """Between reading the texts and keeping their vectors somebody erases one, and sorts another anew."""
    session.exec(delete(ReportVector))
    erased, sorted_anew, *_ = sorted_ones
    embed = report_vectors.embed

    def embed_slowly(corrections: list[Correction]) -> dict[int, bytes]:
        if len(corrections) == REPORTS:
            session.exec(select(Message).where(Message.ticket_number == erased)).one().body = ""
            staff.triage(session, people.amina, sorted_anew, TriageInput(category=OTHER, impact=4))
            session.flush()
        return embed(corrections)

    monkeypatch.setattr(report_vectors, "embed", embed_slowly)
    retrain.retrain_now(folder, minimum=REPORTS + 1)
    kept = vectors(session)
    assert sorted(kept) == sorted_ones[1:]
    assert kept[sorted_anew].category == OTHER
