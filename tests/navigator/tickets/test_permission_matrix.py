"""Who may do what, and when: written by hand here, and tried whole. Nothing is imported from the rules."""

import pytest
from sqlmodel import Session

from navigator.errors import Conflict, Forbidden, NotFound
from navigator.people.actor import ANONYMOUS, SYSTEM, Actor, reporter
from navigator.people.api_keys import actor_by_key, create
from navigator.people.user import Role
from navigator.tickets.action_rules import Action
from navigator.tickets.actions.clinical_review import request_review
from navigator.tickets.lifecycle import act, allowed_actions
from navigator.tickets.ticket import Status, Ticket
from navigator.tickets.visibility import find
from tests.cases import each_case
from tests.navigator.tickets.report_factory import tell
from tests.people import People

Cast = dict[str, Actor]

MAY = {
    "reporter": (
        "answer reschedule confirm reopen still_broken withdraw contact end_links book_call move_call "
        "cancel_call"
    ),
    "joined reporter": "answer reopen still_broken contact end_links cancel_call",  # others share the ticket
    "pwp": "answer note reschedule confirm reopen hand_over no_concern give_link",
    "navigator": (
        "triage claim assign reply note call verify attach reschedule wait park resolve reopen close "
        "merge unmerge redact link update hand_over snooze wake split contact end_links give_link no_concern "
        "needs offer take_back move_call cancel_call clear_words join_mail move_mail"
    ),
    "clinician": "note hand_over acknowledge conclude write_to_person no_concern",
    "manager": "assign note attach hand_over no_concern empty",
    "system": (
        "assign reschedule close update hand_over guard overdue warn wake move_call cancel_call empty "
        "join_mail undelivered"
    ),
    "navigator key": (  # a key is nobody who could have a ticket
        "triage assign reply note call verify attach reschedule wait park resolve reopen close "
        "merge unmerge link update hand_over snooze wake split contact end_links no_concern "
        "needs offer move_call cancel_call"
    ),
}
SEES_NOTHING = ("admin", "stranger", "other reporter", "nobody", "intake key")

LIVE = "new open waiting_for_reporter waiting_for_supplier"
KEPT = f"{LIVE} resolved closed"
WHEN = {
    "report": "",
    "triage": LIVE,
    "claim": LIVE,
    "assign": LIVE,
    "reply": KEPT,
    "answer": f"{KEPT} merged",
    "note": KEPT,
    "call": KEPT,
    "book_call": LIVE,
    "move_call": LIVE,
    "cancel_call": f"{KEPT} merged",
    "verify": KEPT,
    "attach": KEPT,
    "reschedule": LIVE,
    "wait": "new open waiting_for_supplier",
    "park": "new open waiting_for_reporter",
    "resolve": LIVE,
    "confirm": f"{LIVE} resolved",
    "reopen": "waiting_for_reporter waiting_for_supplier resolved closed",
    "still_broken": LIVE,
    "close": "resolved",
    "merge": LIVE,
    "unmerge": KEPT,
    "redact": KEPT,
    "clear_words": KEPT,
    "join_mail": KEPT,
    "move_mail": KEPT,
    "link": KEPT,
    "update": KEPT,
    "withdraw": LIVE,
    "hand_over": f"{KEPT} merged",
    "acknowledge": f"{KEPT} merged",
    "conclude": f"{KEPT} merged",
    "write_to_person": KEPT,
    "no_concern": f"{KEPT} merged",
    "guard": LIVE,
    "overdue": LIVE,
    "undelivered": f"{KEPT} merged",
    "warn": "resolved",
    "snooze": LIVE,
    "split": LIVE,
    "wake": LIVE,
    "take_back": KEPT,
    "contact": f"{KEPT} merged",
    "end_links": f"{KEPT} merged",
    "give_link": KEPT,
    "needs": KEPT,
    "offer": KEPT,
    "empty": "closed merged",
}
BECOMES = {
    ("triage", "new"): "open",
    ("claim", "new"): "open",
    ("reply", "new"): "open",
    ("call", "new"): "open",
    ("verify", "new"): "open",
    ("answer", "waiting_for_reporter"): "open",
    ("answer", "resolved"): "open",
    ("answer", "closed"): "open",
    **{("wait", status): "waiting_for_reporter" for status in WHEN["wait"].split()},
    **{("park", status): "waiting_for_supplier" for status in WHEN["park"].split()},
    **{("resolve", status): "resolved" for status in LIVE.split()},
    **{("confirm", status): "closed" for status in WHEN["confirm"].split()},
    **{("reopen", status): "open" for status in WHEN["reopen"].split()},
    **{("merge", status): "merged" for status in LIVE.split()},
    **{("withdraw", status): "closed" for status in LIVE.split()},
    ("still_broken", "waiting_for_reporter"): "open",
    ("still_broken", "waiting_for_supplier"): "open",
    ("close", "resolved"): "closed",
    ("join_mail", "waiting_for_reporter"): "open",
    ("join_mail", "resolved"): "open",
    ("join_mail", "closed"): "open",
}


