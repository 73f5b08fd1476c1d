"""Fetching: what is new in a mailbox is kept, one mail a transaction, and only then marked on its server."""

from collections.abc import Sequence
from datetime import timedelta

import structlog
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError
from sqlmodel import Session, select

from navigator import clock, database
from navigator.catalogue.mailbox import Mailbox
from navigator.mail_in import store
from navigator.mail_in.imap import FAILURES, Account, NotGiven, OpenFolder, Refused, opened
from navigator.mail_in.secrets import open_secret, state_of
from navigator.mail_in.tables import MailboxState, MailboxStatus

MOST_AT_ONCE = 50
FIRST_LOOK = timedelta(days=7)
"""So old may mail be that nobody has read when the desk first looks into a mailbox."""
MOST_TRIES = 3
"""So often a mail is asked for that its server does not give, before the desk goes on without it."""

log = structlog.get_logger("desk.mail")


def accounts() -> list[Account]:
    """The mailboxes that are read, each with its secret; of one without, its state says so."""
    with database.writing() as session:
        mailboxes = [mailbox for mailbox in session.exec(select(Mailbox)) if mailbox.is_fetched]
        found = [(mailbox, open_secret(session, mailbox)) for mailbox in mailboxes]
        for mailbox, secret in found:
            state = state_of(session, mailbox.service_id)
            if secret is None:
                _note(state, MailboxStatus.NO_SECRET)
        return [_account(mailbox, secret) for mailbox, secret in found if secret is not None]


def account_of(service_id: int) -> Account | None:
    """The mailbox of a service, as it is now; None where it is not read any more."""
    return next((each for each in accounts() if each.service_id == service_id), None)


def _account(mailbox: Mailbox, secret: str) -> Account:
    names = ("service_id", "host", "port", "security", "user", "log_in", "token_url", "client_id", "scope")
    values = {name: getattr(mailbox, name) for name in (*names, "done_folder")}
    return Account(**values, folder=mailbox.folder or "INBOX", secret=secret)


def fetch_all() -> int:
    """Look into every mailbox once; how many mails were kept."""
    return sum(fetch(account) for account in accounts())


def fetch(account: Account) -> int:
    """Look into one mailbox once; what goes wrong is noted, and tried again."""
    try:
        with opened(account) as folder:
            count = take(account.service_id, folder)
    except Refused as error:
        note(account.service_id, MailboxStatus.REFUSED)
        log.error("mailbox refused", service_id=account.service_id, what=str(error))
        return 0
    except FAILURES as error:
        note(account.service_id, MailboxStatus.UNREACHABLE)
        log.warning("mailbox not read", service_id=account.service_id, error=type(error).__name__)
        return 0
    return count


def take(service_id: int, folder: OpenFolder) -> int:
    """Keep what is new in an open folder, then mark on the server what is kept."""
    uids, is_known = _new(service_id, folder)
    wanted = uids[:MOST_AT_ONCE] if is_known else uids
    copies = [uid for uid in wanted if not _take(service_id, folder, uid)]
    if not is_known:
        _begin_after(service_id, folder)
    _mark(service_id, folder, copies)
    note(service_id, MailboxStatus.WORKS)
    return len(wanted)


def _new(service_id: int, folder: OpenFolder) -> tuple[list[int], bool]:
    """The UIDs to keep, and whether these go on where the desk stopped.

    In a mailbox that is new to the desk, or was made anew, that is what nobody has read of the last days;
    mail that is kept already is not kept twice.
    """
    with database.reading() as session:
        state = session.get_one(MailboxState, service_id)
    if state.uid_validity == folder.uid_validity:
        return folder.after(state.last_uid), True
    days_ago = clock.today() - FIRST_LOOK
    return folder.unread(days_ago, state.worked_at.date() if state.worked_at else None), False


def _begin_after(service_id: int, folder: OpenFolder) -> None:
    """Note, once all that is wanted of before is kept, that the desk goes on from here."""
    with database.writing() as session:
        state = session.get_one(MailboxState, service_id, with_for_update=True)
        state.uid_validity, state.last_uid = folder.uid_validity, max(folder.uid_next, 1) - 1


def _take(service_id: int, folder: OpenFolder, uid: int) -> bool:
    """Keep one mail; False for another copy of one that is kept."""
    try:
        arrived = folder.fetch(uid)
    except NotGiven:
        _count_failure(service_id, folder.uid_validity, uid)
        return True
    return arrived is None or store.keep_fetched(service_id, arrived)


def _count_failure(service_id: int, uid_validity: int, uid: int) -> None:
    """Try again, as its server may be busy; at last go on, with a note for a person."""
    with database.writing() as session:
        state = session.get_one(MailboxState, service_id, with_for_update=True)
        is_same = state.failed_uid == uid
        state.failed_uid, state.failed_times = uid, state.failed_times + 1 if is_same else 1
        tries = state.failed_times
    if tries < MOST_TRIES:
        raise IMAPClientError("a mail was not given")
    store.keep_unfetchable(service_id, uid_validity, uid)


def _mark(service_id: int, folder: OpenFolder, copies: Sequence[int]) -> None:
    with database.reading() as session:
        uids = store.unmarked(session, service_id, folder.uid_validity)
    if not uids and not copies:
        return
    try:
        folder.mark([*uids, *copies])
    except IMAPClientAbortError:
        raise
    except IMAPClientError:
        raise Refused("marking") from None
    with database.writing() as session:
        store.mark(session, service_id, folder.uid_validity, uids)


def note(service_id: int, status: MailboxStatus) -> None:
    """Note how a look into a mailbox went."""
    with database.writing() as session:
        _note(_locked(session, service_id), status)


def _locked(session: Session, service_id: int) -> MailboxState:
    state_of(session, service_id)
    return session.get_one(MailboxState, service_id, with_for_update=True)


def _note(state: MailboxState, status: MailboxStatus) -> None:
    now = clock.now()
    state.status, state.tried_at = status, now
    if status is MailboxStatus.WORKS:
        state.worked_at, state.failing_since_at = now, None
    else:
        state.failing_since_at = state.failing_since_at or now
