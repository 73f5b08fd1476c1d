"""The action bar of a ticket: the three likely actions by status and role, every other in the menu (14)."""

from datetime import timedelta

import pytest
from sqlmodel import Session, col, select

from navigator import clock
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.actor import Actor
from navigator.people.user import User
from navigator.tickets.action_rules import ACTION_RULES, Action
from navigator.tickets.actions import staff
from navigator.tickets.actions.clinical_review import request_review_by_staff
from navigator.tickets.detail import ticket_detail
from navigator.tickets.inputs import AssignInput, AttachInput, ResolveInput, ReviewRequestInput
from navigator.tickets.ticket import Resolution, Status, Ticket
from tests.cases import each_case
from tests.navigator.tickets.report_factory import tell
from tests.people import People
from tests.web.conftest import Enter
from web.desk.action_bar import KEYS, action_bar
from web.desk.ticket_actions import ON_CARD, TICKET_ACTIONS
from web.kit.template_filters import done, humanise

# By status: for a navigator who has it, one of whom nobody has it, its practitioner, a manager, a clinician.
LIKELY: dict[str, tuple[str, str, str, str, str]] = {
    "new": (
        "replies resolution notes",
        "claim replies resolution",
        "answers confirmation notes",
        "notes assignment clinical-review",
        "notes clinical-review",
    ),
    "open": (
        "replies resolution notes",
        "claim replies resolution",
        "answers confirmation notes",
        "notes assignment clinical-review",
        "notes clinical-review",
    ),
    "waiting_for_reporter": (
        "replies calls resolution",
        "claim replies calls",
        "answers confirmation notes",
        "notes assignment clinical-review",
        "notes clinical-review",
    ),
    "waiting_for_supplier": (
        "replies snooze resolution",
        "claim replies snooze",
        "answers confirmation notes",
        "notes assignment clinical-review",
        "notes clinical-review",
    ),
    "resolved": (
        "reopening replies closure",
        "reopening replies closure",
        "confirmation reopening answers",
        "notes clinical-review",
        "notes clinical-review",
    ),
    "closed": (
        "reopening replies notes",
        "reopening replies notes",
        "reopening answers notes",
        "notes clinical-review",
        "notes clinical-review",
    ),
    "merged": (
        "clinical-review",
        "clinical-review",
        "answers clinical-review",
        "clinical-review",
        "clinical-review",
    ),
}
ROLES = ("has it", "nobody has it", "practitioner", "manager", "clinician")


@pytest.fixture
def number(session: Session, people: People) -> int:
    number = tell(session).number
    staff.attach(session, people.amina, number, AttachInput(pwp_id=people.priya.user_id or 0))
    staff.assign(session, people.mo, number, AssignInput(assignee_id=people.amina.user_id))
    session.flush()
    return number


def bar_of(session: Session, actor: Actor, number: int) -> tuple[list[str], set[str]]:
    bar = action_bar(actor, ticket_detail(session, actor, number))
    return [each.address for each in bar.likely], {each.address for _, group in bar.more for each in group}


def test_every_status_is_in_the_table():
    assert LIKELY.keys() == {*Status}


@each_case("status", sorted(LIKELY))
def test_what_is_likely_is_a_button_and_all_else_that_is_allowed_in_the_menu(
    session: Session, people: People, number: int, status: str
):
    request_review_by_staff(session, people.amina, number, ReviewRequestInput(reason="look"))
    session.flush()
    ticket = session.get_one(Ticket, number)
    with session.no_autoflush:
        ticket.status = Status(status)
        who = (people.amina, people.tom, people.priya, people.mo, people.cole)
        for role, actor, expected in zip(ROLES, who, LIKELY[status], strict=True):
            ticket.assignee_id = None if role == "nobody has it" else people.amina.user_id
            likely, more = bar_of(session, actor, number)
            allowed = ticket_detail(session, actor, number).allowed
            offered = {
                address
                for address, row in TICKET_ACTIONS.items()
                if row.action in allowed and row.group != ON_CARD
            }
            assert " ".join(likely) == expected, role
            not_offered = offered - {*likely} - more
            assert not_offered <= {"claim"}, "only what means nothing is left out"
            assert not more & {*likely}


def test_what_is_not_sorted_yet_is_sorted_first(session: Session, people: People, number: int):
    session.get_one(Ticket, number).category = None
    session.flush()
    assert bar_of(session, people.amina, number)[0] == ["triage", "replies", "resolution"]


def test_it_is_taken_where_nobody_has_it_or_who_has_it_is_away(
    enter: Enter, session: Session, people: People, number: int
):
    """The page offered “Take it” of what one had; and what a colleague on leave had could not be taken."""
    for actor in (people.amina, people.tom):
        assert "claim" not in bar_of(session, actor, number)[0]
    session.get_one(User, people.amina.user_id).away_from_on = clock.today()
    session.flush()
    assert "claim" not in bar_of(session, people.amina, number)[0]
    tom = enter("tom")
    tom.get(f"/tickets/{number}")
    tom.press("Take it")
    session.expire_all()
    assert session.get_one(Ticket, number).assignee_id == people.tom.user_id
    tom.press("Undo")
    session.expire_all()
    assert session.get_one(Ticket, number).assignee_id == people.amina.user_id


