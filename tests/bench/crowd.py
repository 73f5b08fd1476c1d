"""A busy service: many tickets, written straight into the tables because nobody was there to act."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Connection, insert
from sqlmodel import Session

from navigator import clock
from navigator.people.reporter import Reporter
from navigator.tickets.ticket import Event, Message, Ticket
from navigator.triage.corpus import category_examples
from tests.people import People, settle

LIVE = 1_000  # open at a time, however many there ever were
BATCH = 5_000
STATUSES = ("new", "open", "waiting_for_reporter", "waiting_for_supplier")
TEXTS = [one.text for one in category_examples()]
LEAVES = ("access.forgotten_password", "use.lost_answers", "notify.too_many", "device.slow_connection")


def fill(connection: Connection, count: int) -> People:
    """Two services with their people, and so many tickets, each with a message and two events."""
    with Session(connection) as session:
        people = settle(session)
        session.flush()
        for table, rows in _rows(people, count).items():
            while batch := list(islice(rows, BATCH)):
                connection.execute(insert(table), batch)
        session.commit()
    if connection.dialect.name == "postgresql":  # its counters do not follow numbers that are given
        for table, key in (("reporter", "id"), ("ticket", "number")):
            newest = f"(SELECT max({key}) FROM {table})"  # noqa: S608 - our own names
            connection.exec_driver_sql(f"SELECT setval(pg_get_serial_sequence('{table}', '{key}'), {newest})")
    return people


def _rows(people: People, count: int) -> dict[Any, Iterator[dict[str, Any]]]:
    numbers = range(1, count + 1)
    return {
        Reporter: ({"id": n, "email": f"p{n}@example.org", "route": "email"} for n in numbers),
        Ticket: (_ticket(people, n, count) for n in numbers),
        Message: (_message(n) for n in numbers),
        Event: (_event(n, version) for n in numbers for version in (1, 2)),
    }


def _ticket(people: People, n: int, count: int) -> dict[str, Any]:
    at = clock.now() - timedelta(minutes=7 * (count - n))
    is_live = n > count - LIVE
    return {
        "number": n,
        "version": 2,
        "status": STATUSES[n % len(STATUSES)] if is_live else "closed",
        "service_id": people.north if n % 3 else people.south,
        "programme_id": 1,
        "reporter_id": n,
        "category": LEAVES[n % len(LEAVES)],
        "likely": {LEAVES[n % len(LEAVES)]: 0.6, LEAVES[(n + 1) % len(LEAVES)]: 0.2},
        "fixability": "navigator",
        "fixability_reason": "A navigator can help.",
        "next_step": "We call you.",
        "reported_at": at,
        "updated_at": at,
        "due_at": at + timedelta(days=2, minutes=n % 600),
        "priority": 1 + n % 5,
        "assignee_id": people.amina.user_id if n % 2 else people.tom.user_id,
    }


def _message(n: int) -> dict[str, Any]:
    return {
        "ticket_number": n,
        "origin_number": n,
        "audience": "public",
        "author": "reporter",
        "action": "report",
        "body": TEXTS[n % len(TEXTS)],
    }


def _event(n: int, version: int) -> dict[str, Any]:
    action, status = ("report", "new") if version == 1 else ("claim", "open")
    return {
        "ticket_number": n,
        "action": action,
        "actor_name": "Amina Yusuf",
        "version": version,
        "to_status": status,
    }
