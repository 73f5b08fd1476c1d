"""The job that delivers webhooks: each endpoint in a thread of its own, so that a slow one holds up no other.

A call is claimed in one transaction, made in none and written down in another. If the process dies in
between, the claim lapses and the call is made again, with the same id: at least once, never lost.
"""

from datetime import timedelta
from threading import Lock, Thread

import structlog

from navigator import clock
from navigator.outgoing import Answer, Browser, Limits, NotAllowed, Unreachable
from navigator.safe_logging import exception_location
from navigator.webhooks.claims import LONGEST_ASKED, Claim, Outcome, claim, endpoints_due, write_down
from navigator.webhooks.hosts import may_be_private, refusal_of
from navigator.webhooks.signing import signature

LIMITS = Limits(size=20_000, seconds=15)
MOST_AT_ONCE = 8
MOST_OF_ONE = 50
"""Calls to one endpoint in a row, before the others have their turn."""
PATIENCE = 3.0
"""Seconds for which the job waits for its threads: what is slower goes on by itself."""

log = structlog.get_logger("desk.webhooks")
_busy: set[int] = set()
_lock = Lock()


def deliver_due() -> int:
    """Deliver to every endpoint to which something is due; how many were begun."""
    threads = [Thread(target=_deliver_and_leave, args=(id,), daemon=True) for id in _take(endpoints_due())]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE / len(threads))
    return len(threads)


def _take(ids: list[int]) -> list[int]:
    """Those of the endpoints to which nothing is being sent by this process, as many as may be at once."""
    with _lock:
        free = [id for id in ids if id not in _busy][: MOST_AT_ONCE - len(_busy)]
        _busy.update(free)
    return free


def _deliver_and_leave(endpoint_id: int) -> None:
    try:
        deliver_to(endpoint_id)
    except Exception as error:
        log.error("webhooks failed", endpoint=endpoint_id, error=exception_location(error))
    finally:
        with _lock:
            _busy.discard(endpoint_id)


def deliver_to(endpoint_id: int) -> int:
    """Make the calls that are due to one endpoint, until one fails; how many arrived."""
    for made in range(MOST_OF_ONE):
        if (claimed := claim(endpoint_id)) is None:
            return made
        outcome = call(claimed)
        write_down(claimed, outcome)
        if not outcome.has_arrived:
            return made
    return MOST_OF_ONE


def call(claimed: Claim) -> Outcome:
    """Make one call, with no transaction open."""
    if not claimed.keys:
        return Outcome(None, "It has no secret. Make one.")
    if refused := refusal_of(claimed.url):
        return Outcome(None, refused)
    timestamp = int(clock.now().timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": claimed.message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(claimed.keys, claimed.message_id, timestamp, claimed.body),
    }
    try:
        with Browser(LIMITS, may_be_private(claimed.url)) as browser:
            return _outcome(browser.post(claimed.url, claimed.body, headers))
    except (NotAllowed, Unreachable) as error:
        return Outcome(None, str(error))


def _outcome(answer: Answer) -> Outcome:
    error = "It leads on elsewhere, which is not followed." if answer.location else ""
    return Outcome(answer.status, error, _asked(answer.retry_after))


def _asked(retry_after: str) -> timedelta | None:
    """How long an endpoint asks to be left alone, in seconds: no longer than it may, whatever it says."""
    if not retry_after.isdecimal():
        return None
    is_long = len(retry_after) > len(str(LONGEST_ASKED // timedelta(seconds=1)))
    return LONGEST_ASKED if is_long else min(timedelta(seconds=int(retry_after)), LONGEST_ASKED)
