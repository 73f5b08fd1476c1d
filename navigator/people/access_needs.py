"""Access needs: what stands between somebody and their programme, and what each means for the desk.

One table says it all: a need that blocks calls or wants large print is a row, and no branch anywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, NamedTuple

from pydantic import AfterValidator, Field

from navigator.languages import N_


class Barrier(StrEnum):
    """What somebody is left out by: the groups that managers see."""

    DEVICE = "device"
    LANGUAGE = "language"
    ACCESS = "access"
    CONFIDENCE = "confidence"
    CONTACT = "contact"


class AccessNeed(NamedTuple):
    """A need: its name for staff, the barrier that it counts as, and what it means for the desk.

    `asked` are the words by which patients tick it; empty is for staff alone, or learned by the desk.
    """

    label: str
    barrier: Barrier
    asked: str = ""
    blocks_calls: bool = False
    wants_large_print: bool = False
    advice: str = ""


NO_CALLS, OLD_DEVICE, WEAK_CONNECTION = "no_phone", "old_device", "weak_connection"

NEEDS: Mapping[str, AccessNeed] = MappingProxyType(
    {
        NO_CALLS: AccessNeed(
            "No phone calls",
            Barrier.CONTACT,
            N_("Please do not phone me"),
            blocks_calls=True,
            advice="Do not phone them. Write to them, or ask their practitioner.",
        ),
        "large_print": AccessNeed(
            "Large print",
            Barrier.ACCESS,
            N_("Large print"),
            wants_large_print=True,
            advice="Our emails, their page and their card are in large print. Print all else large, too.",
        ),
        "interpreter": AccessNeed(
            "An interpreter",
            Barrier.LANGUAGE,
            N_("An interpreter"),
            advice="Book an interpreter before you speak with them.",
        ),
        "low_confidence": AccessNeed(
            "New to technology",
            Barrier.CONFIDENCE,
            N_("One step at a time: I am new to this"),
            advice="One step at a time. Offer help to learn, if your service has it.",
        ),
        "no_device": AccessNeed(
            "No phone or computer of their own",
            Barrier.DEVICE,
            advice="Offer a device to borrow or the programme on paper, if your service has it.",
        ),
        "no_data": AccessNeed(
            "No internet or too little data",
            Barrier.DEVICE,
            advice="Offer a SIM with data, if your service has it.",
        ),
        OLD_DEVICE: AccessNeed(
            "Their phone or computer is not enough for the programme",
            Barrier.DEVICE,
            advice="See what its check found. Offer another device, if your service has it.",
        ),
        WEAK_CONNECTION: AccessNeed(
            "Their connection is too slow for the programme",
            Barrier.DEVICE,
            advice="Offer a SIM with data, if your service has it.",
        ),
    }
)  # fmt: skip


def _known(code: str) -> str:
    if code not in NEEDS:
        raise ValueError("Choose from the list")
    return code


def in_order(codes: Collection[str]) -> list[str]:
    """Needs by their codes, each once, in the order of the table."""
    return [code for code in NEEDS if code in codes]


AccessNeeds = Annotated[
    list[Annotated[str, Field(max_length=20), AfterValidator(_known)]],
    Field(max_length=len(NEEDS)),
    AfterValidator(in_order),
]
"""Needs by their codes, each once, in the order of the table."""


def needs_of(codes: Collection[str]) -> Sequence[AccessNeed]:
    """The needs of these codes; what is no need any more is left out."""
    return [need for code, need in NEEDS.items() if code in codes]


def not_asked(codes: Collection[str]) -> list[str]:
    """Those of them that patients are not asked: staff set them, or the desk learned them."""
    return [code for code in codes if code in NEEDS and not NEEDS[code].asked]


def of_barrier(barrier: Barrier) -> tuple[str, ...]:
    """The codes of the needs that count as a barrier."""
    return tuple(code for code, need in NEEDS.items() if need.barrier is barrier)


def blocks_calls(codes: Collection[str]) -> bool:
    """Whether somebody with these needs is not to be phoned."""
    return any(need.blocks_calls for need in needs_of(codes))


def joined_needs(told: Collection[str], known: Collection[str], *, wants_call: bool) -> list[str]:
    """What somebody tells with what is known of them: all of it, but “no calls” where they ask for one."""
    return in_order([*told, *(without_no_calls(known) if wants_call else known)])


def without_no_calls(codes: Collection[str]) -> list[str]:
    """The needs of somebody who now wants a call: the newest word counts."""
    return [code for code in codes if code in NEEDS and not NEEDS[code].blocks_calls]
