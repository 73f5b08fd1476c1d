"""The managers' figures of a demonstration, counted by hand in plain SQL."""
# ruff: noqa: S608 - the parts of each query stand in this file

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, text
from sqlmodel import Session
from sqlmodel.sql.sqltypes import UTCDateTime

from navigator import clock
from navigator.insight.period_filter import PeriodFilter
from navigator.tickets.metrics import Period
from tests.navigator.demo.recount_suppliers import supplier_rows

Table = list[tuple[str, ...]]

NO_EARLIER = "no earlier figures"

REPORTED = "t.reported_at >= :start AND t.reported_at < :end"
TOLD = "t.number IN (SELECT ticket_number FROM event WHERE action = 'guard')"
BACK = (
    "t.number IN (SELECT ticket_number FROM event"
    " WHERE from_status IN ('resolved', 'closed') AND to_status = 'open')"
)
HANDED = "t.number IN (SELECT ticket_number FROM handover WHERE opened_at >= :start AND opened_at < :end{})"
UNREAD = HANDED.format(" AND acknowledged_at IS NULL")
LATE = HANDED.format(" AND acknowledged_at > read_by_at")

OWNERS = (
    "t.fixability IN ('navigator', 'service')",
    "t.fixability = 'supplier'",
    "t.fixability = 'protocol'",
    "t.fixability = 'divert'",
    "t.fixability = 'none'",
    "t.fixability IS NULL",
)
HAD_SESSION = (
    f"{REPORTED} AND ({TOLD} OR (t.guard_at IS NOT NULL AND"
    " (t.resolved_at IS NOT NULL OR (t.closed_at IS NULL AND t.guard_at <= :now))))"
)
IN_TIME = f"{REPORTED} AND t.resolved_at <= t.guard_at AND NOT {TOLD}"
TOUCHED = (
    "t.number IN (SELECT ticket_number FROM event WHERE action = 'guard' AND at >= :start AND at < :end)"
)
ENDED = f"{REPORTED} AND (t.resolved_at IS NOT NULL OR {BACK})"
NO_SESSION = f"{REPORTED} AND t.session_on IS NULL AND NOT {TOLD}"
FOUND = (
    HANDED.format(" AND opened_by <> 'Navigator Desk'")
    + " AND t.number NOT IN (SELECT ticket_number FROM handover WHERE opened_by = 'Navigator Desk')"
    " AND t.number IN (SELECT ticket_number FROM message WHERE author = 'reporter' AND body <> '')"
)
WITH_SUPPLIER = "t.status = 'waiting_for_supplier'"
WAITS = "status IN ('asked', 'planned')"


