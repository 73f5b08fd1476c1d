"""Who is excluded: counted as plain SQL counts it, kept or anew, and told only beyond chance."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from scipy.stats import binom
from sqlalchemy import text
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.insight import queries
from navigator.insight.period_filter import PeriodFilter
from navigator.insight.rate import Rate
from navigator.insight.sections import excluded, offers, usability
from navigator.insight.sections.excluded import Excluded
from navigator.people.access_needs import Barrier
from navigator.people.reporter import ReporterKind
from navigator.tickets.actions.inclusion import offer, set_needs
from navigator.tickets.enums import OfferState
from navigator.tickets.inclusion_inputs import NeedsInput, OfferInput
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.usability.tables import Question, UsabilityAnswer
from tests.navigator.insight.story import keep_all
from tests.navigator.tickets.report_factory import tell
from tests.people import People

NOW = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)
BY_HAND = """
SELECT programme.name,
  count(*) FILTER (WHERE reporter.kind = 'patient') AS patients,
  count(*) FILTER (WHERE reporter.kind = 'patient' AND (CAST(access_needs AS TEXT) LIKE '%no_device%'
    OR CAST(access_needs AS TEXT) LIKE '%old_device%')) AS device,
  count(*) FILTER (WHERE reporter.kind = 'patient' AND (language <> ''
    OR CAST(access_needs AS TEXT) LIKE '%interpreter%')) AS language,
  count(*) FILTER (WHERE reporter.kind = 'patient' AND (needs <> ''
    OR CAST(access_needs AS TEXT) LIKE '%large_print%')) AS access,
  count(*) FILTER (WHERE reporter.kind = 'patient'
    AND CAST(access_needs AS TEXT) LIKE '%low_confidence%') AS confidence,
  count(*) FILTER (WHERE reporter.kind = 'patient' AND (route = 'none' OR is_safe_to_contact IS FALSE
    OR CAST(access_needs AS TEXT) LIKE '%no_phone%')) AS contact
