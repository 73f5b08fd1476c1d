"""OpenAPI document: completed with summaries, parameter descriptions and examples."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute

from api.deprecations import DEPRECATIONS, Deprecation
from api.deps import Keys
from api.errors import MEDIA_TYPE
from api.examples import examples
from api.told_headers import PUBLISHED
from navigator.request_dependencies import Everybody
from navigator.tickets.reports.limits import PER_ADDRESS

DESCRIPTION = """
Report problems with an online programme, follow them, and put them right: the same use cases as the pages.

* `GET /services`, `GET /categories`, `GET /known` and `POST /reports` need no key.
* Everything else needs a service's key, sent as `Authorization: Bearer ndk_…`. A key acts in one service with
  one role. The last part of a reporter's private link is a key to that reporter's one ticket.
* What cannot be done is answered by a problem body (RFC 9457) that names the fields at fault.
* Long lists come in pages: send `next` of one page as `after` or `before` for the next, until it is null.
* A ticket's number is taken as people write it: `DN-000123`, `dn 123` or `123`.
* A name in the query that a call does not know is refused, not ignored.
* Words that somebody says are `body`, whoever writes them.
* Times are UTC. Text may be up to 5,000 characters long.
* Any text may be about risk. It is read by a screen, never refused for it, and a clinician is told.
"""

TAGS = {
    "for everybody": "What anybody may ask, and reporting: no key is needed.",
    "tickets": "The queue, one ticket, and all that can be done to it.",
    "many tickets": "One thing done to many tickets, one by one: watched, and stopped.",
    "hand-overs": "Clinical reviews: what a clinician must read for safety. Only their outcome ends one.",
    "rises": "What is reported far more often than usual: to be made a problem or outage of, or dismissed.",
    "known problems": "What lies behind several tickets, and news for everybody whom it concerns.",
    "support cards": "Codes for patients: a report by one comes with its practitioner, session and contact.",
    "unsorted mail": "Mail and texts that belong nowhere yet: read, and sorted for a navigator who is named.",
    "training": "What practitioners want to learn, and what is planned.",
    "insight": "What keeps happening, for managers: only figures that may leave the service.",
    "settings": "What administrators set: each read, set and taken back, and all as one file.",
    "people": "Who works in the service, and what they are there.",
    "keys": "The keys by which other systems come in.",
}

PARAMETERS: Mapping[str, str] = {
    "number": "The ticket's number or reference: 123, DN-000123, dn 123",
    "id": "The `id` that its list gives",
    "code": "The code of the service, programme or category, or the name of the article",
    "which": "The kind of contact, the name of the reply, or the category of the exception",
    "audience": "Who is asked: a patient, or a practitioner (`pwp`)",
    "place": "The place of a file among those that came with a mail; the first is 0",
    "show": "What waits for a person, what machines sent, or what was sorted",
    "view": "A view of the desk's queue",
    "service": "A service, by its code; empty for all that the key may see",
    "programme": "A programme, by its code; `-` for tickets that have none, empty for all",
    "group": "A group of categories, by its id",
    "category": "A category, by its id; `-` for tickets that have none",
    "fixable": "Whether somebody in the service can put it right",
    "status": "How far it has come",
    "assignee": "The `id` of the navigator who has it; `-` for tickets that nobody has",
    "practitioner": "The `id` of the practitioner whom somebody confirmed; `-` where nobody is",
    "sort": "`due`, `activity` (the latest first) or `age`; empty for what the view is sorted by anyway",
    "due": "`late`, `today`, or by the end of so many working days; what is late is due by any of these",
    "due_by": "The day by the end of which it is due",
    "session": "The next session is within so many working days of the ticket's service; 0 is today",
    "need": "How the reporter is to be reached, or what they said that they need",
    "reporter": "Who reported it: a `patient`, or a practitioner (`pwp`)",
    "text": "A reference, a support code, or beginnings of words: looks through the newest 2,000 messages",
    "figure": "What one of the managers' figures counts",
    "since": "The first day",
    "until": "The last day",
    "period": "The days that end today, or `own` with `since` and `until`",
    "limit": "How many on one page",
    "person": "Who did it, by the `id` that people have",
    "act": "What was done, like `opened_ticket`",
    "ticket": "A ticket, by its reference or its number",
}
LIMITS = [
    {
        "name": PUBLISHED["report"],
        "path": "POST /reports",
        "times": PER_ADDRESS.times,
        "seconds": int(PER_ADDRESS.per.total_seconds()),
        "of": "reports from one internet address, of callers without a key",
    }
]
"""What is counted, for the page of the API."""
VERSION = (
    "Counts what was done. Send back the one that was seen: if somebody was quicker, nothing is done (409)."
)


class Api(FastAPI):
    """The FastAPI application with a completed OpenAPI document."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            document, bodies = super().openapi(), examples()
            operations = {
                each["operationId"]: each for path in document["paths"].values() for each in path.values()
            }
            for operation in operations.values():
                _complete_operation(operation, bodies)
            for schema in document["components"]["schemas"].values():
                _complete_fields(schema.get("properties", {}))
            for operation_id, audience in self._audiences().items():
                operations[operation_id]["x-audience"] = audience
            document |= {"x-rate-limits": LIMITS, "x-deprecations": [_shown(each) for each in DEPRECATIONS]}
        return super().openapi()

    def _audiences(self) -> dict[str, str]:
        """By the ids of operations, for whom each is."""
        routes = [each for each in self.routes if isinstance(each, APIRoute)]
        named = {route.name: [each.dependency for each in route.dependencies] for route in routes}
        return {
            name: next(each.audience for each in dependencies if isinstance(each, Everybody | Keys))
            for name, dependencies in named.items()
        }


def _shown(deprecation: Deprecation) -> dict[str, str]:
    since, ends = deprecation.since_on.isoformat(), deprecation.ends_on.isoformat()
    return {"former": deprecation.former, "now": deprecation.now, "since": since, "ends": ends}


def _complete_operation(operation: dict[str, Any], bodies: Mapping[str, Any]) -> None:
    name = operation["operationId"]
    if operation["summary"] == name.replace("_", " ").title():  # FastAPI's own; the first sentence says more
        operation["summary"] = re.split(r"[.;:]\s|[.;:]?$", operation["description"], maxsplit=1)[0]
    for parameter in operation.get("parameters", ()):
        if not parameter["schema"].get("description"):
            parameter.setdefault("description", PARAMETERS.get(parameter["name"], ""))
    if name in bodies and "requestBody" in operation:
        operation["requestBody"]["content"]["application/json"]["example"] = bodies[name]
    for status, response in operation["responses"].items():
        if status >= "400":
            response["content"] = {MEDIA_TYPE: response["content"]["application/json"]}


def _complete_fields(fields: dict[str, dict[str, Any]]) -> None:
    for name, field in fields.items():
        field.pop("words", None)  # they are for forms
        if name == "version":
            field.setdefault("description", VERSION)
