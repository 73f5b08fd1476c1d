"""Killed under load, again and again: nothing that was confirmed is lost, and nothing is there twice."""

import random
from collections import Counter
from time import monotonic, sleep
from typing import Any

from sqlmodel import select

from navigator import database
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.reporter import reference
from navigator.tickets.ticket import Message, Ticket
from tests.soak.served import Desk, Reporters, filled, until


def kill_again_and_again(engine: str, times: int, minutes: float) -> dict[str, Any]:
    """Kill -9 so often, or for so many minutes; the figures."""
    chance, ends = random.Random(17), monotonic() + 60 * minutes  # noqa: S311 - the same kills each time
    with filled(engine):
        desk = Desk()
        desk.begin()
        people, killed, waits = Reporters(desk), 0, list[float]()
        people.begin()
        while killed < times and monotonic() < ends:
            before = len(people.confirmed)
            until(lambda: len(people.confirmed) > before)  # noqa: B023 - asked at once
            sleep(chance.random())
            desk.kill()
            killed += 1
            waits.append(desk.begin())
        people.end()
        desk.kill()
        return _compare(people) | {"killed": killed, "back after s": round(sum(waits) / len(waits), 1)}


def _compare(people: Reporters) -> dict[str, Any]:
    with database.reading() as session:
        told = select(Ticket.number, Message.body).join(Message).where(Message.action == "report")
        kept = Counter((reference(number), words) for number, words in session.exec(told))
        query = select(OutboxMessage.ticket_number).where(OutboxMessage.template == "received")
        letters = Counter(session.exec(query))
    by_words = Counter(words for _, words in kept)
    return {
        "confirmed": len(people.confirmed),
        "lost": sum(kept[one] != 1 for one in people.confirmed),
        "doubled": sum(count > 1 for count in by_words.values()),
        "tickets without one letter": len(kept) - sum(count == 1 for count in letters.values()),
        "5xx but 503": sum(status >= 500 for status in people.statuses),
    }