class Recount:
    """All tables of the page for what was asked, as the words of their cells."""

    def __init__(self, session: Session, asked: PeriodFilter) -> None:
        self.session, self.asked = session, asked
        self.now, self.before = asked.days, asked.days.previous()
        self.periods = (self.now, self.before, self.before.previous())

    def tables(self) -> dict[str, Table]:
        """Each table by its name; of a desk that counted nothing before, nothing is more than it."""
        tables = self.compared_tables()
        suppliers = {"suppliers": supplier_rows(self.rows, self.chosen("m"), self.now)}
        if any(self.count(one, self.before) for one in (REPORTED, TOUCHED, HANDED.format(""))):
            return tables | suppliers
        compared = {name: [without_change(row) for row in rows] for name, rows in tables.items()}
        return compared | suppliers

    def compared_tables(self) -> dict[str, Table]:
        """Each table by its name, each figure beside the one before."""
        return {
            "recurs": self.recurs(),
            "whose": [self.compared(f"{REPORTED} AND {owner}") for owner in OWNERS],
            "course": [(f"{self.count(REPORTED, days):,}",) for days in self.steps()],
            "sessions": [self.compared(TOUCHED), self.shared(NO_SESSION, REPORTED)],
            "in_time": self.in_time(),
            "with_supplier": [
                (f"{self.count(WITH_SUPPLIER):,}",),
                (self.longest_wait(),),
            ],
            "safety": self.safety(),
            "training": self.training(),
            "calls": self.calls(),
        }

    def rows(self, query: str, days: Period | None = None) -> Sequence[Any]:
        """The answer to a query, with the moments that it names."""
        known: Mapping[str, Any] = {
            "start": (days or self.now).start_at,
            "end": (days or self.now).end_at,
            "start_before": self.before.start_at,
            "start_earlier": self.periods[2].start_at,
            "now": clock.now(),
        }
        used = {name: value for name, value in known.items() if f":{name} " in f"{query} ".replace(")", " ")}
        typed = [bindparam(name, type_=UTCDateTime()) for name in used]
        return self.session.execute(text(query).bindparams(*typed), used).all()

    def count(self, condition: str, days: Period | None = None) -> int:
        """How many tickets there are of a condition."""
        where = f"t.status <> 'merged' AND {condition}{self.chosen('t')}"
        return int(self.rows(f"SELECT count(*) FROM ticket t WHERE {where}", days)[0][0])

    def chosen(self, table: str) -> str:
        """The service and programme that were asked for."""
        said = {"service": self.asked.service, "programme": self.asked.programme}
        parts = [
            f" AND {table}.{name}_id = (SELECT id FROM {name} WHERE code = '{code}')"
            for name, code in said.items()
            if code
        ]
        return "".join(parts)

    def compared(self, condition: str) -> tuple[str, ...]:
        """This period, the two before, and the difference to the one before."""
        return counts([self.count(condition, days) for days in self.periods])

    def shared(self, part: str, whole: str) -> tuple[str, ...]:
        """The same of a part of a whole."""
        return shares([(self.count(part, days), self.count(whole, days)) for days in self.periods])

    def recurs(self) -> Table:
        """What is reported most."""
        whole = self.count(REPORTED)
        found = self.rows(
            "SELECT t.category, p.code, sum(CASE WHEN t.reported_at >= :start THEN 1 ELSE 0 END) AS times,"
            " sum(CASE WHEN t.reported_at >= :start_before AND t.reported_at < :start THEN 1 ELSE 0 END)"
            " AS fewer,"
            " sum(CASE WHEN t.reported_at < :start_before THEN 1 ELSE 0 END) AS earlier"
            " FROM ticket t LEFT JOIN programme p ON p.id = t.programme_id"
            " WHERE t.status <> 'merged' AND t.reported_at >= :start_earlier AND t.reported_at < :end"
            f"{self.chosen('t')} GROUP BY t.category, p.code"
            " HAVING sum(CASE WHEN t.reported_at >= :start THEN 1 ELSE 0 END) > 0"
            " ORDER BY times DESC, fewer DESC, earlier DESC, t.category, p.code LIMIT 10"
        )
        return [(*counts(numbers), share(numbers[0], whole)) for _, _, *numbers in found]

    def steps(self) -> list[Period]:
        """The days of a month, or the weeks of a quarter that end with today."""
        long = 1 if self.now.length < 32 else 7
        lasts = [self.now.last - timedelta(days=n) for n in range(0, self.now.length, long)]
        return [
            Period(max(self.now.first, last - timedelta(days=long - 1)), last) for last in reversed(lasts)
        ]

    def in_time(self) -> Table:
        """What was right before its session, and what came back."""
        solved = [self.solved(days) for days in self.periods]
        return [
            self.shared(IN_TIME, HAD_SESSION),
            self.shared(f"{REPORTED} AND {BACK}", ENDED),
            counts(solved),
        ]

    def solved(self, days: Period) -> int:
        """How often a known fix helped."""
        where = f"s.at >= :start AND s.at < :end{self.chosen('s')}"
        return int(self.rows(f"SELECT count(*) FROM solvedwithout s WHERE {where}", days)[0][0])

    def longest_wait(self) -> str:
        """Since when the supplier has had what they have had longest."""
        found = self.session.execute(
            text(
                "SELECT max(e.at) AS at FROM event e JOIN ticket t ON t.number = e.ticket_number"
                f" WHERE e.action = 'park' AND t.status = 'waiting_for_supplier'{self.chosen('t')}"
                " GROUP BY t.number"
            ).columns(at=UTCDateTime())
        )
        return long(min((at for (at,) in found), default=None))

    def safety(self) -> Table:
        """What clinicians had to read, and when they did."""
        handed = HANDED.format("")
        in_time = f"{handed} AND NOT {UNREAD} AND NOT {LATE}"
        return [
            self.compared(handed),
            self.shared(FOUND, handed),
            self.shared(in_time, handed),
            self.shared(f"{LATE} AND NOT {UNREAD}", handed),
            self.shared(UNREAD, handed),
            self.compared(f"{REPORTED} AND t.passed_to IS NOT NULL"),
        ]

    def training(self) -> Table:
        """What was asked for, and what still waits."""
        rows = []
        topics = self.rows(f"SELECT DISTINCT topic FROM trainingrequest r WHERE 1 = 1{self.chosen('r')}")
        for (topic,) in topics:
            its = f"FROM trainingrequest r WHERE topic = '{topic}'{self.chosen('r')}"
            asked = f"SELECT count(*) {its} AND asked_at >= :start AND asked_at < :end"
            numbers = [self.rows(asked, days)[0][0] for days in self.periods]
            since = self.session.execute(
                text(f"SELECT asked_at {its} AND {WAITS}").columns(asked_at=UTCDateTime())
            ).all()
            if numbers[0] or since:
                longest = long(min((at for (at,) in since), default=None))
                cells = (*counts(numbers), f"{len(since):,}", longest)
                rows.append(((-numbers[0], -len(since), topic), cells))
        return [cells for _, cells in sorted(rows)]

    def calls(self) -> Table:
        """Calls and their minutes by what they were for, and how many of those begun reached somebody."""
        rows = []
        for one in ("access", "engagement", "technology", "feedback"):
            called = [self.called(f"c.responsibility = '{one}'", days) for days in self.periods]
            rows.append((*counts([n for n, _ in called]), *(spent(minutes) for _, minutes in called[:2])))
        begun = [self.called("c.started_by = 'us'", days)[0] for days in self.periods]
        spoke = [self.called("c.started_by = 'us' AND c.came = 'spoke'", days)[0] for days in self.periods]
        reached = (*shares(list(zip(spoke, begun, strict=True))), "–", "–")
        return [*rows, reached] if any(self.called("1 = 1", days)[0] for days in self.periods) else []

    def called(self, condition: str, days: Period) -> tuple[int, int]:
        """How many calls of a condition there were, and how many minutes they took."""
        its = "phonecall c JOIN ticket t ON t.number = c.ticket_number"
        where = f"t.status <> 'merged' AND c.at >= :start AND c.at < :end AND {condition}{self.chosen('t')}"
        found = self.rows(f"SELECT count(*), coalesce(sum(c.minutes), 0) FROM {its} WHERE {where}", days)[0]
        return int(found[0]), int(found[1])


