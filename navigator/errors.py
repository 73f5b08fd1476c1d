"""Refusals: what a person may not or cannot do, in the reader's words, with the status a door answers."""

from collections.abc import Mapping


class Refused(Exception):
    """Something was refused; nothing was changed."""

    status = 400

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class NotLoggedIn(Refused):
    """Nobody is logged in, or not any more."""

    status = 401


class Forbidden(Refused):
    """The person may know of the thing but may not do this to it."""

    status = 403


class NotFound(Refused):
    """There is no such thing, or none that this person may know of."""

    status = 404


class Conflict(Refused):
    """The thing is not in a state in which this can be done."""

    status = 409


class Stale(Conflict):
    """Somebody else changed the thing since this person saw it, at the version `seen`."""

    def __init__(self, message: str, seen: int) -> None:
        super().__init__(message)
        self.seen = seen


class Invalid(Refused):
    """What was typed cannot be taken; `fields` says why, by field."""

    status = 422


class TooMany(Refused):
    """Asked too often; try again later."""

    status = 429


class Unavailable(Refused):
    """The desk cannot take this now and says so rather than pretend."""

    status = 503
