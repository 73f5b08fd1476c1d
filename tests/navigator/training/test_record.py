"""A record and a certificate say who came, of attendance alone, and claim nothing more."""

import re
from datetime import timedelta

import pytest
from sqlmodel import Session

from navigator import clock
from navigator.errors import NotFound
from navigator.training import record, sessions
from navigator.training.inputs import AttendanceInput
from tests.navigator.training.test_confidence import held
from tests.navigator.training.test_seats import book
from tests.navigator.training.test_training import plan
from tests.people import People


def test_the_record_lists_what_somebody_came_to(session: Session, people: People) -> None:
    planned = held(session, people, people.priya, people.mo)
    (one,) = record.attended_by(session, people.priya)
    assert (one.training_session, one.service, one.led_by) == (
        planned, "North Talking Therapies", "Amina Yusuf",
    )  # fmt: skip
    assert (one.day, one.length) == ("16 June 2026", "30 minutes")
    assert record.attended_by(session, people.sam) == []
    for actor in (people.priya, people.sam):
        assert record.record_pdf(session, actor).startswith(b"%PDF-")


def test_who_did_not_come_has_no_certificate(session: Session, people: People) -> None:
    planned = plan(session, people.amina)
    book(session, people.priya, planned)
    book(session, people.mo, planned)
    with pytest.raises(NotFound):
        record.certificate_pdf(session, people.priya, planned.id)
    clock.set_to(planned.starts_at + timedelta(hours=1))
    came = AttendanceInput(came=[people.priya.user_id or 0])
    sessions.record_attendance(session, people.amina, planned.id, came)
    assert record.certificate_pdf(session, people.priya, planned.id).startswith(b"%PDF-")
    for actor in (people.mo, people.amina, people.sam):
        with pytest.raises(NotFound):
            record.certificate_pdf(session, actor, planned.id)


def test_what_a_file_says(session: Session, people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    planned = held(session, people, people.priya)
    said: list[str] = []
    _listen(monkeypatch, said)
    record.certificate_pdf(session, people.priya, planned.id)
    record.record_pdf(session, people.priya)
    words = "\n".join(said)
    for part in (
        "Priya Shah",
        "“Assigning” on 16 June 2026",
        "30 minutes",
        "Nobody has accredited it",
        "1 in all",
    ):
        assert part in words, part
    assert not re.search(r"certif(y|ies) that|accredited by|approved|hours of CPD", words)


def _listen(monkeypatch: pytest.MonkeyPatch, said: list[str]) -> None:
    """Note what is written into files."""
    from navigator.pdf import Pdf

    for name in ("heading", "paragraph"):
        write = getattr(Pdf, name)

        def heard(self: Pdf, words: str, *rest: object, _write: object = write, **more: object) -> None:
            said.append(words)
            _write(self, words, *rest, **more)  # type: ignore[operator]

        monkeypatch.setattr(Pdf, name, heard)
    table = Pdf.table

    def heard_table(self: Pdf, columns: object, rows: object, **more: object) -> None:
        rows = [tuple(row) for row in rows]  # type: ignore[attr-defined]
        said.extend(str(cell) for row in rows for cell in row)
        table(self, columns, rows, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Pdf, "table", heard_table)


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(5, "5 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"), (121, "2 hours 1 minute")],
)
def test_minutes_in_words(minutes: int, words: str) -> None:
    assert record.in_words(minutes) == words
