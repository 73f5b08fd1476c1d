"""The OpenAPI document leaves nothing unsaid, and what it shows can be sent."""

from datetime import date
from typing import Any

import pytest
from fastapi.routing import APIRoute, iter_route_contexts

from api.app import app as api
from api.deps import Keys
from api.examples import examples
from navigator.mail_in.tables import Mail, MailOriginal
from navigator.people.user import Role
from navigator.tickets.inclusion_offer import InclusionSetting
from tests.api.conftest import make_ticket
from tests.cases import each_case
from tests.navigator.mail_in.mails import letter

DOCUMENT = api.openapi()
OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    one["operationId"]: (method, path, one)
    for path, operations in DOCUMENT["paths"].items()
    for method, one in operations.items()
}
BODIES = sorted(
    name
    for name, (_, _, one) in OPERATIONS.items()
    if "application/json" in one.get("requestBody", {}).get("content", ())  # files have a test of their own
)
OUT_OF_TURN = {
    "claim": 403,
    "close": 409,
    "reopen": 409,
    "unmerge": 409,
    "wake": 409,
    "gather_outage": 409,
    "no_concern": 404,
    "send_to_supplier": 409,
    "decide_rise_is_problem": 404,
    "dismiss_rise": 404,
}
"""To a new ticket these cannot be done: their answer is one that the description promises."""
OUT_OF_TURN |= dict.fromkeys(
    (
        "set_programme",
        "set_device",
        "set_override",
        "set_article",
        "set_category",
        "set_supplier",
        "set_access",
        "set_auditperiod",
        "set_hazard",
        "set_sharing",
        "set_peer",
        "set_provider",
        "set_passwords",
    ),
    403,
)
"""What two services share is not one service's to set."""
OUT_OF_TURN["set_language"] = 422
OUT_OF_TURN["set_loginrule"] = 422  # there is no such provider
"""The mark of its words changes with any of them."""


def schema_of(operation):
    found = operation["requestBody"]["content"]["application/json"]["schema"]
    for one in (found, *found.get("anyOf", ())):
        if "$ref" in one:
            return DOCUMENT["components"]["schemas"][one["$ref"].rpartition("/")[2]]
    raise AssertionError(found)


@each_case("name", OPERATIONS)
def test_every_operation_says_what_it_does_in_a_few_words(name):
    _, _, operation = OPERATIONS[name]
    assert operation["description"].strip()
    assert 3 < len(operation["summary"]) < 100
    assert operation["summary"] != name.replace("_", " ").title()
    assert len(operation["tags"]) == 1


def test_every_tag_is_described_and_used():
    described = {one["name"]: one["description"] for one in DOCUMENT["tags"]}
    assert {one["tags"][0] for _, _, one in OPERATIONS.values()} == described.keys()
    assert all(described.values())


@each_case("name", OPERATIONS)
def test_every_parameter_is_described(name):
    _, _, operation = OPERATIONS[name]
    silent = [
        one["name"]
        for one in operation.get("parameters", ())
        if not (one.get("description") or one["schema"].get("description"))
    ]
    assert silent == []


@each_case("name", BODIES)
def test_every_field_of_a_body_is_described_or_shown(name):
    _, _, operation = OPERATIONS[name]
    shown = operation["requestBody"]["content"]["application/json"].get("example", {})
    fields = schema_of(operation)["properties"]
    assert [one for one in fields if one not in shown and not fields[one].get("description")] == []
    assert shown.keys() <= fields.keys()


@pytest.fixture
def ticket(session, people):
    """A ticket with a programme, so that a problem of it may lie behind it."""
    return make_ticket(session, email="patient@example.org", programme="fern")


@pytest.fixture
def caller(with_key, anybody, reporter):
    """Call it with the name of an operation for somebody whom it is for."""
    routes = [one for one in iter_route_contexts(api.routes) if isinstance(one.original_route, APIRoute)]
    audiences = {route.name: one.dependency for route in routes for one in route.dependencies}

    def find(name):
        who = audiences[name]
        if not isinstance(who, Keys):
            return anybody
        return with_key(who.roles[0]) if who.roles else reporter

    return find


@pytest.fixture
def here(session, people, navigator, ticket):
    """The ids of what there is, in place of those in the examples and paths."""
    has: dict[str, Any] = {"usual": ["sim"], "owner": "Mo", "review_on": date(2027, 1, 1)}
    session.add(InclusionSetting(service_id=people.north, **has))
    problem = navigator.post("/problems", json=examples()["open_problem"]).json()["id"]
    told = navigator.post(f"/tickets/{ticket.number}/hand-over", json={"reason": "Please read."}).json()
    planned = navigator.post("/training/sessions", json=examples()["plan_session"]).json()["id"]
    navigator.post(f"/training/sessions/{planned}/book", json={"email": "priya@north.example"})
    mail = Mail(service_id=people.north, fingerprint="1", size=1, state="unsorted", reason="stranger")
    session.add(mail)
    session.flush()
    session.add(MailOriginal(mail_id=mail.id, content=letter()))
    session.flush()
    session.expire_all()
    return {
        "mail": mail.id,
        "number": ticket.number,
        "into": make_ticket(session, email="patient@example.org").number,
        "assignee_id": people.tom.user_id,
        "pwp_id": people.priya.user_id,
        "problem_id": problem,
        "version": ticket.version,
        "seen": [{"number": ticket.number, "version": ticket.version}],
        "hand-overs": told["id"],
        "problems": problem,
        "people": people.tom.user_id,
        "training": planned,
    }


KEYS = {
    "contact": "north/deputy",
    "reply": "north/hello",
    "rule": "north/all",
    "override": "fern/notify.too_many",
    "language": "north/pl",
    "retention": "north/ticket",
    "watch": "north/fern",
    "access": "desk",
    "auditperiod": "desk",
    "hazard": "1a",
    "webhook": "north/records",
    "sharing": "desk",
    "peer": "leeds",
    "provider": "works",
    "loginrule": "north/navigators",
    "passwords": "desk",
    "role": "north/lead",
}
CODES = {
    "programme": "fern",
    "device": "fern",
    "supplier": "fern",
    "category": "notify.too_many",
    "article": "fewer-messages",
}


def filled(path, here):
    """The path with what there is."""
    _, room, *rest = path.split("/")
    if room == "settings":
        return f"/settings/{rest[0]}/" + (KEYS | CODES).get(rest[0], "north")
    return path.format(number=here["number"], id=here.get(room))


@each_case("name", BODIES)
def test_every_example_can_be_sent(caller, here, name):
    method, path, _ = OPERATIONS[name]
    body = {field: here.get(field, value) for field, value in examples()[name].items()}
    if path.startswith("/problems"):
        body.pop("version", None)  # the one in the example is a ticket's here
    answer = caller(name).request(method, filled(path, here), json=body)
    assert answer.status_code in ({OUT_OF_TURN[name]} if name in OUT_OF_TURN else {200, 201, 204}), (
        answer.text
    )


def test_nothing_is_shown_for_what_is_not_there():
    assert examples().keys() <= OPERATIONS.keys()


def test_the_examples_name_every_role_that_can_be_given():
    offered = set(schema_of(OPERATIONS["make_key"][2])["properties"]["role"]["enum"])
    assert offered == set(Role) - {Role.ADMIN, Role.CLINICIAN, Role.COMPOSED}
