"""Events of which other systems may be told: their types, and a delivery queued in the same transaction.

What is sent is thin: a ticket’s number and its status. Never words, names, addresses or links; and never that
a clinician must read something, which is nobody’s business but the service’s own.
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from sqlmodel import Session, col, select

from navigator import clock
from navigator.catalogue.reference_data import kept
from navigator.catalogue.service import Service
from navigator.people.reporter import reference
from navigator.webhooks.tables import WebhookDelivery, WebhookEndpoint

EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "ticket.reported": "a report came in",
        "ticket.sorted": "it was sorted",
        "ticket.assigned": "somebody has it, or nobody any more",
        "ticket.replied": "the desk wrote to its reporter",
        "ticket.answered": "its reporter wrote",
        "ticket.waiting": "it waits for its reporter or the supplier",
        "ticket.resolved": "it was put right",
        "ticket.reopened": "it is open again",
        "ticket.closed": "it is closed",
        "ticket.merged": "it goes on in another ticket",
        "ticket.overdue": "it was not put right in time",
    }
)
"""The types that can be chosen, and what each means."""

TEST = "desk.test"
"""What “send a test” sends."""

BY_ACTION: Mapping[str, str] = MappingProxyType(
    {
        "report": "ticket.reported",
        "triage": "ticket.sorted",
        "claim": "ticket.assigned",
        "assign": "ticket.assigned",
        "reply": "ticket.replied",
        "answer": "ticket.answered",
        "wait": "ticket.waiting",
        "park": "ticket.waiting",
        "resolve": "ticket.resolved",
        "reopen": "ticket.reopened",
        "still_broken": "ticket.reopened",
        "close": "ticket.closed",
        "confirm": "ticket.closed",
        "withdraw": "ticket.closed",
        "merge": "ticket.merged",
        "overdue": "ticket.overdue",
    }
)
"""The event of each action on a ticket, by the action’s name; what has none is told to nobody."""


def note_event(session: Session, service_id: int, action: str, number: int, facts: Mapping[str, Any]) -> None:
    """Queue what happened to a ticket for each endpoint of its service that asks for it.

    Nothing leaves a demonstration, and so nothing is kept for its endpoints either.
    """
    event = BY_ACTION.get(action)
    if event is None:
        return
    for endpoint_id in _still_there(session, kept(session, _listening).get((service_id, event), ())):
        queue(session, endpoint_id, event, {"number": number, "reference": reference(number), **facts})


def _still_there(session: Session, ids: Sequence[int]) -> Sequence[int]:
    """Those of these endpoints that nobody has deleted; none can be until the end of this transaction.

    A report is not lost because somebody deletes an endpoint meanwhile.
    """
    if not ids:
        return ()
    held = select(WebhookEndpoint.id).where(col(WebhookEndpoint.id).in_(ids))
    return session.exec(held.with_for_update(read=True, key_share=True)).all()


def _listening(session: Session) -> Mapping[tuple[int, str], Sequence[int]]:
    """By service and event, the endpoints that ask for it."""
    columns = (WebhookEndpoint.service_id, WebhookEndpoint.id, WebhookEndpoint.events)
    is_told = (~col(Service.is_demonstration), col(WebhookEndpoint.is_active))
    query = select(*columns).join(Service).where(*is_told)
    listening = defaultdict(list)
    for service_id, endpoint_id, events in session.connection().execute(query):
        for event in events:
            listening[service_id, event].append(endpoint_id)
    return dict(listening)


def queue(session: Session, endpoint_id: int, event: str, data: Mapping[str, Any]) -> WebhookDelivery:
    """Queue one call, in the transaction of what it tells."""
    now = clock.now()
    payload = {"type": event, "timestamp": now.isoformat().replace("+00:00", "Z"), "data": dict(data)}
    delivery = WebhookDelivery(
        endpoint_id=endpoint_id,
        event=event,
        ticket_number=data.get("number"),
        body=json.dumps(payload, separators=(",", ":")),
        queued_at=now,
        send_at=now,
    )
    session.add(delivery)
    return delivery
