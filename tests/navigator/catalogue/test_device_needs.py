"""What a supplier asks of a phone: browsers and hosts as they are written, and what browsers say."""

import pytest
from pydantic import ValidationError

from navigator.administration.device_schemas import DeviceNeedsSetting
from navigator.catalogue.browsers import browser_of, parse_browser
from navigator.catalogue.device_needs import is_public_host

MOBILE = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("said", "browser"),
    [
        (MOBILE + "Chrome/119.0.0.0 Mobile Safari/537.36", "Chrome 119"),
        (MOBILE + "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36", "Samsung Internet 23"),
        (MOBILE + "Chrome/119.0.0.0 Mobile Safari/537.36 EdgA/119.0.2151.58", "Edge 119"),
        (MOBILE + "Chrome/119.0.0.0 Mobile Safari/537.36 OPR/76.2.4027", "Opera 76.2"),
        ("Mozilla/5.0 (Android 13; Mobile; rv:109.0) Gecko/119.0 Firefox/119.0", "Firefox 119"),
        (IPHONE + "Version/16.6 Mobile/15E148 Safari/604.1", "Safari 16.6"),
        (IPHONE + "CriOS/119.0.6045.109 Mobile/15E148 Safari/604.1", "Chrome 119"),
        (IPHONE + "FxiOS/119.0 Mobile/15E148 Safari/605.1.15", "Firefox 119"),
        (MAC + "Version/15.4 Safari/605.1.15", "Safari 15.4"),
        (MOBILE + "Version/4.0 Chrome/119.0.0.0 Mobile Safari/537.36; wv)", "None"),
        (IPHONE + "Mobile/15E148 [FBAN/FBIOS;FBAV/440.0]", "None"),
        ("curl/8.4.0", "None"),
        ("", "None"),
        ("Chrome/" + "9" * 5000, "Chrome 9999"),
    ],
)
def test_a_browser_is_known_by_what_it_says(said: str, browser: str):
    assert str(browser_of(said)) == browser


def test_versions_are_compared_as_numbers():
    versions = [parse_browser(line) for line in ("Safari 9.1", "safari  15", "Safari 15.4", "Safari 100")]
    assert versions == sorted(versions, key=lambda one: (one.major, one.minor) if one else (0, 0))
    assert parse_browser("Netscape 4") is parse_browser("Chrome") is parse_browser("Chrome 109 or so") is None


@pytest.mark.parametrize("host", ["media.fern.example", "fern-health.co.uk", "xn--bcher-kva.example"])
def test_hosts_that_may_be_asked(host: str):
    assert is_public_host(host)


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "printer.local", "a.localhost", "desk.internal", "nas.lan", "x.home.arpa", "127.0.0.1",
        "10.0.0.8", "192.168.1.1", "169.254.169.254", "0x7f.0.0.1", "2130706433", "[::1]", "::1", "fern",
        "fern.example:8443", "fern.example/x", "*.fern.example", "https://fern.example", "a b.example",
        "fern.example;", "fern.example script-src", "user@fern.example", "-a.example", "fern..example",
        "fern.example.", "1.2.3.4.5", "bücher.example", "x" * 64 + ".example", "a." * 130 + "example",
        "fern.example\n",
    ],
)  # fmt: skip
def test_odd_hosts_and_private_ones_are_refused(host: str):
    assert not is_public_host(host)


def setting(**otherwise: object) -> DeviceNeedsSetting:
    return DeviceNeedsSetting.model_validate({"owner": "Ada", "review_on": "2027-01-01"} | otherwise)


@pytest.mark.parametrize(
    ("otherwise", "why"),
    [
        ({"browsers": "Netscape 4"}, "Write it like Safari 15.4"),
        ({"browsers": "Chrome 109\nchrome 110"}, "Write each browser once"),
        ({"hosts": "media.fern.example\nprinter.local"}, "“printer.local” is no name of a host"),
        ({"hosts": "\n".join(f"{n}.fern.example".replace("0", "a") for n in "abcdef")}, "at most 5"),
        ({"clock_minutes": "0"}, "greater than or equal to 1"),
        ({"owner": ""}, "at least 1 item"),
        ({"review_on": None}, "valid date"),
    ],
)
def test_what_cannot_be_meant_is_refused(otherwise: dict[str, object], why: str):
    with pytest.raises(ValidationError, match=why):
        setting(**otherwise)


def test_what_is_typed_is_put_in_order():
    typed = setting(browsers="safari 15.4\nChrome  109.0", hosts="B.fern.example\na.fern.example")
    assert typed.browsers == ["Chrome 109", "Safari 15.4"]
    assert typed.hosts == ["a.fern.example", "b.fern.example"]
    assert typed.clock_minutes is typed.screen_width is typed.connection_kbits is None
