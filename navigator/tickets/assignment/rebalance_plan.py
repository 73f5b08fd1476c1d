"""Plan of a workload rebalance: as few moves as possible, from the most to the least loaded navigators."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from navigator.fields import MAX_ID, Id, Input
from navigator.tickets.assignment.rules import Candidate

SLACK = 0.1
"""A load within a tenth of the capacity from the mean counts as even."""
MAX_MOVES = 50
"""Moves at a time: so many that a person can look through the list."""


class MoveInput(Input):
    """A ticket as it was seen, and the navigator to whom it goes."""

    number: Id
    version: int = Field(ge=0, le=MAX_ID)
    to: Id


class RebalanceInput(Input):
    """The moves that somebody confirmed."""

    moves: list[MoveInput] = Field(min_length=1, max_length=MAX_MOVES, title="a ticket")


@dataclass(frozen=True)
class AssignedTicket:
    """An assigned ticket, and those who could take it: nobody, where it should stay."""

    number: int
    user_id: int
    takers: frozenset[int]


@dataclass(frozen=True)
class Move:
    """A ticket that goes from one navigator to another."""

    number: int
    from_user: int
    to_user: int


def plan_moves(team: Sequence[Candidate], assigned: Sequence[AssignedTicket], max_moves: int) -> list[Move]:
    """The moves that give everybody their share, at most so many, the first tickets first.

    Whoever is away neither gives nor takes. Nobody does both, and no ticket moves twice.
    """
    capacities = {
        member.user_id: member.capacity for member in team if member.capacity > 0 and not member.away
    }
    loads = {member.user_id: member.load for member in team if member.user_id in capacities}
    mean = sum(loads.values()) / max(1, sum(capacities.values()))
    remaining, moves = list(assigned), list[Move]()
    while len(moves) < max_moves and (move := _next_move(capacities, loads, mean, remaining)):
        moves.append(move)
        loads[move.from_user] -= 1
        loads[move.to_user] += 1
        remaining = [ticket for ticket in remaining if ticket.number != move.number]
    return moves


def _next_move(
    capacities: dict[int, int], loads: dict[int, int], mean: float, assigned: Sequence[AssignedTicket]
) -> Move | None:
    """The next ticket to move: from who has most to who would then have least."""
    share = {user_id: loads[user_id] / capacities[user_id] for user_id in capacities}
    share_after = {user_id: (loads[user_id] + 1) / capacities[user_id] for user_id in capacities}
    for giver in sorted(
        (user_id for user_id in capacities if share[user_id] > mean),
        key=lambda user_id: (-share[user_id], user_id),
    ):
        for ticket in assigned:
            takers = [
                user_id for user_id in sorted(ticket.takers & capacities.keys()) if share[user_id] < mean
            ]
            taker = min(takers, key=share_after.__getitem__, default=None)
            if ticket.user_id != giver or taker is None:
                continue
            is_uneven = share[giver] > mean + SLACK or share[taker] < mean - SLACK
            if is_uneven and share_after[taker] < share[giver]:
                return Move(ticket.number, giver, taker)
    return None
