"""A person is found, copied, corrected and erased by a manager, and that it was done stays without a name."""

import json
import zipfile
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.administration.apply_change import apply_change, kind_of
from navigator.administration.programme_schemas import ReplySetting
from navigator.administration.record_schemas import HazardSetting
from navigator.errors import Conflict, Forbidden, Invalid, NotFound
from navigator.people.actor import SYSTEM
from navigator.people.audit_log import AuditEntry
from navigator.people.card_codes import EXAMPLE
from navigator.people.reporter import Reporter
from navigator.people.user import Role
from navigator.records import holds, in_settings, requests
from navigator.records.copy import BY_CLINICIAN, OF_ANOTHER, OF_SETTING, OTHER_ADDRESS, as_json, as_zip
from navigator.records.data_map import places
from navigator.records.find import columns_of, find_person, find_settings
from navigator.records.holds import HoldInput
from navigator.records.identifiers import read_identifiers
from navigator.records.requests import ChoiceInput, CorrectInput, FindInput, WithholdInput
from navigator.records.retention import REQUEST_RETENTION, forget_requests
from navigator.records.tables import Erasure, RecordRequest
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.inputs import SayInput
from navigator.tickets.ticket import Message, Status, Ticket
from tests.navigator.records.planted import CANARY, EMAIL, NAME, plant
from tests.navigator.tickets.report_factory import tell
from tests.people import People

pytestmark = pytest.mark.both_engines

EMAILED = {"route": "email", "email": "pat@example.org"}


def closed(session: Session, **told: Any) -> Ticket:
    ticket = tell(session, **told)
    row = Ticket.__table__  # type: ignore[attr-defined]
    is_it = row.c.number == ticket.number
    session.connection().execute(
        row.update().where(is_it).values(status=Status.CLOSED, closed_at=clock.now())
    )
    session.expire_all()
    return ticket


def begun(session: Session, people: People, who: str = "pat@example.org") -> RecordRequest:
    return requests.begin(session, people.mo, FindInput(who=who))


def audit(session: Session) -> list[str]:
    return [
        *session.exec(
            select(AuditEntry.title).where(AuditEntry.subject == "record").order_by(col(AuditEntry.id))
        )
    ]


@pytest.mark.parametrize(
    "who",
    ["pat@example.org", "PAT@example.org", "dn-{number}", "07700 900982", "+44 7700 900 982", "{code}"],
)
def test_somebody_is_found_however_it_is_typed(session: Session, people: People, who: str) -> None:
    ticket = closed(session)
    reporter = session.get_one(Reporter, ticket.reporter_id)
    reporter.phone, reporter.support_code = "+447700900982", "OUR-CODE 7"
    session.flush()
    typed = who.format(number=ticket.number, code="OUR-CODE 7")
    found = find_person(session, people.mo, read_identifiers(typed))
    assert [each.ticket.number for each in found.tickets] == [ticket.number]


def test_who_quotes_them_is_found_and_no_other_service(session: Session, people: People) -> None:
    closed(session)
    other = tell(session, contact={"route": "none"}, text="My sister is pat@example.org, 07700900982")
    tell(session, service="south", contact=EMAILED, text="pat@example.org again")
    session.flush()
    found = find_person(session, people.mo, read_identifiers("pat@example.org"))
    assert len(found.tickets) == 1
    mentions = [each for each in found.mentions if each.place.table == "message"]
    assert [each.row["ticket_number"] for each in mentions] == [other.number]
    assert "My sister is" in mentions[0].excerpt


@pytest.mark.parametrize("who", ["DN-{south}", "+447700900982"])
def test_a_ticket_of_another_service_leads_to_none(session: Session, people: People, who: str) -> None:
    """Else whoever types its number, or a phone number given there, would learn whose it is."""
    closed(session)
    south = tell(session, service="south", contact=EMAILED)
    session.get_one(Reporter, south.reporter_id).phone = "+447700900982"
    session.flush()
    found = find_person(session, people.mo, read_identifiers(who.format(south=south.number)))
    assert (found.tickets, found.mentions) == ([], [])


def test_an_address_of_staff_is_no_patients(session: Session, people: People) -> None:
    ticket = closed(session, contact={"route": "email", "email": "amina@north.example"})
    tell(session, contact={"route": "none"}, text="I wrote to amina@north.example")
    session.flush()
    found = find_person(session, people.mo, read_identifiers(f"DN-{ticket.number}"))
    assert [each.place.table for each in found.mentions] == []


def test_each_look_is_written_down_and_never_by_what(session: Session, people: People) -> None:
    ticket = closed(session)
    begun(session, people)
    assert audit(session) == [f"Looked for a person’s records: found DN-{ticket.number:06d}"]


