"""An example of each body that can be sent, by the name of its operation: each is sent in a test."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from navigator import clock

_SEEN = {"version": 1}
_SAID = {"body": "Try the web page in place of the app. Does that work?", **_SEEN}
_SIGNED = {"by": "Dr Cole", **_SEEN}
_PROBLEM = {
    "title": "The app forgets passwords after its update",
    "category": "access.forgotten_password",
    "known": "Since version 4.2, on older phones.",
    "workaround": "Use the web page in place of the app.",
    "supplier_reference": "FERN-1042",
    "is_public": True,
}
_PLACE = {"roles": ["navigator"], "capacity": 20, "programmes": ["fern"], "languages": ["Welsh"]}
_DETAILS = {"name": "Nia Evans", "email": "nia.evans@example.org"}
_CATEGORY = {
    "group": "notify",
    "staff_label": "Too many messages",
    "patient_label": "I get too many messages",
    "is_offered": True,
    "fixability": "supplier",
    "blocks_session": "no",
    "reason": "Only the company that makes the programme can change this.",
    "next_step": "We tell the company, and tell you how to get fewer messages.",
    "try_first": ["Open the settings of the app.", "Choose which messages you want."],
    "patient_workaround": "Turn messages off in the settings of your phone.",
    "usual_fix": "Show where the settings of the app are.",
    "workaround": "Turn messages off in the settings of the phone.",
    "escalate_when": "The settings do not help.",
    "questions": [
        {
            "id": "which_messages",
            "text": "Which messages are too many?",
            "staff_only": False,
            "options": [
                {"value": "email", "label": "Emails"},
                {"value": "phone", "label": "Messages on my phone"},
            ],
        }
    ],
}


def examples() -> Mapping[str, Any]:
    """The examples; their dates are counted from today."""
    soon, later = (str(clock.today() + timedelta(days=days)) for days in (7, 90))
    earlier = str(clock.today() - timedelta(days=7))
    session = {"next_session": soon, "session_is_weekly": True}
    problem = _PROBLEM | {"reported_to_supplier_on": earlier, "supplier_due_on": later}
    return {
        "report": _report(session),
        **_verbs(session),
        "acknowledge": _SIGNED,
        "conclude": _SIGNED | {"outcome": "Spoke with her on the phone. A plan is agreed."},
        "open_problem": problem | {"service": "north", "programme": "fern"},
        "edit_problem": problem | _SEEN,
        "move_problem": {"status": "released", "body": "Please try again.", "tickets": [], **_SEEN},
        "tell_everybody": {"body": "The company is working on it.", "tickets": [], **_SEEN},
        "tell_appointment": session | {"support_code": "RTT-77"},
        "ask_for_training": _training(later),
        "invite": _DETAILS | _PLACE,
        "set_place": _PLACE,
        "correct_person": _DETAILS,
        "make_key": {"name": "Booking system", "role": "intake", "expires_on": later},
        **{f"set_{name}": part for name, part in _settings(earlier, later).items()},
    }


def _report(session: Mapping[str, Any]) -> dict[str, Any]:
    contact = {"route": "email", "email": "somebody@example.org", "phone": "", "is_safe": True}
    return {
        "service": "north",
        "programme": "fern",
        "category": "access.forgotten_password",
        "answers": {},
        "text": "I asked for a new password twice. No email comes.",
        **session,
        "practitioner": "Priya",
        "contact": contact | {"needs": "Large print", "language": "Welsh"},
        "reporter": "patient",
        "support_code": "RTT-77",
    }


def _verbs(session: Mapping[str, Any]) -> dict[str, Any]:
    sorted_as = {"category": "notify.too_many", "impact": 4, "fixability": "supplier"}
    return {
        "triage": sorted_as | {"workaround": "Turn messages off on the phone.", **_SEEN},
        "claim": _SEEN,
        "assign": {"assignee_id": 2, **_SEEN},
        **dict.fromkeys(("reply", "note", "call", "wait", "park", "answer", "reopen"), _SAID),
        "verify": _SIGNED,
        "attach": {"pwp_id": 3, **_SEEN},
        "reschedule": {**session, **_SEEN},
        "resolve": {"resolution": "fixed", **_SAID},
        "close": _SEEN,
        "merge": {"into": 2, **_SEEN},
        "link_to_problem": {"problem_id": 1, **_SEEN},
        "hand_over": {"reason": "She sounded very low on the phone."},
    }


def _training(later: str) -> dict[str, Any]:
    return {
        "service": "north",
        "programme": "fern",
        "email": "priya@north.example",
        "topic": "assign",
        "words": "How do I give somebody a module again?",
        "needed_on": later,
        "form": "one_to_one",
        "confidence": 4,
        "is_for_team": False,
    }


def _settings(earlier: str, later: str) -> dict[str, Any]:
    tried = {"verified_on": earlier}
    return {
        "service": {"name": "North Talking Therapies"},
        "hours": {
            "division": "england-and-wales",
            "hours": {"mon": ["09:00", "17:00"], "tue": ["09:00", "12:30"]},
            "closed_days": [later],
            "open_days": [],
        },
        "targets": {
            "targets": {"resolution": [4, 8, 16, 40, 80], "first_reply": [1, 4, 8, 8, 16]},
            "alert_minutes": [15, 30, 60],
            "quiet_days": 10,
        },
        "practice": {"assigns_at_once": True, "draft_policy": "help_only", "draft_policy_owner": "Dr Cole"},
        "offers": {"programmes": ["fern"]},
        "contact": {
            "role_name": "Deputy of the duty clinician",
            "email": "deputy@example.org",
            "phone": "01632 960 001",
            "hours": "Monday to Friday 9am to 5pm",
        },
        "crisis": {
            "lines": [
                {
                    "when": "If a life is at risk",
                    "do": "Call 999 now, or go to A&E",
                    "short": "Call 999",
                    "call": "999",
                }
            ],
            "owner": "Dr Cole",
            "review_on": later,
        },
        "reply": {
            "title": "Where the settings are",
            "programme": "fern",
            "category": "notify.too_many",
            "body": "Open the app, then choose Settings.",
        },
        "programme": {"name": "Fern", "supplier": "Fern Health"},
        "override": {
            "fixability": "service",
            "reason": "Your service can change this for you.",
            "next_step": "Your service changes it.",
            "usual_fix": "Open the person in the portal. Choose Messages.",
            "workaround": "Turn messages off on the phone.",
            **tried,
            "verified_by": "Tom Baker",
        },
        "article": {
            "title": "Get fewer messages",
            "category": "notify.too_many",
            "programme": "fern",
            "body": "1. Open the app.\n2. Choose **Settings**.",
            "owner": "Tom Baker",
            **tried,
            "is_offered": True,
        },
        "category": _CATEGORY,
    }
