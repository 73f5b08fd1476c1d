"""Listening: a thread for each mailbox waits for news by IDLE; where a server has none, the job asks again.

The job that begins these threads runs in one process at a time, and each thread ends soon after the job has
stopped saying that it may go on. Two that listen for a moment keep no mail twice.
"""

from threading import Event, Lock, Thread
from time import monotonic

import structlog

from navigator.mail_in import fetch
from navigator.mail_in.imap import FAILURES, Account, Refused, opened
from navigator.mail_in.land import land_waiting
from navigator.mail_in.tables import MailboxStatus
from navigator.safe_logging import exception_location

MAY_GO_ON_SECONDS = 60.0
STEP_SECONDS = 5.0
LOOK_EVERY_SECONDS = 20.0
CONNECTION_LASTS_SECONDS = 20 * 60.0
"""A connection is made anew now and then: a server forgets, and a token ends."""

log = structlog.get_logger("desk.mail")


class _Listening:
    """The threads of this process, by service, for which mailboxes and until when they may go on."""

    def __init__(self) -> None:
        self.threads: dict[int, Thread] = {}
        self.accounts: dict[int, Account] = {}
        self.until = 0.0
        self.stopped = Event()
        self.lock = Lock()

    def may_go_on(self, account: Account) -> bool:
        """Whether the job has said so lately, of a mailbox that is still set so."""
        is_set = self.accounts.get(account.service_id) == account
        return is_set and not self.stopped.is_set() and monotonic() < self.until


_listening = _Listening()


def listen() -> int:
    """Look into each mailbox that nobody listens to, and let the others go on; how many there are."""
    _listening.until = monotonic() + MAY_GO_ON_SECONDS
    _listening.stopped.clear()
    found = fetch.accounts()
    _listening.accounts = {each.service_id: each for each in found}
    with _listening.lock:
        alive = {id: each for id, each in _listening.threads.items() if each.is_alive()}
        for account in found:
            if account.service_id not in alive:
                thread = Thread(target=_listen, args=(account,), name="mailbox", daemon=True)
                alive[account.service_id] = thread
                thread.start()
        _listening.threads = alive
    return len(found)


def stop() -> None:
    """End all threads, within a step."""
    _listening.stopped.set()
    with _listening.lock:
        threads = list(_listening.threads.values())
    for thread in threads:
        thread.join(timeout=STEP_SECONDS * 2)


def _may_go_on(account: Account, began: float) -> bool:
    return _listening.may_go_on(account) and monotonic() < began + CONNECTION_LASTS_SECONDS


def _listen(account: Account) -> None:
    try:
        with opened(account) as folder:
            while fetch.take(account.service_id, folder):
                land_waiting()
            began = looked_at = monotonic()
            while folder.can_idle and _may_go_on(account, began):
                # What comes between a look and the next IDLE is said to nobody: so it is looked for, too.
                if folder.wait(STEP_SECONDS) or monotonic() >= looked_at + LOOK_EVERY_SECONDS:
                    looked_at = monotonic()
                    while fetch.take(account.service_id, folder):  # until there is nothing new
                        land_waiting()
    except Refused as error:
        fetch.note(account.service_id, MailboxStatus.REFUSED)
        log.error("mailbox refused", service_id=account.service_id, what=str(error))
    except FAILURES as error:
        fetch.note(account.service_id, MailboxStatus.UNREACHABLE)
        log.warning("mailbox not read", service_id=account.service_id, error=type(error).__name__)
    except Exception as error:
        log.error("mailbox not read", service_id=account.service_id, error=exception_location(error))
