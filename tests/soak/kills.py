"""Killed under load, again and again: nothing that was confirmed is lost, and nothing is there twice."""

import random
from collections import Counter
from collections.abc import Iterator
from statistics import median
from time import monotonic, sleep
from typing import Any

from sqlmodel import select

from navigator import database
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.reporter import reference
from navigator.tickets.ticket import Message, Ticket
from tests.soak.served import Desk, Reporters, filled, until

LATEST = 0.7
"""Seconds of load before a kill, at most."""
OFTEN = 10


def kill_again_and_again(engine: str, times: int, minutes: float) -> Iterator[dict[str, Any]]:
    """Kill -9 so often, or for so many minutes; the figures so far, every now and then."""
    chance, ends = random.Random(17), monotonic() + 60 * minutes  # noqa: S311 - the same kills each time
    with filled(engine), Desk() as desk:
        people, waits = Reporters(desk), list[float]()
        people.begin()
        while len(waits) < times and monotonic() < ends:
            before = len(people.confirmed)
            until(lambda: len(people.confirmed) > before)  # noqa: B023 - asked at once
            sleep(chance.random() * LATEST)
            desk.kill()
            waits.append(desk.begin())
            if len(waits) % OFTEN == 0:
                yield _figures(people, waits)
        people.end()
        yield _figures(people, waits)


def _figures(people: Reporters, waits: list[float]) -> dict[str, Any]:
    figures = {
        "killed": len(waits),
        "confirmed": len(people.confirmed),
        "cut off and sent again": people.unanswered,
    }
    return figures | _compare(people) | {"back after s": round(median(waits), 1)}


def _compare(people: Reporters) -> dict[str, Any]:
    confirmed = people.confirmed[:]  # before the database is read: people go on
    with database.reading() as session:
        told = select(Ticket.number, Message.body).join(Message).where(Message.action == "report")
        kept = [*session.exec(told)]
        query = select(OutboxMessage.ticket_number).where(OutboxMessage.template == "received")
        letters = Counter(session.exec(query))
    found = Counter((reference(number), words) for number, words in kept)
    by_words = Counter(words for _, words in kept)
    return {
        "lost": sum(found[one] != 1 for one in confirmed),
        "doubled": sum(count > 1 for count in by_words.values()),
        "tickets without one letter": sum(letters[number] != 1 for number, _ in kept),
        "5xx but 503": sum(status >= 500 for status in people.statuses),
    }
