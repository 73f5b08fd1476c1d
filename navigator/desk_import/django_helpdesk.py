"""Export of django-helpdesk: `manage.py dumpdata helpdesk`, a list of rows of its tables in JSON."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from navigator.desk_import.foreign import BadLine, ForeignMessage, ForeignTicket, moment, short_text
from navigator.desk_import.json_elements import elements
from navigator.desk_import.readers import Element

_STATUS_NAMES = {1: "open", 2: "reopened", 3: "resolved", 4: "closed", 5: "duplicate", 6: "new"}
STATUSES = {"open": "open", "reopened": "open", "new": "open"} | dict.fromkeys(
    ("resolved", "closed", "duplicate"), "closed"
)
IMPACTS = {"1": 2, "2": 3, "3": 4, "4": 4, "5": 5}


def rows(text: str) -> Element:
    """The tickets of the file, each with what followed it and the name of its queue."""
    queues: dict[str, str] = {}
    follow_ups: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    tickets: list[tuple[int, dict[str, Any]]] = []
    for line, row in elements(text):
        model, fields = row.get("model"), row.get("fields")
        if not isinstance(fields, dict):
            continue
        if model == "helpdesk.queue":
            queues[str(row.get("pk"))] = str(fields.get("title") or fields.get("slug") or "")
        elif model == "helpdesk.followup":
            follow_ups[str(fields.get("ticket"))].append(fields)
        elif model == "helpdesk.ticket":
            tickets.append((line, {**fields, "pk": row.get("pk")}))
    for line, fields in tickets:
        queue = queues.get(str(fields.get("queue")), "")
        yield line, fields | {"queue_title": queue, "followups": follow_ups[str(fields["pk"])]}


def ticket(line: int, row: Mapping[str, Any]) -> ForeignTicket:
    """One ticket: its description, then what followed."""
    created_at = moment(row.get("created"), "created")
    status = row.get("status")
    if status not in _STATUS_NAMES:
        raise BadLine("status: this is none of its numbers, 1 to 6")
    followed = tuple(_message(each) for each in row["followups"] if str(each.get("comment") or "").strip())
    is_over = STATUSES[_STATUS_NAMES[status]] == "closed"
    email = str(row.get("submitter_email") or "").strip()
    described = short_text(row.get("description"), "description")
    return ForeignTicket(
        line=line,
        id=str(row.get("pk") or ""),
        title=short_text(row.get("title"), "title"),
        status=_STATUS_NAMES[status],
        priority=str(row.get("priority") or ""),
        category=row["queue_title"],
        created_at=created_at,
        closed_at=moment(row.get("modified") or row.get("created"), "modified") if is_over else None,
        email=email,
        phone="",
        owner=str(row.get("assigned_to") or ""),
        messages=(ForeignMessage(created_at, described, is_of_reporter=True), *followed),
    )


def _message(row: Mapping[str, Any]) -> ForeignMessage:
    author = row.get("user")
    return ForeignMessage(
        at=moment(row.get("date"), "followup.date"),
        text=short_text(row.get("comment"), "followup.comment"),
        is_of_reporter=author is None and bool(row.get("public")),
        is_internal=not row.get("public"),
        author=str(author or ""),
    )