FROM ticket JOIN reporter ON reporter.id = ticket.reporter_id
LEFT JOIN programme ON programme.id = ticket.programme_id
WHERE ticket.service_id = :north AND ticket.status <> 'merged' GROUP BY programme.name
"""


@pytest.fixture
def oak(session: Session, people: People) -> Programme:
    programme = Programme(code="oak", name="Oak")
    session.add(programme)
    session.flush()
    session.add(ServiceProgramme(service_id=people.north, programme_id=programme.id))
    return programme


def some(session: Session, count: int, programme: str, access: list[str], **contact: Any) -> None:
    for n in range(count):
        way = {"route": "email", "email": f"p{n}@example.org", "access_needs": access} | contact
        tell(session, programme=programme, contact=way)


@pytest.fixture
def told(session: Session, people: People, oak: Programme) -> None:
    """Three weeks ago and today: Oak keeps out those with older phones, Fern nobody in particular."""
    for at in (datetime(2026, 5, 20, 9, 0, tzinfo=UTC), NOW):
        clock.set_to(at)
        some(session, 5, "oak", ["old_device", "large_print"])
        some(session, 5, "oak", [], language="Polish")
        some(session, 1, "fern", ["no_device"], needs="a quiet room")
        some(session, 14, "fern", ["low_confidence"])
        some(session, 1, "fern", ["no_phone"], is_safe=False)
        tell(session, actor=people.priya, reporter=ReporterKind.PWP, contact={"access_needs": ["no_data"]})
    session.flush()


def scope_of(session: Session, people: People, **chosen: Any) -> queries.ReportScope:
    return queries.resolve_scope(session, people.mo, PeriodFilter(period="quarter", **chosen))


def shown(session: Session, people: People) -> dict[str, str]:
    table = excluded.table(session, scope_of(session, people))
    return {row.label: row.cells[0].exact for row in table.rows}


@pytest.mark.usefixtures("told")
@pytest.mark.both_engines
def test_each_share_is_what_plain_sql_counts(session: Session, people: People) -> None:
    expected = {}
    for row in session.execute(text(BY_HAND), {"north": people.north}).mappings():
        for barrier in Barrier:
            if count := row[barrier]:
                label = f"{row['name']}: {excluded.IN_WORDS[barrier][0]}"
                share = max(1, min(99, round(100 * count / row["patients"])))
                expected[label] = f"{count} of {row['patients']} ({share}%)"
    assert len(expected) == 7
    assert shown(session, people) == expected
    assert expected["Oak: Device or data not good enough"] == "10 of 20 (50%)"


@pytest.mark.usefixtures("told")
@pytest.mark.both_engines
def test_kept_counts_are_those_counted_anew_after_a_change_too(session: Session, people: People) -> None:
    before = shown(session, people)
    assert keep_all(session)
    assert shown(session, people) == before
    with clock_at(datetime(2026, 6, 9, 12, 0, tzinfo=UTC)):
        number = session.execute(text("SELECT min(number) FROM ticket")).scalar_one()
        set_needs(session, people.amina, number, NeedsInput(access_needs=["no_phone"]))
        session.flush()
    assert shown(session, people)["Oak: Device or data not good enough"] == "9 of 20 (45%)"


class clock_at:  # noqa: N801 - reads as the words that it is
    def __init__(self, at: datetime) -> None:
        self.at = at

    def __enter__(self) -> None:
        clock.set_to(self.at)

    def __exit__(self, *_: object) -> None:
        clock.set_to(NOW)


@pytest.mark.usefixtures("told")
def test_what_stands_out_is_a_finding_and_nothing_else_is(session: Session, people: People) -> None:
    found = list(excluded.findings(session, scope_of(session, people)))
    assert {finding.sentence.split(":")[0] for finding in found} == {
        "Oak leaves people out. Device or data not good enough",
        "Oak leaves people out. Another language than English",
        "Oak leaves people out. An access need",
        "Fern leaves people out. New to technology",
    }
    device = next(finding for finding in found if "Device" in finding.sentence)
    assert "10 of 20 (50%) of its reports by patients, 2 of 32 (6%) of all others" in device.sentence
    assert "2 of" not in device.shared
    assert device.count == 10
    assert device.compared
    assert (device.compared.exact, device.compared.shared) == ((6, 50), (None, 50))


@pytest.mark.usefixtures("told")
def test_one_programme_that_is_chosen_is_still_compared_with_all(session: Session, people: People) -> None:
    table = excluded.table(session, scope_of(session, people, programme="oak"))
    assert {row.label.split(":")[0] for row in table.rows} == {"Oak"}
    assert table.rows[0].cells[1].exact == "2 of 32 (6%)"


def test_small_numbers_are_hidden_where_the_page_leaves(session: Session, people: People) -> None:
    clock.set_to(NOW)
    some(session, 2, "fern", ["no_device"])
    (row,) = excluded.table(session, scope_of(session, people)).rows
    assert row.cells[0].exact == "2 of 2 (100%)"
    assert row.cells[0].shared == "fewer than 5 of fewer than 5"
    assert list(excluded.findings(session, scope_of(session, people))) == []


def false_alarm(share: float, here: int, elsewhere: int) -> float:
    """How often two programmes with the same true share are told apart, on this side: exact, by binomials."""
    total = 0.0
    for n in range(here + 1):
        low = Rate(n, here).bounds[0]
        at_most = max(
            (m for m in range(elsewhere + 1) if Rate(m, elsewhere).bounds[1] < low and n >= 5), default=-1
        )
        total += binom.pmf(n, here, share) * binom.cdf(at_most, elsewhere, share)
    return total


def test_false_alarms_are_rare() -> None:
    """At most six in a thousand for small programmes; a share that is threefold is mostly found."""
    chances = [
        false_alarm(share, here, elsewhere)
        for share in (0.02, 0.1, 0.3)
        for here, elsewhere in ((20, 100), (60, 240), (200, 200))
    ]
    assert max(chances) < 0.006
    found = sum(
        binom.pmf(n, 100, 0.3)
        for n in range(101)
        if Excluded("", Barrier.DEVICE, Rate(n, 100), Rate(30, 300)).stands_out
    )
    assert found > 0.85


def test_offers_are_counted_by_what_became_of_them(session: Session, people: People) -> None:
    clock.set_to(NOW)
    usual = InclusionSetting(
        service_id=people.north, usual=["device", "sim"], owner="Mo", review_on=date(2027, 1, 1)
    )
    session.add(usual)
    numbers = [tell(session).number for _ in range(3)]
    for number, due_on in zip(numbers, (date(2026, 6, 10), date(2026, 7, 1), None), strict=True):
        offer(session, people.amina, number, OfferInput(kind="device", due_on=due_on))
    used, back = (OfferInput(kind="device", state=state) for state in (OfferState.USED, OfferState.RETURNED))
    offer(session, people.amina, numbers[0], used)
    offer(session, people.amina, numbers[1], back)
    clock.set_to(datetime(2026, 6, 12, 9, 0, tzinfo=UTC))
    (row,) = offers.table(session, scope_of(session, people)).rows
    assert [cell.exact for cell in row.cells] == ["3", "1 of 3 (33%)", "1 of 2 (50%)", "1"]
    by_hand = """SELECT count(*), count(used_at), count(due_on), count(returned_at),
      count(*) FILTER (WHERE due_on < '2026-06-12' AND returned_at IS NULL) FROM inclusionoffer"""
    assert tuple(session.execute(text(by_hand)).one()) == (3, 1, 2, 1, 1)


def answered(session: Session, people: People, version: str, scores: list[float], on: date) -> None:
    fern = session.execute(text("SELECT id FROM programme WHERE code = 'fern'")).scalar_one()
    for score in scores:
        about = {"service_id": people.north, "programme_id": fern, "version": version, "answered_on": on}
        session.add(UsabilityAnswer(question=Question.PROGRAMME, score=score, **about))
        session.add(UsabilityAnswer(question=Question.FIX, score=100.0 if score > 50 else 0.0, **about))
    session.flush()


def test_usability_by_version_with_its_interval(session: Session, people: People) -> None:
    clock.set_to(NOW)
    answered(session, people, "4.1", [70.0, 75.0, 80.0, 85.0, 90.0], date(2026, 5, 1))
    answered(session, people, "4.2", [40.0, 45.0, 50.0, 55.0, 60.0, 50.0], date(2026, 6, 1))
    answered(session, people, "5", [10.0, 90.0, 50.0, 50.0], date(2026, 6, 2))
    rows = usability.table(session, scope_of(session, people)).rows
    assert [(row.label, *(cell.exact for cell in row.cells)) for row in rows] == [
        ("Fern 5", "fewer than 5 answers", "fewer than 5 answers", "fewer than 5 answers"),
        ("Fern 4.2", "2 of 6 (33%), 10 to 70%", "50 (43 to 57)", "6"),
        ("Fern 4.1", "5 of 5 (100%), 57 to 100%", "80 (70 to 90)", "5"),
    ]  # 50 ± 2.571 × 7.071 / √6, and 80 ± 2.776 × 7.906 / √5
    assert rows[1].cells[2].shared == "5"
    (finding,) = usability.findings(session, scope_of(session, people))
    assert finding.sentence.startswith("Fern 4.2 is harder to use than Fern 4.1: 50 of 100 against 80")


def test_nothing_is_told_of_few_answers(session: Session, people: People) -> None:
    """Neither on the page nor where it leaves: whose they are could be guessed."""
    clock.set_to(NOW)
    answered(session, people, "4.1", [70.0, 75.0, 80.0, 85.0], date(2026, 5, 1))
    table = usability.table(session, scope_of(session, people))
    shown = {cell.exact for row in table.rows for cell in row.cells}
    shown |= {cell.shared for row in table.rows for cell in row.cells}
    assert shown == {"fewer than 5 answers"}
    assert table.bars == ()
