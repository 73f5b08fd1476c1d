"""Rights: what a role may do in one area of the desk; a service composes roles of its own from them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from navigator.people.user import Role


class Area(StrEnum):
    """A part of the desk in which rights count; what lies in none is for the five whole roles alone.

    To hold tickets, and to administer, is in no composed role: `HOLDING` is given to nobody by a right.
    """

    TICKETS = "tickets"
    HOLDING = "holding"
    REMOVING = "removing"
    JOINING = "joining"
    BULK = "bulk"
    REPORTING = "reporting"
    REVIEWS = "reviews"
    PROBLEMS = "problems"
    CARDS = "cards"
    TRAINING = "training"
    INSIGHT = "insight"


Right = str
"""An area and a role, such as "training:navigator": in training, what a navigator may do there."""

RIGHTS: Mapping[Right, str] = MappingProxyType(
    {
        "tickets:pwp": "Tickets: see their own and those of their patients",
        "tickets:clinician": "Tickets: see and answer those that a clinician must read",
        "tickets:manager": "Tickets: see all, write notes, assign",
        "tickets:navigator": "Tickets: see all and who reported them, sort, answer, put right",
        "removing:navigator": "Tickets: remove words and files for good",
        "joining:navigator": "Tickets: merge and split",
        "bulk:manager": "Many tickets at once: what a manager may do",
        "bulk:navigator": "Many tickets at once: what a navigator may do",
        "reporting:pwp": "Tell a problem, for themselves or a patient",
        "reporting:navigator": "Tell a problem for anybody who calls",
        "reviews:manager": "Clinical reviews: see that there are some",
        "reviews:clinician": "Clinical reviews: read them and write the outcome",
        "problems:manager": "Known problems and suppliers: write and send to suppliers",
        "problems:navigator": "Known problems and suppliers: tell reporters, too",
        "cards:pwp": "Support cards: make their own",
        "cards:manager": "Support cards: see how many, and who never got in",
        "cards:navigator": "Support cards: make and find all, and put in suppliers’ lists",
        "training:pwp": "Training: ask for it and take part",
        "training:manager": "Training: see all of it",
        "training:navigator": "Training: answer, plan and lead it",
        "insight:navigator": "How well the desk sorts",
        "insight:manager": "Decisions: the managers’ figures and their files",
    }
)
"""Every right in words, by area: each is one that one of the five roles holds."""

NEEDS: Mapping[Right, Right] = MappingProxyType(
    {
        "removing:navigator": "tickets:navigator",
        "joining:navigator": "tickets:navigator",
        "bulk:navigator": "tickets:navigator",
        "bulk:manager": "tickets:manager",
    }
)
"""A right that goes on from another, which must be given with it."""


def roles_by_area(rights: Iterable[Right]) -> Mapping[Area, frozenset[Role]]:
    """The role that each right stands for, by its area; what is no right any more counts for nothing."""
    found: dict[Area, frozenset[Role]] = {}
    for right in set(rights) & RIGHTS.keys():
        area, _, role = right.partition(":")
        found[Area(area)] = found.get(Area(area), frozenset()) | {Role(role)}
    return found
