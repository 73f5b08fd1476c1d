"""The client's IP address, behind as many reverse proxies as the settings trust."""

from collections.abc import Sequence
from ipaddress import IPv6Address, ip_address, ip_network

from navigator.settings import settings


def client_ip(peer: str, forwarded: Sequence[str]) -> str:
    """The IP address for rate limits, from the connecting peer and the values of X-Forwarded-For.

    Only what a trusted proxy wrote is believed; of IPv6 the network counts, because one household has
    more addresses than could ever be counted.
    """
    forwarded_ips = [value.strip() for value in ",".join(forwarded).split(",") if value.strip()]
    hops = [*forwarded_ips, peer]
    host = hops[-1 - min(settings().proxies, len(forwarded_ips))]
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
