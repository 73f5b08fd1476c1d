"""Files through a ticket's life: merged, split, withdrawn, removed, kept with a draft, and forgotten."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.attachments import limits, storage, sweep
from navigator.attachments.attachment import Attachment, Kind, UnneededFile
from navigator.attachments.receive import StoredFile
from navigator.attachments.storage import new_name
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.jobs import abandoned_drafts, retention
from navigator.people import private_links
from navigator.people.actor import ANONYMOUS, Actor
from navigator.tickets import attached_files
from navigator.tickets.actions import remove_file as removing
from navigator.tickets.actions import reporter as following
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import conclude, request_review
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.remove_file import remove_file
from navigator.tickets.actions.split import split
from navigator.tickets.actions.undo_merge import undo_merge
from navigator.tickets.inputs import MergeInput, PicturesInput, SayInput, SplitInput, UnmergeInput
from navigator.tickets.report_draft import ReportDraft
from navigator.tickets.report_input import ContactInput, ReportInput
from navigator.tickets.reports import drafts
from navigator.tickets.ticket import Event, Message, Ticket
from navigator.tickets.visibility import lock_tickets
from tests.navigator.tickets.report_factory import outcome
from tests.people import People

pytestmark = pytest.mark.both_engines
ME = ContactInput.model_validate({"route": "email", "email": "pat@post.example"})


def stored() -> StoredFile:
    name = new_name()
    storage.storage().put(name, BytesIO(b"content"))
    return StoredFile(name, Kind.PICTURE, 7, 0, 1, 1, is_virus_checked=False)


def tell(session: Session, text: str = "I cannot log in") -> Ticket:
    told = ReportInput(service="north", programme="fern", text=text, contact=ME)
    return staff.report(session, ANONYMOUS, told).ticket


def answer(session: Session, ticket: Ticket, *files: StoredFile) -> int:
    """The reporter sends files; the id of the first."""
    said = PicturesInput(body="See")
    following.answer(session, own(session, ticket), ticket.number, said, files or [stored()])
    session.flush()
    return session.exec(select(Attachment.id).order_by(col(Attachment.id))).all()[-1]


def own(session: Session, ticket: Ticket) -> Actor:
    """The reporter of a ticket, by a private link."""
    found = following.reporter_by_link(session, private_links.mint(session, ticket.number))
    assert found
    return found


def sees(session: Session, actor: Actor, number: int, file_id: int) -> bool:
    try:
        attached_files.readable_file(session, actor, number, file_id)
    except NotFound:
        return False
    return True


def unneeded(session: Session) -> list[str]:
    session.flush()
    return [*session.exec(select(UnneededFile.name))]


def test_who_reads_the_words_sees_the_file(session: Session, people: People):
    ticket = tell(session)
    file_id = answer(session, ticket)
    other = tell(session, "Another")
    assert sees(session, own(session, ticket), ticket.number, file_id)
    assert sees(session, people.amina, ticket.number, file_id)
    assert not sees(session, own(session, other), other.number, file_id)
    assert not sees(session, people.amina, other.number, file_id)  # it stands on another ticket
    for stranger in (people.sam, people.sue, people.sid, people.cole, people.priya):
        assert not sees(session, stranger, ticket.number, file_id)


def test_a_merge_takes_it_along_and_gives_it_to_nobody_else(session: Session, people: People):
    ticket, target = tell(session), tell(session, "It still does not work")
    file_id = answer(session, ticket)
    attached_files.stage(session, people.amina, ticket.number, "replies", [stored()])
    merge(session, people.amina, ticket.number, MergeInput(into=target.number))
    session.flush()
    assert sees(session, people.amina, target.number, file_id)
    assert not sees(session, own(session, target), target.number, file_id)
    assert len(attached_files.staged_files(session, people.amina, target.number, "replies")) == 1
    undo_merge(session, people.amina, target.number, UnmergeInput(merged=ticket.number))
    session.flush()
    assert sees(session, own(session, ticket), ticket.number, file_id)
    assert not sees(session, people.amina, target.number, file_id)
    waiting = [
        len(attached_files.staged_files(session, people.amina, one.number, "replies"))
        for one in (ticket, target)
    ]
    assert waiting == [1, 0]  # else the next reply to somebody else would take it along


def test_a_split_copies_it_and_its_content_is_stored_once(session: Session, people: People):
    ticket = tell(session)
    file_id = answer(session, ticket)
    message = session.exec(select(Message.id).where(Message.has_attachments)).one()
    second = split(session, people.amina, ticket.number, SplitInput(messages=[message]))
    session.flush()
    (copy,) = session.exec(select(Attachment).where(Attachment.id != file_id)).all()
    assert sees(session, own(session, second), second.number, copy.id)
    assert copy.name == session.get_one(Attachment, file_id).name
    remove_file(session, people.amina, second.number, copy.id)
    assert session.exec(select(Attachment)).all() == []
    assert unneeded(session) == [copy.name]
    removals = select(Event.ticket_number).where(Event.action == "redact")
    assert set(session.exec(removals)) == {ticket.number, second.number}  # no ticket changes silently


def test_what_is_split_off_meanwhile_does_not_change_silently(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
):
    ticket = tell(session)
    file_id = answer(session, ticket)
    message = session.exec(select(Message.id).where(Message.has_attachments)).one()
    made = []

    def split_first(*who: Any) -> None:
        made.append(split(session, people.amina, ticket.number, SplitInput(messages=[message])).number)
        lock_tickets(*who)

    monkeypatch.setattr(removing, "lock_tickets", split_first)
    remove_file(session, people.amina, ticket.number, file_id)
    removals = select(Event.ticket_number).where(Event.action == "redact")
    assert set(session.exec(removals)) == {ticket.number, *made}


def test_it_is_removed_for_good_by_a_navigator_and_that_is_recorded(session: Session, people: People):
    ticket = tell(session)
    file_id = answer(session, ticket)
    for other in (people.mo, people.cole, people.priya, people.sam):
        with pytest.raises((Forbidden, NotFound)):
            remove_file(session, other, ticket.number, file_id)
    remove_file(session, people.amina, ticket.number, file_id)
    (name,) = unneeded(session)
    event = session.exec(select(Event).where(Event.action == "redact")).one()
    assert event.details["file"] == file_id
    assert not session.exec(select(Message.has_attachments).where(Message.body == "See")).one()
    sweep.delete_unneeded()
    with pytest.raises(NotFound):
        storage.storage().read(name)


def test_what_is_withdrawn_takes_its_pictures_along(session: Session, people: People):
    ticket = tell(session)
    answer(session, ticket)
    following.withdraw(session, own(session, ticket), ticket.number)
    assert session.exec(select(Attachment)).all() == []
    assert len(unneeded(session)) == 1


def test_what_was_split_off_keeps_its_pictures_when_the_rest_is_withdrawn(session: Session, people: People):
    """A clinician may have to read it, or somebody works on it still."""
    ticket = tell(session)
    file_id = answer(session, ticket)
    message = session.exec(select(Message.id).where(Message.has_attachments)).one()
    second = split(session, people.amina, ticket.number, SplitInput(messages=[message]))
    session.flush()
    following.withdraw(session, own(session, ticket), ticket.number)
    session.flush()
    assert not sees(session, people.amina, ticket.number, file_id)
    (copy,) = session.exec(select(Attachment)).all()
    assert sees(session, people.amina, second.number, copy.id)
    sweep.delete_unneeded()
    assert b"".join(storage.storage().read(copy.name)) == b"content"


def test_a_clinician_who_must_read_it_may_still_see_them(session: Session, people: People):
    ticket = tell(session, "I want to kill myself")
    file_id = answer(session, ticket)
    following.withdraw(session, own(session, ticket), ticket.number)
    assert sees(session, people.cole, ticket.number, file_id)


def test_nothing_is_removed_while_a_clinician_must_read_it(session: Session, people: People):
    ticket = tell(session)
    file_id = answer(session, ticket)
    message = session.exec(select(Message.id).where(Message.has_attachments)).one()
    second = split(session, people.amina, ticket.number, SplitInput(messages=[message]))
    review = request_review(session, people.amina, second, ["risk"])
    session.flush()
    with pytest.raises(Conflict, match="clinician"):  # on another ticket that has it, too
        remove_file(session, people.amina, ticket.number, file_id)
    assert sees(session, people.cole, second.number, max(session.exec(select(Attachment.id))))
    conclude(session, people.cole, review.id, outcome("I phoned, and they are safe"))
    remove_file(session, people.amina, ticket.number, file_id)
    assert session.exec(select(Attachment)).all() == []


def test_a_report_without_words_has_its_pictures(session: Session, people: People):
    draft, _ = drafts.start_draft(session)
    session.flush()
    attached_files.add_to_draft(session, draft, [stored(), stored()])
    told = ReportInput(service="north", programme="fern", category="access.forgotten_password")
    ticket = drafts.send_draft(session, draft, told)
    session.flush()
    (message,) = session.exec(select(Message).where(Message.ticket_number == ticket.number)).all()
    assert (message.body, message.has_attachments) == ("", True)
    assert len(attached_files.files_of(session, [message])[message.id]) == 2
    assert attached_files.draft_files(session, draft) == []


def test_a_draft_of_an_hour_ago_takes_its_pictures_along(session: Session, people: People):
    draft, _ = drafts.start_draft(session)
    session.flush()
    attached_files.add_to_draft(session, draft, [stored()])
    session.flush()
    clock.set_to(clock.now() + timedelta(hours=1, minutes=1))
    for token_hash in session.scalars(abandoned_drafts.expired_drafts(clock.now())).all():
        abandoned_drafts.delete_expired_draft(session, clock.now(), token_hash)
    assert session.exec(select(ReportDraft)).all() == []
    assert len(unneeded(session)) == 1


def test_what_nobody_wrote_words_for_is_forgotten(session: Session, people: People):
    ticket = tell(session)
    attached_files.stage(session, people.amina, ticket.number, "notes", [stored()])
    clock.set_to(clock.now() + timedelta(days=15))
    retention.delete_old_rows(session, clock.now())
    assert len(unneeded(session)) == 1


def test_only_so_many_go_together_and_stand_on_one_ticket(
    session: Session, people: People, monkeypatch: pytest.MonkeyPatch
):
    ticket = tell(session)
    attached_files.stage(session, people.amina, ticket.number, "replies", [stored()] * 2)
    with pytest.raises(Invalid, match="up to 3"):
        attached_files.stage(session, people.amina, ticket.number, "replies", [stored()] * 2)
    monkeypatch.setattr(limits, "MOST_OF_A_TICKET", 2)
    answer(session, ticket, stored(), stored())
    with pytest.raises(Invalid, match="in words"):
        answer(session, ticket)
    with pytest.raises(Invalid, match="in words"):
        attached_files.stage(session, people.amina, ticket.number, "notes", [stored()])


def test_words_of_somebody_else_take_nothing_that_waits(session: Session, people: People):
    ticket = tell(session)
    attached_files.stage(session, people.amina, ticket.number, "notes", [stored()])
    staff.note(session, people.tom, ticket.number, SayInput(body="mine"))
    staff.reply(session, people.amina, ticket.number, SayInput(body="not this one"))
    assert len(attached_files.staged_files(session, people.amina, ticket.number, "notes")) == 1
    staff.note(session, people.amina, ticket.number, SayInput(body="this one"))
    assert attached_files.staged_files(session, people.amina, ticket.number, "notes") == []
    message = session.exec(select(Message).where(Message.has_attachments)).one()
    assert message.body == "this one"
