"""The nightly lesson reads, learns in a process of its own, and writes; what was erased is unlearned."""

import json
from pathlib import Path

import pytest
from sqlmodel import Session, select

from navigator.jobs import retrain
from navigator.jobs.registry import JOBS
from navigator.people.actor import ANONYMOUS
from navigator.people.reporter import ContactMethod
from navigator.tickets.actions import staff
from navigator.tickets.inputs import TriageInput
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.ticket import Message
from navigator.triage import model_store, model_versions
from navigator.triage.model_versions import ModelVersion
from tests.navigator.triage.test_fit import TEXTS
from tests.people import People

pytestmark = pytest.mark.slow

REPORTS = 20


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    lines = [
        {"text": f"{t}{end}", "category": c} for c, ts in TEXTS.items() for t in ts for end in ("", " now")
    ]
    (tmp_path / "reports.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return tmp_path


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


def test_what_navigators_sorted_is_learned_and_used(session: Session, sorted_ones: list[int], texts: Path):
    assert retrain.retrain_now(texts, minimum=REPORTS) == 1
    version = session.exec(select(ModelVersion)).one()
    assert version.tickets == sorted_ones[: REPORTS * 4 // 5]
    assert (version.test_size, version.accuracy_after) == (4, 1.0)
    assert model_versions.version_in_use(session).version == version.number
    content = model_versions.content_in_use(session)
    assert content
    assert model_store.sha256_of(content) == version.sha256


def test_too_few_corrections_show_nothing(session: Session, sorted_ones: list[int], texts: Path):
    assert retrain.retrain_now(texts, minimum=REPORTS + 1) == 0
    assert not session.exec(select(ModelVersion)).all()


def test_what_was_erased_is_unlearned_the_next_night(session: Session, sorted_ones: list[int], texts: Path):
    retrain.retrain_now(texts, minimum=REPORTS)
    said = session.exec(select(Message).where(Message.ticket_number == sorted_ones[0]))
    for message in said:
        message.body = ""
    session.flush()
    assert retrain.retrain_now(texts, minimum=REPORTS) == 1
    assert model_versions.version_in_use(session).version == 0
    assert model_versions.usable_versions(session) == frozenset()


def test_one_process_learns_once_a_night(session: Session):
    assert JOBS["learn"].run() == 0
    assert not retrain._claim()
