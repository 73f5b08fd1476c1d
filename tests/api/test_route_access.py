"""Who gets in where: every route has an audience, and every route × role × service is tried."""

from datetime import date
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from sqlmodel import select

from api.app import app as api
from api.deps import Keys
from navigator.people.user import Role
from navigator.request_dependencies import Everybody
from navigator.tickets.inclusion_offer import InclusionSetting
from navigator.tickets.ticket import ClinicalReview
from tests.api.conftest import make_ticket
from tests.cases import each_case

BODIES: dict[str, Any] = {
    "triage": {"category": "notify.too_many"},
    "claim": {},
    "assignment": {"assignee_id": None},
    "replies": {"body": "Hello"},
    "notes": {"body": "Hello"},
    "calls": {"came": "no_answer"},
    "verification": {"by": "Somebody"},
    "needs": {"access_needs": ["large_print"]},
    "offers": {"kind": "sim"},
    "practitioner": {"pwp_id": 0},
    "session": {"next_session": None},
    "contact": {"route": "none", "is_safe": True},
    "links": {},
    "waiting": {"body": "Hello"},
    "parking": {"body": "Hello"},
    "split": {"body": "They also get too many messages."},
    "snooze": {"until": "morning"},
    "waking": {},
    "resolution": {"resolution": "fixed", "body": "Hello"},
    "closure": {},
    "merge": {"into": 0},
    "unmerging": {"merged": 1},
    "problem": {"problem_id": None},
    "hand-over": {"reason": "Please read."},
    "answers": {"body": "Hello"},
    "confirmation": None,
    "reopening": {"body": "Hello"},
    "withdrawal": None,
}

# What a key of each role, or a reporter, may do to a live ticket of its own service. Written by hand, not
# read from the rules: n navigator, c clinician (once it was handed over), m manager, r reporter.
MAY = {
    "triage": "n",
    "claim": "",
    "assignment": "nm",
    "replies": "n",
    "notes": "ncm",
    "calls": "n",
    "verification": "n",
    "needs": "n",
    "offers": "n",
    "practitioner": "nm",
    "session": "nr",
    "contact": "nr",
    "links": "nr",
    "waiting": "n",
    "parking": "n",
    "split": "n",
    "snooze": "n",
    "waking": "n",
    "resolution": "n",
    "closure": "n",
    "merge": "n",
    "unmerging": "n",
    "problem": "n",
    "hand-over": "ncm",
    "answers": "r",
    "confirmation": "r",
    "reopening": "nr",
    "withdrawal": "r",
}
LETTERS = {Role.NAVIGATOR: "n", Role.CLINICIAN: "c", Role.MANAGER: "m"}
OUT_OF_TURN = {
    "closure",
    "reopening",
    "waking",
    "unmerging",
}  # allowed to these, but not to a ticket that is new


def routes():
    return [one for one in iter_route_contexts(api.routes) if isinstance(one.original_route, APIRoute)]


def audiences(route):
    return [one.dependency for one in route.dependencies if isinstance(one.dependency, Everybody | Keys)]


def test_every_route_names_one_audience():
    assert len(routes()) >= 27
    assert {route.path: len(audiences(route)) for route in routes() if len(audiences(route)) != 1} == {}


def test_only_these_are_for_everybody():
    open_to_all = {
        (*route.methods, route.path) for route in routes() if isinstance(audiences(route)[0], Everybody)
    }
    assert open_to_all == {
        ("GET", "/services"),
        ("GET", "/categories"),
        ("GET", "/known"),
        ("GET", "/status"),
        ("POST", "/reports"),
    }


def below(dependant):
    for one in dependant.dependencies:
        yield one
        yield from below(one)


def test_nothing_else_is_served():
    others = [
        one.path for one in iter_route_contexts(api.routes) if not isinstance(one.original_route, APIRoute)
    ]
    assert others == ["/openapi.json"]


def test_get_is_for_reading_and_post_for_changing():
    assert {method for route in routes() for method in route.methods} == {"GET", "POST"}


def test_every_verb_is_tried_here():
    verbs = {
        route.path.rpartition("/")[2]
        for route in routes()
        if route.path.startswith("/tickets/{number}/")
        and "/attachments" not in route.path  # a form of parts: test_attachments
    }
    assert verbs == MAY.keys() == BODIES.keys()