@pytest.fixture
def handed(session: Session, people: People) -> Ticket:
    """A ticket that every role may see: handed over, with Priya confirmed as its practitioner."""
    ticket = tell(session)
    request_review(session, SYSTEM, ticket, ["tried"])
    ticket.pwp_id, ticket.practitioner_is_confirmed = people.priya.user_id, True
    return ticket


@pytest.fixture
def cast(session: Session, people: People, handed: Ticket) -> Cast:
    """Everybody who could try."""
    return {
        "reporter": reporter(handed.number),
        "joined reporter": reporter(handed.number, is_joined=True),
        "pwp": people.priya,
        "navigator": people.amina,
        "clinician": people.cole,
        "manager": people.mo,
        "system": SYSTEM,
        "admin": people.ada,
        "stranger": people.sam,
        "other reporter": reporter(handed.number + 1),
        "nobody": ANONYMOUS,
        "navigator key": _key(session, people.north, Role.NAVIGATOR),
        "intake key": _key(session, people.north, Role.INTAKE),
    }


def _key(session: Session, service_id: int, role: Role) -> Actor:
    key = create(session, service_id, role, "Another system")
    session.flush()
    actor = actor_by_key(session, key)
    assert actor
    return actor


def test_the_tables_here_name_every_action_and_status() -> None:
    assert set(WHEN) == set(Action)
    assert set(" ".join(WHEN.values()).split()) == set(Status)


@each_case("who", MAY)
@each_case("action", Action)
def test_each_part_may_do_its_own_and_no_more(
    session: Session, handed: Ticket, cast: Cast, who: str, action: Action
) -> None:
    possible = WHEN[action].split()
    handed.status = "open" if "open" in possible else possible[0] if possible else "open"
    session.flush()
    actor = cast[who]
    if action in MAY[who].split():
        assert action in allowed_actions(actor, handed)
        act(session, actor, action, handed.number)
    else:
        assert action not in allowed_actions(actor, handed)
        with pytest.raises(Forbidden):
            act(session, actor, action, handed.number)


@each_case("who", SEES_NOTHING)
@each_case("action", Action)
def test_a_stranger_does_not_even_learn_that_it_exists(
    session: Session, handed: Ticket, cast: Cast, who: str, action: Action
) -> None:
    with pytest.raises(NotFound):
        act(session, cast[who], action, handed.number)


def test_a_practitioner_sees_only_what_was_confirmed(
    session: Session, handed: Ticket, people: People
) -> None:
    assert find(session, people.priya, handed.number) is handed
    handed.practitioner_is_confirmed = False
    session.flush()
    with pytest.raises(NotFound):
        find(session, people.priya, handed.number)


def test_a_clinician_sees_only_what_was_handed_over(session: Session, people: People) -> None:
    with pytest.raises(NotFound):
        find(session, people.cole, tell(session).number)


@each_case("status", Status)
@each_case("action", [action for action in Action if action is not Action.REPORT])
def test_each_action_belongs_to_its_statuses_and_leads_to_one(
    session: Session, handed: Ticket, cast: Cast, action: Action, status: Status
) -> None:
    handed.status = status
    session.flush()
    actor = next(cast[who] for who, actions in MAY.items() if action in actions.split())
    if status in WHEN[action].split():
        act(session, actor, action, handed.number)
        assert handed.status == BECOMES.get((action, status), status)
    else:
        with pytest.raises(Conflict):
            act(session, actor, action, handed.number)
