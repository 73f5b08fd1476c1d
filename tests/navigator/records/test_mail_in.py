"""Mail that came in is of its person: found, copied, erased, and forgotten when its service says."""

from base64 import b64encode
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import Conflict
from navigator.mail_in.tables import Mail, MailOriginal, MailState
from navigator.people.actor import SYSTEM
from navigator.records import holds, requests, retention
from navigator.records.copy import as_json
from navigator.records.find import find_person
from navigator.records.holds import HoldInput
from navigator.records.identifiers import read_identifiers
from navigator.records.requests import ChoiceInput
from navigator.records.tables import RecordRequest
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.ticket import Status, Ticket
from tests.navigator.mail_in.mails import PAT, arrive, give_mailbox, letter, many, reply_to, reported
from tests.navigator.records.planted import CANARY, NAME, mail
from tests.navigator.records.test_requests import begun
from tests.navigator.records.test_retention import keep
from tests.people import People

pytestmark = pytest.mark.both_engines

SAID = b"The reset page says that the password is wrong for 07700 900982."
QUOTED = many(("Content-Type: text/plain\nContent-Transfer-Encoding: base64", b64encode(SAID)))
"""A mail of which no search of bytes finds the words."""


@pytest.fixture
def ticket(session: Session, people: People) -> Ticket:
    give_mailbox(session, people)
    return reported(session)


def close(session: Session, ticket: Ticket) -> None:
    rows = Ticket.__table__  # type: ignore[attr-defined]
    values = {"status": Status.CLOSED, "closed_at": clock.now(), "needs_answer_since_at": None}
    session.connection().execute(rows.update().where(rows.c.number == ticket.number).values(values))
    session.expire_all()


def chosen(session: Session, people: People, who: str) -> RecordRequest:
    """A request in which all that was found is chosen."""
    request = begun(session, people, who)
    session.flush()
    found = requests.found_of(session, people.mo, request)
    keys = [each.key for each in found.mentions if not (each.is_setting or each.stays)]
    tickets = [each.ticket.number for each in found.tickets]
    return requests.choose(session, people.mo, request.id, ChoiceInput(tickets=tickets, mentions=keys))


def erase(session: Session, people: People, who: str) -> None:
    requests.erase_person(session, people.mo, chosen(session, people, who).id)
    session.expire_all()


@pytest.mark.parametrize("who", [NAME, "zebulon.quill@example.org", "07700 900982"])
def test_a_mail_on_no_ticket_is_found_copied_and_erased(
    session: Session, people: People, ticket: Ticket, who: str
) -> None:
    lost = arrive(session, people, mail())
    assert lost.state == MailState.UNSORTED
    request = chosen(session, people, who)
    assert request.mentions == [f"inboundmail [{lost.id}]"]
    copied = as_json(requests.copy_of(session, request))
    assert CANARY in copied
    assert ("I cannot get in" in copied) == (who != "07700 900982")  # a number in it may be of another
    requests.erase_person(session, people.mo, request.id)
    session.expire_all()
    assert session.get(MailOriginal, lost.id) is None
    assert (lost.state, lost.decision) == (MailState.SET_ASIDE, "Erased, as its person asked.")
    assert NAME not in f"{lost.from_name} {lost.subject} {lost.unopened}" or who == "07700 900982"
    assert (lost.from_address == "") == (who != "07700 900982")


def test_no_other_service_finds_it(session: Session, people: People, ticket: Ticket) -> None:
    lost = arrive(session, people, QUOTED)
    assert lost.state == MailState.UNSORTED, lost
    found = find_person(session, people.mo, read_identifiers("07700 900982"))
    assert [each.key for each in found.mentions] == [f"inboundmail [{lost.id}]"]
    assert "reset page" in found.mentions[0].excerpt
    lost.service_id = people.south
    session.flush()
    assert find_person(session, people.mo, read_identifiers("07700 900982")).mentions == []


