"""The actor of a request or job: staff, a reporter with a private link, an API key, or the desk itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from navigator.people.rights import Area
from navigator.people.user import Role

_NO_ROLES: Mapping[int, frozenset[Role]] = MappingProxyType({})
_NO_RIGHTS: Mapping[int, Mapping[Area, frozenset[Role]]] = MappingProxyType({})
_NO_DETAILS: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Actor:
    """Who acts, with permissions: `roles` by service id, `ticket_number` for a reporter's private link.

    That link reads what was said on the tickets of `reads`, which are one by now, or on its own alone. Where
    others, who may be somebody else, were merged with it, `is_joined`: the work is not theirs alone.
    `rights` are those of composed roles, by service and area: they count `within` their area alone, where
    `whole_roles` are those that count everywhere.
    `has_confirmed` of a key: what was found in words that it sends was shown, and confirmed.
    `log_in_ends_at` is when somebody must log in again; `uses_single_keys` that pages obey one key of theirs.
    `lock_minutes` is after how many idle minutes their pages are locked; 0 is never.
    `extra_details` is added to the details of each event that they cause: the id of a bulk, for example.
    """

    name: str
    user_id: int | None = None
    key_id: int | None = None
    ticket_number: int | None = None
    reads: frozenset[int] = frozenset()
    is_joined: bool = False
    is_system: bool = False
    has_confirmed: bool = field(default=False, compare=False)
    roles: Mapping[int, frozenset[Role]] = field(default_factory=lambda: _NO_ROLES)
    rights: Mapping[int, Mapping[Area, frozenset[Role]]] = field(
        default_factory=lambda: _NO_RIGHTS, compare=False
    )
    whole_roles: Mapping[int, frozenset[Role]] | None = field(default=None, compare=False)
    extra_details: Mapping[str, Any] = field(default_factory=lambda: _NO_DETAILS)
    log_in_ends_at: datetime | None = field(default=None, compare=False)
    lock_minutes: int = field(default=0, compare=False)
    uses_single_keys: bool = field(default=True, compare=False)

    def __hash__(self) -> int:
        return hash((self.user_id, self.key_id, self.ticket_number, self.is_system))

    @property
    def is_staff(self) -> bool:
        """Whether this is a member of staff who is logged in."""
        return self.user_id is not None

    @property
    def own_ticket(self) -> int:
        """The number of the ticket that a reporter's link is for; 0, which is no ticket's, without one."""
        return self.ticket_number or 0

    def services(self, *roles: Role) -> frozenset[int]:
        """The services in which the actor has any of these roles (any role at all, if none is named)."""
        wanted = frozenset(roles or Role)
        return frozenset(service for service, own in self.roles.items() if own & wanted)

    def within(self, area: Area | None) -> "Actor":
        """The actor as they act in one area: with the roles that composed roles of theirs stand for there."""
        if not self.rights:
            return self
        whole = self.roles if self.whole_roles is None else self.whole_roles
        roles = dict(whole)
        for service, by_area in self.rights.items():
            own = by_area.get(area, frozenset()) if area else frozenset()
            roles[service] = whole.get(service, frozenset()) | own
        return replace(self, roles=MappingProxyType(roles), whole_roles=whole)

    def has(self, *roles: Role) -> bool:
        """Whether the actor has any of these roles anywhere."""
        return bool(self.services(*roles))


SYSTEM = Actor(name="Navigator Desk", is_system=True)
ANONYMOUS = Actor(name="Reporter")


def reporter(ticket_number: int, reads: frozenset[int] = frozenset(), is_joined: bool = False) -> Actor:
    """The reporter of one ticket, authenticated by a private link."""
    return Actor(name="Reporter", ticket_number=ticket_number, reads=reads, is_joined=is_joined)
