"""Export of the audit log as CSV or JSON: what an administrator found, and that they took it."""

import csv
import json
from collections.abc import Mapping
from io import StringIO
from typing import Any, Literal

from sqlmodel import Session

from navigator.administration.audit_search import AuditFilter, in_words, search
from navigator.clock import local
from navigator.csv_cells import BYTE_ORDER_MARK, escape_formula
from navigator.people import audit_spool
from navigator.people.actor import Actor
from navigator.people.audit_log import Act, AuditEntry

MOST_EXPORTED = 20_000
"""Rows of one file, the newest first; choose days for those of before."""

Ending = Literal["csv", "json"]
MEDIA_TYPES: Mapping[Ending, str] = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


def export(session: Session, actor: Actor, asked: AuditFilter, ending: Ending) -> str:
    """The entries that are found as a file; that it was made stands in the audit log itself."""
    rows = [_row(entry) for entry in search(session, actor, asked, limit=MOST_EXPORTED)]
    words = f"Audit log: {len(rows)} rows as {ending.upper()}"
    audit_spool.note(actor, Act.EXPORTED, words, is_once=False)
    return _to_csv(rows) if ending == "csv" else json.dumps(rows, ensure_ascii=False, indent=1)


def _row(entry: AuditEntry) -> dict[str, Any]:
    """What is told of an entry: its time as London has it, what was done in words, its place in the chain."""
    return {
        "id": entry.id,
        "at": local(entry.created_at).isoformat(timespec="seconds"),
        "act": entry.act,
        "words": in_words(entry),
        "actor_id": entry.actor_id,
        "key_id": entry.key_id,
        "actor_name": entry.actor_name,
        "service_id": entry.service_id,
        "ticket_number": entry.ticket_number,
        "address": entry.address,
        "count": entry.count,
        "before": entry.before,
        "after": entry.after,
        "position": entry.position,
        "hash": entry.hash,
    }


def _to_csv(rows: list[dict[str, Any]]) -> str:
    output = StringIO()
    writer = csv.writer(output)
    writer.writerow(rows[0] if rows else ["Nothing was found"])
    for row in rows:
        writer.writerow(escape_formula(_cell(value)) for value in row.values())
    return BYTE_ORDER_MARK + output.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return "" if value is None else str(value)
