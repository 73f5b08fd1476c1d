"""Choices of settings forms, in words, and the values that a reply's preview is filled in with."""

from navigator.catalogue.catalogue import Blocks, Cue, Fixability
from navigator.catalogue.contact import ContactKind
from navigator.catalogue.enums import FIXERS
from navigator.catalogue.service import Division, DraftPolicy
from navigator.people.rights import RIGHTS
from navigator.people.user import Role
from navigator.tickets.inclusion_offer import USUAL
from navigator.tickets.send_choices import DOES, FOLLOW_UPS
from web.admin.people import ROLES

EXAMPLE_VALUES = {
    "greeting": "Good morning",
    "reference": "DN-000123",
    "service": "Your service",
    "programme": "the programme",
    "category": "I cannot log in",
    "reason": "A digital navigator can put this right with you.",
    "next_step": "We look at it with you.",
    "workaround": "Use the website until then.",
    "session_day": "Tuesday 7 April",
    "navigator": "Your name",
    "signature": "Your name\nYour service",
}
"""What the placeholders of a reply are filled with in a preview."""

CHOICES = {
    "roles": ROLES,
    "rights": tuple(RIGHTS.items()),
    "factor_roles": (
        (Role.ADMIN, "Administrators"),
        (Role.MANAGER, "Managers"),
        (Role.CLINICIAN, "Duty clinicians"),
        (Role.NAVIGATOR, "Digital navigators"),
        (Role.PWP, "Practitioners (PWPs)"),
    ),
    "call_minutes": tuple((minutes, f"{minutes} minutes") for minutes in (15, 30, 45, 60)),
    "usual_offers": tuple(USUAL.items()),
    "does": tuple(DOES.items()),
    "follow_up": tuple(FOLLOW_UPS.items()),
    "division": (
        (Division.ENGLAND_AND_WALES, "England and Wales"),
        (Division.SCOTLAND, "Scotland"),
        (Division.NORTHERN_IRELAND, "Northern Ireland"),
    ),
    "draft_policy": (
        (DraftPolicy.HELP_ONLY, "Show help, and keep nothing"),
        (DraftPolicy.REQUEST_REVIEW, "Show help, and tell a clinician"),
    ),
    "fixability": tuple((fixer, words) for fixer, words in FIXERS.items() if fixer is not Fixability.DIVERT),
    "blocks": ((Blocks.YES, "Yes"), (Blocks.MAYBE, "Perhaps"), (Blocks.NO, "No")),
    "cue": (
        ("", "Nothing"),
        (Cue.TRIED_USUAL_FIX, "The usual fix failed"),
        (Cue.AFTER_UPDATE, "It began after an update"),
        (Cue.SEVERAL_PEOPLE, "Others have it too"),
        (Cue.DATA_WRONG, "Information is wrong or lost"),
    ),
}
"""What a setting can be, by field, in words."""

CONTACTS = (
    (ContactKind.DUTY_CLINICIAN, "Duty clinician", "Is told at once when a clinician must read something."),
    (ContactKind.DEPUTY, "Deputy", "Is told next, when nobody has read it."),
    (ContactKind.MANAGER, "Manager", "Is told last."),
    (ContactKind.SAFEGUARDING, "Safeguarding lead", "Gets what is about somebody’s safety."),
    (ContactKind.PWP, "Practitioners (PWPs)", "Get what is about treatment."),
    (ContactKind.BOOKING, "Booking line", "Gets what is about appointments."),
    (ContactKind.CLINICAL_SAFETY, "Clinical safety officer", "Gets what may be a hazard of the programme."),
    (ContactKind.COMPLAINTS, "Complaints", "Gets complaints."),
    (ContactKind.DATA_PROTECTION, "Data protection", "Gets what is about personal information."),
    (ContactKind.APPLICATION_MANAGER, "Application manager", "Has more rights in the programme."),
    (ContactKind.CLINICAL_LEAD, "Clinical lead", "Is told of what nobody can change, by the treatment."),
)
"""The contacts of a service: kind, name, and what each is for."""
