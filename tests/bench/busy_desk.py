"""A busy desk of 1,000,000 tickets in under four years, written straight into the tables.

Three programmes in two services, all categories, practitioners, waits, sessions and warnings, calls, clinical
reviews, known problems with their suppliers, answers, offers and training; its manager manages all.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy import Connection, insert
from sqlmodel import Session

from navigator import clock
from navigator.catalogue.catalogue import catalogue
from navigator.catalogue.programme import Programme, ServiceProgramme
from navigator.catalogue.supplier_terms import SupplierTerms
from navigator.people.access_needs import NEEDS
from navigator.people.reporter import Reporter
from navigator.people.user import Membership, Role, User
from navigator.problems.affected_person import AffectedPerson
from navigator.problems.problem import Problem
from navigator.problems.supplier_entry import SupplierEntry
from navigator.tickets.inclusion_offer import InclusionOffer
from navigator.tickets.phone_call import PhoneCall
from navigator.tickets.report_draft import Deflection
from navigator.tickets.ticket import ClinicalReview, Event, Message, Ticket
from navigator.training.tables import Attendance, TrainingRequest, TrainingSession
from navigator.training.topics import HOW_TO, TOPICS
from navigator.usability.tables import UsabilityAnswer
from tests.bench.crowd import BATCH, LIVE, STATUSES, TEXTS
from tests.people import People, settle

MINUTES_APART = 2
LEAVES = list(catalogue().leaves)
PROGRAMMES, PRACTITIONERS, PROBLEMS, SESSIONS = 3, 60, 300, 150
CALLS, REVIEWS, WARNED, BACK = 7, 25, 33, 20
"""One ticket in so many has it."""

Rows = Iterable[dict[str, Any]]


def fill(connection: Connection, size: int) -> None:
    """The people and what they did, in batches."""
    with Session(connection) as session:
        people = settle(session)
        desk = BusyDesk(session, people, size)
        for table, rows in desk.rows():
            found = iter(rows)
            while batch := list(islice(found, BATCH)):
                connection.execute(insert(table), batch)
        session.commit()
    if connection.dialect.name == "postgresql":  # its counters do not follow numbers that are given
        for table, key in (("reporter", "id"), ("ticket", "number"), ("problem", "id")):
            newest = f"(SELECT max({key}) FROM {table})"  # noqa: S608 - our own names
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), {newest})")


class BusyDesk:
    """What happened at a busy desk, row by row: drawn from the number of each ticket."""

    def __init__(self, session: Session, people: People, size: int) -> None:
        self.people, self.size, self.now = people, size, clock.now()
        self.services = (people.north, people.south)
        for n in range(2, PROGRAMMES + 1):
            session.add(Programme(id=n, code=f"oak{n}", name=f"Oak {n}", supplier="Oak Health"))
            session.flush()
            for service in self.services:
                session.add(ServiceProgramme(service_id=service, programme_id=n))
        for n in range(1, PROGRAMMES + 1):
            session.add(_terms(n))
        session.add(Membership(user_id=people.mo.user_id or 0, service_id=people.south, role=Role.MANAGER))
        long_ago = self.now - timedelta(days=2000)
        pwps = [
            User(name=f"P {n}", email=f"pwp{n}@north.example", password_hash="", created_at=long_ago)
            for n in range(PRACTITIONERS)
        ]
        session.add_all(pwps)
        session.flush()
        self.pwps = [user.id for user in pwps]
        for n, user in enumerate(self.pwps):
            session.add(Membership(user_id=user, service_id=self.services[n % 2], role=Role.PWP))
        session.flush()
        weights = [1 / place for place in range(1, len(LEAVES) + 1)]
        self.leaves = Random(1).choices(  # noqa: S311 - no secret
            LEAVES, weights, k=9973
        )

    def rows(self) -> Iterator[tuple[Any, Rows]]:
        """The rows of each table, in an order in which each finds what it names."""
        numbers, sessions = range(1, self.size + 1), range(1, SESSIONS + 1)
        yield Problem, map(self._problem, range(1, PROBLEMS + 1))
        yield SupplierEntry, (step for n in range(1, PROBLEMS + 1) for step in self._steps(n))
        yield Reporter, map(self._reporter, numbers)
        yield Ticket, map(self._ticket, numbers)
        yield Message, map(self._message, numbers)
        yield Event, (one for n in numbers for one in self._events(n))
        yield PhoneCall, map(self._call, numbers[CALLS - 1 :: CALLS])
        yield ClinicalReview, map(self._review, numbers[REVIEWS - 1 :: REVIEWS])
        yield UsabilityAnswer, map(self._answer, numbers[2::3])
        yield InclusionOffer, map(self._offer, numbers[99::100])
        yield Deflection, map(self._deflection, numbers[9::10])
        yield AffectedPerson, map(self._affected, numbers[39::40])
        yield TrainingSession, map(self._session, sessions)
        yield Attendance, (self._seat(n, user) for n in sessions for user in self.pwps[n % 2 :: 4])
        yield TrainingRequest, map(self._request, range(800))

    def _offer(self, n: int) -> dict[str, Any]:
        return {"ticket_number": n, "kind": "device", "given_at": self._at(n)}

    def _deflection(self, n: int) -> dict[str, Any]:
        place = {"service_id": self.services[n % 2], "programme_id": 1 + n % PROGRAMMES}
        return {**place, "category": HOW_TO, "at": self._at(n)}

    def _affected(self, n: int) -> dict[str, Any]:
        told = {"token_hash": f"t{n}", "created_at": self._at(n)}
        return {"problem_id": self._problem_of(n) or 1, "service_id": self.services[n % 2], **told}

    def _seat(self, session: int, user: int) -> dict[str, Any]:
        told = {"came": True, "confidence_before": 3, "confidence_after": 7}
        return {"session_id": session, "user_id": user, **told}

    def _request(self, n: int) -> dict[str, Any]:
        return {
            "service_id": self.services[n % 2],
            "asked_by": self.pwps[n % PRACTITIONERS],
            "topic": TOPICS[n % len(TOPICS)].id,
            "status": "done" if n % 9 else "asked",
            "asked_at": self._day(n),
        }

    def _at(self, n: int) -> Any:
        return self.now - timedelta(minutes=MINUTES_APART * (self.size - n) + 1)

    def _day(self, n: int) -> Any:
        return self.now - timedelta(days=2 * n + 3)

    def _is_pwp(self, n: int) -> bool:
        return n % 6 == 0

    def _problem_of(self, n: int) -> int | None:
        """One ticket in eight belongs to a problem of about its time."""
        return max(1, min(PROBLEMS, n * PROBLEMS // self.size + n % 5)) if n % 8 == 0 else None

    def _problem(self, n: int) -> dict[str, Any]:
        at = self._at(max(1, (n - 1) * self.size // PROBLEMS))
        is_over = n < PROBLEMS - 20
        return {
            "id": n,
            "service_id": self.services[n % 2],
            "programme_id": 1 + n % PROGRAMMES,
            "category": self.leaves[n].id,
            "title": f"Problem {n}",
            "status": "closed" if is_over else "with_supplier",
            "is_outage": n % 7 == 0,
            "severity": 1 + n % 4,
            "reported_to_supplier_on": at.date(),
            "supplier_due_on": (at + timedelta(days=9)).date(),
            "opened_at": at,
            "updated_at": at,
            "released_at": at + timedelta(days=20) if is_over else None,
            "closed_at": at + timedelta(days=30) if is_over else None,
        }

    def _steps(self, n: int) -> Iterator[dict[str, Any]]:
        on = self._problem(n)["opened_at"].date()
        yield {"problem_id": n, "kind": "sent", "happened_on": on, "due_on": None}
        yield {"problem_id": n, "kind": "promised", "happened_on": on, "due_on": on + timedelta(days=9)}
        yield {"problem_id": n, "kind": "released", "happened_on": on + timedelta(days=20), "due_on": None}

    def _reporter(self, n: int) -> dict[str, Any]:
        needs = [[*NEEDS][n % len(NEEDS)]] if n % 12 == 1 else []
        kind = "pwp" if self._is_pwp(n) else "patient"
        return {"id": n, "kind": kind, "email": f"p{n}@example.org", "route": "email", "access_needs": needs}

    def _ticket(self, n: int) -> dict[str, Any]:
        at, leaf, is_live = self._at(n), self.leaves[n % 9973], n > self.size - LIVE
        answered, ended = at + timedelta(minutes=17 * (n % 90)), at + timedelta(hours=n % 200)
        is_over = not is_live and ended < self.now
        return {
            "number": n,
            "version": 2,
            "status": "closed" if is_over else STATUSES[n % len(STATUSES)],
            "service_id": self.services[n % 3 == 0],
            "programme_id": 1 + n % PROGRAMMES,
            "reporter_id": n,
            "reporter_kind": "pwp" if self._is_pwp(n) else "patient",
            "reporter_user_id": self.pwps[n // 6 % PRACTITIONERS] if self._is_pwp(n) else None,
            "category": leaf.id,
            "fixability": leaf.fixability.value,
            "fixability_reason": "A navigator can help.",
            "next_step": "We call you.",
            "blocks": ("yes", "maybe", "no")[n % 3],
            "reported_at": at,
            "updated_at": at,
            "due_at": at + timedelta(days=2, minutes=n % 600),
            "guard_at": at + timedelta(days=n % 9) if n % 2 else None,
            "first_replied_at": answered if answered < self.now else None,
            "resolved_at": ended if is_over else None,
            "closed_at": ended if is_over else None,
            "problem_id": self._problem_of(n),
            "priority": 1 + n % 5,
            "assignee_id": self.people.amina.user_id if n % 2 else self.people.tom.user_id,
        }

    def _message(self, n: int) -> dict[str, Any]:
        said = {"audience": "public", "author": "reporter", "action": "report", "body": TEXTS[n % len(TEXTS)]}
        return {"ticket_number": n, "origin_number": n, "at": self._at(n), **said}

    def _events(self, n: int) -> Iterator[dict[str, Any]]:
        at = self._at(n)
        steps = [("report", None, "new", 0), ("resolve", "open", "resolved", 20)]
        steps += [("guard", "open", "open", 9)] if n % WARNED == 0 else []
        steps += [("reopen", "resolved", "open", 30)] if n % BACK == 0 else []
        for version, (action, before, after, hours) in enumerate(steps, 1):
            when = min(at + timedelta(hours=hours), self.now)
            yield {
                "ticket_number": n,
                "action": action,
                "actor_name": "Amina Yusuf",
                "version": version,
                "from_status": before,
                "to_status": after,
                "at": when,
            }

    def _call(self, n: int) -> dict[str, Any]:
        purpose = ("access", "technology", "engagement", "feedback")[n % 4]
        return {
            "ticket_number": n,
            "came": "spoke" if n % 3 else "no_answer",
            "responsibility": purpose,
            "started_by": "us",
            "minutes": n % 17,
            "at": self._at(n),
        }

    def _review(self, n: int) -> dict[str, Any]:
        at = self._at(n)
        return {
            "ticket_number": n,
            "origin_number": n,
            "service_id": self.services[n % 3 == 0],
            "opened_at": at,
            "opened_by": "Navigator Desk",
            "read_by_at": at + timedelta(hours=1),
            "acknowledged_at": at + timedelta(minutes=n % 80),
        }

    def _answer(self, n: int) -> dict[str, Any]:
        question = ("fix", "programme")[n % 2]
        return {
            "question": question,
            "service_id": self.services[n % 2],
            "programme_id": 1 + n % PROGRAMMES,
            "version": str(n * 12 // self.size),
            "answered_on": self._at(n).date(),
            "score": float(n % 101) if n % 2 else 100.0,
        }

    def _session(self, n: int) -> dict[str, Any]:
        at = self.now - timedelta(days=9 * n)
        return {
            "id": n,
            "service_id": self.services[n % 2],
            "topic": TOPICS[n % len(TOPICS)].id,
            "title": "How to",
            "starts_at": at,
            "held_at": at,
            "led_by": self.people.amina.user_id,
        }


def _terms(programme: int) -> SupplierTerms:
    days: list[int | None] = [1, 2, 3, 5]
    return SupplierTerms(
        programme_id=programme,
        acknowledge_days=days,
        answer_days=days,
        mend_days=days,
        owner="Mo",
        review_on=clock.today(),
    )
