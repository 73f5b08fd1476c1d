"""Training topics: twelve that evidence and practice name, and a free-text one."""

import re
from typing import NamedTuple

OWN_WORDS = "own_words"
HOW_TO = "use.how_to"
"""The category of how-to questions; training is about those of practitioners."""


class Topic(NamedTuple):
    """A topic, and the statement that its confidence (0 to 10) is about."""

    id: str
    label: str
    confidence_statement: str


TOPICS = (
    Topic("first_log_in", "Setting up a patient and the first log-in", "set a patient up and get them in"),
    Topic("explain", "Explaining the programme and its evidence", "explain the programme to a patient"),
    Topic("suits", "Whom it suits, and whom it does not", "say whom the programme suits"),
    Topic("assign", "Assigning, releasing and ordering modules", "assign and release modules"),
    Topic("progress", "Reading progress in five minutes before a session", "read progress before a session"),
    Topic("feedback", "Written feedback and replies", "write feedback that helps"),
    Topic("tailoring", "Tailoring inside required modules", "tailor what is required"),
    Topic("re_engage", "Re-engaging somebody who has stopped", "re-engage somebody who has stopped"),
    Topic("risk", "Risk in digital messages, and the unread inbox", "act on risk in a digital message"),
    Topic("reminders", "Reminders and settings", "set reminders that fit"),
    Topic("access", "Access needs, language and low confidence", "meet access needs"),
    Topic("account", "My account, records and the monthly return", "keep my account and records right"),
    Topic(OWN_WORDS, "Something else, in my own words", "do what I asked about"),
)
BY_ID = {topic.id: topic for topic in TOPICS}

_WORDS = {
    "risk": r"risk|unsafe|safeguard|unread",
    "first_log_in": r"set (a |the )?patient up|invit|welcome link|first log|enrol|add a (new )?patient",
    "assign": r"assign|releas|unlock|re-?order|order of the modules|module",
    "progress": r"progress|rating|score|dashboard|how far",
    "feedback": r"feedback|repl(y|ies)|comment",
    "tailoring": r"tailor|skip|required",
    "re_engage": r"stopped|drop(ped)? out|not logged in|re-?engag",
    "reminders": r"remind|notif|setting",
    "access": r"large print|screen reader|language|interpret|translat",
    "account": r"my (own )?(account|password|log-?in)|record|monthly",
    "suits": r"suit(s|able)|right for",
    "explain": r"explain|evidence",
}
"""Words of how-to questions by topic, the most telling topic first: a guess, for suggestions alone."""
_PATTERNS = {topic: re.compile(rf"\b({words})", re.IGNORECASE) for topic, words in _WORDS.items()}


def topic_of(question: str) -> str:
    """The topic that a how-to question is probably about; that in own words, where no word tells."""
    return next((topic for topic, words in _PATTERNS.items() if words.search(question)), OWN_WORDS)
