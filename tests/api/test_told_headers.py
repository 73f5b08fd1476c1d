"""What headers tell of rate limits and of former names."""

import re
from email.utils import parsedate_to_datetime
from typing import Any

import pytest
from sqlmodel import select

from api.deprecations import REPORT_TEXT
from navigator.people.rate_limit import Limit
from navigator.tickets.reports import limits
from navigator.tickets.ticket import Message

TOLD = {"service": "north", "body": "The code never comes."}
LIMIT = re.compile(r'"reports";r=(\d+);t=(\d+)')


def told(headers: Any) -> tuple[str, ...]:
    """How often more, and in how many seconds the count begins anew."""
    match = LIMIT.fullmatch(headers["ratelimit"])
    assert match is not None
    return match.groups()


def test_a_caller_without_a_key_is_told_how_often_they_may_report(anybody, people):
    first, second = (anybody.post("/reports", json=TOLD).headers for _ in range(2))
    assert first["ratelimit-policy"] == '"reports";q=30;w=3600'
    for headers, expected in ((first, "29"), (second, "28")):
        remaining, seconds = told(headers)
        assert remaining == expected
        assert 0 < int(seconds) <= 3600


def test_whoever_is_refused_is_told_when_the_count_begins_anew(anybody, people, monkeypatch):
    monkeypatch.setattr(limits, "PER_ADDRESS", Limit(0, limits.PER_ADDRESS.per))
    refused = anybody.post("/reports", json=TOLD)
    assert refused.status_code == 429
    remaining, seconds = told(refused.headers)
    assert (remaining, refused.headers["retry-after"]) == ("0", seconds)


def test_a_key_is_not_counted_and_told_nothing(navigator, people):
    assert "ratelimit" not in navigator.post("/reports", json=TOLD).headers


@pytest.mark.parametrize("caller", ["anybody", "navigator"])
def test_the_former_name_is_taken_and_its_answer_says_so(request, session, people, caller):
    former = {"service": "north", "text": "The code never comes."}
    answer = request.getfixturevalue(caller).post("/reports", json=former)
    assert answer.status_code == 201
    assert session.exec(select(Message.body)).all() == [former["text"]]
    since = int(answer.headers["deprecation"].removeprefix("@"))
    assert since == 1795910400
    assert parsedate_to_datetime(answer.headers["sunset"]).date() == REPORT_TEXT.ends_on
    assert 'rel="deprecation"' in answer.headers["link"]


def test_the_name_of_today_is_answered_without(anybody, people):
    assert not {"deprecation", "sunset"} & set(anybody.post("/reports", json=TOLD).headers)


def test_both_names_at_once_are_refused(anybody, people):
    refused = anybody.post("/reports", json=TOLD | {"text": "Something else."})
    assert refused.json()["errors"] == {"body": "Send `body` alone: `text` is its former name."}


def test_one_key_is_of_one_report_by_either_name(anybody, people):
    key = {"Idempotency-Key": "one"}
    first = anybody.post("/reports", json={"service": "north", "text": "It broke"}, headers=key)
    again = anybody.post("/reports", json={"service": "north", "body": "It broke"}, headers=key)
    assert first.json()["number"] == again.json()["number"]