def test_who_comes_back_tomorrow_is_not_away_then(session: Session, people: People, number: int):
    amina = session.get_one(User, people.amina.user_id)
    amina.away_from_on = amina.away_until_on = clock.today()
    session.flush()
    assert "claim" in bar_of(session, people.tom, number)[0]
    clock.set_to(clock.now() + timedelta(days=1))
    assert "claim" not in bar_of(session, people.tom, number)[0]


def resolved_letters(session: Session) -> list[int]:
    query = select(OutboxMessage.recipient_id).where(col(OutboxMessage.template) == "resolved_by_colleague")
    return list(session.exec(query))


def test_to_resolve_anothers_ticket_is_said_and_they_are_told(
    enter: Enter, session: Session, people: People, number: int
):
    tom, amina = enter("tom"), enter("amina")
    amina.get(f"/tickets/{number}/resolution")
    assert "is told that you resolved it" not in amina.text
    tom.get(f"/tickets/{number}/resolution")
    assert "Amina Yusuf has this ticket. Amina Yusuf is told that you resolved it." in tom.text
    tom.press("Send and resolve", resolution="fixed", body="It works.")
    assert resolved_letters(session) == [people.amina.user_id]


def test_an_end_is_called_the_same_wherever_it_is_chosen(enter: Enter, number: int):
    """14: "Fixed" in the dialog was "Resolve: put right" beside Send."""
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    beside = [
        one.text() for one in amina.page.css("[name='does'] option") if one.text().startswith("Resolve: ")
    ]
    amina.get(f"/tickets/{number}/resolution")
    asked = [one.text(strip=True) for one in amina.page.css(".nhsuk-radios__label")]
    amina.get(f"/bulk/new/resolve?tickets={number}")
    assert [one.text(strip=True) for one in amina.page.css(".nhsuk-radios__label")] == asked
    assert [words.removeprefix("Resolve: ").capitalize() for words in beside] == asked
    assert "Put right" in asked


def test_the_end_that_was_chosen_beside_the_words_is_not_asked_again(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Send and resolve", body="It works.", does="explained")
    chosen = [one.attributes["value"] for one in amina.page.css("[name='resolution'][checked]")]
    assert chosen == ["explained"]


@pytest.mark.parametrize("has_it", [True, False])
def test_who_resolves_their_own_or_nobodys_ticket_tells_no_colleague(
    session: Session, people: People, number: int, has_it: bool
):
    if not has_it:
        staff.assign(session, people.mo, number, AssignInput())
    staff.resolve(session, people.amina, number, ResolveInput(resolution=Resolution.FIXED, body="It works."))
    session.flush()
    assert resolved_letters(session) == []


def test_single_keys_stand_on_the_deeds_they_press(enter: Enter, number: int):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    keyed = {
        one.attributes["data-key"]: one.text(strip=True) for one in amina.page.css(".desk-actions [data-key]")
    }
    assert keyed == {"r": "Reply", "e": "Resolve", "n": "Note for staff", "s": "Snooze"}
    assert {*KEYS.values()} == {*keyed, "c"}


def test_what_was_done_is_said_as_a_colleague_says_it():
    unsaid = [action for action in Action if done(action) == humanise(action)]
    assert unsaid == [], "say in `template_filters` what a colleague would say of it"


def test_the_priorities_are_explained_by_the_targets_of_the_service(
    enter: Enter, session: Session, number: int
):
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.get(amina.one(".desk-side a[href$='/priority']").attributes["href"] or "")
    assert "P1: answered within 1 h, put right within 4 h" in amina.text
    assert "P4: answered within 8 h, put right within 40 h" in amina.text


def test_first_and_primary_is_what_is_safe(enter: Enter, session: Session, number: int):
    """Where something is to be looked at first, the button that Enter presses sends nothing."""
    amina = enter("amina")
    amina.get(f"/tickets/{number}")
    amina.press("Send", body="Your password is Sunny-42")
    buttons = amina.page.css("main .nhsuk-button")
    assert buttons[0].text(strip=True) == "Change it"
    primary = [one.text(strip=True) for one in buttons if "secondary" not in (one.attributes["class"] or "")]
    assert primary == ["Change it"]
    amina.get(f"/tickets/{number}/triage")
    amina.press("Save", category="notify.too_many", workaround="Your password is Sunny-42")
    buttons = amina.page.css("main form .nhsuk-button")
    assert [one.text(strip=True) for one in buttons] == ["Save", "Save all the same"]
    amina.press("Save")
    assert "There seems to be a password in it" in amina.text
    assert session.get_one(Ticket, number).category != "notify.too_many"


def test_every_key_is_of_an_action_with_an_address():
    assert {*KEYS} <= {rule.address for rule in ACTION_RULES.values()}


def test_a_practitioner_is_not_told_what_the_desk_promised_itself(
    enter: Enter, session: Session, people: People
):
    number = tell(session, people.priya).number
    priya = enter("priya")
    assert priya.get(f"/tickets/{number}/history").status_code == 200
    assert priya.get(f"/tickets/{number}/priority").status_code == 403
    assert not priya.get(f"/tickets/{number}").text.count("/priority")