def without_change(row: tuple[str, ...]) -> tuple[str, ...]:
    """A row whose fourth cell says that there is nothing to compare with."""
    return row if len(row) < 4 or row[3] == "–" else (*row[:3], NO_EARLIER, *row[4:])


def counts(numbers: Sequence[int]) -> tuple[str, ...]:
    """The counts of three periods, and how the first differs from the second."""
    return (*(f"{number:,}" for number in numbers), change(numbers[0], numbers[1]))


def shares(parts: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    """The shares of three periods, and how the first differs from the second."""
    return (*(share(*part) for part in parts), points(parts[0], parts[1]))


def spent(minutes: int) -> str:
    """Minutes in words."""
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def change(now: int, before: int) -> str:
    """By how much it differs, in words."""
    if now == before:
        return "the same"
    return f"{abs(now - before):,} {'more' if now > before else 'fewer'}"


def points(now: tuple[int, int], before: tuple[int, int]) -> str:
    """By how many points a share differs from the one before, in words."""
    if not now[1] or not before[1]:
        return "none yet" if before[1] else NO_EARLIER
    by = 100 * now[0] / now[1] - 100 * before[0] / before[1]
    if not round(abs(by)):
        return "about the same" if by else "the same"
    return f"{abs(by):.0f} {'point' if round(abs(by)) == 1 else 'points'} {'higher' if by > 0 else 'lower'}"


def share(part: int, whole: int) -> str:
    """A part of a whole, in words."""
    return f"{part:,} of {whole:,} ({100 * part / whole:.0f}%)" if whole else "none yet"


def long(since: Any) -> str:
    """For how many days something has waited."""
    if since is None:
        return "–"
    days = (date.fromisoformat(str(clock.today())) - clock.local(since).date()).days
    return "1 day" if days == 1 else f"{days} days"
