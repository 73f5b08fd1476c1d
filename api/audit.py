"""Routes for the audit log, for keys of administrators."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, Field

from api.deps import Caller, Reading, Router, audience
from api.errors import error_responses
from api.schemas import Out
from navigator.administration import audit_search
from navigator.administration.audit_search import AuditFilter
from navigator.fields import MAX_ID
from navigator.people.user import Role

router = Router(tags=["settings"], responses=error_responses(401, 403), dependencies=[audience(Role.ADMIN)])


class AuditQuery(AuditFilter):
    """The filters and the page of the audit log."""

    before: int | None = Field(default=None, ge=1, le=MAX_ID, description="`next` of the page before")


class AuditLogEntryOut(Out):
    """One entry of the audit log: who did what, and its place in the hash chain once it is sealed."""

    id: int
    at: datetime = Field(validation_alias="created_at")
    act: str = Field(examples=["opened_ticket"])
    title: str
    actor_name: str
    actor_id: int | None
    key_id: int | None
    ticket_number: int | None
    address: str = Field(description="Internet address, of log-ins")
    count: int = Field(description="How often: calls with a key within the hour")
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    position: int | None
    hash: str | None


class AuditLogPage(BaseModel):
    """Some entries, newest first, and the cursor of those that follow."""

    entries: list[AuditLogEntryOut]
    next: int | None


@router.get("/audit", name="list_audit_log")
def list_audit_log(session: Reading, actor: Caller, query: Annotated[AuditQuery, Query()]) -> AuditLogPage:
    """Who did what and who looked at what, newest first; follow `next` for more."""
    entries = audit_search.search(session, actor, query, query.before)
    following = entries[-1].id if len(entries) == audit_search.PAGE_SIZE else None
    return AuditLogPage(entries=[AuditLogEntryOut.model_validate(each) for each in entries], next=following)
