"""Enums of the catalogue: fixability, kind of report, cue, and whether it blocks a session."""

from enum import StrEnum


class Fixability(StrEnum):
    """Who can put it right; `protocol` is meant to be as it is, `divert` is not the desk's at all."""

    NAVIGATOR = "navigator"
    SERVICE = "service"
    SUPPLIER = "supplier"
    PROTOCOL = "protocol"
    DIVERT = "divert"
    NONE = "none"


FIXERS = {
    Fixability.NAVIGATOR: "A digital navigator",
    Fixability.SERVICE: "Somebody in the service with more access",
    Fixability.SUPPLIER: "Only the supplier",
    Fixability.PROTOCOL: "Nobody: the treatment is meant to be so",
    Fixability.NONE: "There is nothing to put right",
    Fixability.DIVERT: "It is not for this desk",
}
"""Who can put right what was reported, in words."""


_FIXABLE = {
    Fixability.NAVIGATOR: True,
    Fixability.SERVICE: True,
    Fixability.SUPPLIER: False,
    Fixability.PROTOCOL: False,
}


def fixable(fixability: Fixability) -> bool | None:
    """True when somebody in the service can put it right, False when not, None when there is nothing to."""
    return _FIXABLE.get(fixability)


class Kind(StrEnum):
    """What sort of report it is, in ITIL's words."""

    INCIDENT = "incident"
    REQUEST = "request"
    QUESTION = "question"
    KNOWN_ERROR_CANDIDATE = "known_error_candidate"
    FEEDBACK = "feedback"
    DIVERT = "divert"


class Cue(StrEnum):
    """A fact in a report that moves the fix on to somebody else."""

    TRIED_USUAL_FIX = "tried_usual_fix"
    AFTER_UPDATE = "after_update"
    SEVERAL_PEOPLE = "several_people"
    DATA_WRONG = "data_wrong"


class Blocks(StrEnum):
    """Whether something normally stops the digital part of the next session."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
