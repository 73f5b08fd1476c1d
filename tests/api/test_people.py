"""People and keys over the API: an administrator's key looks after its own service, and no other."""

import pytest
from sqlmodel import select

from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.api_keys import ApiKey
from navigator.people.user import Role
from tests.api.conftest import make_ticket

NEW = {"name": "Nia New", "email": "Nia@North.example", "roles": ["navigator"], "languages": ["Welsh"]}
KEY = {"name": "Booking system", "role": "intake", "expires_on": "2027-06-01"}


@pytest.fixture
def admin(with_key):
    """A key of North's administrators."""
    return with_key(Role.ADMIN)


def test_somebody_is_invited_changed_and_sent_away(admin, session, people):
    made = admin.post("/people", json=NEW)
    assert made.status_code == 201, made.text
    nia = made.json()
    assert (nia["email"], nia["has_password"], nia["roles"]) == ("nia@north.example", False, ["navigator"])
    assert nia in admin.get("/people").json()["people"]
    assert [
        one.recipient_id
        for one in session.exec(select(OutboxMessage).where(OutboxMessage.template == "invite"))
    ] == [nia["id"]]
    path = f"/people/{nia['id']}"
    place = admin.post(f"{path}/place", json={"roles": ["pwp", "manager"], "capacity": 3}).json()
    assert (place["roles"], place["capacity"], place["languages"]) == (["manager", "pwp"], 3, [])
    assert admin.post(f"{path}/details", json={"name": "Nia", "email": "n@north.example"}).json() == place | {
        "name": "Nia",
        "email": "n@north.example",
    }
    assert admin.post(f"{path}/departure").status_code == 204
    assert admin.post(f"{path}/departure").status_code == 404


def test_who_leaves_hands_on_their_tickets(admin, navigator, session, people):
    ticket = make_ticket(session)
    navigator.post(f"/tickets/{ticket.number}/assignment", json={"assignee_id": people.tom.user_id})
    admin.post(f"/people/{people.tom.user_id}/departure")
    session.refresh(ticket)
    assert ticket.assignee_id == people.amina.user_id


def test_the_last_administrator_stays(admin, people):
    path = f"/people/{people.ada.user_id}"
    assert admin.post(f"{path}/departure").status_code == 409
    assert admin.post(f"{path}/place", json={"roles": ["pwp"]}).status_code == 409


@pytest.mark.parametrize(("verb", "body"), [("departure", {}), ("place", {"roles": ["pwp"]})])
def test_the_last_clinician_leaves_when_that_is_confirmed(admin, people, verb, body):
    """11.D7."""
    path = f"/people/{people.cole.user_id}/{verb}"
    refused = admin.post(path, json=body)
    assert refused.status_code == 409
    assert "Dr Cole is the last clinician of North" in refused.json()["errors"]["confirm_last"]
    assert admin.post(path, json=body | {"confirm_last": True}).status_code in (200, 204)


def test_people_of_another_service_are_not_there(admin, with_key, people):
    known = {one["id"] for one in admin.get("/people").json()["people"]}
    assert people.ada.user_id in known
    assert not known & {people.sam.user_id, people.sue.user_id}
    for verb, body in (
        ("place", {"roles": ["pwp"]}),
        ("details", {"name": "X", "email": "x@y.example"}),
        ("departure", None),
    ):
        assert admin.post(f"/people/{people.sam.user_id}/{verb}", json=body).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "nia"}, "email"),
        ({"email": ""}, "email"),
        ({"name": " "}, "name"),
        ({"roles": []}, "roles"),
        ({"roles": ["intake"]}, "roles.0"),
        ({"capacity": -1}, "capacity"),
        ({"service_id": 2}, "service_id"),
        ({"more": 1}, "more"),
    ],
)
def test_what_is_wrong_with_an_invitation_is_named(admin, people, wrong, field):
    answer = admin.post("/people", json=NEW | wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_somebody_elses_address_is_refused_by_its_field(admin, people):
    body = {"name": "Tom", "email": "amina@north.example"}
    answer = admin.post(f"/people/{people.tom.user_id}/details", json=body)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["email"])


def test_a_key_is_made_used_and_ended(admin, enter, session, people):
    made = admin.post("/keys", json=KEY)
    assert made.status_code == 201, made.text
    caller = enter(made.json()["key"])
    told = {"service": "north", "body": "I cannot log in."}
    assert caller.post("/reports", json=told).status_code == 201
    first = admin.get("/keys").json()["keys"][0]
    assert (first["name"], first["role"], first["revoked_at"]) == ("Booking system", "intake", None)
    assert made.json()["key"] not in admin.get("/keys").text
    assert admin.post(f"/keys/{first['id']}/revocation").status_code == 204
    assert admin.get("/keys").json()["keys"][-1]["id"] == first["id"]
    assert caller.post("/reports", json=told).status_code == 401


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"role": "admin"}, "role"),
        ({"expires_on": "2026-06-09"}, "expires_on"),
        ({"expires_on": "2029-06-09"}, "expires_on"),
        ({"name": ""}, "name"),
        ({"service_id": 2}, "service_id"),
    ],
)
def test_what_is_wrong_with_a_key_is_named(admin, people, wrong, field):
    answer = admin.post("/keys", json=KEY | wrong)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


def test_keys_of_another_service_are_not_there(admin, with_key, session, people):
    with_key(Role.NAVIGATOR, "south")
    id = session.exec(select(ApiKey.id).where(ApiKey.service_id == people.south)).one()
    assert id not in [one["id"] for one in admin.get("/keys").json()["keys"]]
    assert admin.post(f"/keys/{id}/revocation").status_code == 404


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_only_an_administrators_key_comes_in(with_key, people, role):
    caller = with_key(role)
    assert {caller.get(path).status_code for path in ("/people", "/keys")} == {403}
    assert {caller.post(path, json={}).status_code for path in ("/people", "/keys")} == {403}
