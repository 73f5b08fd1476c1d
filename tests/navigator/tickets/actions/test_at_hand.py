"""What is at hand on a ticket is asked at once, and is what each of its parts says when it is asked alone."""

from sqlmodel import Session

from navigator.people.actor import ANONYMOUS, Actor
from navigator.tickets import presence
from navigator.tickets.actions import reply_drafts, staff
from navigator.tickets.actions.at_hand import AtHand, at_hand
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.inputs import SayInput
from navigator.tickets.notices import notices_on, watch
from navigator.tickets.reads import mark_read
from navigator.tickets.report_input import ReportInput
from navigator.tickets.ticket import Ticket
from tests.people import People


def hand(session: Session, actor: Actor, number: int, address: str = "replies") -> AtHand:
    found = at_hand(session, actor, session.get_one(Ticket, number), address)
    assert found.told == notices_on(session, actor, session.get_one(Ticket, number))
    assert found.others == presence.others_present(session, actor, number)
    return found


def test_it_is_each_ones_own(session: Session, people: People):
    number, other = (
        staff.report(session, ANONYMOUS, ReportInput(service="north", text="it is slow")).ticket.number
        for _ in range(2)
    )
    for actor, address, body in ((people.amina, "replies", "I think"), (people.mo, "notes", "Only us")):
        reply_drafts.save_draft(session, actor, number, ReplyDraftInput(address=address, body=body))
    for actor in (people.amina, people.tom, people.mo):
        presence.mark_present(session, actor, number)
    watch(session, people.amina, number, is_mailed=True)
    watch(session, people.tom, number, is_mailed=False)
    staff.note(session, people.mo, number, SayInput(body="Please look, @Amina Yusuf and @Tom Baker"))
    mark_read(session, people.tom, number)
    session.flush()

    amina, tom = (hand(session, actor, number) for actor in (people.amina, people.tom))
    assert amina.draft == {"body": "I think", "staged": ""}
    assert amina.others == ["Mo Ali is writing", "Tom Baker is reading"]
    assert [notice.kind for notice in amina.told.unread] == ["mentioned"]
    assert (amina.told.is_mailed, amina.told.read_at) == (True, None)
    assert tom.draft == {"body": "", "staged": ""}
    assert tom.others == ["Amina Yusuf is writing", "Mo Ali is writing"]
    assert tom.told.is_mailed is False
    assert tom.told.read_at is not None
    assert hand(session, people.amina, number, "notes").draft["body"] == ""
    assert hand(session, people.amina, other)[1:] == ([], ([], None, None))
