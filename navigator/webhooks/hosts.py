"""The hosts to which webhooks may go: any named host of the internet, or those alone that a setting names."""

from urllib.parse import urlsplit

from navigator.catalogue.device_needs import is_public_host
from navigator.outgoing import check_url, is_test_of_own
from navigator.settings import settings

NOT_NAMED = "This host is not among those to which this desk may send (NAVIGATOR_WEBHOOK_HOSTS)."


def allowed_hosts() -> frozenset[str]:
    """The hosts that whoever runs the desk named; empty where they named none."""
    return frozenset(settings().webhook_hosts.lower().replace(",", " ").split())


def may_be_private(url: str) -> bool:
    """Whether an address may lie in a private network: because whoever runs the desk named its host."""
    return _host(url) in allowed_hosts()


def check_address(url: str) -> str:
    """An address to which may be sent, as it was typed; ValueError says to a person why not."""
    check_url(url)
    if refused := refusal_of(url):
        raise ValueError(refused)
    return url


def refusal_of(url: str) -> str:
    """Why nothing may be sent to an address now; empty if it may."""
    host, allowed = _host(url), allowed_hosts()
    if allowed:
        return "" if host in allowed else NOT_NAMED
    if is_public_host(host) or is_test_of_own(host):
        return ""
    return "Write the name of a host on the internet, like hooks.example.nhs.uk."


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()
