"""A feed is believed by its signature alone: whatever is changed in it, and whoever else signs it."""

import json
from copy import deepcopy
from typing import Any

import pytest
from pydantic import SecretStr
from sqlmodel import Session

from navigator import clock, seal
from navigator.errors import Conflict
from navigator.settings import settings
from navigator.shared_problems import signatures
from navigator.shared_problems.signatures import EXTENSION, is_signed, make_key, sign


def _feed() -> dict[str, Any]:
    return {"title": "Grüße", "items": [{"id": "1", "title": "a"}], EXTENSION: {"made_at": "2026-06-09"}}


def test_a_signed_feed_is_believed_however_it_travels(session: Session) -> None:
    key = make_key(session)
    signed = sign(session, _feed())
    for text in (json.dumps(signed), json.dumps(signed, ensure_ascii=False, indent=3, sort_keys=True)):
        assert is_signed(json.loads(text), key.public_key)


@pytest.mark.parametrize(
    "change",
    [
        lambda feed: feed.update(title="Others"),
        lambda feed: feed["items"][0].update(title="b"),
        lambda feed: feed["items"].clear(),
        lambda feed: feed.update(more="words"),
        lambda feed: feed[EXTENSION].update(made_at="2027-01-01"),
        lambda feed: feed[EXTENSION].update(signatures=[]),
        lambda feed: feed[EXTENSION].update(signatures="none"),
        lambda feed: feed[EXTENSION].update(signatures=[{"key": 1}]),
        lambda feed: feed[EXTENSION]["signatures"][0].update(signature="no base 64"),
        lambda feed: feed.pop(EXTENSION),
        lambda feed: feed.update({EXTENSION: []}),
    ],
)
def test_whatever_is_changed_in_it_is_seen(session: Session, change: Any) -> None:
    key = make_key(session)
    feed = deepcopy(sign(session, _feed()))
    assert is_signed(feed, key.public_key)
    change(feed)
    assert not is_signed(feed, key.public_key)


def test_another_key_is_not_believed(session: Session) -> None:
    other = make_key(session).public_key
    signatures.live_keys(session)[0].ended_at = clock.now()
    own = make_key(session)
    feed = sign(session, _feed())
    assert not is_signed(feed, other)
    feed[EXTENSION]["signatures"][0]["key"] = other  # claimed, and signed by somebody else
    assert not is_signed(feed, other)
    assert not is_signed(feed, own.public_key)


def test_a_key_is_replaced_without_a_gap(session: Session) -> None:
    """Rotation: both sign until the former is ended; the newest cannot be ended, or nothing would sign."""
    former, newest = make_key(session), make_key(session)
    feed = sign(session, _feed())
    assert feed[EXTENSION]["key"] == newest.public_key
    assert is_signed(feed, former.public_key)
    assert is_signed(feed, newest.public_key)
    with pytest.raises(Conflict):
        signatures.end_key(session, newest.id)
    signatures.end_key(session, former.id)
    feed = sign(session, _feed())
    assert is_signed(feed, newest.public_key)
    assert not is_signed(feed, former.public_key)


def test_the_private_key_is_of_no_use_without_the_secret(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make_key(session)
    private = seal.unseal(key.sealed_private_key, signatures.PURPOSE)
    assert private not in key.sealed_private_key
    assert private not in json.dumps(sign(session, _feed()))
    with pytest.raises(seal.SealBroken):
        seal.unseal(key.sealed_private_key, "another purpose")
    monkeypatch.setattr(settings(), "secret", SecretStr("the secret of another installation"))
    with pytest.raises(Conflict, match="Make a new one"):
        sign(session, _feed())