def test_nobody_else_opens_it(session: Session, people: People) -> None:
    request = begun(session, people)
    with pytest.raises(Forbidden):
        requests.own_request(session, people.amina, request.id)
    with pytest.raises(Forbidden):
        requests.begin(session, people.ada, FindInput(who="pat@example.org"))
    with pytest.raises(NotFound):
        requests.own_request(session, people.mo, request.id + 1)


@pytest.mark.parametrize("who", ["x", "a\nb", "-"])
def test_too_little_finds_nothing(session: Session, people: People, who: str) -> None:
    with pytest.raises(Invalid) as refused:
        begun(session, people, who)
    assert "one a line" in refused.value.fields["who"]


def test_an_open_ticket_and_an_open_review_are_not_erased(session: Session, people: People) -> None:
    ticket = tell(session, contact=EMAILED)
    request = begun(session, people)
    with pytest.raises(Conflict, match="is not closed"):
        requests.erase_person(session, people.mo, request.id)
    request_review(session, people.mo, ticket, ["words"])
    row = Ticket.__table__  # type: ignore[attr-defined]
    session.connection().execute(row.update().values(status=Status.CLOSED))
    session.expire_all()
    with pytest.raises(Conflict, match="waits for a clinician"):
        requests.erase_person(session, people.mo, request.id)
    assert session.exec(select(Message.body).order_by(col(Message.id))).first() == "I forgot my password"


def test_whom_a_clinician_must_reach_stays_where_their_ticket_was_merged(
    session: Session, people: People
) -> None:
    merged, target = closed(session), tell(session, contact=EMAILED)
    review = request_review(session, people.mo, target, ["words"])
    review.origin_number = merged.number
    request = begun(session, people)
    requests.choose(session, people.mo, request.id, ChoiceInput(tickets=[merged.number]))
    with pytest.raises(Conflict, match=f"DN-{merged.number:06d} waits for a clinician"):
        requests.erase_person(session, people.mo, request.id)


@pytest.mark.parametrize("why", ["on hold", "waits for a clinician"])
def test_no_word_goes_from_what_is_on_hold_or_waits(session: Session, people: People, why: str) -> None:
    """Neither may somebody else's ticket lose what names them: it is looked at as it was written."""
    closed(session)
    other = tell(session, contact={"route": "none"}, text="I would harm pat@example.org")
    if why == "on hold":
        held: dict[str, Any] = {"reason": "A complaint", "until_on": clock.today()}
        holds.hold(session, people.mo, HoldInput(number=str(other.number), **held))
    else:
        request_review(session, people.mo, other, ["words"])
    session.flush()
    request = begun(session, people)
    keys = [each.key for each in requests.found_of(session, people.mo, request).mentions]
    requests.choose(session, people.mo, request.id, ChoiceInput(tickets=request.tickets, mentions=keys))
    with pytest.raises(Conflict, match=f"A place on DN-{other.number:06d} was chosen: it .*{why}"):
        requests.erase_person(session, people.mo, request.id)


def test_erased_the_request_forgets_them_too(session: Session, people: People) -> None:
    ticket = closed(session)
    request = begun(session, people)
    requests.erase_person(session, people.mo, request.id)
    session.flush()
    assert (request.identifiers, request.mentions, request.status) == ([], [], "erased")
    assert audit(session)[-1] == f"A person was erased: DN-{ticket.number:06d}"
    erasure = session.exec(select(Erasure)).one()
    assert (erasure.tickets, erasure.user_id) == ([ticket.number], people.mo.user_id)
    assert session.exec(select(Message.body)).all() == ["[removed]"]
    assert session.get_one(Reporter, ticket.reporter_id).email == ""
    with pytest.raises(Conflict):
        requests.erase_person(session, people.mo, request.id)


@pytest.mark.parametrize("who", ["07700 900982", "pat@example.org", EXAMPLE])
def test_a_request_that_is_open_elsewhere_finds_nobody_once_they_are_erased(
    session: Session, people: People, who: str
) -> None:
    theirs = closed(session)
    reporter = session.get_one(Reporter, theirs.reporter_id)
    reporter.phone, reporter.support_code = "+447700900982", EXAMPLE
    session.flush()
    closed(session, contact={"route": "none"}, text="Nothing about them")
    first, second = begun(session, people, who), begun(session, people, who)
    requests.erase_person(session, people.mo, first.id)
    session.expire_all()
    found = requests.found_of(session, people.mo, second)
    assert (found.tickets, found.mentions) == ([], [])
    with pytest.raises(Conflict):
        requests.erase_person(session, people.mo, second.id)
    assert sorted(session.exec(select(Message.body))) == ["Nothing about them", "[removed]"]


