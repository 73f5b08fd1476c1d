"""What can be done in one with words to a reporter, as the button that sends them says it."""

from navigator.tickets.enums import NextStep, Resolution

DOES = {
    "": "Send",
    "wait": "Send and wait for their answer",
    "park": "Send and leave it to the supplier",
    Resolution.FIXED: "Send and resolve: put right",
    Resolution.EXPLAINED: "Send and resolve: explained",
    Resolution.WORKAROUND: "Send and resolve: another way found",
    Resolution.PASSED_ON: "Send and resolve: passed on",
    Resolution.FIXED_ITSELF: "Send and resolve: works again by itself",
    Resolution.NOT_FIXABLE: "Send and resolve: cannot be put right",
    Resolution.WITHDRAWN: "Send and resolve: no longer wanted",
    Resolution.NO_ANSWER: "Send and resolve: no answer from them",
}
"""What the words are sent with."""

FOLLOW_UPS = {
    "": "Nothing",
    NextStep.TOMORROW: "Remind me the next working morning",
    NextStep.SESSION: "Remind me before their session",
    NextStep.TWO_DAYS: "Remind me in 2 working days",
    NextStep.FIVE_DAYS: "Remind me in 5 working days",
    NextStep.CALL_AGAIN: "Log that nobody picked up, and call again the next working day",
}
"""What comes next."""
