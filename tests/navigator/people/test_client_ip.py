"""Where a caller comes from, when some of what is said of it may be made up."""

import pytest

from navigator.people.client_ip import client_ip
from navigator.settings import settings


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, [], "192.0.2.9"),
        (0, ["198.51.100.1"], "192.0.2.9"),
        (1, [], "192.0.2.9"),
        (1, ["198.51.100.1"], "198.51.100.1"),
        (1, ["made.up, 198.51.100.1"], "198.51.100.1"),
        (1, ["made.up", "198.51.100.1"], "198.51.100.1"),
        (2, ["made.up, 198.51.100.1, 203.0.113.1"], "198.51.100.1"),
        (2, ["198.51.100.1"], "198.51.100.1"),
        (1, [" , ,"], "192.0.2.9"),
        (1, ["2001:db8:1:2:3::4"], "2001:db8:1:2::/64"),
        (1, ["::ffff:198.51.100.1"], "198.51.100.1"),
        (1, ["unknown"], "unknown"),
    ],
)
def test_only_as_many_proxies_are_believed_as_are_trusted(monkeypatch, proxies, forwarded, counted):
    """T20 of the peers."""
    monkeypatch.setenv("NAVIGATOR_PROXIES", str(proxies))
    settings.cache_clear()
    assert client_ip("192.0.2.9", forwarded) == counted