def test_what_was_not_ticked_stays(session: Session, people: People) -> None:
    first, second = closed(session, text="first"), closed(session, text="second")
    other = tell(session, contact={"route": "none"}, text="Ask pat@example.org")
    session.flush()
    request = begun(session, people)
    requests.choose(session, people.mo, request.id, ChoiceInput(tickets=[first.number]))
    requests.erase_person(session, people.mo, request.id)
    bodies = dict(session.exec(select(Message.ticket_number, Message.body)).all())
    assert bodies == {first.number: "[removed]", second.number: "second", other.number: "Ask pat@example.org"}
    with pytest.raises(Conflict):
        requests.choose(session, people.mo, begun(session, people).id, ChoiceInput(tickets=[other.number]))


def test_a_copy_holds_what_is_kept_and_staff_as_roles(session: Session, people: People) -> None:
    ticket = plant(session, people)
    row = Message.__table__  # type: ignore[attr-defined]
    session.connection().execute(row.update().values(body=f"{CANARY} Amina Yusuf saw jo@other.example"))
    request = begun(session, people, f"{EMAIL}\n{NAME}")
    copy = requests.copy_of(session, request)
    of_person = {f"{place.table}" for place in places().values() if place.of and place.personal}
    held = {piece.key.split()[0] for piece in copy.pieces if NAME in str(piece.fields)}
    assert of_person - held - {"bulkitem", "recordhold", "affectedperson", "bookedcall", "reporter"} == set()
    said = next(piece for piece in copy.pieces if piece.key.startswith("message"))
    assert "Amina" not in str(said.fields)
    assert "[a member of staff]" in str(said.fields)
    assert OTHER_ADDRESS in said.flags
    assert any(BY_CLINICIAN in piece.flags for piece in copy.pieces)
    assert not any("Amina" in str(piece.fields) for piece in copy.pieces)
    assert ticket.number in request.tickets


def test_where_else_they_are_named_is_in_the_copy(session: Session, people: People) -> None:
    closed(session)
    other = tell(session, contact={"route": "none"}, text="A long story. Ask pat@example.org about it")
    session.flush()
    request = begun(session, people)
    mention = next(each for each in requests.found_of(session, people.mo, request).mentions)
    assert mention.row["ticket_number"] == other.number
    choice = ChoiceInput(tickets=request.tickets, mentions=[mention.key])
    requests.choose(session, people.mo, request.id, choice)
    piece = requests.copy_of(session, request).pieces[-1]
    assert (piece.key, piece.flags) == (mention.key, (OF_ANOTHER,))
    assert "Ask pat@example.org about it" in str(piece.fields)


def test_a_copy_goes_ticket_by_ticket_and_what_was_done_is_one_thing(
    session: Session, people: People
) -> None:
    tickets = [closed(session, text=text) for text in ("first", "second")]
    for ticket in (*tickets, *tickets):
        staff.note(session, people.amina, ticket.number, SayInput(body="A note"))
    session.flush()
    copy = requests.copy_of(session, begun(session, people))
    done = [piece for piece in copy.pieces if piece.key.startswith("event ")]
    assert [piece.title[-11:] for piece in done] == [f"(DN-{ticket.number:06d})" for ticket in tickets]
    assert [str(piece.fields).count("action: note") for piece in done] == [2, 2]
    numbers = [title[-7:-1] for piece in copy.pieces if (title := piece.title).endswith(")")]
    assert numbers == sorted(numbers)
    assert as_json(copy).count("action: note") == 4


def test_what_is_withheld_does_not_leave(session: Session, people: People) -> None:
    closed(session, text="The words that stay here")
    request = begun(session, people)
    said = next(p for p in requests.copy_of(session, request).pieces if p.key.startswith("message"))
    with pytest.raises(Invalid):
        requests.withhold(session, people.mo, request.id, WithholdInput(pieces=[said.key]))
    withheld = WithholdInput(pieces=[said.key], reason="It is about somebody else")
    requests.withhold(session, people.mo, request.id, withheld)
    with pytest.raises(Conflict):
        requests.copy_to_fetch(session, people.mo, request.id)
    requests.hand_over(session, people.mo, request.id)
    content = zipfile.ZipFile(
        BytesIO(b"".join(as_zip(requests.copy_to_fetch(session, people.mo, request.id))))
    )
    page, data = content.read("copy.html").decode(), json.loads(content.read("copy.json"))
    assert "The words that stay here" not in page + str(data)
    assert "pat@example.org" in page
    assert data["withheld"] == 1
    assert "left out" in audit(session)[-1]
    with clock.stopped_at(clock.now() + requests.COPY_LASTS), pytest.raises(Conflict):
        requests.copy_to_fetch(session, people.mo, request.id)


