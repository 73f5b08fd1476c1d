"""Exceptions for refusals, with a message for people and the HTTP status of the response."""

from collections.abc import Mapping


class Refused(Exception):
    """The request was refused; nothing was changed."""

    status = 400

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class NotLoggedIn(Refused):
    """Nobody is logged in, or the session has ended."""

    status = 401
    asks_at = "/log-in"
    """The page that asks who is there, and then leads back."""


class Locked(NotLoggedIn):
    """Somebody is logged in, and their pages are locked until they prove that it is they who are there."""

    asks_at = "/unlock"


class NotConfirmed(NotLoggedIn):
    """Somebody is logged in, and must prove who they are again before they change how they log in."""

    asks_at = "/account/confirm"


class Forbidden(Refused):
    """Permission denied: the actor may see the object but may not do this to it."""

    status = 403


class NotFound(Refused):
    """There is no such object, or none that the actor may see."""

    status = 404


class Conflict(Refused):
    """The object is not in a state in which this can be done."""

    status = 409


class Stale(Conflict):
    """Optimistic locking: somebody changed the object since the actor saw it, at the version `seen`."""

    def __init__(self, message: str, seen: int) -> None:
        super().__init__(message)
        self.seen = seen


class Invalid(Refused):
    """Validation failed; `fields` has the messages by field."""

    status = 422


class TooMany(Refused):
    """The rate limit is exceeded; try again later."""

    status = 429


class Unavailable(Refused):
    """The desk cannot store this now, and says so rather than pretend."""

    status = 503
