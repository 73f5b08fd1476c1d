"""Enums of a ticket: actions, status, resolution, phone calls, channel, audience, author and role."""

from enum import StrEnum


class Status(StrEnum):
    """Where a ticket stands in its state machine; `merged` is a tombstone that redirects."""

    NEW = "new"
    OPEN = "open"
    WAITING_FOR_REPORTER = "waiting_for_reporter"
    WAITING_FOR_SUPPLIER = "waiting_for_supplier"
    RESOLVED = "resolved"
    CLOSED = "closed"
    MERGED = "merged"


LIVE = frozenset({Status.NEW, Status.OPEN, Status.WAITING_FOR_REPORTER, Status.WAITING_FOR_SUPPLIER})


class Resolution(StrEnum):
    """How a ticket ended."""

    FIXED = "fixed"
    EXPLAINED = "explained"
    WORKAROUND = "workaround"
    PASSED_ON = "passed_on"
    FIXED_ITSELF = "fixed_itself"
    NOT_FIXABLE = "not_fixable"
    WITHDRAWN = "withdrawn"
    NO_ANSWER = "no_answer"


class NextStep(StrEnum):
    """What a ticket goes on with once words were sent, in one with them; days are working days."""

    TOMORROW = "morning"
    SESSION = "session"
    TWO_DAYS = "2_days"
    FIVE_DAYS = "5_days"
    CALL_AGAIN = "call_again"


class CallOutcome(StrEnum):
    """What came of a phone call; only `spoke` has reached anybody."""

    SPOKE = "spoke"
    NOT_FREE = "not_free"
    NO_ANSWER = "no_answer"
    LEFT_MESSAGE = "left_message"
    WRONG_NUMBER = "wrong_number"


class CallPurpose(StrEnum):
    """What a navigator helped with, as studies of digital navigators count it (Perret et al 2023)."""

    ACCESS = "access"
    ENGAGEMENT = "engagement"
    TECHNOLOGY = "technology"
    FEEDBACK = "feedback"


class CallDirection(StrEnum):
    """Who started a phone call."""

    US = "us"
    THEM = "them"


class OfferState(StrEnum):
    """Where an offer of inclusion stands: what is given may be used, and what is lent comes back."""

    GIVEN = "given"
    USED = "used"
    RETURNED = "returned"


class PartOfDay(StrEnum):
    """When on a working day somebody is to be phoned."""

    MORNING = "morning"
    AFTERNOON = "afternoon"


class Channel(StrEnum):
    """How a report came in."""

    WEB = "web"
    API = "api"
    STAFF = "staff"
    PHONE = "phone"
    EMAIL = "email"
    TEXT = "text"


class Action(StrEnum):
    """The actions on a ticket: the same word in code, events and tests; `action_rules` names its address."""

    REPORT = "report"
    TRIAGE = "triage"
    CLAIM = "claim"
    ASSIGN = "assign"
    REPLY = "reply"
    ANSWER = "answer"
    NOTE = "note"
    CALL = "call"
    BOOK_CALL = "book_call"
    MOVE_CALL = "move_call"
    CANCEL_CALL = "cancel_call"
    VERIFY = "verify"
    ATTACH = "attach"
    RESCHEDULE = "reschedule"
    CONTACT = "contact"
    END_LINKS = "end_links"
    GIVE_LINK = "give_link"
    NEEDS = "needs"
    OFFER = "offer"
    WAIT = "wait"
    PARK = "park"
    RESOLVE = "resolve"
    CONFIRM = "confirm"
    REOPEN = "reopen"
    CLOSE = "close"
    MERGE = "merge"
    UNMERGE = "unmerge"
    REDACT = "redact"
    LINK = "link"
    SPLIT = "split"
    UPDATE = "update"
    WITHDRAW = "withdraw"
    REQUEST_REVIEW = "hand_over"  # as it has always stood in events and in the API
    ACKNOWLEDGE = "acknowledge"
    CONCLUDE = "conclude"
    WRITE_TO_PERSON = "write_to_person"
    NO_CONCERN = "no_concern"
    GUARD = "guard"
    OVERDUE = "overdue"
    UNDELIVERED = "undelivered"
    WARN = "warn"
    SNOOZE = "snooze"
    WAKE = "wake"
    TAKE_BACK = "take_back"
    STILL_BROKEN = "still_broken"
    CLEAR_WORDS = "clear_words"
    EMPTY = "empty"
    JOIN_MAIL = "join_mail"
    MOVE_MAIL = "move_mail"


class Audience(StrEnum):
    """Who may read a message."""

    PUBLIC = "public"
    STAFF = "staff"


class Author(StrEnum):
    """Which side wrote a message."""

    REPORTER = "reporter"
    STAFF = "staff"
    DESK = "desk"


class Activity(StrEnum):
    """The last activity on a ticket: by them (its reporter’s side) or by us, in words or not."""

    THEY_WROTE = "they_wrote"
    THEY_ACTED = "they_acted"
    WE_WROTE = "we_wrote"
    WE_ACTED = "we_acted"


class TicketRole(StrEnum):
    """The role that an actor has towards one ticket.

    A joined reporter is one of several whose tickets were merged, not proven to be one person.
    """

    REPORTER = "reporter"
    JOINED_REPORTER = "joined_reporter"
    PWP = "pwp"
    NAVIGATOR = "navigator"
    CLINICIAN = "clinician"
    MANAGER = "manager"
    SYSTEM = "system"


REPORTERS = frozenset({TicketRole.REPORTER, TicketRole.JOINED_REPORTER})
"""Whoever has no other role than these reads their own conversation, and nothing that is for staff."""


class ReviewResult(StrEnum):
    """What a clinician did about a clinical review."""

    CONTACTED = "contacted"
    PASSED_ON = "passed_on"
    NO_CONCERN = "no_concern"
