"""Reporting a problem."""

from typing import Annotated, Any

from fastapi import APIRouter, Body

from api.deps import Caller, Once, Where, Writing, public
from api.problems import problems
from api.schemas import ReportBody
from navigator.tickets import reception
from navigator.tickets.reception import Promise

router = APIRouter(tags=["for everybody"], dependencies=[public])

EXAMPLES: dict[str, Any] = {
    "in words alone": {
        "value": {
            "service": "riverside",
            "programme": "steps",
            "text": "The code never comes, so I cannot log in.",
            "next_session": "2026-06-12",
        }
    },
    "with all that helps": {
        "value": {
            "service": "riverside",
            "programme": "steps",
            "category": "access.forgotten_password",
            "answers": {"tried_usual_fix": "yes"},
            "text": "I asked for a new password twice. No email comes.",
            "next_session": "2026-06-12",
            "session_is_weekly": True,
            "contact": {"route": "email", "email": "somebody@example.org", "is_safe": True},
            "reporter": "patient",
        }
    },
}


@router.post(
    "/reports",
    status_code=201,
    responses=problems(401, 403, 409, 429),
    openapi_extra={"security": [{}]},
)
def report(
    once: Once,
    session: Writing,
    actor: Caller,
    where: Where,
    told: Annotated[ReportBody, Body(openapi_examples=EXAMPLES)],
) -> Promise:
    """Take a problem, with or without a key: who can put it right, why, and what happens by when.

    Show `safety_notice` first when it is not null. `private_url` is given to a caller without a
    key, who is the reporter, and to a key with the role `intake`, which shows it to the reporter and keeps it
    nowhere.
    """
    return reception.take(session, actor, told, once, where)
