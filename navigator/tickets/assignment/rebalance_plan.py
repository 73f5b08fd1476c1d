"""Sharing work out again: as few tickets as possible, from who carries most of what they can to who least."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from navigator.fields import MAX_ID, Id, Input
from navigator.tickets.assignment.rules import Candidate

SLACK = 0.1
"""Whoever is within a tenth of what they can carry from everybody's share has their share."""
MOST_MOVES = 50
"""Tickets that go to others at a time: so many that a person can look through the list."""


class MoveInput(Input):
    """A ticket as it was seen, and the navigator to whom it goes."""

    number: Id
    version: int = Field(ge=0, le=MAX_ID)
    to: Id


class RebalanceInput(Input):
    """The moves that somebody looked at."""

    moves: list[MoveInput] = Field(min_length=1, max_length=MOST_MOVES, title="a ticket")


@dataclass(frozen=True)
class AssignedTicket:
    """A ticket that somebody has, and those who could take it: nobody, where it should stay."""

    number: int
    user_id: int
    takers: frozenset[int]


@dataclass(frozen=True)
class Move:
    """A ticket that goes from one navigator to another."""

    number: int
    from_user: int
    to_user: int


def plan_moves(team: Sequence[Candidate], held: Sequence[AssignedTicket], most: int) -> list[Move]:
    """What to move so that everybody has their share, at most so many tickets, the first held first.

    Whoever is away neither gives nor takes. Nobody does both, and no ticket moves twice.
    """
    here = {one.user_id: one.capacity for one in team if one.capacity > 0 and not one.away}
    loads = {one.user_id: one.load for one in team if one.user_id in here}
    mean = sum(loads.values()) / max(1, sum(here.values()))
    left, found = list(held), list[Move]()
    while len(found) < most and (move := _next(here, loads, mean, left)):
        found.append(move)
        loads[move.from_user] -= 1
        loads[move.to_user] += 1
        left = [one for one in left if one.number != move.number]
    return found


def _next(
    here: dict[int, int], loads: dict[int, int], mean: float, held: Sequence[AssignedTicket]
) -> Move | None:
    """The next ticket to move: from who has most to who would then have least."""
    share = {one: loads[one] / here[one] for one in here}
    then = {one: (loads[one] + 1) / here[one] for one in here}
    for giver in sorted((one for one in here if share[one] > mean), key=lambda one: (-share[one], one)):
        for ticket in held:
            able = [one for one in sorted(ticket.takers & here.keys()) if share[one] < mean]
            taker = min(able, key=then.__getitem__, default=None)
            if ticket.user_id != giver or taker is None:
                continue
            is_uneven = share[giver] > mean + SLACK or share[taker] < mean - SLACK
            if is_uneven and then[taker] < share[giver]:
                return Move(ticket.number, giver, taker)
    return None
