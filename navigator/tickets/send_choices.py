"""What can be done in one with words to a reporter, as people choose it."""

from navigator.tickets.enums import NextStep, Resolution

ENDINGS = {
    Resolution.FIXED: "Put right",
    Resolution.EXPLAINED: "Explained",
    Resolution.WORKAROUND: "Another way found",
    Resolution.PASSED_ON: "Passed on",
    Resolution.FIXED_ITSELF: "Works again by itself",
    Resolution.NOT_FIXABLE: "Cannot be put right",
    Resolution.WITHDRAWN: "No longer wanted",
    Resolution.NO_ANSWER: "No answer from them",
}
"""How a ticket ended."""

DOES: dict[str, str] = {
    "": "Only send it",
    "wait": "Wait for their answer",
    "park": "Leave it to the supplier",
    **{ending: f"Resolve: {words[0].lower()}{words[1:]}" for ending, words in ENDINGS.items()},
}
"""What is done when the words are sent."""

FOLLOW_UPS = {
    "": "Nothing",
    NextStep.TOMORROW: "Remind me the next working morning",
    NextStep.SESSION: "Remind me before their session",
    NextStep.TWO_DAYS: "Remind me in 2 working days",
    NextStep.FIVE_DAYS: "Remind me in 5 working days",
    NextStep.CALL_AGAIN: "Log that nobody picked up, and call again the next working day",
}
"""What comes next."""
