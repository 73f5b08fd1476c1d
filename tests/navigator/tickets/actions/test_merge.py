"""Merging: one reporter's tickets become one; nothing said is lost, and every link leads on."""

import pytest
from sqlmodel import Session

from navigator.errors import Conflict, Invalid
from navigator.people import private_links
from navigator.people.reporter import Reporter
from navigator.tickets.actions import reply_drafts, reporter
from navigator.tickets.actions.merge import merge
from navigator.tickets.actions.reply_drafts import ReplyDraftInput
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import MergeInput, SayInput
from navigator.tickets.ticket import Ticket
from tests.navigator.tickets.report_factory import tell
from tests.people import People


def said(session: Session, people: People, ticket: Ticket) -> list[str]:
    return [message.body for message in ticket_detail(session, people.amina, ticket.number).messages]


def test_a_into_b_into_c_keeps_everything_and_all_links(session: Session, people: People) -> None:
    a, b, c = (tell(session, text=text) for text in ("first", "second", "third"))
    token = private_links.mint(session, a.number)
    merge(session, people.amina, a.number, MergeInput(into=b.number))
    merge(session, people.amina, b.number, MergeInput(into=c.number))
    actor = reporter.reporter_by_link(session, token)
    assert actor
    assert actor.own_ticket == c.number
    reporter.answer(session, actor, actor.own_ticket, SayInput(body="later"))
    assert said(session, people, c) == ["first", "second", "third", "later"]
    assert (a.status, b.status, c.status) == ("merged", "merged", "new")


def test_different_people_are_never_merged(session: Session, people: People) -> None:
    one = tell(session)
    other = tell(session, contact={"route": "email", "email": "kim@example.org"})
    with pytest.raises(Invalid), session.begin_nested():
        merge(session, people.amina, one.number, MergeInput(into=other.number))
    assert one.status == "new"


def test_two_who_left_no_address_are_not_the_same_person(session: Session, people: People) -> None:
    one, other = (tell(session, contact={"route": "none"}) for _ in range(2))
    with pytest.raises(Invalid):
        merge(session, people.amina, one.number, MergeInput(into=other.number))


@pytest.mark.parametrize(
    "contact",
    [
        ({"route": "text", "phone": "07700 900982"}, {"route": "phone", "phone": "+44 7700 900 982"}),
        ({"route": "email", "email": "Pat@example.org"}, {"route": "email", "email": "pat@EXAMPLE.org"}),
    ],
)
def test_one_address_may_be_written_in_two_ways(
    session: Session, people: People, contact: tuple[dict[str, str], ...]
) -> None:
    one, other = (tell(session, contact=each) for each in contact)
    assert merge(session, people.amina, one.number, MergeInput(into=other.number)) is other


def test_a_number_stored_as_it_was_typed_is_still_the_same_one(session: Session, people: People) -> None:
    one, other = (tell(session, contact={"route": "text", "phone": "07700 900982"}) for _ in range(2))
    session.get_one(Reporter, one.reporter_id).phone = "(07700) 900-982"
    assert merge(session, people.amina, one.number, MergeInput(into=other.number)) is other


def test_a_ticket_is_not_merged_with_itself_nor_into_a_tombstone(session: Session, people: People) -> None:
    a, b, c = tell(session), tell(session), tell(session)
    with pytest.raises(Invalid):
        merge(session, people.amina, a.number, MergeInput(into=a.number))
    merge(session, people.amina, a.number, MergeInput(into=b.number))
    with pytest.raises(Conflict):
        merge(session, people.amina, c.number, MergeInput(into=a.number))


def test_an_open_hand_over_goes_along(session: Session, people: People) -> None:
    grave, plain = tell(session, text="I want to die"), tell(session)
    merge(session, people.amina, grave.number, MergeInput(into=plain.number))
    assert plain.has_open_review
    assert ticket_detail(session, people.cole, plain.number).reviews


def test_the_earlier_session_counts(session: Session, people: People) -> None:
    soon, later = tell(session, next_session="2026-06-11"), tell(session, next_session="2026-06-18")
    merge(session, people.amina, soon.number, MergeInput(into=later.number))
    assert str(later.session_on) == "2026-06-11"


def test_what_somebody_began_to_write_is_where_the_ticket_goes_on(session: Session, people: People) -> None:
    first, second = tell(session).number, tell(session).number
    for number, deed, body in (
        (first, "replies", "Try this"),
        (first, "notes", "From here"),
        (second, "notes", "From there"),
    ):
        what = ReplyDraftInput.model_validate({"address": deed, "body": body})
        reply_drafts.save_draft(session, people.amina, number, what)
    session.flush()
    merge(session, people.amina, first, MergeInput(into=second))
    session.flush()
    found = [reply_drafts.load_draft(session, people.amina, second, deed) for deed in ("replies", "notes")]
    assert found == ["Try this", "From there\n\nFrom here"]
    assert reply_drafts.load_draft(session, people.amina, first, "replies") == ""