def test_a_right_value_stands_beside_the_wrong_one(session: Session, people: People) -> None:
    ticket = closed(session)
    request = begun(session, people)
    right = CorrectInput(number=f"DN-{ticket.number}", wrong="a Nokia", right="a Pixel 6")
    requests.correct(session, people.mo, request.id, right)
    note = session.exec(select(Message).where(Message.action == "note")).one()
    assert "Wrong: a Nokia\nRight: a Pixel 6" in note.body
    assert audit(session)[-1] == f"DN-{ticket.number:06d} was corrected"
    other = closed(session, contact={"route": "none"})
    wrong = CorrectInput(number=str(other.number), wrong="a", right="b")
    with pytest.raises(Invalid):
        requests.correct(session, people.mo, request.id, wrong)


def test_their_words_are_found_by_no_search_any_more(session: Session, people: People) -> None:
    from navigator.tickets.queue.search import search

    ticket = closed(session, text="The umbrella word is lost")
    staff.note(session, people.amina, ticket.number, SayInput(body="I looked for the umbrella word"))
    session.flush()
    assert search(session, people.amina, "umbrella")
    requests.erase_person(session, people.mo, begun(session, people).id)
    assert not search(session, people.amina, "umbrella")


def named_in_a_reply(session: Session) -> None:
    reply = ReplySetting(title="About Pat", body="Write to pat@example.org, or ring.")
    apply_change(session, SYSTEM, kind_of("reply"), ("north", "about-pat"), reply)


def test_an_erasure_is_not_done_while_a_setting_names_them(session: Session, people: People) -> None:
    ticket = closed(session, contact=EMAILED)
    named_in_a_reply(session)
    request = begun(session, people, f"DN-{ticket.number:06}")
    requests.erase_person(session, people.mo, request.id)
    (left,) = in_settings.settings_left(session, request)
    assert in_settings.address_of(session, left) == "/settings/reply/north/about-pat"
    assert "Settings still name a person who was erased: 1" in audit(session)
    forget_requests(session, clock.now())
    assert requests.open_requests(session, people.mo) == [request]
    apply_change(session, SYSTEM, kind_of("reply"), ("north", "about-pat"), None)
    assert in_settings.settings_left(session, request) == []
    forget_requests(session, clock.now())
    assert request.identifiers == []


def test_nothing_of_an_erasure_is_kept_longer_than_a_month(session: Session, people: People) -> None:
    closed(session, contact=EMAILED)
    named_in_a_reply(session)
    request = begun(session, people)
    requests.erase_person(session, people.mo, request.id)
    assert request.identifiers == ["email pat@example.org"]
    forget_requests(session, clock.now() + REQUEST_RETENTION)
    assert request.identifiers == []


def test_without_a_setting_it_is_forgotten_at_once_by_what_they_were_found(
    session: Session, people: People
) -> None:
    closed(session, contact=EMAILED)
    request = begun(session, people)
    requests.erase_person(session, people.mo, request.id)
    assert request.identifiers == []


def test_what_a_setting_says_of_them_is_in_the_copy_and_can_be_left_out(
    session: Session, people: People
) -> None:
    closed(session, contact=EMAILED)
    named_in_a_reply(session)
    request = begun(session, people)
    piece = requests.copy_of(session, request).pieces[-1]
    assert piece.flags == (OF_SETTING,)
    assert "pat@example.org" in piece.fields[0][1]
    requests.withhold(session, people.mo, request.id, WithholdInput(pieces=[piece.key], reason="Not theirs"))
    assert "or ring" not in as_json(requests.copy_of(session, request))


def test_each_setting_is_changed_by_an_administrator_of_what_it_is_of(
    session: Session, people: People
) -> None:
    """Who administers another service, or one of several that share a setting, is shown no way in."""
    named_in_a_reply(session)
    owner = HazardSetting(owner="pat@example.org", review_on=date(2030, 1, 1))
    apply_change(session, SYSTEM, kind_of("hazard"), ("1",), owner)
    found = [*find_settings(session, [people.north], read_identifiers("pat@example.org"))]
    both = {"cannedreply", "hazardowner"}
    assert {each.place.table for each in found} == both
    for services, changed in (
        ([people.south], set()),
        ([people.north], {"cannedreply"}),
        ([people.north, people.south], both),
    ):
        actor = replace(people.mo, roles=dict.fromkeys(services, frozenset({Role.ADMIN})))
        may_change = [each for each in found if in_settings.may_change(session, actor, each)]
        assert {each.place.table for each in may_change} == changed


@pytest.mark.sqlite_is_enough
def test_each_table_of_settings_that_holds_words_has_a_page_to_change_it(session: Session) -> None:
    holding = {p.table for p in places().values() if p.record_class == "setting" and columns_of(p)}
    assert holding - set(in_settings.KEYS) == NOT_TYPED


NOT_TYPED = frozenset({"watchsecret"})
"""What holds sealed words alone."""
