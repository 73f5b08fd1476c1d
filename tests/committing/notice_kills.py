"""A process that publishes and sends notices, and is killed at every step of that, again and again.

`python -m tests.committing.notice_kills PROBLEM AUTHOR ROUNDS`. Each round forks a process that does what the
one before it left, writes a notice, does what the jobs do, and kills itself (SIGKILL) before or after one of
its steps. Nothing of it is told: who started this counts what arrived.
"""

import os
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import navigator.models  # noqa: F401 - the tables to which foreign keys point
from navigator import clock, database
from navigator.jobs.runner import for_each_due
from navigator.outbox import claims, sender, smtp
from navigator.people import login
from navigator.problems import notice_letters, publish_notice
from navigator.problems.notice_inputs import NoticeInput
from navigator.triage.safety_screen import screen


class Moment(NamedTuple):
    """When a process dies: over which call of a step, and whether that is done by then."""

    owner: Any
    name: str
    is_after: bool
    call: int = 1


MOMENTS = (
    Moment(publish_notice, "publish", is_after=False),
    Moment(publish_notice, "publish", is_after=True),  # not committed
    Moment(notice_letters, "queue_letters", is_after=False),
    Moment(notice_letters, "_queue", is_after=True),
    Moment(notice_letters, "_queue", is_after=False, call=2),
    Moment(notice_letters, "queue_letters", is_after=True),  # a piece is not committed
    Moment(notice_letters, "queue_letters", is_after=False, call=2),  # one is
    Moment(claims, "claim", is_after=True, call=2),
    Moment(sender, "_render", is_after=True, call=3),
    Moment(smtp.MailServer, "send", is_after=False, call=2),
    Moment(claims, "mark_sent", is_after=True, call=2),  # not committed
    Moment(claims, "mark_sent", is_after=False, call=3),  # the mail server has it, and nobody here knows
)
BEGIN = datetime(2026, 6, 9, 9, 0, tzinfo=UTC)


def main(problem: int, author: int, rounds: int) -> None:
    """Write and be killed, so many rounds; then do what is left, undisturbed."""
    notice_letters.PIECE = 2
    screen("warmed up, so that each process that is forked has what takes long to load")
    for number in range(rounds):
        if (child := os.fork()) == 0:
            _round(number, problem, author)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), f"nothing was killed in round {number}"
    _set_clock(rounds)
    _everything()


def _round(number: int, problem: int, author: int) -> None:
    _set_clock(number)
    _everything()
    with database.writing() as session:
        actor = login.actor_of(session, author)
        assert actor
        told = {"state": "identified", "body": f"Notice number {number}."}
        publish_notice.send_notice(session, actor, problem, NoticeInput.model_validate(told, strict=False))
    clock.set_to(clock.now() + timedelta(minutes=1))
    moment = MOMENTS[number % len(MOMENTS)]
    setattr(moment.owner, moment.name, _killed(moment))
    _everything()


def _set_clock(number: int) -> None:
    """Later than any claim of whoever died."""
    clock.set_to(BEGIN + number * timedelta(minutes=10))


def _killed(moment: Moment) -> Callable[..., Any]:
    really, calls = getattr(moment.owner, moment.name), iter(range(1, 1_000))

    def step(*args: Any) -> Any:
        is_it = next(calls) == moment.call
        if is_it and moment.is_after:
            really(*args)
        if is_it:
            os.kill(os.getpid(), signal.SIGKILL)
        return really(*args)

    return step


def _everything() -> None:
    publishing = for_each_due(publish_notice.held_notices, publish_notice.publish_held)
    queueing = for_each_due(notice_letters.notices_to_queue, notice_letters.queue_letters)
    while publishing() or queueing() or sender.send_waiting():
        pass


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
