"""security.txt: whom to tell of a weakness, only while that is known to be right."""

from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from navigator import go_live_check
from navigator.settings import settings
from web.app import app

ADDRESS = "/.well-known/security.txt"


def set_to(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(f"NAVIGATOR_{name.upper()}", value)
    settings.cache_clear()


def is_found() -> bool:
    (finding,) = [one for one in go_live_check._check_installation(settings()) if "security.txt" in one.text]
    return finding.ok


def test_there_is_none_until_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TestClient(app).get(ADDRESS).status_code == 404
    set_to(monkeypatch, security_contact="mailto:security@example.org")
    assert TestClient(app).get(ADDRESS).status_code == 404
    assert not is_found()


@pytest.mark.parametrize(
    ("until", "is_there", "is_enough"),
    [
        ("2027-01-31", True, True),
        ("2026-06-20", True, False),
        ("2026-06-09", True, False),
        ("2026-06-08", False, False),
    ],
)
def test_it_is_there_until_its_day_is_over(
    monkeypatch: pytest.MonkeyPatch, until: str, is_there: bool, is_enough: bool
) -> None:
    set_to(monkeypatch, security_contact="mailto:security@example.org", security_contact_until=until)
    assert TestClient(app).get(ADDRESS).status_code == (200 if is_there else 404)
    assert is_found() is is_enough


def test_it_is_as_rfc_9116_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to(
        monkeypatch,
        security_contact="mailto:security@example.org",
        security_contact_until="2026-12-31",
        base_url="https://desk.example.org/",
    )
    answer = TestClient(app).get(ADDRESS)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    lines = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert lines["Contact"] == "mailto:security@example.org"
    assert datetime.fromisoformat(lines["Expires"]) == datetime(2027, 1, 1, tzinfo=UTC)
    assert lines["Canonical"] == "https://desk.example.org/.well-known/security.txt"


def test_a_contact_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    set_to(monkeypatch, security_contact="ring the bell")
    with pytest.raises(ValueError, match="security_contact"):
        settings()
