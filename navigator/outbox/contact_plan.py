"""Contact plan: the ways by which a reporter is written to, in their order, and which of them is used now.

The first is what they chose. The other of email and text follows it where they said that it may be used: once
the first does not arrive, until they say anew how to reach them.
"""

from collections.abc import Mapping
from types import MappingProxyType

from navigator.outbox.delivery import CHANNELS, works
from navigator.outbox.outbox_message import OutboxMessage
from navigator.people.private_links import address_hash
from navigator.people.reporter import ContactMethod, Reporter
from navigator.phone_numbers import can_get_texts, e164

_OTHER: Mapping[ContactMethod, ContactMethod] = MappingProxyType(
    {ContactMethod.EMAIL: ContactMethod.TEXT, ContactMethod.TEXT: ContactMethod.EMAIL}
)
NEXT_WAY = "next way {}"
"""The dedupe key of a letter that goes again, by the next way, because another one did not arrive."""


def ways_of(reporter: Reporter) -> tuple[ContactMethod, ...]:
    """The ways by which a reporter may be written to, in order; none if they want, or must have, none."""
    first = ContactMethod(reporter.contact_method or ContactMethod.NONE)
    if first not in _OTHER or not reporter.is_written_to:
        return ()
    others = (_OTHER[first],) if _takes_other(reporter, _OTHER[first]) else ()
    return tuple(way for way in (first, *others) if address_by(reporter, way))


def _takes_other(reporter: Reporter, other: ContactMethod) -> bool:
    is_use = other is ContactMethod.EMAIL or can_get_texts(reporter.phone)
    return reporter.other_is_safe and is_use and works(other)


def address_by(reporter: Reporter, way: ContactMethod) -> str:
    """Their email address, or their number for texts; empty where there is none, or texts were stopped."""
    if way is ContactMethod.EMAIL:
        return reporter.email
    return e164(reporter.phone) if reporter.phone and reporter.texts_stopped_at is None else ""


def way_now(reporter: Reporter) -> ContactMethod | None:
    """The way by which a reporter is written to now; None if by none."""
    ways = ways_of(reporter)
    if not ways:
        return None
    return ways[-1] if reporter.other_way_since_at else ways[0]


def next_way(reporter: Reporter, letter: OutboxMessage) -> ContactMethod | None:
    """By which way a letter that did not arrive goes again; None where the plan is at its end.

    What went to an address that is theirs no more goes to where they are reached now.
    """
    ways = ways_of(reporter)
    if letter.sent_to_hash:
        failed = [way for way in ways if address_hash(address_by(reporter, way)) == letter.sent_to_hash]
    else:
        failed = [way for way in ways if CHANNELS[way] == letter.channel]
    if not failed:
        return way_now(reporter)
    return next(iter(ways[ways.index(failed[0]) + 1 :]), None)