@pytest.fixture
def body(session, people):
    """The body for a verb, with ids that exist."""
    into = make_ticket(session, email="patient@example.org").number
    has: dict[str, Any] = {"usual": ["sim"], "owner": "Mo", "review_on": date(2027, 1, 1)}
    session.add(InclusionSetting(service_id=people.north, **has))
    filled = BODIES | {"practitioner": {"pwp_id": people.priya.user_id}, "merge": {"into": into}}
    return filled.get


@pytest.fixture
def path(session, people, navigator, ticket):
    """A ticket that a clinician may see too."""
    navigator.post(f"/tickets/{ticket.number}/hand-over", json={"reason": "Please read."})
    return f"/tickets/{ticket.number}"


@pytest.fixture
def caller(with_key, anybody, reporter):
    """A caller by who it is: a role, the reporter or nobody."""
    return lambda who: {"reporter": reporter, "nobody": anybody}.get(who) or with_key(who)


@each_case("verb", MAY)
@each_case("role", list(Role))
def test_a_key_does_what_its_role_may_and_no_more(with_key, path, body, role, verb):
    """T10 of the peers."""
    status = with_key(role).post(f"{path}/{verb}", json=body(verb)).status_code
    if LETTERS.get(role, "-") not in MAY[verb]:
        assert status == 403
    else:
        assert status == (409 if verb in OUT_OF_TURN else 200)


@each_case("verb", MAY)
def test_a_reporter_does_what_reporters_may_and_no_more(reporter, path, body, verb):
    status = reporter.post(f"{path}/{verb}", json=body(verb)).status_code
    assert status == (403 if "r" not in MAY[verb] else 409 if verb in OUT_OF_TURN else 200)


@each_case("verb", MAY)
@each_case("role", list(LETTERS))
def test_for_a_key_of_another_service_there_is_no_such_ticket(
    with_key, session, path, ticket, body, role, verb
):
    """T10 of the peers."""
    session.refresh(ticket)
    before = ticket.version
    answer = with_key(role, "south").post(f"{path}/{verb}", json=body(verb))
    assert answer.status_code == (
        404 if LETTERS[role] in MAY[verb] or (verb == "claim" and role == "navigator") else 403
    )
    session.refresh(ticket)
    assert ticket.version == before


@each_case("verb", MAY)
def test_for_a_reporter_there_is_no_ticket_but_theirs(reporter, session, body, verb):
    """T9 of the peers."""
    other = make_ticket(session).number
    assert reporter.post(f"/tickets/{other}/{verb}", json=body(verb)).status_code == (
        404 if "r" in MAY[verb] else 403
    )


@each_case("verb", MAY)
def test_nobody_without_a_key_does_anything(anybody, path, body, verb):
    assert anybody.post(f"{path}/{verb}", json=body(verb)).status_code == 401


@each_case(
    ("where", "may"),
    [
        ("/tickets", "ncm"),
        ("{path}", "ncmr"),
        ("/hand-overs", "cm"),
        ("/hand-overs/{id}/acknowledgement", "c"),
        ("/hand-overs/{id}/outcome", "c"),
    ],
)
@each_case("who", [*Role, "reporter", "nobody"])
def test_lists_tickets_and_hand_overs_open_for_whom_they_are_for(caller, session, path, where, may, who):
    letter = {"reporter": "r", "nobody": "-"}.get(who) or LETTERS.get(who, "-")
    verb = where.rpartition("/")[2]
    signed = {
        "acknowledgement": {"by": "X"},
        "outcome": {"by": "X", "outcome": "Called her.", "done": "contacted"},
    }.get(verb)
    (id,) = hand_over_ids(session)
    filled = where.format(path=path, id=id)
    answer = caller(who).post(filled, json=signed) if signed else caller(who).get(filled)
    assert answer.status_code == (200 if letter in may else 401 if who == "nobody" else 403)


def hand_over_ids(session):
    return session.exec(select(ClinicalReview.id)).all()


@pytest.mark.parametrize("role", list(LETTERS))
def test_another_services_ticket_is_not_shown(with_key, path, role):
    assert with_key(role, "south").get(path).status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role not in LETTERS])
def test_intake_and_the_like_read_nothing(with_key, path, role):
    for where in ("/tickets", path, "/hand-overs"):
        refused = with_key(role).get(where)
        assert refused.status_code == 403
        assert "patient" not in refused.text
