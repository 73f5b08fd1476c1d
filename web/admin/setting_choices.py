"""Choices of settings forms, in words, and the values that a reply's preview is filled in with."""

from navigator.administration.setting_words import CONTACTS as CONTACT_WORDS
from navigator.administration.setting_words import FIELDS
from navigator.catalogue.contact import ContactKind
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
    "division": tuple(FIELDS["division"].items()),
    "draft_policy": tuple(FIELDS["draft_policy"].items()),
    "fixability": tuple(FIELDS["fixability"].items()),
    "blocks": tuple(FIELDS["blocks_session"].items()),
    "cue": tuple(FIELDS["cue"].items()),
    "security": tuple(FIELDS["security"].items()),
    "log_in": tuple(FIELDS["log_in"].items()),
    "strangers": tuple(FIELDS["strangers"].items()),
}
"""What a setting can be, by field, in words."""

_CONTACTS_FOR = {
    ContactKind.DUTY_CLINICIAN: "Is told at once when a clinician must read something.",
    ContactKind.DEPUTY: "Is told next, when nobody has read it.",
    ContactKind.MANAGER: "Is told last.",
    ContactKind.SAFEGUARDING: "Gets what is about somebody’s safety.",
    ContactKind.PWP: "Get what is about treatment.",
    ContactKind.BOOKING: "Gets what is about appointments.",
    ContactKind.CLINICAL_SAFETY: "Gets what may be a hazard of the programme.",
    ContactKind.COMPLAINTS: "Gets complaints.",
    ContactKind.DATA_PROTECTION: "Gets what is about personal information.",
    ContactKind.APPLICATION_MANAGER: "Has more rights in the programme.",
    ContactKind.CLINICAL_LEAD: "Is told of what nobody can change, by the treatment.",
}
CONTACTS = tuple((kind, CONTACT_WORDS[kind], words) for kind, words in _CONTACTS_FOR.items())
"""The contacts of a service: kind, name, and what each is for."""
