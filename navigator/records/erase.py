"""Erasing a person: what names or quotes them goes, what was counted stays, and a restore repeats it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.errors import Conflict
from navigator.people.actor import Actor
from navigator.people.audit_log import record_change
from navigator.people.reporter import reference
from navigator.records.data_map import Place
from navigator.records.empty import empty_tickets
from navigator.records.find import MAIL, row_of, texts_in, with_addresses
from navigator.records.holds import SUBJECT, all_held
from navigator.records.identifiers import Identifier, hashed_spans
from navigator.records.mails import SENDER, forget_of_mail, forget_of_message, waiting
from navigator.records.own_rows import emptied, is_row_of, write_row
from navigator.records.tables import Erasure, RecordRequest
from navigator.search_words import index_words
from navigator.tickets.redaction import REMOVED
from navigator.tickets.ticket import ClinicalReview, Status, Ticket

_OVER = (Status.CLOSED, Status.MERGED)


@dataclass(frozen=True)
class Words:
    """What is removed: by patterns, as it was found, or by keyed hashes, as an earlier erasure left them."""

    identifiers: Sequence[Identifier] = ()
    hashes: Sequence[str] = ()

    def without(self, value: Any) -> Any:
        """A text, or JSON with texts, without them."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, dict):
            return {name: self.without(one) for name, one in value.items()}
        return [self.without(one) for one in value] if isinstance(value, list) else value

    def _text(self, text: str) -> str:
        for identifier in self.identifiers:
            text = identifier.pattern.sub(REMOVED, text)
        for first, last in sorted(hashed_spans(text, self.hashes), reverse=True) if self.hashes else ():
            text = text[:first] + REMOVED + text[last:]
        return text


def refusals(session: Session, numbers: Collection[int], keys: Sequence[str] = ()) -> list[str]:
    """Why these tickets and places cannot be erased now, in words; nothing where they can."""
    found = [row_of(session, key) for key in keys if key.startswith(f"{MAIL} ")]
    mails = [each[1]["id"] for each in found if each]
    held, reviewed = all_held(session), _waiting_for_clinician(session)
    on_held, on_reviewed = _on(session, keys, held), _on(session, keys, reviewed)
    is_open = select(Ticket.number).where(col(Ticket.number).in_(numbers), col(Ticket.status).not_in(_OVER))
    return [
        *(f"{reference(number)} is on hold." for number in sorted(held & {*numbers})),
        *(f"{reference(number)} waits for a clinician." for number in sorted(reviewed & {*numbers})),
        *(f"{reference(number)} is not closed." for number in sorted(session.exec(is_open))),
        *(f"A place on {reference(number)} was chosen: it is on hold." for number in on_held),
        *(f"A place on {reference(number)} was chosen: it waits for a clinician." for number in on_reviewed),
        *waiting(session, numbers, mails),
    ]


def _waiting_for_clinician(session: Session) -> set[int]:
    """The tickets whose words a clinician must still read, or whose reporter they must still reach."""
    columns = (col(ClinicalReview.ticket_number), col(ClinicalReview.origin_number))
    rows = session.exec(select(*columns).where(col(ClinicalReview.ended_at).is_(None)))
    return {number for row in rows for number in row if number}


def _on(session: Session, keys: Sequence[str], numbers: Collection[int]) -> list[int]:
    """Those of these tickets to which a place that was chosen belongs."""
    rows = [each for key in keys if (each := row_of(session, key)) and each[0].of]
    theirs = [each for each in rows if is_row_of(session, *each, numbers)]
    return [n for n in sorted(numbers) if any(is_row_of(session, *each, [n]) for each in theirs)]


def erase(
    session: Session,
    actor: Actor,
    numbers: Collection[int],
    identifiers: Sequence[Identifier],
    keys: Sequence[str],
) -> Erasure:
    """Erase a person: empty their tickets, and remove what names them from the places that were chosen.

    What is kept of it names nobody: numbers of tickets, names of rows, keyed hashes.
    """
    if reasons := refusals(session, numbers, keys):
        raise Conflict(" ".join(["Nothing was erased.", *reasons]))
    known = [each for each in with_addresses(session, identifiers, numbers) if each.kind != "ticket"]
    query = select(Ticket.service_id).where(col(Ticket.number).in_(numbers))
    services = {*session.exec(query)}
    counts = empty_tickets(session, actor, numbers) if numbers else {}
    for place in _remove_from(session, [*keys, *_requests_for(session, known)], Words(known)):
        counts[place.table] = counts.get(place.table, 0) + 1
    erasure = Erasure(
        tickets=sorted(numbers),
        hashes=[each.hash for each in known] if keys else [],
        places={"counts": counts, "keys": list(keys)},
        user_id=actor.user_id,
        erased_at=clock.now(),
    )
    session.add(erasure)
    listed = ", ".join(map(reference, sorted(numbers))) or "no tickets"
    for service_id in services or (None,):
        record_change(session, actor, service_id, SUBJECT, f"A person was erased: {listed}")
    session.flush()
    return erasure


def _requests_for(session: Session, known: Sequence[Identifier]) -> list[str]:
    """The requests of whomever else that name the person, by the names of their rows."""
    requests = session.exec(select(RecordRequest)).all()
    texts = {each.id: " ".join(texts_in([each.identifiers, each.withheld])) for each in requests}
    return [
        f"recordrequest [{id}]"
        for id, text in texts.items()
        if any(each.pattern.search(text) for each in known)
    ]


def repeat(session: Session, actor: Actor, erasure: Erasure) -> None:
    """Do once more what an erasure did, in a database that was restored from before it."""
    query = select(Ticket.number).where(col(Ticket.number).in_(erasure.tickets))
    if there := set(session.exec(query)):
        empty_tickets(session, actor, there)
    for _ in _remove_from(session, erasure.places.get("keys", ()), Words(hashes=erasure.hashes)):
        pass


def _remove_from(session: Session, keys: Sequence[str], words: Words) -> Iterator[Place]:
    """Remove words from the rows of these names, but where all stays: the place of each that had any."""
    for key in keys:
        found = row_of(session, key)
        if found and found[0].personal and not found[0].stays and _is_removed(session, *found, words):
            yield found[0]
    session.expire_all()


def _is_removed(session: Session, place: Place, row: Mapping[str, Any], words: Words) -> bool:
    """Whether words went from a row; of a mail its original goes, and all words where it is from them."""
    values = {name: _removed(place, name, row[name], words) for name in place.personal}
    if place.table == MAIL and any(row[name] != values[name] for name in SENDER):
        values = {name: emptied(place, name, row[name]) for name in place.personal}
    is_named = any(row[name] != value for name, value in values.items())
    if is_named and place.table == "message":
        values["search_words"] = index_words(values["body"])
        forget_of_message(session, row["id"])
    if is_named:
        write_row(session, place, row, values)
    if place.table == MAIL:
        forget_of_mail(session, row["id"])
    return is_named or place.table == MAIL


def _removed(place: Place, column: str, value: Any, words: Words) -> Any:
    left = words.without(value)
    return "" if column in place.clear and left != value else left
