"""Submissions of forms, each done once (idempotency): a second press gets the result of the first.

A form carries a mark that no other has. What was done with it is remembered in the transaction that did it.
Two presses, in two tabs or at two processes, wait for each other and are one. Other words under the same
mark, after going back, are something new.
"""

from dataclasses import asdict, dataclass
from datetime import timedelta

from sqlmodel import Session

from navigator import clock, database
from navigator.people.tokens import hashed
from navigator.tickets.idempotency_key import IdempotencyKey

_CALLER = "form"
DONE = 303


@dataclass(frozen=True)
class Result:
    """What a submission led to: the page that was shown, and what was said on it. Nothing personal."""

    href: str
    flash: str = ""


@dataclass(frozen=True)
class Submission:
    """A form that was sent: its mark, what it says, and for how long the same again means the same press."""

    mark: str
    content: str
    lasts: timedelta

    @property
    def body_hash(self) -> str:
        """The hash of what it says; salted by the mark, which is not stored."""
        return hashed(f"{self.mark}\n{self.content}")


def earlier_result(session: Session, submission: Submission) -> Result | None:
    """Hold the mark until the end of the transaction; the result, if the same was done with it before."""
    if _insert(session, submission):
        return None
    return _result(session.get(IdempotencyKey, _key(submission), with_for_update=True), submission)


def known_result(session: Session, submission: Submission) -> Result | None:
    """The result, if the same was done with its mark before; the mark is not held."""
    return _result(session.get(IdempotencyKey, _key(submission)), submission)


def _result(row: IdempotencyKey | None, submission: Submission) -> Result | None:
    is_same = row is not None and row.status == DONE and row.body_hash == submission.body_hash
    if row is None or not is_same or row.created_at <= clock.now() - submission.lasts:
        return None
    return Result(**row.response)


def remember(session: Session, submission: Submission, result: Result | None) -> None:
    """Remember the result with the change that it tells of; without one, nothing was done."""
    row = session.get(IdempotencyKey, _key(submission))
    if row is None:
        return
    if result is not None:
        row.body_hash, row.created_at = submission.body_hash, clock.now()
        row.status, row.response = DONE, asdict(result)
    elif row.status is None:
        session.delete(row)


def mark_hash(mark: str) -> str:
    """What is kept of a mark."""
    return hashed(mark)


def hold(session: Session, mark_hash: str) -> None:
    """Hold a mark until the end of the transaction, as whoever sends its form does before anything else."""
    session.get(IdempotencyKey, (_CALLER, mark_hash), with_for_update=True)


def forget(session: Session, mark_hash: str) -> None:
    """Forget what was done with a mark, for it was taken back: the same again is meant."""
    if row := session.get(IdempotencyKey, (_CALLER, mark_hash)):
        session.delete(row)


def _insert(session: Session, submission: Submission) -> bool:
    """Whether nothing is known of the mark; whoever holds it meanwhile is waited for."""
    caller_hash, key = _key(submission)
    row = {"caller_hash": caller_hash, "key": key, "body_hash": "", "created_at": clock.now(), "response": {}}
    statement = database.insert(session, IdempotencyKey).values(row).on_conflict_do_nothing()
    return session.exec(statement.returning(IdempotencyKey.key)).first() is not None


def _key(submission: Submission) -> tuple[str, str]:
    return _CALLER, mark_hash(submission.mark)