def test_what_may_be_about_safety_is_sorted_first(session: Session, people: People, ticket: Ticket) -> None:
    lost = arrive(session, people, letter("Hello", sender="Kim <kim@x.example>"))
    lost.is_of_concern = True
    session.flush()
    with pytest.raises(Conflict, match="may be about safety"):
        erase(session, people, "kim@x.example")
    session.expire_all()
    assert lost.state == MailState.UNSORTED
    assert session.get(MailOriginal, lost.id)


def test_with_a_ticket_its_mail_goes(session: Session, people: People, ticket: Ticket) -> None:
    joined = arrive(session, people, letter("My aunt is Marmaduke.", to=reply_to(session, ticket)))
    close(session, ticket)
    copied = as_json(requests.copy_of(session, chosen(session, people, PAT)))
    assert copied.count("Marmaduke") == 2  # on the ticket, and in the mail as it came
    erase(session, people, PAT)
    assert session.get(MailOriginal, joined.id) is None
    assert (joined.from_address, joined.subject, joined.state) == ("", "[removed]", MailState.JOINED)


def test_a_mail_in_which_somebody_else_is_named_goes_whole(
    session: Session, people: People, ticket: Ticket
) -> None:
    joined = arrive(session, people, letter("Ask kim@x.example.", to=reply_to(session, ticket)))
    erase(session, people, "kim@x.example")
    assert session.get(MailOriginal, joined.id) is None
    assert joined.from_address == PAT


def test_a_ticket_whose_mail_waits_to_be_sorted_stays(
    session: Session, people: People, ticket: Ticket
) -> None:
    keep(session, "ticket", 1)
    lost = arrive(session, people, letter("x", sender="Kim <kim@x.example>"))
    lost.ticket_number = ticket.number
    session.flush()
    close(session, ticket)
    with pytest.raises(Conflict, match="waits to be sorted"):
        erase(session, people, PAT)
    later = clock.now() + timedelta(days=2)
    assert next(each.count for each in retention.dry_run(session, [people.north], later)) == 0
    lost.state = MailState.SET_ASIDE
    session.flush()
    assert next(each.count for each in retention.dry_run(session, [people.north], later)) == 1


def test_a_mail_on_a_ticket_that_a_clinician_must_read_stays_as_it_came(
    session: Session, people: People, ticket: Ticket
) -> None:
    joined = arrive(session, people, letter(to=reply_to(session, ticket)))
    review = request_review(session, SYSTEM, session.get_one(Ticket, ticket.number), ["words"])
    session.flush()
    later = clock.now() + timedelta(days=300)
    assert not any(each.count for each in retention.dry_run(session, [people.north], later))
    review.ended_at = clock.now()
    session.flush()
    due = [each.record_class for each in retention.dry_run(session, [people.north], later) if each.count]
    assert due == ["mail_in"], joined


@pytest.mark.parametrize(("days", "goes_after"), [(None, None), (10, 10)])
def test_a_service_says_how_long(
    session: Session, people: People, ticket: Ticket, days: int | None, goes_after: int | None
) -> None:
    keep(session, "mail_in", days)
    joined = arrive(session, people, letter(to=reply_to(session, ticket)))

    def is_kept_after(days: int) -> bool:
        with clock.stopped_at(clock.now() + timedelta(days=days)):
            retention.run(clock.now())
        session.expire_all()
        return session.get(MailOriginal, joined.id) is not None

    held: dict[str, Any] = {"reason": "A complaint", "until_on": clock.today() + timedelta(days=400)}
    hold = holds.hold(session, people.mo, HoldInput(number=str(ticket.number), **held))
    assert is_kept_after(300)
    holds.lift(session, people.mo, hold.id)
    session.flush()
    assert is_kept_after(9)
    assert is_kept_after(300) == (goes_after is None)
    row = session.exec(select(Mail.from_address)).one()
    assert (row == "") == (goes_after is not None)
