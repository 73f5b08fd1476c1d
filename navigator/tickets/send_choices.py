"""What can be done in one with words to a reporter, as people choose it."""

from navigator.tickets.enums import NextStep, Resolution

DOES = {
    "": "Send it, nothing else",
    "wait": "Wait for their answer",
    "park": "Leave it to the supplier",
    Resolution.FIXED: "Resolve: put right",
    Resolution.EXPLAINED: "Resolve: explained",
    Resolution.WORKAROUND: "Resolve: another way found",
    Resolution.PASSED_ON: "Resolve: passed on",
    Resolution.FIXED_ITSELF: "Resolve: works again by itself",
    Resolution.NOT_FIXABLE: "Resolve: cannot be put right",
    Resolution.WITHDRAWN: "Resolve: no longer wanted",
    Resolution.NO_ANSWER: "Resolve: no answer from them",
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
