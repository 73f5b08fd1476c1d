"""Where a caller comes from: an internet address, behind as many proxies as the settings trust."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from navigator.settings import settings


def client_ip(peer: str, forwarded: Sequence[str]) -> str:
    """The address to count a caller by, from who connected and the values of X-Forwarded-For.

    Only what a trusted proxy wrote is believed; of IPv6 the network counts, because one household has
    more addresses than could ever be counted.
    """
    named = [one.strip() for one in ",".join(forwarded).split(",") if one.strip()]
    passed_on = [*named, peer]
    host = passed_on[-1 - min(settings().proxies, len(named))]
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
