"""The terms of the catalogue: who can fix a thing, what sort it is, what a reporter may tell of it."""

from enum import StrEnum


class Fixability(StrEnum):
    """Who can put it right; `protocol` is meant to be as it is, `divert` is not the desk's at all."""

    NAVIGATOR = "navigator"
    SERVICE = "service"
    SUPPLIER = "supplier"
    PROTOCOL = "protocol"
    DIVERT = "divert"
    NONE = "none"


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
    """What sort of report it is, in the words of service desks."""

    INCIDENT = "incident"
    REQUEST = "request"
    QUESTION = "question"
    KNOWN_ERROR_CANDIDATE = "known_error_candidate"
    FEEDBACK = "feedback"
    DIVERT = "divert"


class Cue(StrEnum):
    """What a reporter may tell that moves the fix on to somebody else."""

    TRIED_USUAL_FIX = "tried_usual_fix"
    AFTER_UPDATE = "after_update"
    SEVERAL_PEOPLE = "several_people"
    DATA_WRONG = "data_wrong"


class Blocks(StrEnum):
    """Whether something normally stops the digital part of the next session."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"
