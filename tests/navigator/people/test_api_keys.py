"""Keys of other systems."""

from datetime import timedelta

import pytest
from sqlmodel import Session, select

from navigator import clock
from navigator.errors import NotFound
from navigator.people import api_keys
from navigator.people.api_keys import ApiKey
from navigator.people.user import Role
from tests.people import People


def test_a_key_acts_in_one_service_with_one_role(session: Session, people: People):
    key = api_keys.create(session, people.north, Role.INTAKE, "Patient record")
    session.flush()
    actor = api_keys.actor_by_key(session, key)
    assert actor
    assert (actor.name, actor.user_id, actor.is_staff) == ("Patient record", None, False)
    assert actor.roles == {people.north: {Role.INTAKE}}
    assert actor.key_id


def test_a_key_is_known_by_its_prefix_and_kept_as_a_hash(session: Session, people: People):
    key = api_keys.create(session, people.north, Role.MANAGER, "Reports")
    assert key.startswith("ndk_")
    assert key not in str(session.exec(select(ApiKey)).one().model_dump())


def test_wrong_expired_and_revoked_look_the_same(session: Session, people: People):
    late = api_keys.create(session, people.north, Role.MANAGER, "Late", clock.now() + timedelta(days=1))
    revoked = api_keys.create(session, people.north, Role.MANAGER, "Revoked")
    session.flush()
    assert api_keys.actor_by_key(session, late)
    api_keys.revoke(session, session.exec(select(ApiKey.id).where(ApiKey.name == "Revoked")).one())
    session.flush()
    clock.set_to(clock.now() + timedelta(days=1))
    assert [api_keys.actor_by_key(session, key) for key in ("", "ndk_", "wrong", late, revoked)] == [None] * 5


def test_what_is_not_there_cannot_be_revoked(session: Session, people: People):
    with pytest.raises(NotFound):
        api_keys.revoke(session, 4711)
